/* parts - what the files of access/ share. Nobody outside includes it. */
#ifndef ACCESS_PARTS_H
#define ACCESS_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "access/access.h"
#include "pki/hash.h"

/* snapshot: everything that can prove a caller, by its hash. Frozen but for when it was last seen; counted; replaced whole. */
enum entry_kind { ENTRY_SESSION, ENTRY_TOKEN, ENTRY_SETUP };
struct entry {
    uint8_t lookup[SHA256_LEN];
    enum entry_kind kind;
    struct id principal;
    char name[64];
    uint64_t rights;
    int64_t expires_at, proved_at;             /* expires_at 0: never */
    _Atomic int64_t seen_at, stored_at;        /* in memory; as the database has it */
};
struct holder { struct id principal; unsigned roles; };      /* roles: bits, 1 << enum role */
struct held_grant { struct id principal; struct grant grant; };
struct snapshot {
    _Atomic unsigned refs;
    struct entry *entries;                     /* sorted by lookup */
    size_t len;
    struct holder *holders;                    /* users and tokens, sorted by id */
    struct held_grant *grants;                 /* on single certificates, sorted by who holds them */
    size_t holders_len, grants_len;
    struct id role_ids[ROLE_COUNT];            /* the roles as principals */
    bool is_set_up, has_admin;
};
/* `before` (may be NULL) lends its newer last-seen times. */
enum err snapshot_load(struct store *store, const struct snapshot *before, struct snapshot **out, struct error *e) MUST_CHECK;
void snapshot_unref(struct snapshot *s);       /* NULL is fine */
static inline void snapshot_drop(struct snapshot **s) { snapshot_unref(*s); *s = NULL; }
struct entry *snapshot_find(const struct snapshot *s, enum entry_kind kind, const uint8_t lookup[SHA256_LEN]);

/* throttle: how often a name was tried from an address, in memory, bounded. */
struct throttle;
struct throttle *throttle_new(void);
void throttle_free(struct throttle *t);
enum { THROTTLE_TRIES = 5, THROTTLE_SEC = 15 * 60 };
/* Counts a try before it is made, so that many at once are not more. ERR_LIMIT past the fifth; `*tries` is how many there were.
   A try on the host itself ("local") always passes: the last administrator is never locked out. */
enum err throttle_take(struct throttle *t, const char *name, const char *source, int64_t now, unsigned *tries, struct error *e) MUST_CHECK;
void throttle_forgive(struct throttle *t, const char *name, const char *source);

/* password: yescrypt of libxcrypt; 90 ms and some MB each, so only on ROUTE_HEAVY. */
enum { PASSWORD_HASH = 128 };
enum err password_hash(const char *password, char out[PASSWORD_HASH], struct error *e) MUST_CHECK;
bool password_is(const char *password, const char *stored);       /* stored NULL: the same work, then false */

struct access {
    struct store *store;
    char token_path[4096];                     /* DIR/setup-token */
    struct throttle *throttle;
    _Atomic int64_t idle_sec, life_sec;
    pthread_t thread;
    pthread_cond_t wake;
    pthread_mutex_t lock;                      /* guards what follows */
    struct snapshot *now;
    uint64_t wanted, loaded;                   /* changes there were; how many of them `now` knows */
    bool is_stale;                             /* a change is on disk that could not be read: look-ups fail until it is */
    bool is_stopping;
    pthread_mutex_t loading;                   /* one load at a time, so that an older one never replaces a newer */
};

enum err access_snapshot(struct access *a, struct snapshot **out, struct error *e) MUST_CHECK;   /* with a reference */
/* After a write: what was there before is refused, what is there now is known, when this returns. */
void access_wrote(struct access *a);
void access_hash(const char *secret, uint8_t out[SHA256_LEN]);
/* Copies who an entry is, and that it was seen. */
void access_entry_actor(struct entry *entry, enum actor_kind kind, struct actor *out);
/* A new principal's name: 1 to 63 bytes of clean UTF-8 without blanks at its ends. */
enum err access_name_check(const char *name, struct error *e) MUST_CHECK;

#endif
