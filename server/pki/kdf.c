#include "pki/kdf.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>

#include "base/own.h"
#include "pki/sha256_loop.h"

enum { BLOCK_MAX = 128 };

static const struct {
    gnutls_digest_algorithm_t digest;
    gnutls_mac_algorithm_t mac;
    size_t len, block;
} hashes[KDF_HASH_COUNT] = {
    [KDF_SHA1] = { GNUTLS_DIG_SHA1, GNUTLS_MAC_SHA1, 20, 64 },
    [KDF_SHA224] = { GNUTLS_DIG_SHA224, GNUTLS_MAC_SHA224, 28, 64 },
    [KDF_SHA256] = { GNUTLS_DIG_SHA256, GNUTLS_MAC_SHA256, 32, 64 },
    [KDF_SHA384] = { GNUTLS_DIG_SHA384, GNUTLS_MAC_SHA384, 48, 128 },
    [KDF_SHA512] = { GNUTLS_DIG_SHA512, GNUTLS_MAC_SHA512, 64, 128 },
};

size_t kdf_digest_len(enum kdf_hash h)
{
    return hashes[h].len;
}

struct kdf {
    enum kdf_hash h;
    gnutls_hash_hd_t hash;
    uint8_t diversifier[BLOCK_MAX];
    uint8_t mixed[KDF_SALT_MAX + KDF_PASSWORD_MAX + 2 * BLOCK_MAX];   /* I: salt and password, in whole blocks */
    size_t mixed_len;
};

static void kdf_drop(struct kdf *k)
{
    if (k->hash != NULL)
        gnutls_hash_deinit(k->hash, NULL);
    own_wipe(k, sizeof(*k));
}

/* Repeats `from` until whole blocks are full; nothing stays nothing. */
static void mix(struct kdf *k, struct bytes from)
{
    size_t block = hashes[k->h].block, room = (from.len + block - 1) / block * block;

    for (size_t i = 0; i < room; i++)
        k->mixed[k->mixed_len++] = from.at[i % from.len];
}

/* Each block of I becomes I + B + 1, where B is the digest repeated. */
static void step(struct kdf *k, const uint8_t *digest)
{
    size_t block = hashes[k->h].block, len = hashes[k->h].len;

    for (size_t at = 0; at < k->mixed_len; at += block) {
        unsigned carry = 1;

        for (size_t i = block; i-- > 0; carry >>= 8) {
            carry += k->mixed[at + i] + digest[i % len];
            k->mixed[at + i] = (uint8_t)carry;
        }
    }
}

static bool turn(struct kdf *k, unsigned iterations, uint8_t *digest)
{
    if (gnutls_hash(k->hash, k->diversifier, hashes[k->h].block) < 0 || gnutls_hash(k->hash, k->mixed, k->mixed_len) < 0)
        return false;
    gnutls_hash_output(k->hash, digest);
    if (k->h == KDF_SHA256) {
        sha256_loop_digest(digest, iterations - 1);
        return true;
    }
    for (unsigned i = 1; i < iterations; i++) {
        if (gnutls_hash(k->hash, digest, hashes[k->h].len) < 0)
            return false;
        gnutls_hash_output(k->hash, digest);
    }
    return true;
}

enum err kdf_pkcs12(enum kdf_hash h, unsigned use, unsigned iterations, struct bytes bmp, struct bytes salt,
                    uint8_t *out, size_t out_len, struct error *e)
{
    CLEANUP(kdf_drop) struct kdf k = { .h = h };
    uint8_t digest[KDF_DIGEST_MAX];

    if (salt.len > KDF_SALT_MAX || bmp.len > KDF_PASSWORD_MAX || iterations == 0 || iterations > KDF_ITERATIONS_MAX)
        return fail(e, ERR_BUG, "a key cannot be derived with %zu octets of salt and %u iterations", salt.len, iterations);
    if (gnutls_hash_init(&k.hash, hashes[h].digest) < 0)
        return fail(e, ERR_BUG, "the digest of PKCS#12 cannot be computed");

    memset(k.diversifier, (int)use, sizeof(k.diversifier));
    mix(&k, salt);
    mix(&k, bmp);
    while (out_len > 0) {
        size_t n = out_len < hashes[h].len ? out_len : hashes[h].len;

        if (!turn(&k, iterations, digest))
            return fail(e, ERR_BUG, "the digest of PKCS#12 cannot be computed");
        memcpy(out, digest, n);
        out += n;
        out_len -= n;
        step(&k, digest);
    }
    own_wipe(digest, sizeof(digest));
    return ERR_NONE;
}

static void pbkdf2_sha256(unsigned iterations, struct bytes password, struct bytes salt, uint8_t *out, size_t out_len)
{
    uint8_t salted[KDF_SALT_MAX + 4] = { 0 }, block[KDF_DIGEST_MAX];

    if (salt.len > 0)
        memcpy(salted, salt.at, salt.len);
    for (unsigned number = 1; out_len > 0; number++) {
        size_t n = out_len < 32 ? out_len : 32;

        salted[salt.len + 3] = (uint8_t)number;   /* a key has a few blocks, never 256 */
        sha256_loop_pbkdf2(password, bytes_of(salted, salt.len + 4), iterations, block);
        memcpy(out, block, n);
        out += n;
        out_len -= n;
    }
    own_wipe(block, sizeof(block));
}

enum err kdf_pbkdf2(enum kdf_hash h, unsigned iterations, struct bytes password, struct bytes salt, uint8_t *out, size_t out_len, struct error *e)
{
    gnutls_datum_t secret = { (unsigned char *)password.at, (unsigned)password.len }, salted = { (unsigned char *)salt.at, (unsigned)salt.len };
    int rc;

    if (salt.len > KDF_SALT_MAX || iterations == 0 || iterations > KDF_ITERATIONS_MAX || out_len > KDF_DIGEST_MAX)
        return fail(e, ERR_BUG, "a key cannot be derived with %zu octets of salt and %u iterations", salt.len, iterations);
    if (h == KDF_SHA256) {
        pbkdf2_sha256(iterations, password, salt, out, out_len);
        return ERR_NONE;
    }
    rc = gnutls_pbkdf2(hashes[h].mac, &secret, &salted, iterations, out, out_len);
    if (rc < 0)
        return fail(e, ERR_BUG, "PBKDF2 cannot be computed: %s", gnutls_strerror(rc));
    return ERR_NONE;
}

void kdf_hmac(enum kdf_hash h, struct bytes key, struct bytes body, uint8_t out[KDF_DIGEST_MAX])
{
    if (gnutls_hmac_fast(hashes[h].mac, key.at, key.len, body.at, body.len, out) < 0)
        abort();
}
