#include "world.h"

static bool closed;

static void a_quick_row_answers(void **state)
{
    (void)state;
    assert_int_equal(ask(w->plain, "GET /quick?q=a%20b+c HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out), &closed), 200);
    assert_non_null(strstr(out, "\"q\":\"a b c\""));
    assert_non_null(strstr(out, "X-Content-Type-Options: nosniff\r\n"));
    assert_non_null(strstr(out, "Cache-Control: no-store\r\n"));
    assert_non_null(strstr(out, "X-Request-Id: "));
    assert_false(closed);
}

static void a_worker_answers_and_the_connection_goes_on(void **state)
{
    int fd = dial(w->plain);

    (void)state;
    for (int i = 0; i < 50; i++) {
        say(fd, "GET /hello HTTP/1.1\r\nHost: x\r\nX-Request-Id: abc-1\r\n\r\n");
        assert_int_equal(answer_on(fd, out, sizeof(out)), 200);
        assert_non_null(strstr(out, "X-Request-Id: abc-1\r\n"));
    }
    close(fd);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    assert_int_equal(ask(w->plain, "GET /rest/1 HTTP/1.1\r\nHost: x\r\n\r\nGET /rest/2 HTTP/1.1\r\nHost: x\r\n\r\nGET /quick HTTP/1.1\r\nHost: x\r\n\r\n",
                         out, sizeof(out), &closed), 200);
    assert_int_equal(count_of(out, "HTTP/1.1 200"), 3);
    assert_true(strstr(out, "/rest/1") < strstr(out, "/rest/2"));
}

static void a_page_comes_compressed_or_not_at_all(void **state)
{
    char etag[100], text[300];

    (void)state;
    assert_int_equal(ask(w->plain, "GET /page HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out), &closed), 200);
    assert_null(strstr(out, "Content-Encoding"));
    assert_int_equal(ask(w->plain, "GET /page HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br, gzip\r\n\r\n", out, sizeof(out), &closed), 200);
    assert_non_null(strstr(out, "Content-Encoding: gzip"));
    assert_int_equal(ask(w->plain, "GET /page HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip;q=0\r\n\r\n", out, sizeof(out), &closed), 200);
    assert_null(strstr(out, "Content-Encoding"));
    snprintf(etag, sizeof(etag), "%s", page_etag(w->app.page));
    snprintf(text, sizeof(text), "GET /page HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"a\", W/%s\r\n\r\n", etag);
    assert_int_equal(ask(w->plain, text, out, sizeof(out), &closed), 304);
    assert_null(strstr(out, "xxxx"));
}

static void each_form_of_a_page_has_an_etag_of_its_own(void **state)
{
    char etag[100], text[300];

    (void)state;
    snprintf(etag, sizeof(etag), "%.65s-gzip\"", page_etag(w->app.page));
    assert_int_equal(ask(w->plain, "GET /page HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n", out, sizeof(out), &closed), 200);
    assert_non_null(strstr(out, etag));
    snprintf(text, sizeof(text), "GET /page HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nIf-None-Match: %s\r\n\r\n", etag);
    assert_int_equal(ask(w->plain, text, out, sizeof(out), &closed), 304);
    assert_non_null(strstr(out, etag));
    assert_non_null(strstr(out, "Vary: Accept-Encoding"));
    snprintf(text, sizeof(text), "GET /page HTTP/1.1\r\nHost: x\r\nIf-None-Match: %s\r\n\r\n", etag);
    assert_int_equal(ask(w->plain, text, out, sizeof(out), &closed), 200);
}

static void head_is_get_without_a_body(void **state)
{
    (void)state;
    assert_int_equal(ask(w->plain, "HEAD /page HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out), &closed), 200);
    assert_non_null(strstr(out, "Content-Length: 1024\r\n"));
    assert_null(strstr(out, "xxxx"));
}

static void what_is_not_there_says_so(void **state)
{
    (void)state;
    assert_int_equal(ask(w->plain, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out), &closed), 404);
    assert_non_null(strstr(out, "application/problem+json"));
    assert_int_equal(ask(w->plain, "PUT /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab", out, sizeof(out), &closed), 405);
    assert_non_null(strstr(out, "Allow: GET, HEAD, POST\r\n"));
}

static void a_failed_handler_leaves_nothing_of_its_answer(void **state)
{
    (void)state;
    assert_int_equal(ask(w->plain, "GET /fails HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out), &closed), 422);
    assert_non_null(strstr(out, "\"pointer\":\"/dns_names/3\""));
    assert_null(strstr(out, "Set-Cookie"));
}

static void a_body_over_the_limit_is_413_and_the_end(void **state)
{
    char text[3000];
    int len = snprintf(text, sizeof(text), "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 1500\r\n\r\n");

    (void)state;
    memset(text + len, 'b', 1500);
    strcpy(text + len + 1500, "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(ask(w->plain, text, out, sizeof(out), &closed), 413);
    assert_true(closed);
    assert_int_equal(count_of(out, "HTTP/1.1"), 1);

    len = snprintf(text, sizeof(text), "POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n500\r\n");
    memset(text + len, 'b', 0x500);
    strcpy(text + len + 0x500, "\r\n0\r\n\r\n");
    assert_int_equal(ask(w->plain, text, out, sizeof(out), &closed), 413);
    assert_true(closed);
}

static void a_chunked_body_is_read(void **state)
{
    (void)state;
    assert_int_equal(ask(w->plain, "POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", out, sizeof(out), &closed), 200);
    assert_non_null(strstr(out, "\"body\":5"));
}

static void callers_are_known_and_asked_what_they_may(void **state)
{
    (void)state;
    assert_int_equal(ask(w->plain, "GET /things/7 HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out), &closed), 401);
    assert_int_equal(ask(w->plain, "GET /things/7 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer see\r\n\r\n", out, sizeof(out), &closed), 200);
    assert_non_null(strstr(out, "\"id\":\"7\""));
    assert_int_equal(ask(w->plain, "DELETE /things/7 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer see\r\n\r\n", out, sizeof(out), &closed), 403);
    assert_int_equal(ask(w->plain, "DELETE /things/7 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer may\r\n\r\n", out, sizeof(out), &closed), 200);
}

#define COOKIE "DELETE /things/7 HTTP/1.1\r\nHost: x:1\r\nCookie: a=b; sid=joe\r\n"
static void a_cookie_changes_things_only_from_our_own_page(void **state)
{
    (void)state;
    assert_int_equal(ask(w->plain, COOKIE "\r\n", out, sizeof(out), &closed), 403);
    assert_int_equal(ask(w->plain, COOKIE "Origin: http://x:1\r\n\r\n", out, sizeof(out), &closed), 403);
    assert_int_equal(ask(w->plain, COOKIE "Origin: http://evil\r\nX-Signet: 1\r\n\r\n", out, sizeof(out), &closed), 403);
    assert_int_equal(ask(w->plain, COOKIE "Sec-Fetch-Site: same-site\r\nX-Signet: 1\r\n\r\n", out, sizeof(out), &closed), 403);
    assert_int_equal(ask(w->plain, COOKIE "X-Signet: 1\r\n\r\n", out, sizeof(out), &closed), 403);
    assert_int_equal(ask(w->plain, COOKIE "Origin: null\r\nSec-Fetch-Site: same-origin\r\nX-Signet: 1\r\n\r\n", out, sizeof(out), &closed), 403);
    assert_int_equal(ask(w->plain, COOKIE "Origin: http://x:1\r\nSec-Fetch-Site: same-origin\r\nX-Signet: 1\r\n\r\n", out, sizeof(out), &closed), 200);
    assert_int_equal(ask(w->plain, "GET /things/7 HTTP/1.1\r\nHost: x:1\r\nCookie: sid=joe\r\n\r\n", out, sizeof(out), &closed), 200);
    assert_int_equal(ask(w->plain, "DELETE /things/7 HTTP/1.1\r\nHost: x:1\r\nAuthorization: Bearer may\r\nOrigin: http://evil\r\n\r\n", out, sizeof(out), &closed), 403);
}

static const char *post(const char *path, const char *headers, const char *body)
{
    static char text[8192];

    snprintf(text, sizeof(text), "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer may\r\n%sContent-Length: %zu\r\n\r\n%s", path, headers, strlen(body), body);
    return text;
}

#define JSON "Content-Type: application/json; charset=utf-8\r\n"
static void a_body_is_held_against_its_shape(void **state)
{
    (void)state;
    assert_int_equal(ask(w->plain, post("/things", JSON, "{\"name\":\"a\",\"days\":3}"), out, sizeof(out), &closed), 200);
    assert_int_equal(ask(w->plain, post("/things", "", "{\"name\":\"a\"}"), out, sizeof(out), &closed), 415);
    assert_int_equal(ask(w->plain, post("/things", JSON, "{\"name\":"), out, sizeof(out), &closed), 400);
    assert_int_equal(ask(w->plain, post("/things", JSON, "{\"name\":\"a\",\"name\":\"b\"}"), out, sizeof(out), &closed), 422);
    assert_non_null(strstr(out, "\"pointer\":\"/name\""));
    assert_int_equal(ask(w->plain, post("/things", JSON, "{\"nome\":1,\"days\":\"x\",\"names\":[\"a\",4],\"key\":{\"typ/e\":1}}"), out, sizeof(out), &closed), 422);
    assert_non_null(strstr(out, "\"/nome\""));
    assert_non_null(strstr(out, "\"/days\""));
    assert_non_null(strstr(out, "\"/names/1\""));
    assert_non_null(strstr(out, "\"/key/typ~1e\""));
    assert_non_null(strstr(out, "\"/key/type\""));
    assert_non_null(strstr(out, "\"/name\""));
    assert_int_equal(ask(w->plain, post("/things", JSON, "{\"name\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"), out, sizeof(out), &closed), 400);
    assert_int_equal(ask(w->plain, post("/things", JSON, "[]"), out, sizeof(out), &closed), 422);
    assert_int_equal(ask(w->plain, post("/things", JSON, ""), out, sizeof(out), &closed), 422);
}

static void a_session_must_prove_itself_again_for_what_matters(void **state)
{
    const char *rest = "Sec-Fetch-Site: same-origin\r\nX-Signet: 1\r\n" JSON "Content-Length: 12\r\n\r\n{\"name\":\"a\"}";
    char text[500];

    (void)state;
    snprintf(text, sizeof(text), "POST /things/1/keys HTTP/1.1\r\nHost: x\r\nCookie: sid=joe\r\n%s", rest);
    assert_int_equal(ask(w->plain, text, out, sizeof(out), &closed), 403);
    assert_non_null(strstr(out, "/problems/step-up"));
    snprintf(text, sizeof(text), "POST /things/1/keys HTTP/1.1\r\nHost: x\r\nCookie: sid=proved\r\n%s", rest);
    assert_int_equal(ask(w->plain, text, out, sizeof(out), &closed), 200);
    assert_int_equal(ask(w->plain, post("/things/1/keys", JSON, "{\"name\":\"a\"}"), out, sizeof(out), &closed), 200);
}

static void heavy_work_runs_two_at_a_time_and_holds_up_nobody(void **state)
{
    int64_t begin = clock_mono_ms();
    int fd[6];

    (void)state;
    atomic_store(&w->app.wait_ms, 100);
    for (int i = 0; i < 6; i++) {
        fd[i] = dial(w->plain);
        say(fd[i], "GET /heavy HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    sleep_ms(20);
    assert_int_equal(ask(w->plain, "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", out, sizeof(out), &closed), 200);
    assert_true(clock_mono_ms() - begin < 250);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(answer_on(fd[i], out, sizeof(out)), 200);
        close(fd[i]);
    }
    assert_true(clock_mono_ms() - begin >= 290);
}

static void the_control_socket_is_local(void **state)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    strcpy(to.sun_path, w->control);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    say(fd, "GET /hello HTTP/1.1\r\nHost: local\r\n\r\n");
    assert_int_equal(answer_on(fd, out, sizeof(out)), 200);
    assert_non_null(strstr(out, "\"local\":true"));
    close(fd);
}

static void what_does_not_fit_the_queue_is_told_to_come_again(void **state)
{
    int fd[100], done = 0, refused = 0;

    (void)state;
    atomic_store(&w->app.wait_ms, 30);
    for (int i = 0; i < 100; i++) {
        fd[i] = dial(w->plain);
        say(fd[i], "GET /heavy HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    for (int i = 0; i < 100; i++) {
        int status = answer_on(fd[i], out, sizeof(out));

        done += status == 200 ? 1 : 0;
        refused += status == 503 && strstr(out, "Retry-After: ") != NULL && strstr(out, "/problems/busy") != NULL ? 1 : 0;
        close(fd[i]);
    }
    assert_int_equal(done + refused, 100);
    assert_true(done >= 64 && refused > 0);
}

static void a_busy_port_is_one_clear_line(void **state)
{
    struct server_options how = world_options(w);
    struct server *second = NULL;
    char address[32], says[64];
    struct error e = { 0 };

    (void)state;
    snprintf(address, sizeof(address), "127.0.0.1:%u", w->plain);
    how.on[LISTEN_HTTP].address = address;
    how.on[LISTEN_CONTROL].address = NULL;
    assert_int_equal(server_open(&how, &second, &e), ERR_CONFLICT);
    snprintf(says, sizeof(says), "port %u is in use", w->plain);
    assert_says(says);
    assert_null(second);
}

static void a_row_without_a_rule_does_not_start(void **state)
{
    static const struct route rows[] = { { "GET", "/x", row_hello, 0, 0, 0, NULL }, { 0 } };
    static const struct route *const tables[] = { rows, NULL };
    static const struct surface surface = { "/", tables, test_admit, test_may, NULL, NULL };
    static const struct surface *const surfaces[] = { &surface, NULL };
    struct server_options how = { .on = { [LISTEN_HTTP] = { "127.0.0.1:0", NULL, surfaces } }, .threads = 1, .workers = 1 };
    struct server *none = NULL;
    struct error e = { 0 };

    (void)state;
    assert_int_equal(server_open(&how, &none, &e), ERR_BUG);
    assert_says("no access rule");
}

static void one_address_has_so_many_connections(void **state)
{
    struct server_limits limits = { .per_address = 5 };
    int fd[7];
    unsigned served = 0;

    (void)state;
    while (server_counts(w->server).connections > 0)
        sleep_ms(5);
    server_limits(w->server, &limits);
    for (int i = 0; i < 7; i++)
        fd[i] = dial(w->plain);
    for (int i = 0; i < 7; i++) {
        send(fd[i], "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n", 32, MSG_NOSIGNAL);
        served += answer_on(fd[i], out, sizeof(out)) == 200 ? 1 : 0;
    }
    assert_int_equal(served, 5);
    for (int i = 0; i < 7; i++)
        close(fd[i]);
    server_limits(w->server, &(struct server_limits){ 0 });
}

static void deadlines_are_absolute(void **state)
{
    struct server_limits limits = { .headers_ms = 300, .body_ms = 300, .idle_ms = 400 };
    int64_t begin;
    int fd;

    (void)state;
    server_limits(w->server, &limits);
    fd = dial(w->plain);
    begin = clock_mono_ms();
    for (int i = 0; i < 30 && clock_mono_ms() - begin < 2000; i++) {
        if (send(fd, i == 0 ? "G" : "E", 1, MSG_NOSIGNAL) < 0)
            break;
        sleep_ms(50);
    }
    hear(fd, out, sizeof(out), 1000, &closed);
    assert_true(closed);
    assert_true(clock_mono_ms() - begin < 2500);
    close(fd);

    fd = dial(w->plain);
    say(fd, "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
    begin = clock_mono_ms();
    hear(fd, out, sizeof(out), 2000, &closed);
    assert_true(closed);
    assert_true(clock_mono_ms() - begin < 2500);
    close(fd);

    fd = dial(w->plain);
    say(fd, "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(answer_on(fd, out, sizeof(out)), 200);
    begin = clock_mono_ms();
    hear(fd, out, sizeof(out), 2000, &closed);
    assert_true(closed);
    assert_true(clock_mono_ms() - begin < 2500);
    close(fd);
    server_limits(w->server, &(struct server_limits){ 0 });
}

static void stopping_lets_what_runs_finish(void **state)
{
    struct world *mine = world_open();
    int fd = dial(mine->plain), idle = dial(mine->plain), half = dial(mine->tls);

    (void)state;
    atomic_store(&mine->app.wait_ms, 300);
    say(half, "\x16\x03\x01\x02");
    say(fd, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    sleep_ms(100);
    world_close(mine);
    assert_int_equal(answer_on(fd, out, sizeof(out)), 200);
    assert_non_null(strstr(out, "Connection: close"));
    close(fd);
    close(idle);
    close(half);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quick_row_answers),
        cmocka_unit_test(a_worker_answers_and_the_connection_goes_on),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(a_page_comes_compressed_or_not_at_all),
        cmocka_unit_test(each_form_of_a_page_has_an_etag_of_its_own),
        cmocka_unit_test(head_is_get_without_a_body),
        cmocka_unit_test(what_is_not_there_says_so),
        cmocka_unit_test(a_failed_handler_leaves_nothing_of_its_answer),
        cmocka_unit_test(a_body_over_the_limit_is_413_and_the_end),
        cmocka_unit_test(a_chunked_body_is_read),
        cmocka_unit_test(callers_are_known_and_asked_what_they_may),
        cmocka_unit_test(a_cookie_changes_things_only_from_our_own_page),
        cmocka_unit_test(a_body_is_held_against_its_shape),
        cmocka_unit_test(a_session_must_prove_itself_again_for_what_matters),
        cmocka_unit_test(heavy_work_runs_two_at_a_time_and_holds_up_nobody),
        cmocka_unit_test(the_control_socket_is_local),
        cmocka_unit_test(what_does_not_fit_the_queue_is_told_to_come_again),
        cmocka_unit_test(a_busy_port_is_one_clear_line),
        cmocka_unit_test(a_row_without_a_rule_does_not_start),
        cmocka_unit_test(one_address_has_so_many_connections),
        cmocka_unit_test(deadlines_are_absolute),
        cmocka_unit_test(stopping_lets_what_runs_finish),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
