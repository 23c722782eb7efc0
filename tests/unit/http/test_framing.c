#include "check.h"

#include "http/framing.h"

#define H(name, value) { name, value, sizeof(name) - 1, sizeof(value) - 1, false }
static const char *check(const char *version, const struct header *list, size_t len)
{
    struct framing f;

    return framing_check("POST", version, list, len, &f);
}
#define check_of(...) check("HTTP/1.1", (const struct header[]){ __VA_ARGS__ }, sizeof((const struct header[]){ __VA_ARGS__ }) / sizeof(struct header))

static void an_honest_head_passes(void **state)
{
    struct header list[] = { H("Host", "a.lan:8443"), H("Content-Length", "12"), H("X-Any", "tab\there \xc3\xa9") };
    struct framing f;

    (void)state;
    assert_null(framing_check("POST", "HTTP/1.1", list, 3, &f));
    assert_int_equal(f.content_length, 12);
    assert_string_equal(f.host, "a.lan:8443");
    assert_false(f.is_chunked);
    assert_null(check_of(H("host", "a"), H("transfer-encoding", "Chunked")));
}

static void what_two_readers_may_read_differently_is_refused(void **state)
{
    (void)state;
    assert_non_null(check_of(H("Host", "a"), H("Content-Length", "5"), H("Content-Length", "5")));
    assert_non_null(check_of(H("Host", "a"), H("Content-Length", "5"), H("content-length", "40")));
    assert_non_null(check_of(H("Host", "a"), H("Content-Length", "5"), H("Transfer-Encoding", "chunked")));
    assert_non_null(check_of(H("Host", "a"), H("Transfer-Encoding", "chunked"), H("Transfer-Encoding", "chunked")));
    assert_non_null(check_of(H("Host", "a"), H("Transfer-Encoding", "xchunked")));
    assert_non_null(check_of(H("Host", "a"), H("Transfer-Encoding", "gzip, chunked")));
    assert_non_null(check_of(H("Host", "a"), H("Transfer-Encoding", "identity")));
    assert_non_null(check_of(H("Host", "a"), H("Content-Length ", "5")));
    assert_non_null(check_of(H("Host", "a"), H("Content-Length", "+5")));
    assert_non_null(check_of(H("Host", "a"), H("Content-Length", "5, 5")));
    assert_non_null(check_of(H("Host", "a"), H("Content-Length", "0x5")));
    assert_non_null(check_of(H("Host", "a"), H("Content-Length", "")));
    assert_non_null(check_of(H("Host", "a"), H("Content-Length", "18446744073709551621")));
    assert_non_null(check_of(H("Host", "a"), H("X", "a\0b")));
    assert_non_null(check_of(H("Host", "a"), H("X", "a\nb")));
    assert_non_null(check_of(H("Host", "a"), H("", "a")));
    assert_non_null(check_of(H("Host", "a"), { "X", "y", 1, 1, true }));
    assert_non_null(check("HTTP/1.0", (const struct header[]){ H("Host", "a"), H("Transfer-Encoding", "chunked") }, 2));
}

static void there_is_one_host(void **state)
{
    (void)state;
    assert_non_null(check_of(H("X", "y")));
    assert_non_null(check_of(H("Host", "a"), H("Host", "a")));
    assert_non_null(check("HTTP/1.0", (const struct header[]){ H("X", "a") }, 1));
}

static void only_two_versions_are_spoken(void **state)
{
    struct header host = H("Host", "a");
    struct framing f;

    (void)state;
    assert_non_null(framing_check("GET", "HTTP/1.2", &host, 1, &f));
    assert_non_null(framing_check("GET", "HTTP/2.0", &host, 1, &f));
    assert_non_null(framing_check("G ET", "HTTP/1.1", &host, 1, &f));
}

static void a_host_is_split_from_its_port(void **state)
{
    static const struct { const char *from, *name; } rows[] = {
        { "A.Lan:8443", "a.lan" }, { "a.lan", "a.lan" }, { "a.lan.", "a.lan" }, { "[::1]:8443", "::1" }, { "[FE80::1]", "fe80::1" },
        { "10.0.0.1:1", "10.0.0.1" }, { "a.lan:", "a.lan" }, { "", NULL }, { ":80", NULL }, { "a b", NULL }, { "a.lan:80x", NULL },
        { "a.lan:123456", NULL }, { "[::1", NULL }, { "[::1]x", NULL }, { "a@b", NULL }, { "a/b", NULL }, { "a%2e", NULL }, { "::1", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char name[32] = "";
        bool is_good = framing_host(rows[i].from, name, sizeof(name));

        if (is_good != (rows[i].name != NULL) || (is_good && strcmp(name, rows[i].name) != 0))
            fail_msg("\"%s\" is read as \"%s\"", rows[i].from, is_good ? name : "(refused)");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_honest_head_passes),
        cmocka_unit_test(what_two_readers_may_read_differently_is_refused),
        cmocka_unit_test(there_is_one_host),
        cmocka_unit_test(only_two_versions_are_spoken),
        cmocka_unit_test(a_host_is_split_from_its_port),
    };

    return tests_of(tests);
}
