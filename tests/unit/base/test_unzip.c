/* test_unzip - archives: what is announced is bounded before it is unpacked, and comes out as it went in. */
#include "check.h"

#include <zlib.h>

#include "base/unzip.h"
#include "base/zip.h"

enum { LOCAL_LEN = 30, ENTRY_LEN = 46, END_LEN = 22 };

static struct arena *a;
static struct error e;

static int begin(void **state)
{
    (void)state;
    a = arena_new();
    e = (struct error){ 0 };
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static void put(uint8_t *at, uint32_t value, unsigned octets)
{
    for (unsigned i = 0; i < octets; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* One member "a", its body packed by method 8 where `packed` differs from the body. What the directory says of it can be spoilt by tests. */
static struct bytes archive(struct bytes body, struct bytes packed, unsigned method)
{
    size_t directory = LOCAL_LEN + 1 + packed.len, len = directory + ENTRY_LEN + 1 + END_LEN;
    uint8_t *at = arena_take(a, len), *entry = at + directory, *last = entry + ENTRY_LEN + 1;

    put(at, 0x04034b50, 4);
    put(at + 26, 1, 2);
    at[LOCAL_LEN] = 'a';
    memcpy(at + LOCAL_LEN + 1, packed.at, packed.len);
    put(entry, 0x02014b50, 4);
    put(entry + 10, method, 2);
    put(entry + 16, (uint32_t)crc32(crc32(0, NULL, 0), body.at, (unsigned)body.len), 4);
    put(entry + 20, (uint32_t)packed.len, 4);
    put(entry + 24, (uint32_t)body.len, 4);
    put(entry + 28, 1, 2);
    entry[ENTRY_LEN] = 'a';
    put(last, 0x06054b50, 4);
    put(last + 8, 1, 2);
    put(last + 10, 1, 2);
    put(last + 12, ENTRY_LEN + 1, 4);
    put(last + 16, (uint32_t)directory, 4);
    return bytes_of(at, len);
}

static struct bytes deflated(struct bytes body)
{
    uint8_t *at = arena_take(a, body.len + 1024);
    z_stream z = { .next_in = (uint8_t *)body.at, .avail_in = (unsigned)body.len, .next_out = at, .avail_out = (unsigned)body.len + 1024 };

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return bytes_of(at, z.total_out);
}

static enum err open_first(struct bytes file, struct bytes *out)
{
    struct unzip_member *list;
    size_t len;
    enum err r = unzip_list(file, a, &list, &len, &e);

    return r ? r : len == 0 ? ERR_ABSENT : unzip_open(&list[0], a, out, &e);
}

static uint8_t *entry_of(struct bytes file, size_t packed_len)
{
    return (uint8_t *)file.at + LOCAL_LEN + 1 + packed_len;
}

/* -------------------------------------------------------------------------------------------------------- */

static void what_our_own_writer_wrote_comes_out_again(void **state)
{
    const struct zip_file files[] = { { "one.pem", bytes_text("first"), false }, { "sub/two.pem", bytes_text("second"), false } };
    struct unzip_member *list;
    struct bytes out;
    struct buf b;
    size_t len;

    (void)state;
    buf_init(&b, 4096);
    zip_write(files, 2, 1700000000, &b);
    assert_true(unzip_is_one(buf_bytes(&b)));
    assert_ok(unzip_list(buf_bytes(&b), a, &list, &len, &e));
    assert_int_equal(len, 2);
    assert_string_equal(list[1].name, "sub/two.pem");
    assert_ok(unzip_open(&list[1], a, &out, &e));
    assert_int_equal(out.len, 6);
    assert_memory_equal(out.at, "second", 6);
    buf_done(&b);
}

static void a_deflated_member_comes_out_and_a_lie_about_its_length_does_not(void **state)
{
    struct bytes body = bytes_text("a certificate and then some, some, some, some, some"), packed = deflated(body), out;
    struct bytes file = archive(body, packed, 8);

    (void)state;
    assert_true(packed.len < body.len);
    assert_ok(open_first(file, &out));
    assert_int_equal(out.len, body.len);
    assert_memory_equal(out.at, body.at, body.len);
    put(entry_of(file, packed.len) + 24, (uint32_t)body.len - 1, 4);
    assert_int_equal(open_first(file, &out), ERR_INVALID);
    assert_says("does not unpack");
}

static void what_was_changed_on_the_way_is_noticed(void **state)
{
    struct bytes body = bytes_text("a certificate"), out;
    struct bytes file = archive(body, body, 0);

    (void)state;
    ((uint8_t *)file.at)[LOCAL_LEN + 3] ^= 1;
    assert_int_equal(open_first(file, &out), ERR_INVALID);
    assert_says("checksum");
}

static void a_bomb_is_refused_before_it_is_unpacked(void **state)
{
    struct bytes body = bytes_of(arena_take(a, 4 * 1024 * 1024), 4 * 1024 * 1024), packed = deflated(body), out;
    struct bytes file = archive(body, packed, 8);

    (void)state;
    assert_int_equal(open_first(file, &out), ERR_INVALID);
    assert_says("no certificate");
    put(entry_of(file, packed.len) + 24, UNZIP_MEMBER_MAX + 1, 4);
    assert_int_equal(open_first(file, &out), ERR_INVALID);
    assert_says("is the most");
}

static void an_encrypted_member_and_another_packer_are_named(void **state)
{
    struct bytes body = bytes_text("a certificate"), out;
    struct bytes file = archive(body, body, 0);

    (void)state;
    put(entry_of(file, body.len) + 8, 1, 2);
    assert_int_equal(open_first(file, &out), ERR_INVALID);
    assert_string_equal(e.kind, "unsupported-algorithm");
    assert_says("encrypted");
    file = archive(body, body, 14);
    assert_int_equal(open_first(file, &out), ERR_INVALID);
    assert_says("method 14");
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    struct bytes body = bytes_text("a certificate"), out;
    struct bytes file = archive(body, body, 0);

    (void)state;
    for (size_t len = 0; len < file.len; len++)
        assert_int_equal(open_first(bytes_of(arena_copy(a, file.at, len), len), &out), ERR_INVALID);
    assert_string_equal(e.kind, "truncated");
}

static void a_body_beyond_the_file_is_refused(void **state)
{
    struct bytes body = bytes_text("a certificate"), out;
    struct bytes file = archive(body, body, 0);
    uint8_t *entry = entry_of(file, body.len);

    (void)state;
    put(entry + 42, 0xffffffff, 4);
    assert_int_equal(open_first(file, &out), ERR_INVALID);
    put(entry + 42, 0, 4);
    put(entry + 20, 0x7fffffff, 4);
    assert_int_equal(open_first(file, &out), ERR_INVALID);
}

static void folders_are_passed_over_and_a_name_that_is_no_text_is_not_repeated(void **state)
{
    struct bytes body = bytes_text("a certificate");
    struct bytes file = archive(body, body, 0);
    struct unzip_member *list;
    size_t len;

    (void)state;
    entry_of(file, body.len)[ENTRY_LEN] = 0x1b;
    assert_ok(unzip_list(file, a, &list, &len, &e));
    assert_string_equal(list[0].name, "member 1");
    entry_of(file, body.len)[ENTRY_LEN] = '/';
    assert_ok(unzip_list(file, a, &list, &len, &e));
    assert_int_equal(len, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest list[] = {
        T(what_our_own_writer_wrote_comes_out_again), T(a_deflated_member_comes_out_and_a_lie_about_its_length_does_not),
        T(what_was_changed_on_the_way_is_noticed), T(a_bomb_is_refused_before_it_is_unpacked), T(an_encrypted_member_and_another_packer_are_named),
        T(a_file_cut_anywhere_is_refused), T(a_body_beyond_the_file_is_refused), T(folders_are_passed_over_and_a_name_that_is_no_text_is_not_repeated),
    };

    return tests_of(list);
}
