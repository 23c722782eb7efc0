/* parts - what the files of identity/ share. */
#ifndef IDENTITY_PARTS_H
#define IDENTITY_PARTS_H

#include <pthread.h>

#include "identity/identity.h"
#include "inventory/inventory.h"
#include "store/shown.h"

struct identity {
    struct identity_options with;
    pthread_mutex_t lock;          /* guards what follows */
    uint64_t generation;           /* of what the listener shows now */
    struct tls_identity *temporary;    /* self-signed, for the time before the first certificate; made once */
    struct bytes temporary_leaf;       /* malloc'ed */
    struct id pending;             /* swap that waits, none: no swap */
    int64_t return_at_ms;          /* when it goes back by itself: monotonic */
};

/* One version with all that is needed to show it. */
struct showing {
    struct inventory_item item;
    struct cert cert;
    struct bytes *chain;           /* leaf first; the root last where it is known */
    size_t chain_len;
    bool is_complete;              /* the last of the chain is a root that we trust */
    struct bytes key_blob;         /* empty: no key here */
};
bool showing_is_due(const struct showing *s);          /* two thirds of its life are over: it is renewed */
enum err showing_load(struct identity *i, int64_t version_n, struct arena *a, struct showing *out, struct error *e) MUST_CHECK;

/* names.c: the host names and addresses this server is reached by, normalised. */
struct names identity_names(struct identity *i, struct arena *a);
void identity_wish_names(struct identity *i, struct arena *a, struct wish *out);      /* all of them, to be issued for */

/* build.c */
enum err identity_build(struct identity *i, const struct shown *rows, uint64_t generation, struct arena *a, struct tls_identity **out, struct error *e) MUST_CHECK;
/* candidate: what the rows with its version number stand for; number 0: it is not stored yet. */
enum err identity_build_with(struct identity *i, const struct shown *rows, const struct showing *candidate, uint64_t generation, struct arena *a,
                             struct tls_identity **out, struct error *e) MUST_CHECK;
enum err identity_build_temporary(struct identity *i, struct error *e) MUST_CHECK;     /* fills i->temporary */

/* canary.c: a real handshake over a socketpair with the candidate's very credentials, TLS 1.2 and 1.3; the client validates. */
struct canary { const char *sni; struct bytes leaf; struct bytes root; /* empty: any chain will do */ };
enum err canary_shake(struct tls_identity *t, const struct canary *c, struct error *e) MUST_CHECK;

/* preflight.c: every fault that can be known before a handshake. */
struct steps { struct swap_step *at; size_t len; };
void step_add(struct steps *s, const char *name, const char *result, const char *text);
void preflight(const struct showing *s, const struct names *names, const struct swap_wish *wish, struct arena *a, struct steps *steps, struct findings *faults);

/* The new one becomes what the listener shows, unless a newer one was quicker. Takes fresh. */
void identity_publish(struct identity *i, struct tls_identity *fresh, uint64_t generation);
/* The settled rows that the listener shows, or none. */
enum err identity_rows(struct identity *i, struct arena *a, struct shown *rows, struct swap_row *last, bool *has_last, struct error *e) MUST_CHECK;

/* The number (version.n) of a lineage's current version. */
enum err identity_current(struct identity *i, const struct id *certificate, int64_t *version_n, struct error *e) MUST_CHECK;
/* The lineage that the probe listener shows. */
bool identity_probe_of(struct identity *i, struct id *certificate);

enum { STEPS_MAX = 10 };

#endif
