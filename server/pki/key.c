#include "pki/key.h"

#include <gnutls/abstract.h>

#include "base/own.h"
#include "pki/der.h"
#include "pki/hash.h"

#define RSA "1.2.840.113549.1.1.1"
#define EC "1.2.840.10045.2.1"
#define ED25519 "1.3.101.112"
#define RSA_PSS "1.2.840.113549.1.1.10"
#define MGF1 "1.2.840.113549.1.1.8"

/* What a verification may cost: beyond these nothing is computed. */
enum { MODULUS_MOST = 2048, EXPONENT_MOST = 32 };

static const struct {
    enum key_type type;
    const char *text;
    bool is_made;
    enum sig_alg signs;
} types[] = {
    { KEY_EC_P256, "ec-p256", true, SIG_ECDSA_SHA256 },
    { KEY_EC_P384, "ec-p384", true, SIG_ECDSA_SHA384 },
    { KEY_EC_P521, "ec-p521", false, SIG_ECDSA_SHA512 },
    { KEY_ED25519, "ed25519", true, SIG_ED25519 },
    { KEY_RSA_2048, "rsa-2048", true, SIG_RSA_SHA256 },
    { KEY_RSA_3072, "rsa-3072", true, SIG_RSA_SHA256 },
    { KEY_RSA_4096, "rsa-4096", true, SIG_RSA_SHA256 },
    { KEY_RSA_OTHER, "rsa", false, SIG_RSA_SHA256 },
};
#define TYPES (sizeof(types) / sizeof(*types))

const char *key_type_text(enum key_type t)
{
    for (size_t i = 0; i < TYPES; i++)
        if (types[i].type == t)
            return types[i].text;
    return "unknown";
}

bool key_type_parse(const char *text, enum key_type *out)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (types[i].type == KEY_RSA_OTHER || strcmp(types[i].text, text) != 0)
            continue;
        *out = types[i].type;
        return true;
    }
    return false;
}

bool key_type_is_made(enum key_type t)
{
    for (size_t i = 0; i < TYPES; i++)
        if (types[i].type == t)
            return types[i].is_made;
    return false;
}

enum sig_alg sig_alg_for(enum key_type signer)
{
    for (size_t i = 0; i < TYPES; i++)
        if (types[i].type == signer)
            return types[i].signs;
    return SIG_NONE;
}

/* public keys ------------------------------------------------------------------------------------------- */

static const struct {
    const char *oid;
    enum key_type type;
    unsigned bits;
    gnutls_ecc_curve_t curve;
} curves[] = {
    { "1.2.840.10045.3.1.7", KEY_EC_P256, 256, GNUTLS_ECC_CURVE_SECP256R1 },
    { "1.3.132.0.34", KEY_EC_P384, 384, GNUTLS_ECC_CURVE_SECP384R1 },
    { "1.3.132.0.35", KEY_EC_P521, 521, GNUTLS_ECC_CURVE_SECP521R1 },
};
#define CURVES (sizeof(curves) / sizeof(*curves))

static unsigned bit_length(struct bytes magnitude)
{
    unsigned bits = (unsigned)magnitude.len * 8;

    for (uint8_t top = magnitude.at[0]; bits > 0 && top < 0x80; top = (uint8_t)(top << 1)) {
        bits--;
        if (bits % 8 == 0)
            break;
    }
    return bits;
}

static enum err parse_rsa(struct der parameters, struct spki *s, struct error *e)
{
    struct der d = der_of(s->key), in;
    struct bytes none;

    /* RFC 3279, 2.3.1: the parameters are NULL, and are there. */
    if (!der_get(&parameters, DER_NULL, &none) || none.len > 0 || !der_end(&parameters))
        return fail(e, ERR_INVALID, "the RSA key's algorithm parameters are not NULL");
    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_get_uint(&in, &s->modulus) ||
        !der_get_uint(&in, &s->exponent) || !der_end(&in))
        return fail(e, ERR_INVALID, "the RSA key is not well-formed");

    s->bits = bit_length(s->modulus);
    s->type = s->bits == 2048   ? KEY_RSA_2048
              : s->bits == 3072 ? KEY_RSA_3072
              : s->bits == 4096 ? KEY_RSA_4096
                                : KEY_RSA_OTHER;
    return ERR_NONE;
}

