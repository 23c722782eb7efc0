#include "check.h"
#include "files.h"

#include <stdlib.h>

#include <gnutls/abstract.h>

#include "base/text.h"
#include "pki/hash.h"
#include "pki/key.h"

static struct bytes data(const char *path, struct arena *a)
{
    struct bytes out;

    if (!file_read(path, a, &out))
        fail_msg("%s is not there", path);
    return out;
}

static void good_keys_are_read_and_taken(void **state)
{
    static const struct { const char *path; enum key_type type; unsigned bits; } good[] = {
        { "tests/data/good/spki-ec-p256.der", KEY_EC_P256, 256 },
        { "tests/data/good/spki-ec-p384.der", KEY_EC_P384, 384 },
        { "tests/data/good/spki-ec-p521.der", KEY_EC_P521, 521 },
        { "tests/data/good/spki-ed25519.der", KEY_ED25519, 256 },
        { "tests/data/good/spki-rsa-2048.der", KEY_RSA_2048, 2048 },
        { "tests/data/good/spki-rsa-3072.der", KEY_RSA_3072, 3072 },
        { "tests/data/good/spki-rsa-4096.der", KEY_RSA_4096, 4096 },
        { "tests/data/good/spki-rsa-2056.der", KEY_RSA_OTHER, 2056 },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        struct spki s;

        assert_ok(spki_parse(data(good[i].path, a), &s, &e));
        assert_int_equal(s.type, good[i].type);
        assert_int_equal(s.bits, good[i].bits);
        assert_ok(spki_check(&s, &e));
    }
}

static void keys_that_can_be_broken_are_refused_and_the_sentence_says_why(void **state)
{
    static const struct { const char *path, *says; } bad[] = {
        { "tests/data/bad/spki-rsa-1024.der", "1024 bits" },
        { "tests/data/bad/spki-rsa-2047-bits.der", "2047 bits" },
        { "tests/data/bad/spki-rsa-exponent-1.der", "exponent" },
        { "tests/data/bad/spki-rsa-exponent-3.der", "exponent" },
        { "tests/data/bad/spki-rsa-exponent-even.der", "exponent" },
        { "tests/data/bad/spki-rsa-exponent-huge.der", "exponent" },
        { "tests/data/bad/spki-rsa-even.der", "small factor" },
        { "tests/data/bad/spki-rsa-small-factor.der", "small factor" },
        { "tests/data/bad/spki-rsa-close-primes.der", "too close" },
        { "tests/data/bad/spki-rsa-square.der", "too close" },
        { "tests/data/bad/spki-rsa-roca.der", "ROCA" },
        { "tests/data/bad/spki-rsa-pss-only.der", "not certified" },
        { "tests/data/bad/spki-secp256k1.der", "not certified" },
        { "tests/data/bad/spki-x25519.der", "not certified" },
        { "tests/data/bad/spki-ec-off-its-curve.der", "not a point" },
        { "tests/data/bad/spki-ec-coordinate-not-below-p.der", "not a point" },
        { "tests/data/bad/spki-ec-compressed.der", "uncompressed" },
        { "tests/data/bad/spki-ec-at-infinity.der", "uncompressed" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct error e = { 0 };
        struct spki s;

        assert_ok(spki_parse(data(bad[i].path, a), &s, &e));
        if (spki_check(&s, &e) != ERR_INVALID)
            fail_msg("%s is taken", bad[i].path);
        assert_says(bad[i].says);
        assert_string_equal(e.kind, "badPublicKey");
    }
}

static void keys_that_are_not_well_formed_are_no_keys(void **state)
{
    static const char *const bad[] = {
        "rsa-without-parameters", "rsa-parameters-not-null", "rsa-negative-modulus", "rsa-third-number", "rsa-trailing",
        "rsa-empty-key",          "ed25519-31-octets",       "ed25519-with-null",    "unused-bits",      "ec-without-curve",
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        const char *path = arena_printf(a, "tests/data/bad/spki-%s.der", bad[i]);
        struct error e = { 0 };
        struct spki s;

        if (spki_parse(data(path, a), &s, &e) != ERR_INVALID)
            fail_msg("%s is taken", path);
    }
}

static void the_words_for_kinds_go_both_ways(void **state)
{
    enum key_type t;

    (void)state;
    for (int i = KEY_EC_P256; i <= KEY_RSA_4096; i++) {
        assert_true(key_type_parse(key_type_text((enum key_type)i), &t));
        assert_int_equal(t, i);
    }
    assert_false(key_type_parse("rsa", &t));
    assert_false(key_type_parse("dsa", &t));
    assert_true(key_type_is_made(KEY_ED25519));
    assert_false(key_type_is_made(KEY_EC_P521));
    assert_false(key_type_is_made(KEY_RSA_OTHER));
}

struct signer {
    gnutls_privkey_t key;
    struct bytes spki;
};

static struct signer signer_new(gnutls_pk_algorithm_t kind, unsigned bits, struct arena *a)
{
    gnutls_datum_t der;
    gnutls_pubkey_t pub;
    struct signer s;

    assert_int_equal(gnutls_privkey_init(&s.key), 0);
    assert_int_equal(gnutls_privkey_generate(s.key, kind, bits, 0), 0);
    assert_int_equal(gnutls_pubkey_init(&pub), 0);
    assert_int_equal(gnutls_pubkey_import_privkey(pub, s.key, 0, 0), 0);
    assert_int_equal(gnutls_pubkey_export2(pub, GNUTLS_X509_FMT_DER, &der), 0);
    s.spki = arena_bytes(a, bytes_of(der.data, der.size));
    gnutls_free(der.data);
    gnutls_pubkey_deinit(pub);
    return s;
}

static struct bytes sign(const struct signer *s, gnutls_sign_algorithm_t how, const char *body, struct arena *a)
{
    gnutls_datum_t in = { (unsigned char *)body, (unsigned)strlen(body) }, sig;
    struct bytes out;

    assert_int_equal(gnutls_privkey_sign_data2(s->key, how, 0, &in, &sig), 0);
    out = arena_bytes(a, bytes_of(sig.data, sig.size));
    gnutls_free(sig.data);
    return out;
}

#define PSS_SHA256 \
    "\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34\xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00" \
    "\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00" \
    "\xa2\x03\x02\x01\x20"

static void a_signature_verifies_with_its_key_its_body_and_its_algorithm_only(void **state)
{
    static const struct { gnutls_pk_algorithm_t pk; unsigned bits; gnutls_sign_algorithm_t how; enum sig_alg alg; } kinds[] = {
        { GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), GNUTLS_SIGN_ECDSA_SHA256, SIG_ECDSA_SHA256 },
        { GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP384R1), GNUTLS_SIGN_ECDSA_SHA384, SIG_ECDSA_SHA384 },
        { GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP521R1), GNUTLS_SIGN_ECDSA_SHA512, SIG_ECDSA_SHA512 },
        { GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519), GNUTLS_SIGN_EDDSA_ED25519, SIG_ED25519 },
        { GNUTLS_PK_RSA, 2048, GNUTLS_SIGN_RSA_SHA256, SIG_RSA_SHA256 },
        { GNUTLS_PK_RSA, 2048, GNUTLS_SIGN_RSA_SHA512, SIG_RSA_SHA512 },
        { GNUTLS_PK_RSA, 2048, GNUTLS_SIGN_RSA_PSS_SHA256, SIG_RSA_PSS },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        struct signer one = signer_new(kinds[i].pk, kinds[i].bits, a);
        struct bytes sig = sign(&one, kinds[i].how, "body", a), alg = sig_alg_der(kinds[i].alg);
        struct spki s;

        if (kinds[i].alg == SIG_RSA_PSS)
            alg = bytes_of(PSS_SHA256, sizeof(PSS_SHA256) - 1);
        assert_ok(spki_parse(one.spki, &s, &e));
        assert_ok(spki_check(&s, &e));
        assert_int_equal(sig_alg_read(alg), kinds[i].alg);
        assert_ok(sig_verify(&s, alg, bytes_text("body"), sig, &e));
        assert_int_equal(sig_verify(&s, alg, bytes_text("Body"), sig, &e), ERR_INVALID);
        ((uint8_t *)sig.at)[sig.len - 1] ^= 1;
        assert_int_equal(sig_verify(&s, alg, bytes_text("body"), sig, &e), ERR_INVALID);
        assert_int_equal(sig_verify(&s, sig_alg_der(kinds[(i + 3) % 7].alg), bytes_text("body"), sig, &e), ERR_INVALID);
        gnutls_privkey_deinit(one.key);
    }
}

