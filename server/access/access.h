/* access - principals and what proves them: passwords, sessions, tokens, the setup link. Look-ups on the request path are in memory. */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include "access/rights.h"
#include "store/store.h"

struct access;

enum err access_open(struct store *store, const char *dir, struct access **out, struct error *e) MUST_CHECK;   /* loads the snapshot */
void access_close(struct access *a);
void access_heard(struct access *a, const struct note *notes, size_t len);   /* journal notes: the snapshot follows */

/* setup link: 256 bits, stored hashed, DIR/setup-token 0600; single use */
bool access_is_set_up(struct access *a);
enum err access_setup_link(struct access *a, const char *base_url, struct arena *arena, const char **out, struct error *e) MUST_CHECK;   /* makes a new one; the old one is void */
enum err access_setup_prove(struct access *a, const char *token, struct error *e) MUST_CHECK;
/* First administrator: consumes the setup token in the same commit. */
enum err access_first_admin(struct access *a, const struct actor *who, const char *name, const char *password, struct id *out, struct error *e) MUST_CHECK;
enum err access_setup_finish(struct access *a, const struct actor *who, struct error *e) MUST_CHECK;

enum err password_check(const char *password, struct error *e) MUST_CHECK;   /* 12..128 characters, not among the most used */

/* sessions: cookie is 256 bits base64url; stored hashed; idle 30 min, absolute 12 h */
enum err access_login(struct access *a, const char *name, const char *password, const char *source, const char *agent,
                      char cookie[64], struct actor *out, struct error *e) MUST_CHECK;   /* throttled 5 per 15 min per name + address; same time for unknown names */
enum err access_session(struct access *a, const char *cookie, struct actor *out, struct error *e) MUST_CHECK;   /* from memory */
enum err access_logout(struct access *a, const char *cookie, const struct actor *who, struct error *e) MUST_CHECK;
enum err access_prove_again(struct access *a, const char *cookie, const struct actor *who, const char *password, struct error *e) MUST_CHECK;   /* step-up */
enum err access_change_password(struct access *a, const struct actor *who, const char *name, const char *password, struct error *e) MUST_CHECK;   /* ends that user's sessions */

/* tokens: sgn_<id>_<secret><crc>; only SHA-256 stored */
enum err access_token_make(struct access *a, const struct actor *who, const char *name, enum role role, int64_t days,
                           struct arena *arena, const char **token, struct id *id, struct error *e) MUST_CHECK;
enum err access_token(struct access *a, const char *token, struct actor *out, struct error *e) MUST_CHECK;      /* from memory */
enum err access_token_revoke(struct access *a, const struct actor *who, const struct id *id, struct error *e) MUST_CHECK;

#endif
