#include "pki/pbe_open.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "base/own.h"
#include "base/text.h"
#include "pki/der.h"
#include "pki/utf16.h"

enum { PASSWORD_MAX = 512, KEY_MAX = 32, IV_MAX = 16 };

#define UNSUPPORTED(...) fail_kind(e, ERR_INVALID, "unsupported-algorithm", __VA_ARGS__)
#define MALFORMED fail(e, ERR_INVALID, "the encryption parameters are malformed")

/* What opens: key_len octets are derived; two keys of 3DES are three of which the last is the first. */
static const struct {
    const char *oid;
    bool is_pbes2;
    gnutls_cipher_algorithm_t cipher;
    size_t key_len, block;
} ciphers[] = {
    { "2.16.840.1.101.3.4.1.42", true, GNUTLS_CIPHER_AES_256_CBC, 32, 16 },
    { "2.16.840.1.101.3.4.1.22", true, GNUTLS_CIPHER_AES_192_CBC, 24, 16 },
    { "2.16.840.1.101.3.4.1.2", true, GNUTLS_CIPHER_AES_128_CBC, 16, 16 },
    { "1.2.840.113549.3.7", true, GNUTLS_CIPHER_3DES_CBC, 24, 8 },
    { "1.2.840.113549.1.12.1.3", false, GNUTLS_CIPHER_3DES_CBC, 24, 8 },
    { "1.2.840.113549.1.12.1.4", false, GNUTLS_CIPHER_3DES_CBC, 16, 8 },
    { "1.2.840.113549.1.12.1.6", false, GNUTLS_CIPHER_RC2_40_CBC, 5, 8 },
    { "1.2.840.113549.1.12.1.1", false, GNUTLS_CIPHER_ARCFOUR_128, 16, 0 },        /* a stream: no IV, no padding */
};
static const struct { const char *oid, *name; } others[] = {
    { "1.2.840.113549.1.12.1.2", "RC4-40 of PKCS#12" },
    { "1.2.840.113549.1.12.1.5", "RC2-128 of PKCS#12" }, { "1.2.840.113549.3.2", "RC2" }, { "1.3.14.3.2.7", "DES" },
    { "1.2.840.113549.1.5.3", "MD5 with DES" }, { "1.2.840.113549.1.5.6", "MD5 with RC2" }, { "1.2.840.113549.1.5.10", "SHA-1 with DES" },
    { "1.2.840.113549.1.5.11", "SHA-1 with RC2" }, { "1.2.643.2.2.21", "GOST 28147-89" }, { "1.2.643.7.1.1.5.1.1", "Magma" },
    { "1.2.643.7.1.1.5.2.1", "Kuznyechik" }, { "1.2.643.2.2.10", "HMAC of GOST R 34.11-94" }, { "1.2.643.7.1.1.4.1", "HMAC of Streebog-256" },
    { "1.2.643.7.1.1.4.2", "HMAC of Streebog-512" }, { "1.3.6.1.4.1.11591.4.11", "scrypt" }, { "2.16.840.1.101.3.4.1.46", "AES-256-GCM" },
};
static const struct { const char *oid; enum kdf_hash hash; } prfs[] = {
    { "1.2.840.113549.2.7", KDF_SHA1 }, { "1.2.840.113549.2.8", KDF_SHA224 }, { "1.2.840.113549.2.9", KDF_SHA256 },
    { "1.2.840.113549.2.10", KDF_SHA384 }, { "1.2.840.113549.2.11", KDF_SHA512 },
};
#define ROWS(t) (sizeof(t) / sizeof(*(t)))

/* passwords --------------------------------------------------------------------------------------------- */

enum err pbe_password_of(const char *text, struct arena *a, struct pbe_password *out, struct error *e)
{
    struct bytes wide;

    if (text == NULL) {
        *out = (struct pbe_password){ bytes_of("", 0), bytes_of("", 0) };
        return ERR_NONE;
    }
    if (strlen(text) > PASSWORD_MAX || !text_is_utf8(bytes_text(text)))
        return fail_at(e, "/password", "the password is not text, or longer than %d octets", PASSWORD_MAX);
    wide = utf16_of(text, a);
    *out = (struct pbe_password){ bytes_text(text), bytes_of(wide.at, wide.len + 2) };   /* the zero at the end counts */
    return ERR_NONE;
}

/* parameters -------------------------------------------------------------------------------------------- */

static enum err unknown(struct bytes oid, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();

    for (size_t i = 0; i < ROWS(others); i++)
        if (der_oid_is(oid, others[i].oid))
            return UNSUPPORTED("the encryption %s is not supported: write the file anew with AES-256 or 3DES", others[i].name);
    return UNSUPPORTED("the encryption algorithm %s is not supported: write the file anew with AES-256 or 3DES", der_oid_text(a, oid));
}

