#include <limits.h>

#include <gmp.h>

#include "pki/der.h"
#include "pki/lint_rules.h"

static const uint8_t id_rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1 }, id_ec[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1 };

static const uint16_t primes[] = {
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
    127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239, 241, 251, 257,
    263, 269, 271, 277, 281, 283, 293, 307, 311, 313, 317, 331, 337, 347, 349, 353, 359, 367, 373, 379, 383, 389, 397, 401, 409,
    419, 421, 431, 433, 439, 443, 449, 457, 461, 463, 467, 479, 487, 491, 499, 503, 509, 521, 523, 541, 547, 557, 563, 569, 571,
    577, 587, 593, 599, 601, 607, 613, 617, 619, 631, 641, 643, 647, 653, 659, 661, 673, 677, 683, 691, 701, 709, 719, 727, 733,
    739, 743, 751,
};
#define PRIMES (sizeof(primes) / sizeof(*primes))

static void mpz_drop(mpz_t *z)
{
    mpz_clear(*z);
}

/* Primes are tried in products that fit a word: one long division for several of them. */
static bool has_small_factor(struct bytes modulus)
{
    CLEANUP(mpz_drop) mpz_t n;

    mpz_init(n);
    mpz_import(n, modulus.len, 1, 1, 1, 0, modulus.at);
    for (size_t i = 0; i < PRIMES; ) {
        unsigned long product = 1, rest;
        size_t end = i;

        while (end < PRIMES && product <= ULONG_MAX / primes[end])
            product *= primes[end++];
        rest = mpz_fdiv_ui(n, product);
        for (; i < end; i++)
            if (rest % primes[i] == 0)
                return true;
    }
    return false;
}

static void check_exponent(struct look *l)
{
    struct bytes e = l->key.exponent;
    bool is_small = e.len < 3 || (e.len == 3 && e.at[0] == 1 && e.at[1] == 0 && e.at[2] == 0);

    mark_if(l, (e.at[e.len - 1] & 1) == 0, RULE_RSA_EXPONENT_EVEN);
    mark_if(l, e.len == 1 && e.at[0] < 3, RULE_RSA_EXPONENT_SMALL);
    mark_if(l, is_small || e.len > 32, RULE_RSA_EXPONENT_RANGE);
}

static void check_rsa(struct look *l)
{
    const struct spki *k = &l->key;

    mark_if(l, k->bits < 2048, RULE_RSA_2048);
    mark_if(l, l->is_ca && k->bits < 1024, RULE_RSA_SUB_CA_1024);
    mark_if(l, !l->is_ca && k->bits < 1024, RULE_RSA_SUB_1024);
    mark_if(l, k->bits % 8 != 0, RULE_RSA_BY_8);
    mark_if(l, (k->modulus.at[k->modulus.len - 1] & 1) == 0, RULE_RSA_MOD_EVEN);
    mark_if(l, has_small_factor(k->modulus), RULE_RSA_FACTORS);
    check_exponent(l);
}

/* Which kind of key it is meant to be, when the reader of keys does not take it or knows no name for it. */
static void blame(struct look *l, bool is_read)
{
    struct der d = der_of(l->frame->spki), in, algorithm, key;
    struct bytes oid, none, bits, modulus;
    unsigned unused;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_enter(&in, DER_SEQUENCE, &algorithm) || !der_get_oid(&algorithm, &oid) ||
        !der_get_bits(&in, &bits, &unused)) {
        mark(l, RULE_KEY_MALFORMED);
        return;
    }
    if (bytes_equal(oid, bytes_of(id_ec, sizeof(id_ec)))) {
        mark(l, RULE_EC_CURVE);
        return;
    }
    if (is_read || !bytes_equal(oid, bytes_of(id_rsa, sizeof(id_rsa)))) {
        mark(l, is_read ? RULE_KEY_TYPE : RULE_KEY_MALFORMED);
        return;
    }
    mark_if(l, !der_get(&algorithm, DER_NULL, &none) || !der_end(&algorithm), RULE_KEY_RSA_NULL);
    d = der_of(bits);
    mark_if(l, !der_enter(&d, DER_SEQUENCE, &key) || !der_get_uint(&key, &modulus), RULE_KEY_MALFORMED);
}

void lint_key(struct look *l)
{
    bool is_read = spki_parse(l->frame->spki, &l->key, NULL) == ERR_NONE;

    if (!is_read || l->key.type == KEY_NONE)
        blame(l, is_read);
    else if (l->key.modulus.len > 0)
        check_rsa(l);
}
