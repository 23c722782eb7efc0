#include "pki/ec_half.h"

#include <gmp.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>

#include "base/own.h"
#include "pki/der.h"

#define EC "1.2.840.10045.2.1"
#define UNSUPPORTED(...) fail_kind(e, ERR_INVALID, "unsupported-algorithm", __VA_ARGS__)
#define MALFORMED fail(e, ERR_INVALID, "the private key is malformed")

enum { COORDINATE_MAX = 66 };

struct curve {
    const char *oid;
    const struct ecc_curve *(*get)(void);
    size_t len;              /* of a coordinate */
};
static const struct curve curves[] = {
    { "1.2.840.10045.3.1.7", nettle_get_secp_256r1, 32 },
    { "1.3.132.0.34", nettle_get_secp_384r1, 48 },
    { "1.3.132.0.35", nettle_get_secp_521r1, 66 },
};
static const struct { const char *oid, *name; } others[] = {
    { "1.3.132.0.10", "secp256k1" }, { "1.2.840.10045.3.1.1", "P-192" }, { "1.3.132.0.33", "P-224" }, { "1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1" },
    { "1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1" }, { "1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1" }, { "1.2.156.10197.1.301", "SM2" },
};
#define ROWS(t) (sizeof(t) / sizeof(*(t)))

static enum err find_curve(struct bytes oid, const struct curve **out, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();

    for (size_t i = 0; i < ROWS(curves); i++) {
        if (!der_oid_is(oid, curves[i].oid))
            continue;
        *out = &curves[i];
        return ERR_NONE;
    }
    for (size_t i = 0; i < ROWS(others); i++)
        if (der_oid_is(oid, others[i].oid))
            return UNSUPPORTED("the private key is on the curve %s, which is not supported: P-256, P-384, P-521 and Ed25519 are", others[i].name);
    return UNSUPPORTED("the private key is on the curve %s, which is not supported: P-256, P-384, P-521 and Ed25519 are", der_oid_text(a, oid));
}

/* The public half ---------------------------------------------------------------------------------------- */

static void number_wipe(mpz_t *z)
{
    size_t limbs = mpz_size(*z);

    if (limbs > 0)
        own_wipe(mpz_limbs_modify(*z, (mp_size_t)limbs), limbs * sizeof(mp_limb_t));
    mpz_clear(*z);
}
#define NUMBER(name) CLEANUP(number_wipe) mpz_t name; mpz_init(name)

static void write_number(const mpz_t from, uint8_t *at, size_t len)
{
    size_t used = (mpz_sizeinbase(from, 2) + 7) / 8;

    memset(at, 0, len);
    mpz_export(at + len - used, NULL, 1, 1, 1, 0, from);
}

/* Nettle's multiplication takes the same time for every number. False: the number is not between 1 and the order of the curve. */
static bool multiply(const struct curve *c, struct bytes number, uint8_t *x, uint8_t *y)
{
    NUMBER(d);
    NUMBER(one);
    NUMBER(px);
    NUMBER(py);
    struct ecc_scalar scalar;
    struct ecc_point point;
    bool is_sound;

    mpz_import(d, number.len, 1, 1, 1, 0, number.at);
    ecc_scalar_init(&scalar, c->get());
    ecc_point_init(&point, c->get());
    is_sound = ecc_scalar_set(&scalar, d) != 0;
    if (is_sound) {
        ecc_point_mul_g(&point, &scalar);
        ecc_point_get(&point, px, py);
        write_number(px, x, c->len);
        write_number(py, y, c->len);
        mpz_set_ui(one, 1);
        ecc_scalar_set(&scalar, one);      /* nothing of the key stays in it */
    }
    ecc_point_clear(&point);
    ecc_scalar_clear(&scalar);
    return is_sound;
}

static enum err compute(const struct curve *c, struct bytes number, struct arena *a, struct bytes *out, struct error *e)
{
    uint8_t *point = arena_take(a, 2 + 2 * COORDINATE_MAX);

    point[0] = 0;                          /* unused bits of the BIT STRING */
    point[1] = 4;                          /* both coordinates: RFC 5480, 2.2 */
    if (!multiply(c, number, point + 2, point + 2 + c->len))
        return fail(e, ERR_INVALID, "the private key's number does not lie on its curve");
    *out = bytes_of(point, 2 + 2 * c->len);
    return ERR_NONE;
}

/* writing ------------------------------------------------------------------------------------------------- */

/* PKCS#8 around ECPrivateKey { 1, d, [1] public }: the curve stands outside. */
static struct bytes write_key(struct bytes curve, struct bytes number, struct bytes public, struct arena *a)
{
    CLEANUP(der_done) struct der_writer w = { 0 };
    size_t mark;

    der_begin(&w, number.len + public.len + 64);
    der_prim(&w, DER_BIT_STRING, public);
    der_wrap(&w, 0, DER_CONTEXT_CONS(1));
    der_prim(&w, DER_OCTET_STRING, number);
    der_int(&w, 1);
    der_wrap(&w, 0, DER_SEQUENCE);
    der_wrap(&w, 0, DER_OCTET_STRING);
    mark = der_mark(&w);
    der_prim(&w, DER_OID, curve);
    der_oid(&w, EC);
    der_wrap(&w, mark, DER_SEQUENCE);
    der_int(&w, 0);
    der_wrap(&w, 0, DER_SEQUENCE);
    return arena_bytes(a, der_written(&w));
}

/* As long as the curve's order (RFC 5915, 3): some leave zeros out, some put one in front. */
static bool even_out(struct bytes number, const struct curve *c, struct arena *a, struct bytes *out)
{
    uint8_t *at = arena_take(a, c->len);

    while (number.len > c->len && number.at[0] == 0)
        number = bytes_of(number.at + 1, number.len - 1);
    if (number.len == 0 || number.len > c->len)
        return false;
    memset(at, 0, c->len);
    memcpy(at + c->len - number.len, number.at, number.len);
    *out = bytes_of(at, c->len);
    return true;
}

enum err ec_half_complete(struct bytes parameters, struct bytes key, struct arena *a, struct bytes *out, struct error *e)
{
    struct der p = der_of(parameters), d = der_of(key), in, field;
    struct bytes oid, number, public = { 0 };
    const struct curve *c;
    int64_t version;
    bool is_there;
    enum err r;

    if (!der_get_oid(&p, &oid) || !der_end(&p))
        return fail(e, ERR_INVALID, "the private key does not name its curve: write it anew with \"openssl pkey -in FILE -ec_param_enc named_curve\"");
    r = find_curve(oid, &c, e);
    if (r)
        return r;
    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_get_int(&in, &version) || version != 1 ||
        !der_get(&in, DER_OCTET_STRING, &number) || !der_optional(&in, DER_CONTEXT_CONS(0), &field, &is_there) || !even_out(number, c, a, &number) ||
        !der_optional(&in, DER_CONTEXT_CONS(1), &field, &is_there) || (is_there && !der_get(&field, DER_BIT_STRING, &public)) || !der_end(&in))
        return MALFORMED;
    if (!is_there)
        r = compute(c, number, a, &public, e);
    if (r)
        return r;

    *out = write_key(oid, number, public, a);
    return ERR_NONE;
}
