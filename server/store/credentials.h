/* credentials - what proves a principal: a password (yescrypt text), or a secret of which only the SHA-256 is kept. */
#ifndef STORE_CREDENTIALS_H
#define STORE_CREDENTIALS_H

#include "store/store.h"

struct credential_row {
    struct id principal;
    const char *kind;              /* "password" "token" "setup" */
    struct bytes lookup;           /* SHA-256; empty for a password */
    const char *secret;            /* yescrypt text; NULL for the others */
    int64_t created_at, expires_at, used_at;   /* 0: never */
};
enum err store_credential_add(struct tx *tx, const struct id *id, const struct credential_row *row, struct error *e) MUST_CHECK;
enum err store_credential_end(struct tx *tx, const struct id *principal, const char *kind, struct error *e) MUST_CHECK;
enum err store_credential_used(struct tx *tx, const char *kind, struct bytes lookup, int64_t at, struct error *e) MUST_CHECK;
/* All that are found by their hash: no passwords. */
enum err store_credentials(const struct db *db, struct arena *a, struct credential_row **out, size_t *len, struct error *e) MUST_CHECK;

enum err store_password(const struct db *db, const struct id *principal, struct arena *a, const char **secret, struct error *e) MUST_CHECK;
enum err store_password_change(struct tx *tx, const struct id *principal, const char *secret, struct error *e) MUST_CHECK;

#endif
