#include "pki/dek.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "base/own.h"
#include "base/text.h"
#include "pki/pbe_open.h"

enum { KEY_MAX = 32, IV_MAX = 16, MD5_LEN = 16, SALT_LEN = 8, PASSWORD_MAX = 512 };

static const struct cipher {
    const char *name;
    gnutls_cipher_algorithm_t cipher;
    size_t key_len, block;
} ciphers[] = {
    { "AES-256-CBC", GNUTLS_CIPHER_AES_256_CBC, 32, 16 }, { "AES-192-CBC", GNUTLS_CIPHER_AES_192_CBC, 24, 16 },
    { "AES-128-CBC", GNUTLS_CIPHER_AES_128_CBC, 16, 16 }, { "DES-EDE3-CBC", GNUTLS_CIPHER_3DES_CBC, 24, 8 },
    { "DES-CBC", GNUTLS_CIPHER_DES_CBC, 8, 8 },
};

struct opening { uint8_t key[KEY_MAX + MD5_LEN], iv[IV_MAX], from[MD5_LEN + PASSWORD_MAX + SALT_LEN]; };

static void opening_wipe(struct opening *o)
{
    own_wipe(o, sizeof(*o));
}

/* "AES-256-CBC,0123…": the cipher and its IV. */
static enum err read_scheme(const char *scheme, const struct cipher **out, uint8_t *iv, struct arena *a, struct error *e)
{
    size_t name_len = strcspn(scheme, ","), iv_len;

    for (size_t i = 0; i < sizeof(ciphers) / sizeof(*ciphers); i++) {
        if (strlen(ciphers[i].name) != name_len || strncmp(ciphers[i].name, scheme, name_len) != 0)
            continue;
        if (scheme[name_len] != ',' || !text_unhex(scheme + name_len + 1, iv, IV_MAX, &iv_len) || iv_len != ciphers[i].block)
            return fail(e, ERR_INVALID, "the encrypted key's line \"DEK-Info\" is malformed");
        *out = &ciphers[i];
        return ERR_NONE;
    }
    return fail_kind(e, ERR_INVALID, "unsupported-algorithm",
                     "the encryption %.32s is not supported: write the key anew with \"openssl pkcs8 -topk8 -v2 aes-256-cbc\"",
                     (const char *)arena_copy(a, scheme, name_len));
}

/* As OpenSSL's EVP_BytesToKey does with MD5 and one round: each digest is of the one before, the password and the salt. */
static enum err derive(const struct cipher *c, const char *password, struct opening *o, struct error *e)
{
    size_t password_len = strlen(password), have, before;
    int rc;

    if (password_len > PASSWORD_MAX)
        return fail_at(e, "/password", "the password is longer than %d octets", PASSWORD_MAX);
    for (have = before = 0; have < c->key_len; have += MD5_LEN) {
        memcpy(o->from + before, password, password_len);
        memcpy(o->from + before + password_len, o->iv, SALT_LEN);
        rc = gnutls_hash_fast(GNUTLS_DIG_MD5, o->from, before + password_len + SALT_LEN, o->key + have);
        if (rc < 0)
            return fail(e, ERR_INVALID, "the encryption of the key is not supported on this system: %s", gnutls_strerror(rc));
        memcpy(o->from, o->key + have, MD5_LEN);
        before = MD5_LEN;
    }
    return ERR_NONE;
}

enum err dek_open(const char *scheme, struct bytes sealed, const char *password, struct arena *a, struct bytes *plain, struct error *e)
{
    CLEANUP(opening_wipe) struct opening o = { 0 };
    const struct cipher *c;
    gnutls_cipher_hd_t cipher;
    gnutls_datum_t key, iv;
    size_t len = sealed.len;
    uint8_t *at;
    enum err r;
    int rc;

    r = read_scheme(scheme, &c, o.iv, a, e);
    if (r)
        return r;
    if (len == 0 || len % c->block != 0)
        return fail(e, ERR_INVALID, "what is encrypted in the file is malformed: %zu octets are no whole blocks", len);
    r = derive(c, password, &o, e);
    if (r)
        return r;
    key = (gnutls_datum_t){ o.key, (unsigned)c->key_len };
    iv = (gnutls_datum_t){ o.iv, (unsigned)c->block };
    rc = gnutls_cipher_init(&cipher, c->cipher, &key, &iv);
    if (rc < 0)
        return fail(e, ERR_INVALID, "the encryption of the key is not supported on this system: %s", gnutls_strerror(rc));
    at = arena_copy(a, sealed.at, len);
    rc = gnutls_cipher_decrypt(cipher, at, len);
    gnutls_cipher_deinit(cipher);
    if (rc < 0 || !pbe_unpad(at, &len, c->block))
        return fail_kind(e, ERR_INVALID, "wrong-password", "the password is wrong");

    *plain = bytes_of(at, len);
    return ERR_NONE;
}
