#include "pki/key_read.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "base/own.h"
#include "pki/der.h"
#include "pki/ec_half.h"
#include "pki/key.h"

#define RSA "1.2.840.113549.1.1.1"
#define EC "1.2.840.10045.2.1"
#define ED25519 "1.3.101.112"

enum { DEPTH = 16 };

#define UNSUPPORTED(...) fail_kind(e, ERR_INVALID, "unsupported-algorithm", __VA_ARGS__)
#define MALFORMED fail(e, ERR_INVALID, "the private key is malformed")

static const struct { const char *oid, *name; } others[] = {
    { "1.2.840.113549.1.1.10", "RSASSA-PSS" }, { "1.2.840.113549.1.1.7", "RSAES-OAEP" }, { "1.2.840.10040.4.1", "DSA" },
    { "1.2.840.113549.1.3.1", "Diffie-Hellman" }, { "1.3.101.110", "X25519" }, { "1.3.101.111", "X448" }, { "1.3.101.113", "Ed448" },
    { "1.2.643.2.2.19", "GOST R 34.10-2001" }, { "1.2.643.7.1.1.1.1", "GOST R 34.10-2012 (256)" }, { "1.2.643.7.1.1.1.2", "GOST R 34.10-2012 (512)" },
};

/* shape ------------------------------------------------------------------------------------------------- */

enum key_form key_form(struct bytes der)
{
    struct der d = der_of(der), in, inner;
    int64_t version;
    uint8_t tag;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_peek(&in, &tag))
        return KEY_FORM_NONE;
    if (tag == DER_SEQUENCE)
        return der_enter(&in, DER_SEQUENCE, &inner) && der_peek(&inner, &tag) && tag == DER_OID && der_peek(&in, &tag) && tag == DER_OCTET_STRING
                   ? KEY_FORM_ENCRYPTED : KEY_FORM_NONE;
    if (!der_get_int(&in, &version) || !der_peek(&in, &tag))
        return KEY_FORM_NONE;
    if (tag == DER_INTEGER && version <= 1)
        return KEY_FORM_PKCS1;
    if (tag == DER_OCTET_STRING && version == 1)
        return KEY_FORM_SEC1;
    if (!der_enter(&in, DER_SEQUENCE, &inner) || !der_peek(&inner, &tag) || tag != DER_OID)
        return KEY_FORM_NONE;
    return der_peek(&in, &tag) && tag == DER_OCTET_STRING ? KEY_FORM_PKCS8 : KEY_FORM_NONE;
}

/* OneAsymmetricKey: RFC 5958, 2. */
static bool pkcs8_parts(struct bytes der, struct bytes *oid, struct bytes *parameters, struct bytes *key)
{
    struct der d = der_of(der), in, algorithm, attributes;
    struct bytes ignored;
    int64_t version;
    bool is_there;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_get_int(&in, &version) || version < 0 || version > 1 ||
        !der_enter(&in, DER_SEQUENCE, &algorithm) || !der_get_oid(&algorithm, oid) || !der_get(&in, DER_OCTET_STRING, key) ||
        !der_optional(&in, DER_CONTEXT_CONS(0), &attributes, &is_there))
        return false;
    *parameters = bytes_of(algorithm.at, (size_t)(algorithm.end - algorithm.at));
    return der_end(&in) || (version == 1 && der_get(&in, DER_CONTEXT(1), &ignored) && der_end(&in));
}

static enum err check_kind(struct bytes oid, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();

    if (der_oid_is(oid, RSA) || der_oid_is(oid, EC) || der_oid_is(oid, ED25519))
        return ERR_NONE;
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (der_oid_is(oid, others[i].oid))
            return UNSUPPORTED("private keys of the kind %s are not supported: RSA, EC (P-256, P-384, P-521) and Ed25519 are", others[i].name);
    return UNSUPPORTED("private keys of the algorithm %s are not supported: RSA, EC (P-256, P-384, P-521) and Ed25519 are", der_oid_text(a, oid));
}

/* the library's look ------------------------------------------------------------------------------------ */

static void x509_drop(gnutls_x509_privkey_t *k)
{
    if (*k != NULL)
        gnutls_x509_privkey_deinit(*k);
}

static void pubkey_drop(gnutls_pubkey_t *p)
{
    if (*p != NULL)
        gnutls_pubkey_deinit(*p);
}

static void privkey_drop(gnutls_privkey_t *k)
{
    if (*k != NULL)
        gnutls_privkey_deinit(*k);
}

static int public_half(gnutls_x509_privkey_t key, struct arena *a, struct bytes *out)
{
    CLEANUP(privkey_drop) gnutls_privkey_t private = NULL;
    CLEANUP(pubkey_drop) gnutls_pubkey_t public = NULL;
    gnutls_datum_t der = { 0 };
    int rc;

    rc = gnutls_privkey_init(&private);
    if (rc == 0)
        rc = gnutls_privkey_import_x509(private, key, GNUTLS_PRIVKEY_IMPORT_COPY);
    if (rc == 0)
        rc = gnutls_pubkey_init(&public);
    if (rc == 0)
        rc = gnutls_pubkey_import_privkey(public, private, 0, 0);
    if (rc == 0)
        rc = gnutls_pubkey_export2(public, GNUTLS_X509_FMT_DER, &der);
    if (rc < 0)
        return rc;
    *out = arena_bytes(a, bytes_of(der.data, der.size));
    gnutls_free(der.data);
    return 0;
}

