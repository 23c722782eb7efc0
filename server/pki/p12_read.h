/* p12_read - a PFX (RFC 7292) of anybody's making, read. Bags and iterations are counted before a single one is computed. */
#ifndef PKI_P12_READ_H
#define PKI_P12_READ_H

#include "pki/item.h"

enum { P12_MAX = 256 * 1024, P12_BAGS = 32 };
bool p12_is_one(struct bytes der);                 /* by its outer shape */
/* password: NULL or "" tries both an empty and an absent one. Kinds: "wrong-password" "unsupported-algorithm" "unsupported-mac"
   "too-many-iterations" "truncated". *out is added to only on success. */
enum err p12_read(struct bytes der, const char *password, struct items *out, struct error *e) MUST_CHECK;

#endif
