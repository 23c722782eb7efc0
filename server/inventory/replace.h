/* replace - a file becomes the next version of a certificate that is named, however little they have in common: what differs is told, and what
   was not agreed to is refused. Import does the rest. */
#ifndef INVENTORY_REPLACE_H
#define INVENTORY_REPLACE_H

#include "inventory/import.h"

enum difference { DIFFERENT_NAMES, DIFFERENT_PURPOSE, NO_PRIVATE_KEY, NOT_NEWER, IS_EXPIRED, BREAKS_RULE, DIFFERENCES };
bool difference_parse(const char *word, unsigned *accepts);    /* "other-names" "other-purpose" "no-private-key" "older" "expired" "flagged": adds its bit */

struct candidate_version {         /* not stored yet */
    const struct cert *cert;
    struct bytes key_blob;         /* sealed; empty: no private key */
    const struct bytes *others;    /* the other certificates of the file */
    size_t others_len;
};
struct replacement {
    struct id certificate;
    unsigned accepts;              /* bits 1 << enum difference */
    /* Higher floors: asked before anything is written, also of a preview; and riding in the commit of the version. May be NULL. */
    enum err (*before)(const struct candidate_version *c, void *arg, struct error *e);
    enum err (*also)(struct tx *tx, int64_t version_n, void *arg, struct error *e);
    void *arg;
    /* results */
    struct findings differences;   /* LEVEL_ERROR: must be accepted; LEVEL_WARNING: is accepted; LEVEL_NOTE: to be known */
    int64_t seen_n;                /* the version that is replaced */
    int next;                      /* number of the one that comes */
    struct imported *item;         /* which of the file it is */
};

#endif
