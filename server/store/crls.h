/* crls - the last few signed revocation lists of each authority. */
#ifndef STORE_CRLS_H
#define STORE_CRLS_H

#include "store/store.h"

struct crl_row {
    struct id issuer;
    int64_t number, this_update, next_update, entries;
    struct bytes body;             /* DER, whole */
};
/* Takes the number for the authority: one that is not larger than the last is ERR_CONFLICT. The last three are kept. */
enum err store_crl_add(struct tx *tx, const struct crl_row *row, struct error *e) MUST_CHECK;
/* ERR_ABSENT: none was signed yet. */
enum err store_crl_latest(const struct db *db, const struct id *issuer, struct arena *a, struct crl_row *out, struct error *e) MUST_CHECK;

#endif
