#include "pki/sha256_loop.h"

#include <nettle/hmac.h>
#include <nettle/sha2.h>

#include "base/own.h"

enum { DIGEST = 32, BLOCK = 64, WORDS = 8 };

static void put_words(const uint32_t *words, uint8_t *out)
{
    for (size_t i = 0; i < WORDS; i++) {
        out[4 * i] = (uint8_t)(words[i] >> 24);
        out[4 * i + 1] = (uint8_t)(words[i] >> 16);
        out[4 * i + 2] = (uint8_t)(words[i] >> 8);
        out[4 * i + 3] = (uint8_t)words[i];
    }
}

/* A block that holds one digest and the end of a message of `octets` in all (FIPS 180-4, 5.1.1). */
static void pad(uint8_t block[BLOCK], unsigned octets)
{
    memset(block + DIGEST, 0, BLOCK - DIGEST);
    block[DIGEST] = 0x80;
    block[BLOCK - 2] = (uint8_t)(octets * 8 >> 8);
    block[BLOCK - 1] = (uint8_t)(octets * 8);
}

/* A whole block onto a context that holds none goes straight into the compression: its state is the digest, as the padding is in the block. */
static void compress(struct sha256_ctx *c, const uint32_t *from, uint8_t block[BLOCK])
{
    memcpy(c->state, from, sizeof(c->state));
    sha256_update(c, BLOCK, block);
    put_words(c->state, block);
}

void sha256_loop_digest(uint8_t digest[DIGEST], unsigned times)
{
    struct sha256_ctx fresh, c;
    uint8_t block[BLOCK];

    sha256_init(&fresh);
    c = fresh;
    memcpy(block, digest, DIGEST);
    pad(block, DIGEST);
    for (unsigned i = 0; i < times; i++)
        compress(&c, fresh.state, block);
    memcpy(digest, block, DIGEST);
    own_wipe(block, sizeof(block));
    own_wipe(&c, sizeof(c));
}

void sha256_loop_pbkdf2(struct bytes password, struct bytes salted, unsigned iterations, uint8_t out[DIGEST])
{
    struct hmac_sha256_ctx keyed;
    struct sha256_ctx c;
    uint8_t block[BLOCK];

    hmac_sha256_set_key(&keyed, password.len, password.at);
    c = keyed.inner;
    hmac_sha256_update(&keyed, salted.len, salted.at);
    hmac_sha256_digest(&keyed, DIGEST, block);
    memcpy(out, block, DIGEST);
    pad(block, BLOCK + DIGEST);
    for (unsigned i = 1; i < iterations; i++) {
        compress(&c, keyed.inner.state, block);
        compress(&c, keyed.outer.state, block);
        for (size_t k = 0; k < DIGEST; k++)
            out[k] ^= block[k];
    }
    own_wipe(&keyed, sizeof(keyed));
    own_wipe(&c, sizeof(c));
    own_wipe(block, sizeof(block));
}
