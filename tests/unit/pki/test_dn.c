#include "check.h"

#include "pki/der.h"
#include "pki/dn.h"

#define BYTES(s) bytes_of(s, sizeof(s) - 1)

/* One RDN of one CN: `type` and `value` as given. */
static struct bytes name_of(uint8_t type, struct bytes value, struct arena *a)
{
    struct der_writer w;

    der_begin(&w, 64);
    der_prim(&w, type, value);
    der_oid(&w, "2.5.4.3");
    der_wrap(&w, 0, DER_SEQUENCE);
    der_wrap(&w, 0, DER_SET);
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

static void a_name_reads_most_specific_part_first(void **state)
{
    static const char der[] = "\x30\x36"
                              "\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02" "DE"
                              "\x31\x16\x30\x0a\x06\x03\x55\x04\x0a\x0c\x03" "A,B" "\x30\x08\x06\x03\x2a\x03\x04\x0c\x01" "x"
                              "\x31\x0f\x30\x0d\x06\x03\x55\x04\x03\x0c\x06" "#first";
    CLEANUP(arena_drop) struct arena *a = arena_new();
    const char *text, *common_name;
    struct error e = { 0 };

    (void)state;
    assert_ok(dn_read(BYTES(der), a, &text, &common_name, &e));
    assert_string_equal(text, "CN=\\#first,O=A\\,B+1.2.3.4=x,C=DE");
    assert_string_equal(common_name, "#first");
    assert_ok(dn_read(BYTES("\x30\0"), a, &text, &common_name, &e));
    assert_string_equal(text, "");
    assert_string_equal(common_name, "");
}

static void every_kind_of_text_comes_out_as_utf8(void **state)
{
    static const struct { uint8_t type; const char *value; size_t len; const char *text; } rows[] = {
        { DER_UTF8, "Z\xc3\xbcrich", 7, "Z\xc3\xbcrich" },
        { DER_PRINTABLE, "host", 4, "host" },
        { DER_T61, "Z\xfcrich", 6, "Z\xc3\xbcrich" },
        { DER_BMP, "\0Z\0\xfc", 4, "Z\xc3\xbc" },
        { 0x1c, "\0\x01\xf5\x12", 4, "\xf0\x9f\x94\x92" },
        { DER_UTF8, " x ", 3, "\\ x\\ " },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *text;

        assert_ok(dn_read(name_of(rows[i].type, bytes_of(rows[i].value, rows[i].len), a), a, &text, NULL, &e));
        assert_string_equal(text, arena_printf(a, "CN=%s", rows[i].text));
    }
}

static void what_is_no_clean_text_stands_as_hex_and_names_nobody(void **state)
{
    static const struct { uint8_t type; const char *value; size_t len; } rows[] = {
        { DER_UTF8, "good.lan\0.evil", 14 }, { DER_UTF8, "a\nb", 3 },    { DER_UTF8, "\xff", 1 }, { DER_PRINTABLE, "\xfc", 1 },
        { DER_BMP, "\0", 1 },                { DER_BMP, "\xd8\0", 2 },   { 0x1c, "\0\x11\0\0", 4 }, { DER_OCTET_STRING, "ab", 2 },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *text, *common_name;

        assert_ok(dn_read(name_of(rows[i].type, bytes_of(rows[i].value, rows[i].len), a), a, &text, &common_name, &e));
        assert_memory_equal(text, "CN=#", 4);
        assert_string_equal(common_name, "");
    }
}

static void what_is_no_name_is_refused(void **state)
{
    static const struct { const char *at; size_t len; } bad[] = {
        { "", 0 },
        { "\x31\0", 2 },
        { "\x30\0\0", 3 },
        { "\x30\x02\x31\0", 4 },                                  /* an empty set */
        { "\x30\x04\x31\x02\x30\0", 6 },
        { "\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04\x03", 11 },   /* no value */
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };
    const char *text;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(dn_read(bytes_of(bad[i].at, bad[i].len), a, &text, NULL, &e), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_reads_most_specific_part_first),
        cmocka_unit_test(every_kind_of_text_comes_out_as_utf8),
        cmocka_unit_test(what_is_no_clean_text_stands_as_hex_and_names_nobody),
        cmocka_unit_test(what_is_no_name_is_refused),
    };

    return tests_of(tests);
}
