#include "check.h"

#include <stdlib.h>

#include "base/own.h"
#include "base/time.h"
#include "pki/der.h"

#define BYTES(s) bytes_of(s, sizeof(s) - 1)

static void expect(struct der_writer *w, struct bytes want)
{
    struct bytes got = der_written(w);

    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.at, want.at, want.len);
    der_done(w);
}

static void integers_are_written_in_the_fewest_octets_and_read_back(void **state)
{
    static const int64_t values[] = { 0, 1, 127, 128, 255, 256, 32767, 32768, -1, -128, -129, INT64_MAX, INT64_MIN };

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        struct der_writer w;
        struct der d;
        int64_t back = 7;

        der_begin(&w, 1);
        der_int(&w, values[i]);
        d = der_of(der_written(&w));
        assert_true(der_get_int(&d, &back));
        assert_true(back == values[i]);
        assert_true(der_is_sound(der_written(&w), 0));
        der_done(&w);
    }
}

static void magnitudes_lose_zeros_and_gain_the_one_that_keeps_them_positive(void **state)
{
    struct der_writer w;
    struct bytes back;
    struct der d;

    (void)state;
    der_begin(&w, 0);
    der_uint_bytes(&w, BYTES("\0\0\x80\x01"));
    d = der_of(der_written(&w));
    assert_true(der_get_uint(&d, &back));
    assert_true(bytes_equal(back, BYTES("\x80\x01")));
    expect(&w, BYTES("\x02\x03\0\x80\x01"));
    der_begin(&w, 0);
    der_uint_bytes(&w, BYTES(""));
    expect(&w, BYTES("\x02\x01\0"));
    d = der_of(BYTES("\x02\x01\0"));
    assert_true(der_get_uint(&d, &back));
    assert_true(bytes_equal(back, BYTES("\0")));
}

static void what_is_written_back_to_front_reads_front_to_back(void **state)
{
    struct der_writer w;
    struct der d, in;
    struct bytes oid, whole;
    bool flag = false;
    int64_t n = 0;

    (void)state;
    der_begin(&w, 0);
    der_bool(&w, true);
    der_int(&w, 65537);
    der_oid(&w, "1.2.840.113549.1.1.11");
    der_wrap(&w, 0, DER_SEQUENCE);
    d = der_of(der_written(&w));
    assert_true(der_enter(&d, DER_SEQUENCE, &in));
    assert_true(der_end(&d));
    assert_true(der_get_oid(&in, &oid));
    assert_true(der_oid_is(oid, "1.2.840.113549.1.1.11"));
    assert_false(der_oid_is(oid, "1.2.840.113549.1.1.5"));
    assert_false(der_get_bool(&in, &flag));      /* not that tag: nothing is consumed */
    assert_true(der_get_int(&in, &n));
    assert_int_equal(n, 65537);
    assert_false(der_get_whole(&in, DER_NULL, &whole));
    assert_true(der_get_bool(&in, &flag));
    assert_true(flag && der_end(&in));
    der_done(&w);
}

static void an_object_identifier_is_itself_and_no_other(void **state)
{
    static const char *const all[] = { "1.2", "1.2.840", "1.2.840.10045.2.1", "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11", "1.3.132.0.34", "2.5.4.3", "2.5.29.17",
                                       "2.999.3", "2.16.840.1.113730.1.1", "1.3.6.1.4.1.4294967295", "1.3.6.1.4.1.127.128.16383.16384" };
    size_t n = sizeof(all) / sizeof(*all);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        struct der_writer w;
        struct bytes oid;
        struct der d;

        der_begin(&w, 0);
        der_oid(&w, all[i]);
        d = der_of(der_written(&w));
        assert_true(der_get_oid(&d, &oid));
        for (size_t k = 0; k < n; k++)
            assert_int_equal(der_oid_is(oid, all[k]), i == k);
        der_done(&w);
    }
    assert_false(der_oid_is(bytes_of("", 0), "2.5.4.3"));
}

static void a_writer_that_grows_keeps_what_it_has_and_long_lengths_are_right(void **state)
{
    static const size_t lens[] = { 0, 1, 127, 128, 255, 256, 65535, 65536, 1 << 20 };
    uint8_t *fill = own_alloc(1 << 20);

    (void)state;
    for (size_t i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
        struct der_writer w;
        struct der d;
        struct bytes back;

        memset(fill, 0x5a, lens[i]);
        der_begin(&w, 0);
        der_prim(&w, DER_OCTET_STRING, bytes_of(fill, lens[i]));
        d = der_of(der_written(&w));
        assert_true(der_get(&d, DER_OCTET_STRING, &back));
        assert_true(der_end(&d));
        assert_true(bytes_equal(back, bytes_of(fill, lens[i])));
        der_done(&w);
    }
    free(fill);
}