static enum err find_cipher(struct bytes oid, bool is_pbes2, struct pbe_scheme *s, struct error *e)
{
    for (size_t i = 0; i < ROWS(ciphers); i++) {
        if (ciphers[i].is_pbes2 != is_pbes2 || !der_oid_is(oid, ciphers[i].oid))
            continue;
        s->cipher = (int)i;
        return ERR_NONE;
    }
    return unknown(oid, e);
}

static enum err read_iterations(struct der *d, unsigned *out, struct error *e)
{
    int64_t n;

    if (!der_get_int(d, &n))
        return MALFORMED;
    if (n < 1)
        return fail(e, ERR_INVALID, "the encryption parameters ask for %lld iterations", (long long)n);
    if (n > PBE_ITERATIONS_EACH)
        return fail_kind(e, ERR_INVALID, "too-many-iterations", "the file asks for %lld iterations of its password: %d is the most that is computed",
                         (long long)n, PBE_ITERATIONS_EACH);
    *out = (unsigned)n;
    return ERR_NONE;
}

static enum err read_prf(struct der *d, enum kdf_hash *out, struct error *e)
{
    struct bytes oid;
    struct der in;

    *out = KDF_SHA1;                                 /* RFC 8018, A.2: the default */
    if (der_end(d))
        return ERR_NONE;
    if (!der_enter(d, DER_SEQUENCE, &in) || !der_get_oid(&in, &oid) || !der_end(d))
        return MALFORMED;
    for (size_t i = 0; i < ROWS(prfs); i++) {
        if (!der_oid_is(oid, prfs[i].oid))
            continue;
        *out = prfs[i].hash;
        return ERR_NONE;
    }
    return unknown(oid, e);
}

/* PBKDF2-params: RFC 8018, A.2. */
static enum err read_pbkdf2(struct der d, struct pbe_scheme *s, struct error *e)
{
    struct bytes oid;
    struct der in;
    int64_t key_len;
    uint8_t tag;
    enum err r;

    if (!der_get_oid(&d, &oid))
        return MALFORMED;
    if (!der_oid_is(oid, "1.2.840.113549.1.5.12"))
        return unknown(oid, e);
    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_get(&in, DER_OCTET_STRING, &s->salt) || s->salt.len > KDF_SALT_MAX)
        return MALFORMED;
    r = read_iterations(&in, &s->iterations, e);
    if (r)
        return r;
    if (der_peek(&in, &tag) && tag == DER_INTEGER && (!der_get_int(&in, &key_len) || key_len != (int64_t)ciphers[s->cipher].key_len))
        return MALFORMED;
    return read_prf(&in, &s->hash, e);
}

static enum err read_pbes2(struct der *d, struct pbe_scheme *s, struct error *e)
{
    struct der in, kdf, cipher;
    struct bytes oid;
    enum err r;

    if (!der_enter(d, DER_SEQUENCE, &in) || !der_end(d) || !der_enter(&in, DER_SEQUENCE, &kdf) || !der_enter(&in, DER_SEQUENCE, &cipher) ||
        !der_end(&in) || !der_get_oid(&cipher, &oid))
        return MALFORMED;
    r = find_cipher(oid, true, s, e);
    if (r)
        return r;
    if (!der_get(&cipher, DER_OCTET_STRING, &s->iv) || !der_end(&cipher) || s->iv.len != ciphers[s->cipher].block)
        return MALFORMED;
    s->is_pbes2 = true;
    return read_pbkdf2(kdf, s, e);
}

static enum err read_pkcs12(struct bytes oid, struct der *d, struct pbe_scheme *s, struct error *e)
{
    struct der in;
    enum err r = find_cipher(oid, false, s, e);

    if (r)
        return r;
    s->hash = KDF_SHA1;
    if (!der_enter(d, DER_SEQUENCE, &in) || !der_end(d) || !der_get(&in, DER_OCTET_STRING, &s->salt) || s->salt.len > KDF_SALT_MAX)
        return MALFORMED;
    r = read_iterations(&in, &s->iterations, e);
    return r == ERR_NONE && !der_end(&in) ? MALFORMED : r;
}

enum err pbe_read(struct bytes algorithm, struct pbe_scheme *out, struct error *e)
{
    struct der d = der_of(algorithm), in;
    struct pbe_scheme s = { 0 };
    struct bytes oid;
    enum err r;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_get_oid(&in, &oid))
        return MALFORMED;
    r = der_oid_is(oid, "1.2.840.113549.1.5.13") ? read_pbes2(&in, &s, e) : read_pkcs12(oid, &in, &s, e);
    if (r)
        return r;

    *out = s;
    return ERR_NONE;
}

