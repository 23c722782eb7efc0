/* matches - which versions of certificates are here already, or belong to what comes in: by thumbprint, key and name. */
#ifndef STORE_MATCHES_H
#define STORE_MATCHES_H

#include "store/certificates.h"

enum { MATCHES_MAX = 16 };
struct matches { int64_t at[MATCHES_MAX]; size_t len; };           /* version.n, newest first */

/* 0: not here. */
enum err store_match_thumbprint(const struct db *db, struct bytes sha256, int64_t *n, struct error *e) MUST_CHECK;
enum err store_match_key(const struct db *db, const struct id *key, struct matches *out, struct error *e) MUST_CHECK;              /* current ones */
enum err store_match_keyless(const struct db *db, struct bytes spki_sha256, struct matches *out, struct error *e) MUST_CHECK;      /* current or not */
enum err store_match_name(const struct db *db, const struct name_row *name, struct arena *a, struct matches *out, struct error *e) MUST_CHECK;
enum err store_match_common_name(const struct db *db, const char *common_name, struct matches *out, struct error *e) MUST_CHECK;
/* Its private key has come; `flags` are added to those it has. */
enum err store_version_set_key(struct tx *tx, const struct version_row *row, const struct id *key, unsigned flags, struct error *e) MUST_CHECK;

#endif
