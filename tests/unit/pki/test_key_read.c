#include "check.h"

#include "base/text.h"
#include "corpus.h"
#include "pki/key_read.h"
#include "sealed.h"

static enum err read_it(struct bytes der, const char *password, struct arena *a, struct item *out, struct error *e)
{
    struct pbe_budget budget = { 0 };

    *e = (struct error){ 0 };
    return key_read(der, password, &budget, a, out, e);
}

static void every_form_comes_out_as_the_same_key(void **state)
{
    static const enum key_type kinds[] = { KEY_EC_P256, KEY_EC_P384, KEY_ED25519, KEY_RSA_2048 };

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        CLEANUP(arena_drop) struct arena *a = arena_new();
        struct made_key k = made_key(a, kinds[i]);
        struct bytes forms[4] = { sealed_key_der(a, &k, false), sealed_key_der(a, &k, kinds[i] != KEY_ED25519) };   /* that never had an older form */

        assert_int_equal(pbe_encrypt_key(PBE_AES256_SHA256, 3, "tide and time", forms[0], a, &forms[2], NULL), ERR_NONE);
        assert_int_equal(pbe_encrypt_key(PBE_3DES_SHA1, 3, "tide and time", forms[0], a, &forms[3], NULL), ERR_NONE);
        for (size_t f = 0; f < 4; f++) {
            struct error e;
            struct item item;

            assert_ok(read_it(forms[f], "tide and time", a, &item, &e));
            assert_true(bytes_equal(item.spki, k.spki));
            assert_int_equal(key_form(item.der), KEY_FORM_PKCS8);
        }
        made_key_done(&k);
    }
}

static void a_wrong_password_is_told_from_a_missing_one(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key k = made_key(a, KEY_EC_P256);
    struct bytes sealed;
    struct item item;
    struct error e;

    (void)state;
    assert_int_equal(pbe_encrypt_key(PBE_AES256_SHA256, 3, "tide and time", sealed_key_der(a, &k, false), a, &sealed, NULL), ERR_NONE);
    for (size_t i = 0; i < 600; i++) {                 /* one in 256 has good padding */
        assert_int_equal(read_it(sealed, arena_printf(a, "wrong %zu", i), a, &item, &e), ERR_INVALID);
        assert_string_equal(e.kind, "wrong-password");
    }
    assert_int_equal(read_it(sealed, NULL, a, &item, &e), ERR_INVALID);
    assert_string_equal(e.kind, "wrong-password");
    assert_says("give its password");
    made_key_done(&k);
}

static struct bytes with_algorithm(struct arena *a, const char *oid)
{
    struct der_writer w;
    size_t mark;

    der_begin(&w, 128);
    der_prim(&w, DER_OCTET_STRING, bytes_text("something"));
    mark = der_mark(&w);
    der_oid(&w, oid);
    der_wrap(&w, mark, DER_SEQUENCE);
    der_int(&w, 0);
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

static void kinds_that_are_not_supported_are_named(void **state)
{
    static const struct { const char *oid, *name; } rows[] = {
        { "1.2.840.10040.4.1", "DSA" }, { "1.2.840.113549.1.1.10", "RSASSA-PSS" }, { "1.2.643.7.1.1.1.1", "GOST" }, { "1.3.101.110", "X25519" }, { "1.2.3.4", "1.2.3.4" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct item item;
        struct error e;

        assert_int_equal(read_it(with_algorithm(a, rows[i].oid), NULL, a, &item, &e), ERR_INVALID);
        assert_string_equal(e.kind, "unsupported-algorithm");
        assert_says(rows[i].name);
    }
}

/* PKCS#8 around ECPrivateKey { 1, d }, of P-256 unless said otherwise. */
static struct bytes bare_ec(struct arena *a, const char *curve, struct bytes number)
{
    struct der_writer w;
    size_t mark;

    der_begin(&w, 128);
    der_prim(&w, DER_OCTET_STRING, number);
    der_int(&w, 1);
    der_wrap(&w, 0, DER_SEQUENCE);
    der_wrap(&w, 0, DER_OCTET_STRING);
    mark = der_mark(&w);
    der_oid(&w, curve);
    der_oid(&w, "1.2.840.10045.2.1");
    der_wrap(&w, mark, DER_SEQUENCE);
    der_int(&w, 0);
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

/* Of the key 1 the public half is the generator itself: SEC 2, 2.4.2. */
static void a_key_without_its_public_half_gets_it(void **state)
{
    static const uint8_t one[33] = { [32] = 1 }, zero[32] = { 0 };
    static const char generator[] = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                                    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    const struct { const char *curve; struct bytes number; const char *says; } bad[] = {
        { "1.2.840.10045.3.1.7", bytes_of(zero, 32), "does not lie on its curve" }, { "1.3.132.0.10", bytes_of(one, 33), "secp256k1" },
        { "1.2.840.10045.3.1.7", bytes_text("thirty-three octets are too many."), "malformed" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct item item;
    struct error e;

    (void)state;
    for (size_t cut = 0; cut <= 32; cut += 16) {          /* with a zero too many, and without those that belong there */
        assert_ok(read_it(bare_ec(a, "1.2.840.10045.3.1.7", bytes_of(one + cut, 33 - cut)), NULL, a, &item, &e));
        assert_string_equal(text_hex_in(a, bytes_of(item.spki.at + item.spki.len - 65, 65)), generator);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_int_equal(read_it(bare_ec(a, bad[i].curve, bad[i].number), NULL, a, &item, &e), ERR_INVALID);
        assert_says(bad[i].says);
    }
}

static void a_budget_is_spent_once(void **state)
{
    struct pbe_budget b = { 0 };
    struct error e = { 0 };

    (void)state;
    assert_ok(pbe_pay(&b, 2000000, 1, &e));
    assert_ok(pbe_pay(&b, 1000000, 2, &e));
    assert_int_equal(pbe_pay(&b, 1, 1, &e), ERR_INVALID);
    assert_string_equal(e.kind, "too-many-iterations");
    assert_says("4000001");
}

/* corpus ------------------------------------------------------------------------------------------------ */

static void one_row(const struct corpus_row *row, struct arena *a, void *arg)
{
    struct item item;
    struct error e;
    enum err r = read_it(row->der, corpus_password(row), a, &item, &e);
    int *wrong = arg;

    if (strcmp(row->expected, "accept") == 0 && r != ERR_NONE) {
        print_error("%s: %s\n", row->file, e.text);
        ++*wrong;
    }
    assert_true(r == ERR_NONE || (r == ERR_INVALID && e.text[0] != '\0'));
}

/* Whether the numbers of a key are sound is the keeper's to say: what is to be refused is refused by one of the two. */
static void keys_of_others_are_read_or_named(void **state)
{
    int wrong = 0;

    (void)state;
    corpus_walk("key", one_row, &wrong);
    corpus_walk("key-fuzz", one_row, &wrong);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_comes_out_as_the_same_key),
        cmocka_unit_test(a_wrong_password_is_told_from_a_missing_one),
        cmocka_unit_test(kinds_that_are_not_supported_are_named),
        cmocka_unit_test(a_key_without_its_public_half_gets_it),
        cmocka_unit_test(a_budget_is_spent_once),
        cmocka_unit_test(keys_of_others_are_read_or_named),
    };

    return tests_of(tests);
}
