#include "check.h"

#include "base/zip.h"

enum { AT = 1700000000 };      /* 2023-11-14T22:13:20Z */

static uint32_t number(struct bytes b, size_t at, unsigned octets)
{
    uint32_t value = 0;

    assert_true(at + octets <= b.len);
    for (unsigned i = 0; i < octets; i++)
        value |= (uint32_t)b.at[at + i] << 8 * i;
    return value;
}

static const struct zip_file files[] = {
    { "root.pem", { (const uint8_t *)"123456789", 9 }, false }, { "kit/install.sh", { (const uint8_t *)"#!/bin/sh\n", 10 }, true }, { "empty", { NULL, 0 }, false },
};

static struct bytes written(struct buf *out)
{
    buf_init(out, 65536);
    zip_write(files, 3, AT, out);
    assert_false(out->is_over);
    return buf_bytes(out);
}

/* As readers go: from the end to the directory, from there to each file. */
static void what_a_reader_finds_is_what_was_put_in(void **state)
{
    struct buf out;
    struct bytes b = written(&out);
    size_t end = b.len - 22, at = number(b, end + 16, 4);

    (void)state;
    assert_int_equal(number(b, end, 4), 0x06054b50);
    assert_int_equal(number(b, end + 10, 2), 3);
    assert_int_equal(number(b, end + 12, 4), end - at);
    for (size_t i = 0; i < 3; i++) {
        size_t name = number(b, at + 28, 2), local = number(b, at + 42, 4);

        assert_int_equal(number(b, at, 4), 0x02014b50);
        assert_int_equal(name, strlen(files[i].name));
        assert_memory_equal(b.at + at + 46, files[i].name, name);
        assert_int_equal(number(b, at + 38, 4) >> 16, 0100000 | (files[i].is_program ? 0755 : 0644));
        assert_int_equal(number(b, local, 4), 0x04034b50);
        assert_memory_equal(b.at + local + 4, b.at + at + 6, 26);    /* both heads say the same */
        assert_int_equal(number(b, local + 22, 4), files[i].body.len);
        assert_memory_equal(b.at + local + 30 + name, files[i].body.len > 0 ? files[i].body.at : b.at, files[i].body.len);
        at += 46 + name;
    }
    assert_int_equal(at, end);
    buf_done(&out);
}

static void the_checksum_is_that_of_the_standard(void **state)
{
    struct buf out;
    struct bytes b = written(&out);

    (void)state;
    assert_int_equal(number(b, 14, 4), 0xcbf43926);                  /* of "123456789" */
    buf_done(&out);
}

static void the_time_has_the_form_of_dos(void **state)
{
    static const struct { int64_t at; unsigned date, time; } rows[] = {
        { AT, (2023 - 1980) << 9 | 11 << 5 | 14, 22 << 11 | 13 << 5 | 10 }, { 0, 1 << 5 | 1, 0 }, { 5000000000, 1 << 5 | 1, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buf out;

        buf_init(&out, 65536);
        zip_write(files, 1, rows[i].at, &out);
        assert_int_equal(number(buf_bytes(&out), 10, 2), rows[i].time);
        assert_int_equal(number(buf_bytes(&out), 12, 2), rows[i].date);
        buf_done(&out);
    }
}

static void the_same_files_give_the_same_bytes_and_the_ceiling_holds(void **state)
{
    struct buf one, two, small;

    (void)state;
    assert_true(bytes_equal(written(&one), written(&two)));
    buf_init(&small, 64);
    zip_write(files, 3, AT, &small);
    assert_true(small.is_over);
    buf_done(&one);
    buf_done(&two);
    buf_done(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_reader_finds_is_what_was_put_in), cmocka_unit_test(the_checksum_is_that_of_the_standard),
        cmocka_unit_test(the_time_has_the_form_of_dos), cmocka_unit_test(the_same_files_give_the_same_bytes_and_the_ceiling_holds),
    };

    return tests_of(tests);
}