static void named_bits_end_with_the_last_one_set(void **state)
{
    struct der_writer w;

    (void)state;
    der_begin(&w, 0);
    der_named_bits(&w, 1 << 5 | 1 << 6);
    expect(&w, BYTES("\x03\x02\x01\x06"));
    der_begin(&w, 0);
    der_named_bits(&w, 1 << 0);
    expect(&w, BYTES("\x03\x02\x07\x80"));
    der_begin(&w, 0);
    der_named_bits(&w, 1 << 8);
    expect(&w, BYTES("\x03\x03\x07\x00\x80"));
    der_begin(&w, 0);
    der_named_bits(&w, 0);
    expect(&w, BYTES("\x03\x01\0"));
}

static void times_change_their_form_in_2050(void **state)
{
    struct der_writer w;
    int64_t at, back;

    (void)state;
    assert_true(time_parse("2049-12-31T23:59:59Z", &at));
    der_begin(&w, 0);
    der_time(&w, at);
    expect(&w, BYTES("\x17\x0d" "491231235959Z"));
    der_begin(&w, 0);
    der_time(&w, at + 1);
    expect(&w, BYTES("\x18\x0f" "20500101000000Z"));
    for (int i = 0; i < 2; i++) {
        struct der d;

        der_begin(&w, 0);
        der_time(&w, at + i);
        d = der_of(der_written(&w));
        assert_true(der_get_time(&d, &back));
        assert_true(back == at + i);
        der_done(&w);
    }
}

static void times_that_do_not_exist_or_are_written_oddly_are_refused(void **state)
{
    static const struct { const char *at; size_t len; } odd[] = {
        { "\x17\x0b" "4912312359Z", 13 },               /* no seconds */
        { "\x17\x11" "491231235959+0000", 19 },         /* an offset */
        { "\x17\x0d" "490231235959Z", 15 },             /* 31 February */
        { "\x17\x0d" "49123123595 Z", 15 },
        { "\x18\x11" "20500101000000.5Z", 19 },         /* fractions */
        { "\x18\x0d" "205001010000Z", 15 },
        { "\x18\x0f" "20500101240000Z", 17 },
        { "\x18\x0f" "205001010000000", 17 },
        { "\x16\x0d" "491231235959Z", 15 },             /* a text */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
        struct der d = der_of(bytes_of(odd[i].at, odd[i].len));
        int64_t at;

        assert_false(der_get_time(&d, &at));
        assert_true((const char *)d.at == odd[i].at);
    }
}