/* Key and IV are two derivations in PKCS#12. */
unsigned pbe_derivations(const struct pbe_scheme *s)
{
    return s->is_pbes2 || ciphers[s->cipher].block == 0 ? 1 : 2;
}

enum err pbe_pay(struct pbe_budget *b, int64_t iterations, unsigned derivations, struct error *e)
{
    if (iterations < 1)
        return fail(e, ERR_INVALID, "the file asks for %lld iterations of its password", (long long)iterations);
    if (iterations > PBE_ITERATIONS_EACH)
        return fail_kind(e, ERR_INVALID, "too-many-iterations", "the file asks for %lld iterations of its password: %d is the most that is computed",
                         (long long)iterations, PBE_ITERATIONS_EACH);
    b->spent += (uint64_t)iterations * derivations;
    if (b->spent > PBE_ITERATIONS_ALL)
        return fail_kind(e, ERR_INVALID, "too-many-iterations", "the file asks for %llu iterations of its password in all: %d is the most that is computed",
                         (unsigned long long)b->spent, PBE_ITERATIONS_ALL);
    return ERR_NONE;
}

/* opening ----------------------------------------------------------------------------------------------- */

struct opening { uint8_t key[KEY_MAX], iv[IV_MAX]; };

static void opening_wipe(struct opening *o)
{
    own_wipe(o, sizeof(*o));
}

static enum err derive(const struct pbe_scheme *s, const struct pbe_password *password, struct opening *o, struct error *e)
{
    size_t key_len = ciphers[s->cipher].key_len, block = ciphers[s->cipher].block;
    enum err r;

    if (s->is_pbes2) {
        memcpy(o->iv, s->iv.at, s->iv.len);
        return kdf_pbkdf2(s->hash, s->iterations, password->utf8, s->salt, o->key, key_len, e);
    }
    r = kdf_pkcs12(s->hash, KDF_FOR_KEY, s->iterations, password->bmp, s->salt, o->key, key_len, e);
    if (r == ERR_NONE && block > 0)
        r = kdf_pkcs12(s->hash, KDF_FOR_IV, s->iterations, password->bmp, s->salt, o->iv, block, e);
    if (r == ERR_NONE && ciphers[s->cipher].cipher == GNUTLS_CIPHER_3DES_CBC && key_len == 16)
        memcpy(o->key + 16, o->key, 8);
    return r;
}

bool pbe_unpad(const uint8_t *at, size_t *len, size_t block)
{
    uint8_t pad = at[*len - 1];

    if (pad == 0 || pad > block)
        return false;
    for (size_t i = *len - pad; i < *len; i++)
        if (at[i] != pad)
            return false;
    *len -= pad;
    return true;
}

static enum err decrypt(const struct pbe_scheme *s, struct opening *o, uint8_t *at, size_t len, struct error *e)
{
    size_t key_len = ciphers[s->cipher].key_len;
    gnutls_datum_t key = { o->key, (unsigned)(key_len == 16 && ciphers[s->cipher].block == 8 ? 24 : key_len) };
    gnutls_datum_t iv = { o->iv, (unsigned)ciphers[s->cipher].block };
    gnutls_cipher_hd_t cipher;
    int rc;

    rc = gnutls_cipher_init(&cipher, ciphers[s->cipher].cipher, &key, &iv);
    if (rc < 0)
        return UNSUPPORTED("the encryption of the file is not supported on this system: %s", gnutls_strerror(rc));
    rc = gnutls_cipher_decrypt(cipher, at, len);
    gnutls_cipher_deinit(cipher);
    if (rc < 0)
        return fail(e, ERR_INVALID, "what is encrypted in the file cannot be read: %s", gnutls_strerror(rc));
    return ERR_NONE;
}

enum err pbe_open(const struct pbe_scheme *s, struct bytes sealed, const struct pbe_password *password, struct arena *a,
                  struct bytes *plain, struct error *e)
{
    CLEANUP(opening_wipe) struct opening o = { 0 };
    size_t len = sealed.len, block = ciphers[s->cipher].block;
    uint8_t *at;
    enum err r;

    if (len == 0 || (block > 0 && len % block != 0))
        return fail(e, ERR_INVALID, "what is encrypted in the file is malformed: %zu octets are no whole blocks", len);
    r = derive(s, password, &o, e);
    if (r)
        return r;
    at = arena_copy(a, sealed.at, len);
    r = decrypt(s, &o, at, len, e);
    if (r)
        return r;
    if (block > 0 && !pbe_unpad(at, &len, block))
        return fail_kind(e, ERR_INVALID, "wrong-password", "the password is wrong");

    *plain = bytes_of(at, len);
    return ERR_NONE;
}
