/* held - the authorities whose keys we hold: a frozen roll, counted, replaced whole when one is made or signs a list. */
#ifndef CA_HELD_H
#define CA_HELD_H

#include <pthread.h>
#include <stdatomic.h>

#include "ca/ca.h"

struct held {
    struct authority view;
    int64_t version;               /* of its row: asked again when a certificate is recorded */
    int64_t crl_days;
    struct keeper_key *key;        /* NULL while the keeper is sealed */
    enum sig_alg alg;
    uint8_t ski[20];
    const char *crl_url, *cer_url; /* what its certificates carry */
    const struct bytes *chain;     /* its certificate upward, root left out */
    size_t chain_len;
};

struct roll {
    atomic_int refs;
    uint64_t ticket;               /* of the reload that made it: an older one never replaces a newer */
    struct arena *arena;
    struct held *at;
    size_t len;
};

struct ca {
    struct store *store;
    struct keeper *keeper;
    struct settings *settings;     /* NULL: defaults */
    pthread_mutex_t lock;          /* guards what follows */
    struct roll *now;
    uint64_t tickets;
    char public_url[256];
};

/* Reads the rows again. Its caller's commit is in the roll that stands afterwards. */
enum err held_reload(struct ca *ca, struct error *e) MUST_CHECK;
struct roll *held_roll(struct ca *ca);                        /* with a reference */
void roll_unref(struct roll *roll);                           /* NULL is fine */
static inline void roll_drop(struct roll **roll) { roll_unref(*roll); *roll = NULL; }
/* ERR_ABSENT when there is none of that id. */
enum err roll_find(const struct roll *roll, const struct id *id, const struct held **out, struct error *e) MUST_CHECK;
enum err roll_default(const struct roll *roll, const struct held **out, struct error *e) MUST_CHECK;
/* May it sign now? Else it is sealed, retired or past its end. */
enum err held_ready(const struct held *held, int64_t now, struct error *e) MUST_CHECK;
const char *held_public_url(struct ca *ca, struct arena *a);

#endif