/* Each is BER at best. */
static void odd_encodings_are_refused(void **state)
{
    static const struct { const char *at; size_t len; const char *what; } odd[] = {
        { "", 0, "nothing" },
        { "\x30", 1, "no length" },
        { "\x30\x81", 2, "half a length" },
        { "\x30\x80\0\0", 4, "indefinite" },
        { "\x04\x81\x01\x41", 4, "long form of a short length" },
        { "\x04\x82\0\x80", 4, "leading zero in a length" },
        { "\x04\x85\0\0\0\0\x01\x41", 8, "five octets of length" },
        { "\x04\xff\x41", 3, "reserved length" },
        { "\x04\x84\xff\xff\xff\xff\x41", 7, "longer than it is" },
        { "\x04\x02\x41", 3, "cut off" },
        { "\x04\x01\x41\x00", 4, "something behind" },
        { "\x1f\x81\x01\x01\x41", 5, "high tag number" },
        { "\x00\x00", 2, "end of contents" },
        { "\x24\x03\x04\x01\x41", 5, "constructed string" },
        { "\x22\x03\x02\x01\x01", 5, "constructed integer" },
        { "\x10\x00", 2, "primitive sequence" },
        { "\x11\x00", 2, "primitive set" },
        { "\x02\x00", 2, "empty integer" },
        { "\x02\x02\x00\x7f", 4, "padded integer" },
        { "\x02\x02\xff\x80", 4, "padded negative" },
        { "\x0a\x02\x00\x01", 4, "padded enumerated" },
        { "\x01\x01\x01", 3, "true as 01" },
        { "\x01\x00", 2, "empty boolean" },
        { "\x01\x02\xff\xff", 4, "long boolean" },
        { "\x05\x01\x00", 3, "a null that holds something" },
        { "\x06\x00", 2, "empty oid" },
        { "\x06\x02\x80\x01", 4, "padded arc" },
        { "\x06\x02\x2a\x86", 4, "unfinished arc" },
        { "\x06\x03\x2a\x80\x01", 5, "padded inner arc" },
        { "\x03\x00", 2, "no count of unused bits" },
        { "\x03\x01\x01", 3, "unused bits of nothing" },
        { "\x03\x02\x08\x00", 4, "eight unused bits" },
        { "\x03\x02\x01\x81", 4, "unused bit set" },
        { "\x30\x03\x02\x02\x01", 5, "inner one longer than outer" },
        { "\x30\x04\x30\x02\x01\x01", 6, "broken two floors down" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
        if (der_is_sound(bytes_of(odd[i].at, odd[i].len), 8))
            fail_msg("%s is taken", odd[i].what);
}

static void the_typed_readers_refuse_what_does_not_fit(void **state)
{
    struct der d = der_of(BYTES("\x02\x09\x01\0\0\0\0\0\0\0\0"));
    struct bytes m;
    unsigned unused;
    int64_t n;
    bool b;

    (void)state;
    assert_false(der_get_int(&d, &n));
    assert_true(der_get_uint(&d, &m));
    assert_int_equal(m.len, 9);
    d = der_of(BYTES("\x02\x01\xff"));
    assert_false(der_get_uint(&d, &m));
    d = der_of(BYTES("\x01\x01\x01"));
    assert_false(der_get_bool(&d, &b));
    d = der_of(BYTES("\x03\x02\x01\x81"));
    assert_false(der_get_bits(&d, &m, &unused));
    d = der_of(BYTES("\x03\x02\x01\x80"));
    assert_true(der_get_bits(&d, &m, &unused));
    assert_int_equal(unused, 1);
    d = der_of(BYTES("\x06\x02\x80\x01"));
    assert_false(der_get_oid(&d, &m));
}

static void what_is_optional_may_miss_but_not_be_broken(void **state)
{
    struct der d = der_of(BYTES("\xa0\x02\x05\0\x05\0")), in;
    bool is_there = false;

    (void)state;
    assert_true(der_optional(&d, DER_CONTEXT_CONS(0), &in, &is_there));
    assert_true(is_there);
    assert_true(der_optional(&d, DER_CONTEXT_CONS(1), &in, &is_there));
    assert_false(is_there);
    d = der_of(BYTES("\xa0\x03\x05\0"));
    assert_false(der_optional(&d, DER_CONTEXT_CONS(0), &in, &is_there));
}

static void depth_has_a_floor(void **state)
{
    struct der_writer w;

    (void)state;
    der_begin(&w, 0);
    for (int i = 0; i < 100000; i++)
        der_wrap(&w, 0, DER_SEQUENCE);
    assert_false(der_is_sound(der_written(&w), 32));
    der_done(&w);
    assert_true(der_is_sound(BYTES("\x30\x02\x30\0"), 2));
    assert_false(der_is_sound(BYTES("\x30\x02\x30\0"), 1));
    assert_true(der_is_sound(BYTES("\x02\x01\x05"), 0));
}

static void an_oid_reads_as_people_write_it(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    assert_string_equal(der_oid_text(a, BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b")), "1.2.840.113549.1.1.11");
    assert_string_equal(der_oid_text(a, BYTES("\x55\x1d\x11")), "2.5.29.17");
    assert_string_equal(der_oid_text(a, BYTES("\x88\x37\x01")), "2.999.1");
    assert_string_equal(der_oid_text(a, BYTES("\x00")), "0.0");
    assert_string_equal(der_oid_text(a, BYTES("\x69\x83\xff\xff\xff\xff\xff\xff\xff\xff\x7f")), "6983ffffffffffffffff7f");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_written_in_the_fewest_octets_and_read_back),
        cmocka_unit_test(magnitudes_lose_zeros_and_gain_the_one_that_keeps_them_positive),
        cmocka_unit_test(what_is_written_back_to_front_reads_front_to_back),
        cmocka_unit_test(an_object_identifier_is_itself_and_no_other),
        cmocka_unit_test(a_writer_that_grows_keeps_what_it_has_and_long_lengths_are_right),
        cmocka_unit_test(named_bits_end_with_the_last_one_set),
        cmocka_unit_test(times_change_their_form_in_2050),
        cmocka_unit_test(times_that_do_not_exist_or_are_written_oddly_are_refused),
        cmocka_unit_test(odd_encodings_are_refused),
        cmocka_unit_test(the_typed_readers_refuse_what_does_not_fit),
        cmocka_unit_test(what_is_optional_may_miss_but_not_be_broken),
        cmocka_unit_test(depth_has_a_floor),
        cmocka_unit_test(an_oid_reads_as_people_write_it),
    };

    return tests_of(tests);
}
