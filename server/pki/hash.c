#include "pki/hash.h"

#include <stdlib.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

/* These cannot fail but by a library that lacks the digest or has no memory: nothing can go on from there. */
static void digest(gnutls_digest_algorithm_t which, struct bytes from, uint8_t *out)
{
    if (gnutls_hash_fast(which, from.at, from.len, out) < 0)
        abort();
}

void hash_sha1(struct bytes from, uint8_t out[SHA1_LEN])
{
    digest(GNUTLS_DIG_SHA1, from, out);
}

void hash_sha256(struct bytes from, uint8_t out[SHA256_LEN])
{
    digest(GNUTLS_DIG_SHA256, from, out);
}

void hash_sha384(struct bytes from, uint8_t out[SHA384_LEN])
{
    digest(GNUTLS_DIG_SHA384, from, out);
}

void hash_sha512(struct bytes from, uint8_t out[SHA512_LEN])
{
    digest(GNUTLS_DIG_SHA512, from, out);
}

void hash_hmac_sha256(struct bytes key, struct bytes from, uint8_t out[SHA256_LEN])
{
    if (gnutls_hmac_fast(GNUTLS_MAC_SHA256, key.at, key.len, from.at, from.len, out) < 0)
        abort();
}

bool hash_same(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || gnutls_memcmp(a.at, b.at, a.len) == 0);
}
