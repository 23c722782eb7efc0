#include "check.h"

#include "corpus.h"
#include "files.h"
#include "pki/cert.h"
#include "pki/p12_read.h"
#include "sealed.h"

static enum err read_it(struct bytes pfx, const char *password, struct arena *a, struct items *out, struct error *e)
{
    items_init(out, a);
    *e = (struct error){ 0 };
    return p12_read(pfx, password, out, e);
}

static void what_we_write_is_read_with_key_certificate_and_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(arena_drop) struct arena *a = arena_new();
        struct items items;
        struct made_key k;
        struct bytes cert, pfx = sealed_pfx(a, &quick[i], "tide and time", &k, &cert);
        struct error e = { 0 };

        assert_ok(read_it(pfx, "tide and time", a, &items, &e));
        assert_int_equal(items.len, 2);
        for (size_t n = 0; n < 2; n++) {
            assert_string_equal(items.at[n].name, "Bücher 🔑");
            if (items.at[n].kind == ITEM_KEY)
                assert_true(bytes_equal(items.at[n].spki, k.spki));
            else
                assert_true(bytes_equal(items.at[n].der, cert));
        }
        assert_int_equal(read_it(pfx, "time and tide", a, &items, &e), ERR_INVALID);
        assert_string_equal(e.kind, "wrong-password");
        assert_int_equal(read_it(pfx, NULL, a, &items, &e), ERR_INVALID);
        assert_string_equal(e.kind, "wrong-password");
        assert_says("has a password");
        assert_int_equal(items.len, 0);
        made_key_done(&k);
    }
}

static void lengths_left_open_and_strings_in_pieces_are_read(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };
    struct items items;
    struct bytes pfx;

    (void)state;
    assert_true(file_read("tests/fuzz/corpus/p12/in-pieces", a, &pfx));
    assert_ok(read_it(pfx, "tide", a, &items, &e));
    assert_int_equal(items.len, 2);
}

static void a_file_that_was_cut_off_says_so(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key k;
    struct bytes cert, pfx = sealed_pfx(a, &quick[0], "tide and time", &k, &cert);
    struct error e = { 0 };
    struct items items;

    (void)state;
    for (size_t len = 1; len < pfx.len; len += 13) {
        assert_int_equal(read_it(bytes_of(pfx.at, len), "tide and time", a, &items, &e), ERR_INVALID);
        assert_string_equal(e.kind, "truncated");
    }
    made_key_done(&k);
}

static void empty_and_absent_passwords_are_both_tried(void **state)
{
    static const struct { const char *bmp; size_t len; } passwords[] = { { "", 0 }, { "\0\0", 2 } };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key k = made_key(a, KEY_EC_P256);
    struct error e = { 0 };
    struct items items;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bad_pfx b = { .is_open = true, .certificate = sealed_cert(a, &k, "a.lan"), .has_right_mac = true, .bmp = bytes_of(passwords[i].bmp, passwords[i].len) };

        assert_ok(read_it(bad_pfx(a, &b), NULL, a, &items, &e));
        assert_ok(read_it(bad_pfx(a, &b), "", a, &items, &e));
        assert_int_equal(read_it(bad_pfx(a, &b), "other", a, &items, &e), ERR_INVALID);
        assert_string_equal(e.kind, "wrong-password");
    }
    made_key_done(&k);
}

static void bombs_and_what_is_not_read_are_named_before_anything_is_computed(void **state)
{
    static const struct { struct bad_pfx pfx; const char *kind, *says; } bad[] = {
        { { .mac_iterations = 2000001 }, "too-many-iterations", "2000001" },
        { { .mac_iterations = INT64_MAX }, "too-many-iterations", "9223372036854775807" },
        { { .mac_iterations = -1 }, "", "-1 iterations" },
        { { .bags = 1, .bag_iterations = 2000001 }, "too-many-iterations", "2000001" },
        { { .bags = 2, .bag_iterations = 1000001 }, "too-many-iterations", "4000005" },
        { { .bags = 1, .bag_iterations = 0 }, "", "0 iterations" },
        { { .bags = 33, .bag_iterations = 1 }, "", "32 bags" },
        { { .cipher = "1.2.840.113549.1.12.1.3", .part_iterations = 2000000000 }, "too-many-iterations", "2000000000" },
        { { .cipher = "1.2.840.113549.1.12.1.5", .part_iterations = 1 }, "unsupported-algorithm", "RC2-128" },
        { { .cipher = "1.2.3.4", .part_iterations = 1 }, "unsupported-algorithm", "1.2.3.4" },
        { { .mac = "1.2.840.113549.1.5.14" }, "unsupported-mac", "MAC type not supported: PBMAC1" },
        { { .mac = "1.2.643.7.1.1.2.3" }, "unsupported-mac", "1.2.643.7.1.1.2.3" },
        { { .has_no_content = true }, "", "holds nothing" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    int64_t began = clock_mono_ms();

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct error e = { 0 };
        struct items items;

        assert_int_equal(read_it(bad_pfx(a, &bad[i].pfx), "tide", a, &items, &e), ERR_INVALID);
        assert_string_equal(e.kind, bad[i].kind);
        assert_says(bad[i].says);
    }
    assert_true(clock_mono_ms() - began < 1000);
}

static void a_changed_octet_is_never_taken_for_the_file(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key k;
    struct bytes cert, pfx = sealed_pfx(a, &quick[0], "tide and time", &k, &cert);
    uint8_t *copy = arena_copy(a, pfx.at, pfx.len);
    struct items items;
    struct error e;

    (void)state;
    for (size_t i = 60; i < pfx.len - 120; i += 7) {
        copy[i] ^= 0x55;
        assert_int_equal(read_it(bytes_of(copy, pfx.len), "tide and time", a, &items, &e), ERR_INVALID);
        copy[i] ^= 0x55;
    }
    made_key_done(&k);
}

/* corpus ------------------------------------------------------------------------------------------------ */

static void one_row(const struct corpus_row *row, struct arena *a, void *arg)
{
    struct items items;
    struct error e;
    enum err r = read_it(row->data, corpus_password(row), a, &items, &e);
    int *wrong = arg;

    if ((strcmp(row->expected, "accept") == 0 && r != ERR_NONE) || (strcmp(row->expected, "reject") == 0 && r == ERR_NONE)) {
        print_error("%s: %s\n", row->file, r ? e.text : "is read");
        ++*wrong;
    }
    assert_true(r == ERR_NONE || (r == ERR_INVALID && e.text[0] != '\0'));
}

static void files_of_others_get_their_verdict(void **state)
{
    int wrong = 0;

    (void)state;
    corpus_walk("pkcs12", one_row, &wrong);
    corpus_walk("pkcs12-fuzz", one_row, &wrong);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_we_write_is_read_with_key_certificate_and_name),
        cmocka_unit_test(lengths_left_open_and_strings_in_pieces_are_read),
        cmocka_unit_test(a_file_that_was_cut_off_says_so),
        cmocka_unit_test(empty_and_absent_passwords_are_both_tried),
        cmocka_unit_test(bombs_and_what_is_not_read_are_named_before_anything_is_computed),
        cmocka_unit_test(a_changed_octet_is_never_taken_for_the_file),
        cmocka_unit_test(files_of_others_get_their_verdict),
    };

    return tests_of(tests);
}
