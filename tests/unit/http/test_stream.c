#include "world.h"

static bool closed;

static int listen_as(const char *who)
{
    int fd = dial(w->plain);
    char text[200];

    snprintf(text, sizeof(text), "GET /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", who);
    say(fd, text);
    return fd;
}

static void no_stream_is_left(void)
{
    for (int i = 0; i < 2000 && server_counts(w->server).streams > 0; i++)
        sleep_ms(5);
    assert_int_equal(server_counts(w->server).streams, 0);
}

static void a_reader_hears_what_was_and_what_comes(void **state)
{
    int fd = listen_as("see");

    (void)state;
    assert_true(hear_of(fd, out, sizeof(out), "data: before\n\n"));
    assert_non_null(strstr(out, "Content-Type: text/event-stream"));
    streams_publish(w->app.streams, 1, "old", "{}", 1u << SEE);
    streams_publish(w->app.streams, 2, "issued", "{\"a\":1}", 1u << SEE);
    streams_publish(w->app.streams, 3, "secret", "{}", 1u << CHANGE);
    streams_publish(w->app.streams, 4, "lines", "one\ntwo", 1u << SEE);
    assert_true(hear_of(fd, out, sizeof(out), "data: one\ndata: two\n\n"));
    assert_non_null(strstr(out, "id: 2\nevent: issued\ndata: {\"a\":1}\n\n"));
    assert_null(strstr(out, "secret"));
    assert_null(strstr(out, "event: old"));
    close(fd);
}

static void a_dead_reader_is_noticed_at_once(void **state)
{
    int fd[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        fd[i] = listen_as("gone");
        assert_true(hear_of(fd[i], out, sizeof(out), "data: before"));
    }
    assert_int_equal(server_counts(w->server).streams, 3);
    for (int i = 0; i < 3; i++)
        close(fd[i]);
    no_stream_is_left();
}

static void a_principal_has_three(void **state)
{
    int fd[4];

    (void)state;
    for (int i = 0; i < 4; i++) {
        fd[i] = listen_as("many");
        assert_true(hear_of(fd[i], out, sizeof(out), "\r\n\r\n"));
        assert_int_equal(strncmp(out + 9, i < 3 ? "200" : "429", 3), 0);
    }
    for (int i = 0; i < 4; i++)
        close(fd[i]);
}

static void a_slow_reader_is_told_to_begin_anew(void **state)
{
    int fd = listen_as("slow");
    char *text = malloc(60000);

    (void)state;
    assert_true(hear_of(fd, out, sizeof(out), "data: before"));
    memset(text, 'x', 59999);
    text[59999] = '\0';
    for (int i = 0; i < 1200; i++)
        streams_publish(w->app.streams, 100 + i, "much", i < 200 ? text : "{}", 1u << SEE);
    for (int i = 0; i < 400 && strstr(out, "event: reset") == NULL; i++)
        hear(fd, out, sizeof(out), 50, &closed);
    assert_non_null(strstr(out, "event: reset"));
    free(text);
    close(fd);
}

static void many_publish_while_many_read_and_leave(void **state)
{
    int fd[20];

    (void)state;
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 20; i++) {
            char who[16];

            snprintf(who, sizeof(who), "r%d", i);
            fd[i] = listen_as(who);
            streams_publish(w->app.streams, 10000 + round * 100 + i, "x", "{}", 1u << SEE);
        }
        for (int i = 0; i < 20; i++) {
            streams_publish(w->app.streams, 20000 + round * 100 + i, "y", "{}", 1u << SEE);
            close(fd[i]);
        }
    }
    no_stream_is_left();
}

/* The ring is full by now: who begins late must not be told that it is too slow. */
static void who_has_seen_the_last_is_not_told_to_begin_anew(void **state)
{
    struct actor who = { .name = "late", .rights = 1u << SEE };
    struct stream *s;
    struct error e = { 0 };
    ssize_t got;

    (void)state;
    assert_ok(stream_open(w->app.streams, &who, NULL, 80000, &s, &e));
    streams_publish(w->app.streams, 80001, "x", "after opening", 1u << SEE);
    assert_true(stream_read(s, out, sizeof(out)) > 0);
    got = stream_read(s, out, sizeof(out) - 1);
    assert_true(got > 0);
    out[got] = '\0';
    assert_non_null(strstr(out, "after opening"));
    stream_free(s);

    assert_ok(stream_open(w->app.streams, &who, NULL, 1, &s, &e));
    assert_true(stream_read(s, out, sizeof(out)) > 0);
    got = stream_read(s, out, sizeof(out) - 1);
    assert_true(got > 0);
    out[got] = '\0';
    assert_non_null(strstr(out, "event: reset"));
    stream_free(s);
}

static void events_are_wanted_while_a_reader_is_open_or_about_to_be(void **state)
{
    struct actor who = { .name = "only", .rights = 1u << SEE };
    struct streams *mine = streams_new();
    struct stream *s;
    struct error e = { 0 };

    (void)state;
    assert_false(streams_are_wanted(mine));
    streams_expect(mine);
    assert_true(streams_are_wanted(mine));
    assert_ok(stream_open(mine, &who, NULL, 0, &s, &e));
    streams_expect_no_more(mine);
    assert_true(streams_are_wanted(mine));
    stream_free(s);
    assert_false(streams_are_wanted(mine));
    streams_free(mine);
}

static void over_tls_it_is_the_same(void **state)
{
    struct visitor v;
    const char *get = "GET /events?after=80000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer tls\r\n\r\n";
    size_t len = 0;

    (void)state;
    assert_true(visit(&v, w->tls, NULL, NULL));
    gnutls_record_send(v.session, get, strlen(get));
    gnutls_record_set_timeout(v.session, 10000);
    while (strstr(out, "hello again") == NULL) {
        ssize_t got = gnutls_record_recv(v.session, out + len, sizeof(out) - len - 1);

        assert_true(got > 0);
        if (len == 0)
            streams_publish(w->app.streams, 90000, "x", "hello again", 1u << SEE);
        len += (size_t)got;
        out[len] = '\0';
    }
    visitor_leave(&v);
}

static void the_end_of_all_is_the_end_of_each(void **state)
{
    int fd = listen_as("last");

    (void)state;
    assert_true(hear_of(fd, out, sizeof(out), "data: before"));
    streams_end(w->app.streams);
    assert_true(hear_of(fd, out, sizeof(out), "0\r\n\r\n"));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_hears_what_was_and_what_comes),
        cmocka_unit_test(a_dead_reader_is_noticed_at_once),
        cmocka_unit_test(a_principal_has_three),
        cmocka_unit_test(a_slow_reader_is_told_to_begin_anew),
        cmocka_unit_test(many_publish_while_many_read_and_leave),
        cmocka_unit_test(who_has_seen_the_last_is_not_told_to_begin_anew),
        cmocka_unit_test(events_are_wanted_while_a_reader_is_open_or_about_to_be),
        cmocka_unit_test(over_tls_it_is_the_same),
        cmocka_unit_test(the_end_of_all_is_the_end_of_each),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
