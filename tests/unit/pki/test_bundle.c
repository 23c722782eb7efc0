#include "check.h"

#include "corpus.h"
#include "pki/ber.h"
#include "pki/bundle.h"
#include "pki/pem.h"
#include "pki/pkcs7.h"
#include "sealed.h"

static enum err read_it(struct bytes file, struct arena *a, struct items *out, struct error *e)
{
    items_init(out, a);
    *e = (struct error){ 0 };
    return bundle_read(file, "tide and time", out, e);
}

static void each_form_is_told_by_its_shape(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key k, other = made_key(a, KEY_EC_P256);
    struct bytes cert, pfx = sealed_pfx(a, &quick[0], "tide and time", &k, &cert), pair[] = { cert, sealed_cert(a, &other, "b.lan") };
    const struct { struct bytes file; size_t len; enum item_kind first; } rows[] = {
        { cert, 1, ITEM_CERTIFICATE }, { pfx, 2, ITEM_CERTIFICATE }, { pkcs7_certs(a, pair, 2), 2, ITEM_CERTIFICATE },
        { sealed_key_der(a, &k, false), 1, ITEM_KEY }, { sealed_key_der(a, &k, true), 1, ITEM_KEY },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct items items;
        struct error e;

        assert_ok(read_it(rows[i].file, a, &items, &e));
        assert_int_equal(items.len, rows[i].len);
        assert_int_equal(items.at[0].kind, rows[i].first);
    }
    made_key_done(&k);
    made_key_done(&other);
}

static void a_bundle_of_pem_is_read_in_its_order_past_what_is_none_of_ours(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key k = made_key(a, KEY_EC_P256);
    struct bytes cert = sealed_cert(a, &k, "a.lan");
    const char *text = arena_printf(a, "Bag Attributes\n%s\n%swords\n%s%s", pem_text(a, "EC PARAMETERS", bytes_text("\x06\x01\x2a")),
                                    pem_text(a, "EC PRIVATE KEY", sealed_key_der(a, &k, true)), pem_text(a, "CERTIFICATE", cert),
                                    pem_text(a, "X509 CRL", bytes_text("whatever")));
    struct items items;
    struct error e;

    (void)state;
    assert_ok(read_it(bytes_text(text), a, &items, &e));
    assert_int_equal(items.len, 3);
    assert_int_equal(items.at[0].kind, ITEM_KEY);
    assert_true(bytes_equal(items.at[1].der, cert));
    assert_int_equal(items.at[2].kind, ITEM_CRL);
    made_key_done(&k);
}

static void a_key_that_is_not_taken_does_not_keep_the_certificate_out(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key k = made_key(a, KEY_EC_P256);
    const char *text = arena_printf(a, "%s%s", pem_text(a, "PRIVATE KEY", bytes_text("0\x03\x02\x01\x05")), pem_text(a, "CERTIFICATE", sealed_cert(a, &k, "a.lan")));
    struct items items;
    struct error e;

    (void)state;
    assert_ok(read_it(bytes_text(text), a, &items, &e));
    assert_int_equal(items.len, 2);
    assert_non_null(items.at[0].trouble);
    made_key_done(&k);
}

static void what_is_nothing_says_so(void **state)
{
    static const struct { const char *file, *says; } bad[] = {
        { "", "empty" }, { "words", "no certificate" }, { "-----BEGIN X-----\nQUJD\n-----END X-----\n", "only: X" }, { "0\x82\x10\x10xx", "cut off" },
        { "-----BEGIN CERTIFICATE-----\nQUJD\n", "cut off" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct items items;
        struct error e;

        assert_int_equal(read_it(bytes_text(bad[i].file), a, &items, &e), ERR_INVALID);
        assert_says(bad[i].says);
        assert_string_equal(e.field, "/data");
    }
}

/* ber --------------------------------------------------------------------------------------------------- */

static void ber_becomes_der_within_its_bounds(void **state)
{
    static const struct { const char *from; size_t len; const char *to; size_t to_len; const char *says; } rows[] = {
        { "\x30\x03\x02\x01\x05", 5, "\x30\x03\x02\x01\x05", 5, "" },
        { "\x30\x80\x02\x01\x05\0\0", 7, "\x30\x03\x02\x01\x05", 5, "" },
        { "\x30\x81\x03\x02\x01\x05", 6, "\x30\x03\x02\x01\x05", 5, "" },
        { "\x24\x80\x04\x01" "a\x24\x03\x04\x01" "b\0\0", 12, "\x04\x02" "ab", 4, "" },
        { "\x30\x80\x02\x01\x05", 5, NULL, 0, "cut off" },
        { "\x30\x84\xff\xff\xff\xff", 6, NULL, 0, "cut off" },
        { "\x30\x85\x01\x01\x01\x01\x01", 7, NULL, 0, "takes 5 octets" },
        { "\x04\x80\x01\0\0", 5, NULL, 0, "no length" },
        { "\x1f\x01\x00", 3, NULL, 0, "tag" },
        { "\x24\x03\x02\x01\x05", 5, NULL, 0, "something else" },
        { "\x30\x03\x02\x02\x05\x05", 6, NULL, 0, "beyond" },
        { "\x30\x80\0\0x", 5, NULL, 0, "1 octets stand behind" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct error e = { 0 };
        struct bytes out;
        enum err r = ber_to_der(bytes_of(rows[i].from, rows[i].len), a, &out, &e);

        assert_int_equal(r, rows[i].to == NULL ? ERR_INVALID : ERR_NONE);
        assert_says(rows[i].says);
        if (r == ERR_NONE)
            assert_true(bytes_equal(out, bytes_of(rows[i].to, rows[i].to_len)));
    }
}

static void depth_has_an_end(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    uint8_t deep[20000];
    struct bytes out;
    struct error e = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(deep); i += 2)
        memcpy(deep + i, "\x30\x80", 2);
    assert_int_equal(ber_to_der(bytes_of(deep, sizeof(deep)), a, &out, &e), ERR_INVALID);
    assert_says("deep");
}

/* corpus ------------------------------------------------------------------------------------------------ */

static void one_row(const struct corpus_row *row, struct arena *a, void *arg)
{
    struct error e = { 0 };
    struct items items;
    enum err r;
    int *wrong = arg;

    items_init(&items, a);
    r = bundle_read(row->data, NULL, &items, &e);
    if (strcmp(row->expected, "reject") == 0 && r == ERR_NONE) {
        print_error("%s is read\n", row->file);
        ++*wrong;
    }
    assert_true(r == ERR_NONE || (e.text[0] != '\0' && e.field[0] == '/'));
}

static void files_of_others_get_their_verdict(void **state)
{
    static const char *const kinds[] = { "pkcs7", "pkcs7-fuzz", "pem", "der-depth" };
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        corpus_walk(kinds[i], one_row, &wrong);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_is_told_by_its_shape),
        cmocka_unit_test(a_bundle_of_pem_is_read_in_its_order_past_what_is_none_of_ours),
        cmocka_unit_test(a_key_that_is_not_taken_does_not_keep_the_certificate_out),
        cmocka_unit_test(what_is_nothing_says_so),
        cmocka_unit_test(ber_becomes_der_within_its_bounds),
        cmocka_unit_test(depth_has_an_end),
        cmocka_unit_test(files_of_others_get_their_verdict),
    };

    return tests_of(tests);
}
