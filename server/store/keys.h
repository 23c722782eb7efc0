/* keys - private keys at rest: what the keeper sealed, and the public half to find it by. */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include "store/store.h"

struct key_row {
    struct id id;
    const char *purpose;           /* "ca" "subject" "ocsp" "seal" */
    const char *type;              /* key_type_text */
    struct bytes spki;
    struct bytes blob;             /* the keeper's; empty: destroyed */
    uint32_t kek;
    bool is_exportable;
    const char *origin;            /* "made" "imported" */
    int64_t created_at;
};
enum err store_key_add(struct tx *tx, const struct key_row *row, struct error *e) MUST_CHECK;
enum err store_key(const struct db *db, const struct id *id, struct arena *a, struct key_row *out, struct error *e) MUST_CHECK;
/* A subject key that is here, by SHA-256 of its SubjectPublicKeyInfo. */
enum err store_key_by_spki(const struct db *db, struct bytes spki_sha256, struct arena *a, struct key_row *out, struct error *e) MUST_CHECK;

#endif