static enum err parse_ec(struct der parameters, struct spki *s, struct error *e)
{
    struct bytes curve;

    /* RFC 5480, 2.1.1: a named curve, never one written out. */
    if (!der_get_oid(&parameters, &curve) || !der_end(&parameters))
        return fail(e, ERR_INVALID, "the EC key does not name its curve");
    for (size_t i = 0; i < CURVES; i++) {
        if (!der_oid_is(curve, curves[i].oid))
            continue;
        s->type = curves[i].type;
        s->bits = curves[i].bits;
    }
    return ERR_NONE;
}

static enum err parse_ed25519(struct der parameters, struct spki *s, struct error *e)
{
    if (!der_end(&parameters) || s->key.len != 32)
        return fail(e, ERR_INVALID, "the Ed25519 key is not well-formed");   /* RFC 8410, 3 */
    s->type = KEY_ED25519;
    s->bits = 256;
    return ERR_NONE;
}

enum err spki_parse(struct bytes der, struct spki *out, struct error *e)
{
    struct der d = der_of(der), in, algorithm;
    struct spki s = { .der = der };
    struct bytes oid;
    unsigned unused;
    enum err r = ERR_NONE;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_enter(&in, DER_SEQUENCE, &algorithm) ||
        !der_get_oid(&algorithm, &oid) || !der_get_bits(&in, &s.key, &unused) || unused != 0 || !der_end(&in) ||
        s.key.len == 0)
        return fail(e, ERR_INVALID, "the public key is not well-formed");
    if (der_oid_is(oid, RSA))
        r = parse_rsa(algorithm, &s, e);
    else if (der_oid_is(oid, EC))
        r = parse_ec(algorithm, &s, e);
    else if (der_oid_is(oid, ED25519))
        r = parse_ed25519(algorithm, &s, e);
    if (r)
        return r;

    *out = s;
    return ERR_NONE;
}

void spki_identifier(const struct spki *s, uint8_t out[20])
{
    hash_sha1(s->key, out);
}

/* signatures -------------------------------------------------------------------------------------------- */

#define DER(text) { (const uint8_t *)text, sizeof(text) - 1 }
#define RSA_SHA(n) DER("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" n "\x05\x00")
#define ECDSA_SHA(n) DER("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03" n)

static const struct {
    enum sig_alg alg;
    const char *key;      /* algorithm of the key that signs so */
    gnutls_sign_algorithm_t gnutls;
    struct bytes der;
} algs[] = {
    { SIG_ECDSA_SHA256, EC, GNUTLS_SIGN_ECDSA_SHA256, ECDSA_SHA("\x02") },
    { SIG_ECDSA_SHA384, EC, GNUTLS_SIGN_ECDSA_SHA384, ECDSA_SHA("\x03") },
    { SIG_ECDSA_SHA512, EC, GNUTLS_SIGN_ECDSA_SHA512, ECDSA_SHA("\x04") },
    { SIG_ED25519, ED25519, GNUTLS_SIGN_EDDSA_ED25519, DER("\x30\x05\x06\x03\x2b\x65\x70") },
    { SIG_RSA_SHA256, RSA, GNUTLS_SIGN_RSA_SHA256, RSA_SHA("\x0b") },
    { SIG_RSA_SHA384, RSA, GNUTLS_SIGN_RSA_SHA384, RSA_SHA("\x0c") },
    { SIG_RSA_SHA512, RSA, GNUTLS_SIGN_RSA_SHA512, RSA_SHA("\x0d") },
};
#define ALGS (sizeof(algs) / sizeof(*algs))

/* MD2, MD4, MD5, SHA-1 and SHA-224 under RSA, DSA and ECDSA. */
static const char *const weak[] = {
    "1.2.840.113549.1.1.2", "1.2.840.113549.1.1.3", "1.2.840.113549.1.1.4",  "1.2.840.113549.1.1.5",    "1.2.840.113549.1.1.14",
    "1.3.14.3.2.29",        "1.2.840.10040.4.3",    "2.16.840.1.101.3.4.3.1", "1.2.840.10045.4.1",       "1.2.840.10045.4.3.1",
};

