#include "pki/pbe.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "base/random.h"
#include "base/text.h"
#include "pki/der.h"
#include "pki/kdf.h"

enum { PASSWORD_LEAST = 4, PASSWORD_MOST = 128, ITERATIONS_MOST = KDF_ITERATIONS_MAX };

/* A random salt, an IV and what PBKDF2 or RFC 7292, B.2 made of the password. */
struct sealing {
    uint8_t salt[16], key[32], iv[16];
};

enum err pbe_password_check(const char *password, struct error *e)
{
    size_t len = strlen(password);

    if (len == 0)
        return fail_at(e, "/password", "a password is needed: without one anybody who gets the file has the key");
    if (len < PASSWORD_LEAST || len > PASSWORD_MOST)
        return fail_at(e, "/password", "the password has %zu characters: %d to %d are taken", len, PASSWORD_LEAST, PASSWORD_MOST);
    if (!text_is_printable_ascii(password))
        return fail_at(e, "/password", "the password may only have letters, digits and signs of ASCII: other programs read the rest differently");
    return ERR_NONE;
}

enum err pbe_pkcs12_kdf(bool hash_is_sha256, unsigned id, unsigned iterations, const char *password, struct bytes salt,
                        uint8_t *out, size_t out_len, struct error *e)
{
    uint8_t bmp[(PASSWORD_MOST + 1) * 2] = { 0 };
    size_t len = strlen(password);
    enum err r;

    r = pbe_password_check(password, e);
    if (r)
        return r;
    if (salt.len == 0)
        return fail(e, ERR_BUG, "a key is not derived without salt");
    for (size_t i = 0; i < len; i++)
        bmp[2 * i + 1] = (uint8_t)password[i];
    r = kdf_pkcs12(hash_is_sha256 ? KDF_SHA256 : KDF_SHA1, id, iterations, bytes_of(bmp, (len + 1) * 2), salt, out, out_len, e);   /* the zero at the end counts */
    own_wipe(bmp, sizeof(bmp));
    return r;
}

/* the two schemes --------------------------------------------------------------------------------------- */

static void sealing_wipe(struct sealing *s)
{
    own_wipe(s, sizeof(*s));
}

static enum err derive_pbes2(struct sealing *s, unsigned iterations, const char *password, struct error *e)
{
    random_fill(s->iv, sizeof(s->iv));
    return kdf_pbkdf2(KDF_SHA256, iterations, bytes_text(password), bytes_of(s->salt, sizeof(s->salt)), s->key, sizeof(s->key), e);
}

static enum err derive_3des(struct sealing *s, unsigned iterations, const char *password, struct error *e)
{
    struct bytes salt = bytes_of(s->salt, 8);
    enum err r = pbe_pkcs12_kdf(false, 1, iterations, password, salt, s->key, 24, e);

    return r ? r : pbe_pkcs12_kdf(false, 2, iterations, password, salt, s->iv, 8, e);
}

/* RFC 8018, A.2 and A.4. */
static struct bytes algorithm_pbes2(const struct sealing *s, unsigned iterations, struct arena *a)
{
    struct der_writer w;
    size_t mark, params;

    der_begin(&w, 160);
    der_prim(&w, DER_OCTET_STRING, bytes_of(s->iv, sizeof(s->iv)));
    der_oid(&w, "2.16.840.1.101.3.4.1.42");   /* aes256-CBC */
    der_wrap(&w, 0, DER_SEQUENCE);

    params = mark = der_mark(&w);
    der_null(&w);
    der_oid(&w, "1.2.840.113549.2.9");        /* hmacWithSHA256 */
    der_wrap(&w, mark, DER_SEQUENCE);
    der_int(&w, iterations);
    der_prim(&w, DER_OCTET_STRING, bytes_of(s->salt, sizeof(s->salt)));
    der_wrap(&w, params, DER_SEQUENCE);
    der_oid(&w, "1.2.840.113549.1.5.12");     /* PBKDF2 */
    der_wrap(&w, params, DER_SEQUENCE);

