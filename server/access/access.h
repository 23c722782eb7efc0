/* access - principals and what proves them: passwords, sessions, tokens, the setup link. Look-ups on the request path are in memory:
   a frozen snapshot, replaced after every change before the call that made it returns. What is revoked is refused from then on. */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include "access/rights.h"
#include "store/store.h"

struct access;

enum { SESSION_IDLE = 30 * 60, SESSION_LIFE = 12 * 3600, TOKEN_DAYS_MAX = 365 };
enum { COOKIE_ROOM = 64 };

enum err access_open(struct store *store, const char *dir, struct access **out, struct error *e) MUST_CHECK;   /* loads the snapshot */
void access_close(struct access *a);                                                 /* before store_close: writes last-seen times; NULL is fine */
void access_heard(struct access *a, const struct note *notes, size_t len);           /* journal notes, on the writer thread: the snapshot follows */

/* SESSION_IDLE and SESSION_LIFE until it is called: after open and whenever the settings change. Sessions that are open keep their end. */
void access_session_limits(struct access *a, int64_t idle_sec, int64_t life_sec);

/* Setup link: 256 bits, stored hashed, DIR/setup-token 0600; single use. */
bool access_is_set_up(struct access *a);
/* "<base>/setup#token=…": the one that DIR/setup-token holds while it is good, else a new one, which voids the old. With an
   administrator already there: "<base>/setup" alone. ERR_CONFLICT once set up. */
enum err access_setup_link(struct access *a, const char *base_url, struct arena *arena, const char **out, struct error *e) MUST_CHECK;
enum err access_setup_prove(struct access *a, const char *token, struct actor *out, struct error *e) MUST_CHECK;
/* First administrator: consumes the setup token in the same commit. */
enum err access_first_admin(struct access *a, const struct actor *who, const char *name, const char *password, struct id *out, struct error *e) MUST_CHECK;
/* The first administrator's name; NULL when there is none yet. */
enum err access_admin_name(struct access *a, struct arena *arena, const char **out, struct error *e) MUST_CHECK;
enum err access_setup_finish(struct access *a, const struct actor *who, struct error *e) MUST_CHECK;

enum err password_check(const char *password, struct error *e) MUST_CHECK;           /* 12..128 characters, not among the most used */

/* What `who` may on single certificates, by its own name and its roles', lent by `arena`. Once access_session or access_token knows them. */
enum err access_grants(struct access *a, struct arena *arena, struct actor *who, struct error *e) MUST_CHECK;

/* Here and below, who it is goes into `out`: kind, id, name, rights, proved_at. Its source, request id and the like are the caller's and stay. */

/* Sessions: the cookie is 256 bits base64url, stored hashed. */
enum err access_login(struct access *a, const char *name, const char *password, const char *agent,
                      char cookie[COOKIE_ROOM], struct actor *out, struct error *e) MUST_CHECK;   /* out->source is read: throttled 5 per 15 min per name + address; same time for unknown names */
enum err access_session(struct access *a, const char *cookie, struct actor *out, struct error *e) MUST_CHECK;   /* from memory */
int64_t access_ends(struct access *a, const char *secret);                           /* when this cookie or token ends whatever happens; 0: it proves nobody */
enum err access_logout(struct access *a, const char *cookie, const struct actor *who, struct error *e) MUST_CHECK;
enum err access_prove_again(struct access *a, const char *cookie, const struct actor *who, const char *password, struct error *e) MUST_CHECK;   /* step-up */
enum err access_change_password(struct access *a, const struct actor *who, const char *name, const char *password, struct error *e) MUST_CHECK;   /* ends that user's sessions */

/* Tokens: sgn_<id>_<secret><crc>; only SHA-256 stored. */
enum err access_token_make(struct access *a, const struct actor *who, const char *name, enum role role, int64_t days,
                           struct arena *arena, const char **token, struct id *id, struct error *e) MUST_CHECK;
enum err access_token(struct access *a, const char *token, struct actor *out, struct error *e) MUST_CHECK;      /* from memory */
enum err access_token_revoke(struct access *a, const struct actor *who, const struct id *id, struct error *e) MUST_CHECK;

struct token_row { struct id id; const char *name, *role, *owner; int64_t created_at, expires_at, used_at; };
/* Oldest first. owner: a user's name; "" when it was made on the host itself. */
enum err access_tokens(struct access *a, struct arena *arena, struct token_row **out, size_t *len, struct error *e) MUST_CHECK;

#endif