enum err key_read_pkcs8(struct bytes der, struct arena *a, struct item *out, struct error *e)
{
    CLEANUP(x509_drop) gnutls_x509_privkey_t key = NULL;
    struct bytes oid, parameters, inner, public;
    gnutls_datum_t in;
    struct spki spki;
    enum err r;
    int rc;

    if (der.len > KEY_FILE_MAX)
        return fail(e, ERR_INVALID, "the private key has %zu octets: %d is the most", der.len, KEY_FILE_MAX);
    if (!der_is_sound(der, DEPTH) || !pkcs8_parts(der, &oid, &parameters, &inner))
        return MALFORMED;
    r = check_kind(oid, e);
    if (r == ERR_NONE && der_oid_is(oid, EC))
        r = ec_half_complete(parameters, inner, a, &der, e);
    if (r)
        return r;
    in = (gnutls_datum_t){ (unsigned char *)der.at, (unsigned)der.len };
    rc = gnutls_x509_privkey_init(&key);
    if (rc == 0)
        rc = gnutls_x509_privkey_import_pkcs8(key, &in, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN);
    if (rc == 0)
        rc = public_half(key, a, &public);
    if (rc < 0)
        return fail(e, ERR_INVALID, "the private key cannot be read: %s", gnutls_strerror(rc));
    r = spki_parse(public, &spki, e);
    if (r)
        return r;
    if (spki.type == KEY_NONE)
        return UNSUPPORTED("the private key is on a curve that is not supported: P-256, P-384, P-521 and Ed25519 are");

    *out = (struct item){ .kind = ITEM_KEY, .der = arena_bytes(a, der), .spki = public };
    return ERR_NONE;
}

/* the older forms --------------------------------------------------------------------------------------- */

static struct bytes as_pkcs8(struct bytes key, const char *algorithm, struct bytes curve, struct arena *a)
{
    CLEANUP(der_done) struct der_writer w = { 0 };
    size_t mark;

    der_begin(&w, key.len + 64);
    der_prim(&w, DER_OCTET_STRING, key);
    mark = der_mark(&w);
    if (curve.len > 0)
        der_prim(&w, DER_OID, curve);
    else
        der_null(&w);
    der_oid(&w, algorithm);
    der_wrap(&w, mark, DER_SEQUENCE);
    der_int(&w, 0);
    der_wrap(&w, 0, DER_SEQUENCE);
    return arena_bytes(a, der_written(&w));
}

static bool sec1_curve(struct bytes der, struct bytes *curve)
{
    struct der d = der_of(der), in, named;
    struct bytes ignored;
    int64_t version;

    return der_enter(&d, DER_SEQUENCE, &in) && der_get_int(&in, &version) && der_get(&in, DER_OCTET_STRING, &ignored) &&
           der_enter(&in, DER_CONTEXT_CONS(0), &named) && der_get_oid(&named, curve) && der_end(&named);
}

enum err key_sealed(struct bytes der, struct pbe_scheme *scheme, struct bytes *sealed, struct error *e)
{
    struct der d = der_of(der), in;
    struct bytes algorithm;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_get_whole(&in, DER_SEQUENCE, &algorithm) ||
        !der_get(&in, DER_OCTET_STRING, sealed) || !der_end(&in))
        return MALFORMED;
    return pbe_read(algorithm, scheme, e);
}

static enum err open_sealed(struct bytes der, const char *password, struct pbe_budget *budget, struct arena *a, struct item *out, struct error *e)
{
    struct pbe_scheme scheme;
    struct pbe_password secret;
    struct bytes sealed, plain;
    enum err r;

    r = key_sealed(der, &scheme, &sealed, e);
    if (r == ERR_NONE)
        r = pbe_pay(budget, scheme.iterations, pbe_derivations(&scheme), e);
    if (r == ERR_NONE)
        r = pbe_password_of(password == NULL ? "" : password, a, &secret, e);
    if (r == ERR_NONE)
        r = pbe_open(&scheme, sealed, &secret, a, &plain, e);
    if (r == ERR_NONE && key_form(plain) != KEY_FORM_PKCS8)       /* one wrong password in 256 leaves good padding */
        r = fail_kind(e, ERR_INVALID, "wrong-password", "the password is wrong");
    if (r && password == NULL && strcmp(e->kind, "wrong-password") == 0)
        return fail_kind(e, ERR_INVALID, "wrong-password", "the private key is encrypted: give its password");
    return r ? r : key_read_pkcs8(plain, a, out, e);
}

enum err key_read(struct bytes der, const char *password, struct pbe_budget *budget, struct arena *a, struct item *out, struct error *e)
{
    struct bytes curve = { 0 };

    if (der.len > KEY_FILE_MAX)
        return fail(e, ERR_INVALID, "the private key has %zu octets: %d is the most", der.len, KEY_FILE_MAX);
    switch (key_form(der)) {
    case KEY_FORM_PKCS8:
        return key_read_pkcs8(der, a, out, e);
    case KEY_FORM_PKCS1:
        return der_is_sound(der, DEPTH) ? key_read_pkcs8(as_pkcs8(der, RSA, curve, a), a, out, e) : MALFORMED;
    case KEY_FORM_SEC1:
        if (!der_is_sound(der, DEPTH) || !sec1_curve(der, &curve))
            return fail(e, ERR_INVALID, "the private key is malformed, or does not name its curve: write it anew with \"openssl pkey -in FILE "
                        "-ec_param_enc named_curve\"");
        return key_read_pkcs8(as_pkcs8(der, EC, curve, a), a, out, e);
    case KEY_FORM_ENCRYPTED:
        return open_sealed(der, password, budget, a, out, e);
    case KEY_FORM_NONE:
        break;
    }
    return MALFORMED;
}