    der_wrap(&w, 0, DER_SEQUENCE);
    der_oid(&w, "1.2.840.113549.1.5.13");     /* PBES2 */
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

/* RFC 7292, C. */
static struct bytes algorithm_3des(const struct sealing *s, unsigned iterations, struct arena *a)
{
    struct der_writer w;

    der_begin(&w, 64);
    der_int(&w, iterations);
    der_prim(&w, DER_OCTET_STRING, bytes_of(s->salt, 8));
    der_wrap(&w, 0, DER_SEQUENCE);
    der_oid(&w, "1.2.840.113549.1.12.1.3");   /* pbeWithSHAAnd3-KeyTripleDES-CBC */
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

static const struct {
    enum err (*derive)(struct sealing *s, unsigned iterations, const char *password, struct error *e);
    struct bytes (*algorithm)(const struct sealing *s, unsigned iterations, struct arena *a);
    gnutls_cipher_algorithm_t cipher;
    unsigned key_len, block;
} schemes[] = {
    [PBE_AES256_SHA256] = { derive_pbes2, algorithm_pbes2, GNUTLS_CIPHER_AES_256_CBC, 32, 16 },
    [PBE_3DES_SHA1] = { derive_3des, algorithm_3des, GNUTLS_CIPHER_3DES_CBC, 24, 8 },
};

/* CBC with the padding of RFC 8018, 6.1.1: one to `block` octets, each their count. */
static enum err seal(enum pbe scheme, struct sealing *s, struct bytes plain, struct arena *a, struct bytes *out, struct error *e)
{
    gnutls_datum_t key = { s->key, schemes[scheme].key_len }, iv = { s->iv, schemes[scheme].block };
    size_t pad = schemes[scheme].block - plain.len % schemes[scheme].block;
    uint8_t *at = arena_take(a, plain.len + pad);
    gnutls_cipher_hd_t cipher;
    int rc;

    memcpy(at, plain.at, plain.len);
    memset(at + plain.len, (int)pad, pad);
    rc = gnutls_cipher_init(&cipher, schemes[scheme].cipher, &key, &iv);
    if (rc < 0)
        return fail(e, ERR_BUG, "the cipher of the export cannot be used: %s", gnutls_strerror(rc));
    rc = gnutls_cipher_encrypt(cipher, at, plain.len + pad);
    gnutls_cipher_deinit(cipher);
    if (rc < 0)
        return fail(e, ERR_BUG, "the export cannot be encrypted: %s", gnutls_strerror(rc));
    *out = bytes_of(at, plain.len + pad);
    return ERR_NONE;
}

enum err pbe_encrypt(enum pbe scheme, unsigned iterations, const char *password, struct bytes plain,
                     struct arena *a, struct bytes *algorithm, struct bytes *sealed, struct error *e)
{
    CLEANUP(sealing_wipe) struct sealing s;
    enum err r;

    r = pbe_password_check(password, e);
    if (r)
        return r;
    if (iterations == 0 || iterations > ITERATIONS_MOST)
        return fail(e, ERR_BUG, "%u iterations are not possible", iterations);
    random_fill(s.salt, sizeof(s.salt));
    r = schemes[scheme].derive(&s, iterations, password, e);
    if (r)
        return r;
    r = seal(scheme, &s, plain, a, sealed, e);
    if (r)
        return r;

    *algorithm = schemes[scheme].algorithm(&s, iterations, a);
    return ERR_NONE;
}

enum err pbe_encrypt_key(enum pbe scheme, unsigned iterations, const char *password, struct bytes pkcs8,
                         struct arena *a, struct bytes *out, struct error *e)
{
    struct bytes algorithm, sealed;
    struct der_writer w;
    enum err r;

    r = pbe_encrypt(scheme, iterations, password, pkcs8, a, &algorithm, &sealed, e);
    if (r)
        return r;
    der_begin(&w, sealed.len + algorithm.len + 16);
    der_prim(&w, DER_OCTET_STRING, sealed);
    der_raw(&w, algorithm);
    der_wrap(&w, 0, DER_SEQUENCE);
    *out = der_take(&w, a);
    return ERR_NONE;
}
