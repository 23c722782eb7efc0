/* Which public keys from outside are good enough. What is looked for can be broken with public tools: keys too small, with small
   or close factors, of the Infineon library (ROCA, CVE-2017-15361), or points that are on no curve. */
#include "pki/key.h"

#include <gmp.h>

#include "pki/der.h"

#define WEAK(...) fail_kind(e, ERR_INVALID, "badPublicKey", __VA_ARGS__)

static void mpz_drop(mpz_t *z)
{
    mpz_clear(*z);
}
#define NUMBER(name) CLEANUP(mpz_drop) mpz_t name; mpz_init(name)

static void read_number(mpz_t out, struct bytes from)
{
    mpz_import(out, from.len, 1, 1, 1, 0, from.at);
}

static bool has_small_factor(const mpz_t n)
{
    NUMBER(all);
    NUMBER(common);

    mpz_primorial_ui(all, 751);
    mpz_gcd(common, n, all);
    return mpz_cmp_ui(common, 1) != 0;
}

/* Is n a power of 65537 modulo p? All keys of that library are, modulo every small prime; a sound one is by chance once in 2^27. */
static bool is_power(unsigned long n, unsigned long p)
{
    unsigned long g = 65537 % p, v = 1;

    do {
        if (v == n)
            return true;
        v = v * g % p;
    } while (v != 1);
    return false;
}

static bool is_roca(const mpz_t n)
{
    static const uint8_t primes[] = { 3,  5,  7,  11, 13, 17, 19, 23, 29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
                                      73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167 };

    for (size_t i = 0; i < sizeof(primes); i++)
        if (!is_power(mpz_fdiv_ui(n, primes[i]), primes[i]))
            return false;
    return true;
}

/* Fermat: n = a^2 - b^2 is found at once when the two primes are close. */
static bool has_close_factors(const mpz_t n)
{
    NUMBER(a);
    NUMBER(b2);
    NUMBER(step);

    mpz_sqrt(a, n);
    mpz_add_ui(a, a, mpz_perfect_square_p(n) ? 0 : 1);
    mpz_mul(b2, a, a);
    mpz_sub(b2, b2, n);
    mpz_mul_2exp(step, a, 1);
    mpz_add_ui(step, step, 1);
    for (int round = 0; round < 110; round++) {
        if (mpz_perfect_square_p(b2))
            return true;
        mpz_add(b2, b2, step);
        mpz_add_ui(step, step, 2);
    }
    return false;
}

static enum err check_rsa(const struct spki *s, struct error *e)
{
    NUMBER(n);
    NUMBER(x);

    if (s->bits < 2048)
        return WEAK("the RSA key has %u bits: 2048 is the least", s->bits);
    if (s->bits > 8192 || s->bits % 8 != 0)
        return WEAK("the RSA key has %u bits: 2048, 3072 or 4096 are usual, a multiple of 8 up to 8192 is taken", s->bits);
    if (s->exponent.len > 32)
        return WEAK("the RSA key's public exponent is over 256 bits");
    read_number(x, s->exponent);
    if (mpz_cmp_ui(x, 65537) < 0 || mpz_even_p(x))
        return WEAK("the RSA key's public exponent must be odd and at least 65537");
    read_number(n, s->modulus);
    if (has_small_factor(n))
        return WEAK("the RSA key's modulus has a small factor: make a new key");
    if (is_roca(n))
        return WEAK("the RSA key comes from a faulty chip library (ROCA, CVE-2017-15361): make a new key elsewhere");
    if (has_close_factors(n))
        return WEAK("the RSA key's primes are too close to each other: it can be factored; make a new key");
    return ERR_NONE;
}

/* SEC 2: y^2 = x^3 - 3x + b modulo p. */
static const struct curve {
    enum key_type type;
    size_t len;
    const char *p, *b;
} curves[] = {
    { KEY_EC_P256, 32, "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
      "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b" },
    { KEY_EC_P384, 48, "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
      "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef" },
    { KEY_EC_P521, 66,
      "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      "fffffffffffffffffff",
      "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34"
      "f1ef451fd46b503f00" },
};

static bool is_on_curve(struct bytes point, const struct curve *c)
{
    NUMBER(p);
    NUMBER(b);
    NUMBER(x);
    NUMBER(y);
    NUMBER(right);

    mpz_set_str(p, c->p, 16);
    mpz_set_str(b, c->b, 16);
    read_number(x, bytes_of(point.at + 1, c->len));
    read_number(y, bytes_of(point.at + 1 + c->len, c->len));
    if (mpz_cmp(x, p) >= 0 || mpz_cmp(y, p) >= 0)
        return false;
    mpz_mul(right, x, x);
    mpz_sub_ui(right, right, 3);
    mpz_mul(right, right, x);
    mpz_add(right, right, b);
    mpz_mul(y, y, y);
    return mpz_congruent_p(y, right, p) != 0;
}

static enum err check_ec(const struct spki *s, struct error *e)
{
    for (size_t i = 0; i < sizeof(curves) / sizeof(*curves); i++) {
        if (curves[i].type != s->type)
            continue;
        if (s->key.len != 1 + 2 * curves[i].len || s->key.at[0] != 4)
            return WEAK("the EC key is not an uncompressed point: write it so");
        if (!is_on_curve(s->key, &curves[i]))
            return WEAK("the EC key is not a point of its curve");
    }
    return ERR_NONE;
}

enum err spki_check(const struct spki *s, struct error *e)
{
    switch (s->type) {
    case KEY_EC_P256:
    case KEY_EC_P384:
    case KEY_EC_P521:
        return check_ec(s, e);
    case KEY_ED25519:
        return ERR_NONE;
    case KEY_RSA_2048:
    case KEY_RSA_3072:
    case KEY_RSA_4096:
    case KEY_RSA_OTHER:
        return check_rsa(s, e);
    case KEY_NONE:
        break;
    }
    return WEAK("keys of this kind are not certified: use EC P-256, P-384 or P-521, Ed25519, or RSA from 2048 bits");
}
