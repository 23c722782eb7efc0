/* By Nettle, with which GnuTLS itself reckons: gnutls_x509_privkey_generate2 reckons the public point again to check it and writes
   through a tree, which makes it three times as dear (310 µs against 100), and issuing is mostly this. */
#include "keeper/make_ec.h"

#include <nettle/bignum.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>

#include "base/own.h"
#include "base/random.h"
#include "pki/der.h"

enum { OCTETS_MAX = 48 };
#define EC_PUBLIC_KEY "1.2.840.10045.2.1"

struct pair {
    const char *curve;
    size_t len;                                   /* octets of a coordinate */
    uint8_t secret[OCTETS_MAX], point[1 + 2 * OCTETS_MAX];
};

static void fill(void *ctx, size_t len, uint8_t *out)
{
    (void)ctx;
    random_fill(out, len);
}

/* What is left in the limbs goes too: Nettle and GMP free without wiping. */
static void take_secret(struct ecc_scalar *from, struct pair *out)
{
    mpz_t number;

    mpz_init(number);
    ecc_scalar_get(from, number);
    nettle_mpz_get_str_256(out->len, out->secret, number);
    own_wipe((void *)mpz_limbs_modify(number, (mp_size_t)(out->len / sizeof(mp_limb_t))), out->len);
    own_wipe(from->p, out->len);
    mpz_clear(number);
}

static void take_point(const struct ecc_point *from, struct pair *out)
{
    mpz_t x, y;

    mpz_init(x);
    mpz_init(y);
    ecc_point_get(from, x, y);
    out->point[0] = 0x04;                         /* uncompressed */
    nettle_mpz_get_str_256(out->len, out->point + 1, x);
    nettle_mpz_get_str_256(out->len, out->point + 1 + out->len, y);
    mpz_clear(x);
    mpz_clear(y);
}

static void generate(const struct ecc_curve *curve, struct pair *out)
{
    struct ecc_scalar secret;
    struct ecc_point point;

    ecc_scalar_init(&secret, curve);
    ecc_point_init(&point, curve);
    ecdsa_generate_keypair(&point, &secret, NULL, fill);
    take_secret(&secret, out);
    take_point(&point, out);
    ecc_scalar_clear(&secret);
    ecc_point_clear(&point);
}

static void write_algorithm(struct der_writer *w, const struct pair *p)
{
    size_t mark = der_mark(w);

    der_oid(w, p->curve);
    der_oid(w, EC_PUBLIC_KEY);
    der_wrap(w, mark, DER_SEQUENCE);
}

/* RFC 5480. */
static void write_spki(const struct pair *p, struct buf *out)
{
    struct der_writer w;

    der_begin(&w, 128);
    der_bits(&w, bytes_of(p->point, 1 + 2 * p->len), 0);
    write_algorithm(&w, p);
    der_wrap(&w, 0, DER_SEQUENCE);
    buf_add(out, der_written(&w).at, der_written(&w).len);
    der_done(&w);
}

/* RFC 5958 around RFC 5915. */
static void write_pkcs8(const struct pair *p, struct buf *out)
{
    struct der_writer w;

    der_begin(&w, 256);
    der_bits(&w, bytes_of(p->point, 1 + 2 * p->len), 0);
    der_wrap(&w, 0, DER_CONTEXT_CONS(1));
    der_prim(&w, DER_OCTET_STRING, bytes_of(p->secret, p->len));
    der_int(&w, 1);
    der_wrap(&w, 0, DER_SEQUENCE);
    der_wrap(&w, 0, DER_OCTET_STRING);
    write_algorithm(&w, p);
    der_int(&w, 0);
    der_wrap(&w, 0, DER_SEQUENCE);
    buf_add(out, der_written(&w).at, der_written(&w).len);
    der_done(&w);
}

bool make_ec(enum key_type type, struct buf *pkcs8, struct buf *spki)
{
    struct pair p = { 0 };

    if (type != KEY_EC_P256 && type != KEY_EC_P384)
        return false;
    p.curve = type == KEY_EC_P256 ? "1.2.840.10045.3.1.7" : "1.3.132.0.34";
    p.len = type == KEY_EC_P256 ? 32 : 48;
    generate(type == KEY_EC_P256 ? nettle_get_secp_256r1() : nettle_get_secp_384r1(), &p);
    write_spki(&p, spki);
    write_pkcs8(&p, pkcs8);
    own_wipe(&p, sizeof(p));
    return true;
}
