#include "check.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "base/text.h"
#include "pki/kdf.h"

static void pbkdf2_is_that_of_the_library_for_every_digest_and_length(void **state)
{
    static const gnutls_mac_algorithm_t macs[] = { GNUTLS_MAC_SHA1, GNUTLS_MAC_SHA224, GNUTLS_MAC_SHA256, GNUTLS_MAC_SHA384, GNUTLS_MAC_SHA512 };
    static const size_t passwords[] = { 0, 1, 31, 63, 64, 65, 200 }, salts[] = { 1, 8, 55, 60, 64, 300 }, lens[] = { 5, 24, 32, 33, 64 };
    uint8_t text[512], ours[KDF_DIGEST_MAX], theirs[KDF_DIGEST_MAX];
    struct error e;

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (uint8_t)(i * 37 + 11);
    for (size_t i = 0; i < 7 * 6 * 5; i++) {
        size_t password = passwords[i % 7], salt = salts[i / 7 % 6], len = lens[i / 42];
        gnutls_datum_t secret = { text, (unsigned)password }, salted = { text + 100, (unsigned)salt };
        unsigned iterations = 1 + (unsigned)i % 4;

        for (size_t h = 0; h < KDF_HASH_COUNT; h++) {
            assert_int_equal(kdf_pbkdf2((enum kdf_hash)h, iterations, bytes_of(text, password), bytes_of(text + 100, salt), ours, len, &e), ERR_NONE);
            assert_true(gnutls_pbkdf2(macs[h], &secret, &salted, iterations, theirs, len) >= 0);
            assert_memory_equal(ours, theirs, len);
        }
    }
}

/* RFC 7292, B.2, with the digest spelled out: D, I, then the digest of the digest. One block is asked, salt and password fill one each. */
static void the_way_of_pkcs12_repeats_the_digest(void **state)
{
    uint8_t salt[64], password[64], message[192], expected[32], ours[32];
    struct error e;

    (void)state;
    memset(message, KDF_FOR_MAC, 64);
    for (size_t i = 0; i < 64; i++) {
        message[64 + i] = salt[i] = (uint8_t)(i + 1);
        message[128 + i] = password[i] = (uint8_t)(200 - i);
    }
    for (unsigned iterations = 1; iterations < 50; iterations += 7) {
        assert_true(gnutls_hash_fast(GNUTLS_DIG_SHA256, message, sizeof(message), expected) >= 0);
        for (unsigned i = 1; i < iterations; i++)
            assert_true(gnutls_hash_fast(GNUTLS_DIG_SHA256, expected, sizeof(expected), expected) >= 0);
        assert_int_equal(kdf_pkcs12(KDF_SHA256, KDF_FOR_MAC, iterations, bytes_of(password, 64), bytes_of(salt, 64), ours, sizeof(ours), &e), ERR_NONE);
        assert_memory_equal(ours, expected, sizeof(ours));
    }
}

static void what_no_file_may_ask_is_refused(void **state)
{
    static uint8_t salt[KDF_SALT_MAX + 1];
    uint8_t out[KDF_DIGEST_MAX + 1];
    struct error e;

    (void)state;
    assert_int_equal(kdf_pbkdf2(KDF_SHA256, 0, bytes_text("p"), bytes_of(salt, 8), out, 32, &e), ERR_BUG);
    assert_int_equal(kdf_pbkdf2(KDF_SHA256, KDF_ITERATIONS_MAX + 1u, bytes_text("p"), bytes_of(salt, 8), out, 32, &e), ERR_BUG);
    assert_int_equal(kdf_pbkdf2(KDF_SHA256, 1, bytes_text("p"), bytes_of(salt, sizeof(salt)), out, 32, &e), ERR_BUG);
    assert_int_equal(kdf_pbkdf2(KDF_SHA256, 1, bytes_text("p"), bytes_of(salt, 8), out, sizeof(out), &e), ERR_BUG);
    assert_int_equal(kdf_pkcs12(KDF_SHA256, KDF_FOR_KEY, 0, bytes_of(salt, 2), bytes_of(salt, 8), out, 32, &e), ERR_BUG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pbkdf2_is_that_of_the_library_for_every_digest_and_length),
        cmocka_unit_test(the_way_of_pkcs12_repeats_the_digest),
        cmocka_unit_test(what_no_file_may_ask_is_refused),
    };

    return tests_of(tests);
}
