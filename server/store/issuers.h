/* issuers - names with a key that sign certificates, ours or another's; apart from their certificates. */
#ifndef STORE_ISSUERS_H
#define STORE_ISSUERS_H

#include "store/store.h"

struct issuer_row {
    struct id id;
    struct bytes name;             /* Name, whole DER */
    struct bytes key_identifier;   /* may be empty */
    const char *label;
};
/* A name with that key which is there already: ERR_CONFLICT. */
enum err store_issuer_add(struct tx *tx, const struct issuer_row *row, struct error *e) MUST_CHECK;
enum err store_issuer_by_name(const struct db *db, struct bytes name, struct bytes key_identifier, struct arena *a,
                              struct issuer_row *out, struct error *e) MUST_CHECK;
/* The first of that name, for certificates that do not say which key signed them. */
enum err store_issuer_of_name(const struct db *db, struct bytes name, struct arena *a, struct issuer_row *out, struct error *e) MUST_CHECK;
enum err store_issuer_label(const struct db *db, const struct id *issuer, struct arena *a, const char **out, struct error *e) MUST_CHECK;

#endif
