/* actor - who asks, from where, with which rights, under which request id. The clock has one too. */
#ifndef BASE_ACTOR_H
#define BASE_ACTOR_H

#include "base/id.h"

enum actor_kind { ACTOR_NOBODY, ACTOR_USER, ACTOR_TOKEN, ACTOR_LOCAL, ACTOR_SETUP, ACTOR_CLOCK };

/* One right on one thing; what access/ made of a grant. Frozen, shared, counted by its owner (access/). */
struct grant {
    uint64_t rights;        /* bits, 1 << enum right (access/rights.h) */
    char scope[16];         /* "*", "authority", "profile", "certificate", "key", "tag" */
    struct id scope_id;     /* none for "*" */
};

struct actor {
    enum actor_kind kind;
    struct id id;                    /* the principal; none for nobody and the clock */
    char name[64];                   /* for the journal: "admin", "clock", "local root" */
    uint64_t rights;                 /* what is granted on everything; scoped grants stand beside */
    const struct grant *grants;      /* lent for the life of the request; NULL when none */
    size_t grants_len;
    char source[64];                 /* address as text, "local", "clock" */
    struct id request_id;
    int64_t proved_at;               /* when a session last gave its password; 0: never (tokens) */
    char idempotency_key[72];        /* "" when none */
    uint8_t idempotency_sha256[32];  /* of method, path and body */
    int64_t if_match;                /* version that the caller saw; -1 when not given */
};

/* The actor of what happens by the clock. */
struct actor actor_clock(const char *job);

#endif
