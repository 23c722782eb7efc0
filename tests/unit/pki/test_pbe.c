#include "check.h"

#include <gnutls/x509.h>

#include "base/text.h"
#include "pki/pbe.h"

/* Other libraries agree on these: "smeg" and "queeg" are the vectors that all PKCS#12 libraries are tested with. */
static void the_derivation_is_that_of_everybody_else(void **state)
{
    static const struct { unsigned id, iterations; const char *password, *salt, *out; } rows[] = {
        { 1, 1, "smeg", "0A58CF64530D823F", "8AAAE6297B6CB04642AB5B077851284EB7128F1A2A7FBCA3" },
        { 2, 1, "smeg", "0A58CF64530D823F", "79993DFE048D3B76" },
        { 3, 1, "smeg", "3D83C0E4546AC140", "8D967D88F6CAA9D714800AB3D48051D63F73A312" },
        { 1, 1000, "queeg", "05DEC959ACFF72F7", "ED2034E36328830FF09DF1E1A07DD357185DAC0D4F9EB3D4" },
        { 2, 1000, "queeg", "05DEC959ACFF72F7", "11DEDAD7758D4860" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        uint8_t salt[8], want[24], got[24];
        size_t salt_len, len;
        struct error e = { 0 };

        assert_true(text_unhex(rows[i].salt, salt, sizeof(salt), &salt_len));
        assert_true(text_unhex(rows[i].out, want, sizeof(want), &len));
        assert_ok(pbe_pkcs12_kdf(false, rows[i].id, rows[i].iterations, rows[i].password, bytes_of(salt, salt_len), got, len, &e));
        assert_memory_equal(got, want, len);
    }
}

static void a_sealed_key_opens_in_gnutls_with_its_password_only(void **state)
{
    static const enum pbe schemes[] = { PBE_AES256_SHA256, PBE_3DES_SHA1 };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    gnutls_x509_privkey_t key, back;
    gnutls_datum_t pkcs8;
    struct error e = { 0 };

    (void)state;
    assert_int_equal(gnutls_x509_privkey_init(&key), 0);
    assert_int_equal(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0), 0);
    assert_int_equal(gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &pkcs8), 0);
    for (size_t i = 0; i < 2; i++) {
        gnutls_datum_t in;
        struct bytes sealed;

        assert_ok(pbe_encrypt_key(schemes[i], 2048, "p\\w \"1'!", bytes_of(pkcs8.data, pkcs8.size), a, &sealed, &e));
        in = (gnutls_datum_t){ (unsigned char *)sealed.at, (unsigned)sealed.len };
        gnutls_x509_privkey_init(&back);
        assert_int_equal(gnutls_x509_privkey_import_pkcs8(back, &in, GNUTLS_X509_FMT_DER, "p\\w \"1'!", 0), 0);
        gnutls_x509_privkey_deinit(back);
        gnutls_x509_privkey_init(&back);
        assert_true(gnutls_x509_privkey_import_pkcs8(back, &in, GNUTLS_X509_FMT_DER, "other", 0) < 0);
        gnutls_x509_privkey_deinit(back);
    }
    gnutls_free(pkcs8.data);
    gnutls_x509_privkey_deinit(key);
}

static void padding_is_there_even_where_nothing_is_missing(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    uint8_t plain[33] = { 0 };
    struct error e = { 0 };

    (void)state;
    for (size_t len = 0; len <= sizeof(plain); len++) {
        struct bytes algorithm, sealed;

        assert_ok(pbe_encrypt(PBE_AES256_SHA256, 1, "secret", bytes_of(plain, len), a, &algorithm, &sealed, &e));
        assert_int_equal(sealed.len, len / 16 * 16 + 16);
    }
}

static void a_password_that_others_cannot_type_is_refused_and_says_why(void **state)
{
    struct error e = { 0 };
    char longest[140];

    (void)state;
    memset(longest, 'x', sizeof(longest));
    longest[129] = '\0';
    assert_int_equal(pbe_password_check(longest, &e), ERR_INVALID);
    longest[128] = '\0';
    assert_ok(pbe_password_check(longest, &e));
    assert_int_equal(pbe_password_check("", &e), ERR_INVALID);
    assert_says("a password is needed");
    assert_string_equal(e.field, "/password");
    assert_int_equal(pbe_password_check("abc", &e), ERR_INVALID);
    assert_says("4 to 128");
    assert_int_equal(pbe_password_check("gr\xc3\xbc\xc3\x9f" "e", &e), ERR_INVALID);
    assert_says("ASCII");
    assert_int_equal(pbe_password_check("a\tbcd", &e), ERR_INVALID);
    assert_ok(pbe_password_check("correct horse ~", &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_derivation_is_that_of_everybody_else),
        cmocka_unit_test(a_sealed_key_opens_in_gnutls_with_its_password_only),
        cmocka_unit_test(padding_is_there_even_where_nothing_is_missing),
        cmocka_unit_test(a_password_that_others_cannot_type_is_refused_and_says_why),
    };

    return tests_of(tests);
}