static const struct {
    const char *hash;
    int64_t len;
    gnutls_sign_algorithm_t gnutls;
} pss_kinds[] = {
    { "2.16.840.1.101.3.4.2.1", 32, GNUTLS_SIGN_RSA_PSS_SHA256 },
    { "2.16.840.1.101.3.4.2.2", 48, GNUTLS_SIGN_RSA_PSS_SHA384 },
    { "2.16.840.1.101.3.4.2.3", 64, GNUTLS_SIGN_RSA_PSS_SHA512 },
};

struct bytes sig_alg_der(enum sig_alg alg)
{
    for (size_t i = 0; i < ALGS; i++)
        if (algs[i].alg == alg)
            return algs[i].der;
    return bytes_of("", 0);
}

/* AlgorithmIdentifier whose parameters are NULL or left out. */
static bool read_hash(struct der *d, struct bytes *oid)
{
    struct der in;
    struct bytes none;

    return der_enter(d, DER_SEQUENCE, &in) && der_get_oid(&in, oid) &&
           (der_end(&in) || (der_get(&in, DER_NULL, &none) && none.len == 0 && der_end(&in)));
}

/* RSASSA-PSS-params (RFC 4055, 3.1) where hash and mask agree and the salt is as long as the hash: what all modern
   signers write. GNUTLS_SIGN_UNKNOWN: any other. */
static gnutls_sign_algorithm_t read_pss(struct der parameters)
{
    struct der in, field, mask;
    struct bytes hash, inner, mgf;
    int64_t salt;

    if (!der_enter(&parameters, DER_SEQUENCE, &in) || !der_end(&parameters) ||
        !der_enter(&in, DER_CONTEXT_CONS(0), &field) || !read_hash(&field, &hash) || !der_end(&field) ||
        !der_enter(&in, DER_CONTEXT_CONS(1), &field) || !der_enter(&field, DER_SEQUENCE, &mask) || !der_end(&field) ||
        !der_get_oid(&mask, &mgf) || !der_oid_is(mgf, MGF1) || !read_hash(&mask, &inner) || !der_end(&mask) ||
        !der_enter(&in, DER_CONTEXT_CONS(2), &field) || !der_get_int(&field, &salt) || !der_end(&field) || !der_end(&in))
        return GNUTLS_SIGN_UNKNOWN;
    for (size_t i = 0; i < sizeof(pss_kinds) / sizeof(*pss_kinds); i++)
        if (der_oid_is(hash, pss_kinds[i].hash) && bytes_equal(hash, inner) && salt == pss_kinds[i].len)
            return pss_kinds[i].gnutls;
    return GNUTLS_SIGN_UNKNOWN;
}

/* The NULL of RSA algorithms belongs there, and must not be missed: RFC 4055, 5. */
static bool is_rsa_without_null(struct bytes full, struct bytes oid)
{
    return full.len == oid.len + 6 && memcmp(full.at + 4, oid.at, oid.len) == 0;
}

static enum sig_alg read_alg(struct bytes from, gnutls_sign_algorithm_t *gnutls, const char **key)
{
    struct der d = der_of(from), in;
    struct bytes oid;

    for (size_t i = 0; i < ALGS; i++) {
        if (!bytes_equal(algs[i].der, from))
            continue;
        *gnutls = algs[i].gnutls;
        *key = algs[i].key;
        return algs[i].alg;
    }
    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_get_oid(&in, &oid))
        return SIG_UNKNOWN;
    for (size_t i = 0; i < ALGS; i++) {
        if (!der_end(&in) || !is_rsa_without_null(algs[i].der, oid))
            continue;
        *gnutls = algs[i].gnutls;
        *key = algs[i].key;
        return algs[i].alg;
    }
    for (size_t i = 0; i < sizeof(weak) / sizeof(*weak); i++)
        if (der_oid_is(oid, weak[i]))
            return SIG_WEAK;
    *gnutls = der_oid_is(oid, RSA_PSS) ? read_pss(in) : GNUTLS_SIGN_UNKNOWN;
    *key = RSA;
    return *gnutls != GNUTLS_SIGN_UNKNOWN ? SIG_RSA_PSS : SIG_UNKNOWN;
}

