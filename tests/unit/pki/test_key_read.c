#include "check.h"

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
        cmocka_unit_test(a_budget_is_spent_once),
        cmocka_unit_test(keys_of_others_are_read_or_named),
    };

    return tests_of(tests);
}
