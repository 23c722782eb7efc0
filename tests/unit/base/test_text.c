#include "check.h"

#include "base/text.h"

static void a_thumbprint_is_read_however_mmc_wrote_it(void **state)
{
    uint8_t out[4];
    size_t len = 0;

    (void)state;
    assert_true(text_unhex("\xe2\x80\x8e" "DE:ad be-EF", out, sizeof(out), &len));
    assert_int_equal(len, 4);
    assert_memory_equal(out, "\xde\xad\xbe\xef", 4);
    assert_false(text_unhex("abc", out, sizeof(out), &len));
    assert_false(text_unhex("0x12", out, sizeof(out), &len));
    assert_false(text_unhex("0011223344", out, sizeof(out), &len));
}

static void base64_goes_out_and_in_again_and_nothing_lax_is_taken(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct bytes out;

    (void)state;
    for (size_t len = 0; len < 7; len++) {
        struct bytes in = bytes_of("\x00\xff\x10\x83\x7f\x01", len < 6 ? len : 6);
        char *text = text_base64(a, in), *url = text_base64url(a, in);

        assert_true(text_unbase64(a, text, strlen(text), &out));
        assert_true(bytes_equal(in, out));
        assert_true(text_unbase64url(a, url, strlen(url), &out));
        assert_true(bytes_equal(in, out));
    }
    assert_false(text_unbase64(a, "AB", 2, &out));
    assert_false(text_unbase64(a, "AB==CD==", 8, &out));
    assert_false(text_unbase64url(a, "AB==", 4, &out));
    assert_false(text_unbase64url(a, "AB", 2, &out));    /* spare bits */
    assert_false(text_unbase64url(a, "A+", 2, &out));
}

static void base64_knows_every_octet_wherever_its_lines_end(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    uint8_t all[256];
    struct bytes in = bytes_of(all, sizeof(all)), out;
    char *text;

    (void)state;
    for (int i = 0; i < 256; i++)
        all[i] = (uint8_t)(i * 167);
    text = text_base64(a, in);
    for (size_t column = 1; column < 80; column++) {
        char *broken = arena_take(a, 3 * strlen(text) + 1), *p = broken;

        for (size_t i = 0; text[i] != '\0'; i++) {
            *p++ = text[i];
            if ((i + 1) % column == 0)
                p = stpcpy(p, "\r\n");
        }
        *p = '\0';
        assert_true(text_unbase64(a, broken, strlen(broken), &out));
        assert_true(bytes_equal(in, out));
        assert_false(text_unbase64url(a, broken, strlen(broken), &out));
    }
    text[77] = '*';
    assert_false(text_unbase64(a, text, strlen(text), &out));
}

static void utf8_is_only_what_the_standard_allows(void **state)
{
    (void)state;
    assert_true(text_is_utf8(bytes_text("Z\xc3\xbcrich \xf0\x9f\x94\x92")));
    assert_false(text_is_utf8(bytes_text("\xc0\xaf")));
    assert_false(text_is_utf8(bytes_text("\xed\xa0\x80")));
    assert_false(text_is_utf8(bytes_text("\xf4\x90\x80\x80")));
    assert_false(text_is_clean(bytes_of("a\0b", 3)));
    assert_false(text_is_clean(bytes_text("a\nb")));
    assert_false(text_is_clean(bytes_text("\xc2\x85")));
}

static void a_number_is_whole_and_within_its_bounds(void **state)
{
    int64_t v;

    (void)state;
    assert_true(text_number("42", 0, 100, &v));
    assert_int_equal(v, 42);
    assert_false(text_number("101", 0, 100, &v));
    assert_false(text_number("4 ", 0, 100, &v));
    assert_false(text_number("", 0, 100, &v));
    assert_false(text_number("99999999999999999999", 0, INT64_MAX, &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thumbprint_is_read_however_mmc_wrote_it),
        cmocka_unit_test(base64_goes_out_and_in_again_and_nothing_lax_is_taken),
        cmocka_unit_test(base64_knows_every_octet_wherever_its_lines_end),
        cmocka_unit_test(utf8_is_only_what_the_standard_allows),
        cmocka_unit_test(a_number_is_whole_and_within_its_bounds),
    };

    return tests_of(tests);
}