static void weak_and_unknown_algorithms_have_their_own_word(void **state)
{
    static const char sha1_rsa[] = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00";
    static const char unknown[] = "\x30\x03\x06\x01\x2a";
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };
    struct spki s;

    (void)state;
    assert_int_equal(sig_alg_read(bytes_of(sha1_rsa, sizeof(sha1_rsa) - 1)), SIG_WEAK);
    assert_int_equal(sig_alg_read(bytes_of(unknown, sizeof(unknown) - 1)), SIG_UNKNOWN);
    assert_int_equal(sig_alg_read(bytes_of("", 0)), SIG_UNKNOWN);
    assert_ok(spki_parse(data("tests/data/good/spki-rsa-2048.der", a), &s, &e));
    assert_int_equal(sig_verify(&s, bytes_of(sha1_rsa, sizeof(sha1_rsa) - 1), bytes_text("x"), bytes_text("y"), &e), ERR_INVALID);
    assert_string_equal(e.kind, "badSignatureAlgorithm");
    assert_says("weak");
}

static void the_identifier_is_that_of_the_bit_string(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct bytes der = data("tests/data/good/spki-ec-p256.der", a);
    uint8_t got[20], want[20];
    struct error e = { 0 };
    struct spki s;

    (void)state;
    assert_ok(spki_parse(der, &s, &e));
    spki_identifier(&s, got);
    hash_sha1(bytes_of(der.at + 26, 65), want);
    assert_memory_equal(got, want, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_keys_are_read_and_taken),
        cmocka_unit_test(keys_that_can_be_broken_are_refused_and_the_sentence_says_why),
        cmocka_unit_test(keys_that_are_not_well_formed_are_no_keys),
        cmocka_unit_test(the_words_for_kinds_go_both_ways),
        cmocka_unit_test(a_signature_verifies_with_its_key_its_body_and_its_algorithm_only),
        cmocka_unit_test(weak_and_unknown_algorithms_have_their_own_word),
        cmocka_unit_test(the_identifier_is_that_of_the_bit_string),
    };

    return tests_of(tests);
}
