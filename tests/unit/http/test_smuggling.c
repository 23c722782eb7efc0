#include "world.h"

static bool closed;

#define SECOND "GET /rest/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
static const struct { const char *what, *text; } attacks[] = {
    { "two lengths", "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 40\r\n\r\nhello" SECOND },
    { "the same length twice", "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello" SECOND },
    { "length and encoding", "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SECOND },
    { "encoding and length", "POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" SECOND },
    { "an unknown encoding", "POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" SECOND },
    { "a space before the colon", "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\nhello" SECOND },
    { "a space before the encoding's colon", "POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" SECOND },
    { "a bare LF", "POST /hello HTTP/1.1\r\nHost: x\r\nX: y\nContent-Length: 5\r\n\r\nhello" SECOND },
    { "a bare LF at the end of the head", "GET /hello HTTP/1.1\r\nHost: x\n\r\n" SECOND },
    { "a bare LF after the request line", "GET /hello HTTP/1.1\nHost: x\r\n\r\n" SECOND },
    { "a bare LF as the empty line", "GET /hello HTTP/1.1\r\nHost: x\r\n\n" SECOND },
    { "a head in bare LFs", "GET /hello HTTP/1.1\nHost: x\n\n" SECOND },
    { "a folded last header", "POST /hello HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\n\r\n" SECOND },
    { "a folded header before another", "GET /hello HTTP/1.1\r\nX: y\r\n z\r\nHost: x\r\n\r\n" SECOND },
    { "two authorizations", "GET /hello HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer see\r\nAuthorization: Bearer may\r\n\r\n" SECOND },
    { "two types of a body", "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\ncontent-type: c/d\r\nContent-Length: 5\r\n\r\nhello" SECOND },
    { "a folded header", "POST /hello HTTP/1.1\r\nHost: x\r\nX: y\r\n Content-Length: 5\r\n\r\n" SECOND },
    { "a folded encoding", "POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" SECOND },
    { "two hosts", "GET /hello HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" SECOND },
    { "no host", "GET /hello HTTP/1.1\r\nX: y\r\n\r\n" SECOND },
    { "a length below zero", "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n" SECOND },
    { "a length over all", "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551617\r\n\r\nx" SECOND },
    { "a chunk in hex with a prefix", "POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n" SECOND },
    { "a chunk below zero", "POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nhello\r\n0\r\n\r\n" SECOND },
    { "a chunk over all", "POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000001\r\nhello\r\n0\r\n\r\n" SECOND },
    { "another host in the target", "GET http://evil/hello HTTP/1.1\r\nHost: x\r\n\r\n" SECOND },
    { "a NUL in the target", "GET /rest/a%00b HTTP/1.1\r\nHost: x\r\n\r\n" SECOND },
    { "a space in the target", "GET /rest/a b HTTP/1.1\r\nHost: x\r\n\r\n" SECOND },
};

static void each_gets_one_answer_and_no_second(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(attacks) / sizeof(*attacks); i++) {
        int status = ask(w->plain, attacks[i].text, out, sizeof(out), &closed);

        /* The library's own 400 comes with its head twice, inside one length: ugly, and still no second answer. */
        bool is_own = strstr(out, "problem+json") != NULL;

        if ((status != 400 && status != 413 && status != 0) || !closed || (is_own && count_of(out, "HTTP/1.1 ") > 1) ||
            strstr(out, "HTTP/1.1 200") != NULL || strstr(out, "smuggled") != NULL)
            fail_msg("%s: %d, %s, %u answers:\n%s", attacks[i].what, status, closed ? "closed" : "open", count_of(out, "HTTP/1.1 "), out);
        if (status == 400 && strstr(out, "problem+json") != NULL && strstr(out, "Connection: close") == NULL)
            fail_msg("%s: the connection is not said to end", attacks[i].what);
    }
}

static void a_nul_in_a_header_is_refused(void **state)
{
    static const char text[] = "GET /hello HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n" SECOND;
    int fd = dial(w->plain);

    (void)state;
    assert_int_equal(send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL), (ssize_t)sizeof(text) - 1);
    hear(fd, out, sizeof(out), 300, &closed);
    assert_int_equal(strncmp(out, "HTTP/1.1 400", 12), 0);
    assert_true(closed);
    assert_null(strstr(out, "smuggled"));
    close(fd);
}

static void blanks_around_a_value_are_fine(void **state)
{
    static const char *const heads[] = {
        "GET /hello HTTP/1.1\r\nHost:x\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: \t x \t\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: x \r\nX:\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nX:  \r\n\r\n", "\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /hello HTTP/1.0\r\nHost: x\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
        if (ask(w->plain, heads[i], out, sizeof(out), &closed) != 200)
            fail_msg("%zu: %s", i, out);
    }
}

static void an_absolute_target_of_our_own_is_served(void **state)
{
    (void)state;
    assert_int_equal(ask(w->plain, "GET http://x/rest/a HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out), &closed), 200);
    assert_non_null(strstr(out, "\"path\":\"/rest/a\""));
}

static void heads_cut_anywhere_are_read_alike(void **state)
{
    static const char text[] = "POST /hello?q=1 HTTP/1.1\r\nHost: x\r\nX-Request-Id: cut\r\nContent-Length: 3\r\n\r\nabc";

    (void)state;
    for (size_t cut = 1; cut < sizeof(text) - 1; cut += 3) {
        int fd = dial(w->plain);

        send(fd, text, cut, MSG_NOSIGNAL);
        sleep_ms(1);
        send(fd, text + cut, sizeof(text) - 1 - cut, MSG_NOSIGNAL);
        if (answer_on(fd, out, sizeof(out)) != 200)
            fail_msg("cut at %zu: %s", cut, out);
        close(fd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_gets_one_answer_and_no_second),
        cmocka_unit_test(a_nul_in_a_header_is_refused),
        cmocka_unit_test(blanks_around_a_value_are_fine),
        cmocka_unit_test(an_absolute_target_of_our_own_is_served),
        cmocka_unit_test(heads_cut_anywhere_are_read_alike),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
