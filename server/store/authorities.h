/* authorities - issuers whose key is ours: what they are, and whether they may still sign. */
#ifndef STORE_AUTHORITIES_H
#define STORE_AUTHORITIES_H

#include "store/store.h"

struct authority_row {
    struct id id, parent, key;     /* id: also the issuer's */
    const char *slug;              /* of its name, unique: two of one name cannot be told apart */
    const char *state;             /* "active" */
    const char *public_url;
    int64_t crl_days, crl_number, version, created_at;
    int64_t certificate_n;         /* version.n of its certificate */
    /* read only: from the tables beside */
    const char *label;
    struct id certificate;
    struct bytes der, blob;
    int64_t crl_this_update, crl_next_update;
};
/* Also records that the lineage `certificate` is in use by it. */
enum err store_authority_add(struct tx *tx, const struct authority_row *row, struct error *e) MUST_CHECK;
enum err store_authorities(const struct db *db, struct arena *a, struct authority_row **out, size_t *len, struct error *e) MUST_CHECK;
/* Is it still as it was seen? Else ERR_CONFLICT. */
enum err store_authority_still(struct tx *tx, const struct id *id, int64_t version, struct error *e) MUST_CHECK;

#endif