enum sig_alg sig_alg_read(struct bytes algorithm_identifier)
{
    gnutls_sign_algorithm_t gnutls;
    const char *key;

    return read_alg(algorithm_identifier, &gnutls, &key);
}

static void pubkey_drop(gnutls_pubkey_t *p)
{
    if (*p != NULL)
        gnutls_pubkey_deinit(*p);
}

static gnutls_datum_t datum(struct bytes b)
{
    return (gnutls_datum_t){ (unsigned char *)b.at, (unsigned int)b.len };
}

static const char *key_oid(enum key_type t)
{
    return t == KEY_ED25519 ? ED25519 : t == KEY_EC_P256 || t == KEY_EC_P384 || t == KEY_EC_P521 ? EC : t == KEY_NONE ? "" : RSA;
}

/* From its numbers: the library's own way through its DER tree costs more than half of an RSA verification. */
static int import_key(gnutls_pubkey_t pub, const struct spki *s)
{
    struct bytes point = s->key;
    gnutls_datum_t x, y;

    if (s->type == KEY_ED25519) {
        x = datum(point);
        return gnutls_pubkey_import_ecc_raw(pub, GNUTLS_ECC_CURVE_ED25519, &x, NULL);
    }
    for (size_t i = 0; i < CURVES; i++) {
        size_t half = (curves[i].bits + 7) / 8;

        if (curves[i].type != s->type)
            continue;
        if (point.len != 1 + 2 * half || point.at[0] != 4)
            return GNUTLS_E_PARSING_ERROR;
        x = datum(bytes_of(point.at + 1, half));
        y = datum(bytes_of(point.at + 1 + half, half));
        return gnutls_pubkey_import_ecc_raw(pub, curves[i].curve, &x, &y);
    }
    if (s->modulus.len > MODULUS_MOST || s->exponent.len > EXPONENT_MOST)
        return GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM;
    x = datum(s->modulus);
    y = datum(s->exponent);
    return gnutls_pubkey_import_rsa_raw(pub, &x, &y);
}

/* Ecdsa-Sig-Value (RFC 3279, 2.2.3) in DER: the library would take BER. */
static bool ecdsa_is_sound(struct bytes signature)
{
    struct der d = der_of(signature), in;
    struct bytes r, s;

    return der_enter(&d, DER_SEQUENCE, &in) && der_end(&d) && der_get_uint(&in, &r) && der_get_uint(&in, &s) && der_end(&in);
}

enum err sig_verify(const struct spki *s, struct bytes algorithm_identifier, struct bytes body, struct bytes signature, struct error *e)
{
    CLEANUP(pubkey_drop) gnutls_pubkey_t pub = NULL;
    gnutls_datum_t data = datum(body), sig = datum(signature);
    gnutls_sign_algorithm_t how = GNUTLS_SIGN_UNKNOWN;
    const char *key = "";
    enum sig_alg alg = read_alg(algorithm_identifier, &how, &key);
    int rc;

    if (alg == SIG_WEAK)
        return fail_kind(e, ERR_INVALID, "badSignatureAlgorithm", "it is signed with MD5, SHA-1 or another weak digest: use SHA-256 or better");
    if (alg == SIG_UNKNOWN)
        return fail_kind(e, ERR_INVALID, "badSignatureAlgorithm", "its signature algorithm is not known here: use ECDSA, Ed25519 or RSA with SHA-256 or better");
    if (strcmp(key, key_oid(s->type)) != 0)
        return fail(e, ERR_INVALID, "the signature algorithm does not fit the signer's key");
    if (strcmp(key, EC) == 0 && !ecdsa_is_sound(signature))
        return fail(e, ERR_INVALID, "the signature is not well-formed");
    rc = gnutls_pubkey_init(&pub);
    if (rc < 0)
        return fail(e, ERR_BUG, "no memory for a public key: %s", gnutls_strerror(rc));
    rc = import_key(pub, s);
    if (rc < 0)
        return fail(e, ERR_INVALID, "the signer's key cannot be used: %s", gnutls_strerror(rc));
    rc = gnutls_pubkey_verify_data2(pub, how, 0, &data, &sig);
    if (rc < 0)
        return fail(e, ERR_INVALID, "the signature does not verify");
    return ERR_NONE;
}
