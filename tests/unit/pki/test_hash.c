#include "check.h"

#include "base/text.h"
#include "pki/hash.h"

static void same_hex(const uint8_t *got, size_t len, const char *want)
{
    char text[2 * SHA512_LEN + 1];

    text_hex(bytes_of(got, len), text);
    assert_string_equal(text, want);
}

static void digests_of_abc_are_those_of_the_standard(void **state)
{
    uint8_t out[SHA512_LEN];

    (void)state;
    hash_sha1(bytes_text("abc"), out);
    same_hex(out, SHA1_LEN, "a9993e364706816aba3e25717850c26c9cd0d89d");
    hash_sha256(bytes_text("abc"), out);
    same_hex(out, SHA256_LEN, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_sha384(bytes_text("abc"), out);
    same_hex(out, 8, "cb00753f45a35e8b");
    hash_sha512(bytes_text("abc"), out);
    same_hex(out, 8, "ddaf35a193617aba");
    hash_sha256(bytes_of("", 0), out);
    same_hex(out, 8, "e3b0c44298fc1c14");
}

static void a_keyed_digest_is_that_of_rfc_4231(void **state)
{
    uint8_t out[SHA256_LEN];

    (void)state;
    hash_hmac_sha256(bytes_text("Jefe"), bytes_text("what do ya want for nothing?"), out);
    same_hex(out, SHA256_LEN, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void secrets_compare_by_content_and_length(void **state)
{
    (void)state;
    assert_true(hash_same(bytes_text("secret"), bytes_text("secret")));
    assert_false(hash_same(bytes_text("secret"), bytes_text("secreT")));
    assert_false(hash_same(bytes_text("secret"), bytes_text("secre")));
    assert_true(hash_same(bytes_of(NULL, 0), bytes_of(NULL, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_of_abc_are_those_of_the_standard),
        cmocka_unit_test(a_keyed_digest_is_that_of_rfc_4231),
        cmocka_unit_test(secrets_compare_by_content_and_length),
    };

    return tests_of(tests);
}
