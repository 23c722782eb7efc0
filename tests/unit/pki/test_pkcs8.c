#include "check.h"

#include "pki/key_read.h"
#include "pki/pem.h"
#include "pki/pkcs8.h"
#include "sealed.h"

static const struct { enum key_type type; const char *old_label; } kinds[] = { { KEY_EC_P256, "EC PRIVATE KEY" }, { KEY_EC_P384, "EC PRIVATE KEY" }, { KEY_RSA_2048, "RSA PRIVATE KEY" } };

static void the_older_forms_become_the_same_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        CLEANUP(arena_drop) struct arena *a = arena_new();
        struct made_key k = made_key(a, kinds[i].type);
        const char *texts[] = { pem_text(a, "PRIVATE KEY", sealed_key_der(a, &k, false)), pem_text(a, kinds[i].old_label, sealed_key_der(a, &k, true)) };

        for (size_t n = 0; n < 2; n++) {
            struct bytes out;
            struct item item;
            struct error e;

            assert_ok(pkcs8_of_pem(bytes_text(texts[n]), a, &out, &e));
            assert_int_equal(key_form(out), KEY_FORM_PKCS8);
            assert_ok(key_read_pkcs8(out, a, &item, &e));
            assert_true(bytes_equal(item.spki, k.spki));
        }
        made_key_done(&k);
    }
}

static void the_first_key_counts_whatever_stands_before(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key one = made_key(a, KEY_EC_P256), two = made_key(a, KEY_EC_P256);
    struct bytes first = sealed_key_der(a, &one, false), out;
    const char *text = arena_printf(a, "Bag Attributes\n%s%s%s", pem_text(a, "CERTIFICATE", bytes_text("any")), pem_text(a, "PRIVATE KEY", first),
                                    pem_text(a, "PRIVATE KEY", sealed_key_der(a, &two, false)));
    struct error e;

    (void)state;
    assert_ok(pkcs8_of_pem(bytes_text(text), a, &out, &e));
    assert_true(bytes_equal(out, first));
    made_key_done(&one);
    made_key_done(&two);
}

static void what_is_no_key_says_what_to_do(void **state)
{
    static const struct { const char *label; const char *body; size_t len; const char *says; } rows[] = {
        { "CERTIFICATE", "any", 3, "there is no private key in PEM" },
        { "ENCRYPTED PRIVATE KEY", "any", 3, "decrypt it first" },
        { "EC PRIVATE KEY", "\x30\x03\x02\x01\x01", 5, "not well-formed" },
        { "EC PRIVATE KEY", "\x30\x06\x02\x01\x01\x04\x01\x07", 8, "does not name its curve" },
        { "EC PRIVATE KEY", "junk", 4, "not well-formed" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct bytes out = { 0 };
        struct error e = { 0 };

        assert_int_equal(pkcs8_of_pem(bytes_text(pem_text(a, rows[i].label, bytes_of(rows[i].body, rows[i].len))), a, &out, &e), ERR_INVALID);
        assert_says(rows[i].says);
        assert_int_equal(out.len, 0);
    }
}

static void a_key_that_is_cut_off_is_refused_wherever_it_is_cut(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key k = made_key(a, KEY_EC_P256);
    struct bytes whole = sealed_key_der(a, &k, false);

    (void)state;
    for (size_t len = 1; len < whole.len; len++) {
        struct item item;
        struct error e;

        assert_int_equal(key_read_pkcs8(bytes_of(whole.at, len), a, &item, &e), ERR_INVALID);
    }
    made_key_done(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_older_forms_become_the_same_key), cmocka_unit_test(the_first_key_counts_whatever_stands_before),
        cmocka_unit_test(what_is_no_key_says_what_to_do), cmocka_unit_test(a_key_that_is_cut_off_is_refused_wherever_it_is_cut),
    };

    return tests_of(tests);
}
