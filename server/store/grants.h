/* grants - who may do what with the private key of one certificate. */
#ifndef STORE_GRANTS_H
#define STORE_GRANTS_H

#include "store/store.h"

struct grant_row {
    struct id principal, certificate;
    const char *kind, *name;       /* "user" "role" "token" */
    unsigned allows;               /* bits: 1 use, 2 export, 4 manage */
};
/* All there are, in order of principal, then certificate. */
enum err store_grants(const struct db *db, struct arena *a, struct grant_row **out, size_t *len, struct error *e) MUST_CHECK;
/* Of one certificate, by kind and name. */
enum err store_grants_on(const struct db *db, const struct id *certificate, struct arena *a, struct grant_row **out, size_t *len, struct error *e) MUST_CHECK;
/* These and no others. A principal stands once in the list. */
enum err store_grants_put(struct tx *tx, const struct id *certificate, const struct grant_row *rows, size_t len, struct error *e) MUST_CHECK;

#endif
