#include "check.h"

#include "http/router.h"

static enum err run(struct app *app, struct request *rq, struct error *e)
{
    (void)app;
    (void)rq;
    (void)e;
    return ERR_NONE;
}

static enum err admit(struct app *app, struct request *rq, struct error *e)
{
    return run(app, rq, e);
}

static bool may(const struct actor *who, unsigned right)
{
    (void)who;
    (void)right;
    return true;
}

static const struct route things[] = {
    { "GET",   "/api/v1/things/{id}",          run, 4, 0, 0, NULL },
    { "PATCH", "/api/v1/things/{id}",          run, 5, 0, 0, NULL },
    { "GET",   "/api/v1/things/timeline",      run, 6, 0, 0, NULL },
    { "GET",   "/api/v1/things/{id}/parts/{n}", run, 7, 0, 0, NULL },
    { 0 },
};
static const struct route rest[] = { { "GET", "/{any*}", run, 1, ROUTE_OPEN, 0, NULL }, { 0 } };
static const struct route *const api_tables[] = { things, NULL }, *const rest_tables[] = { rest, NULL };
static const struct surface api = { "/api/v1", api_tables, admit, may, NULL, NULL }, console = { "/", rest_tables, NULL, NULL, NULL, NULL };
static const struct surface *const surfaces[] = { &console, &api, NULL };

static void a_row_is_found_with_its_parameters(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct match m;

    (void)state;
    assert_int_equal(router_find(surfaces, "GET", "/api/v1/things/7/parts/2", a, &m), FOUND);
    assert_int_equal(m.route->allow, 7);
    assert_int_equal(m.params_len, 2);
    assert_string_equal(m.params[0].name, "id");
    assert_string_equal(m.params[0].value, "7");
    assert_string_equal(m.params[1].value, "2");
    assert_int_equal(router_find(surfaces, "GET", "/assets/a/b.js", a, &m), FOUND);
    assert_string_equal(m.params[0].value, "assets/a/b.js");
    assert_int_equal(router_find(surfaces, "HEAD", "/api/v1/things/7", a, &m), FOUND);
    assert_int_equal(m.route->allow, 4);
    assert_int_equal(router_find(surfaces, "GET", "*", a, &m), FOUND_NOTHING);
}

static void a_literal_segment_wins(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct match m;

    (void)state;
    assert_int_equal(router_find(surfaces, "GET", "/api/v1/things/timeline", a, &m), FOUND);
    assert_int_equal(m.route->allow, 6);
    assert_int_equal(m.params_len, 0);
}

static void another_method_is_told_which(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct match m;

    (void)state;
    assert_int_equal(router_find(surfaces, "POST", "/api/v1/things/7", a, &m), FOUND_OTHER_METHOD);
    assert_string_equal(m.allow, "GET, HEAD, PATCH");
    assert_int_equal(router_find(surfaces, "HEAD", "/api/v1/things/7", a, &m), FOUND);
    assert_int_equal(router_find(surfaces, "get", "/api/v1/things/7", a, &m), FOUND_OTHER_METHOD);
}

static void a_prefix_ends_at_a_segment(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct match m;

    (void)state;
    assert_int_equal(router_find(surfaces, "GET", "/api/v1/none", a, &m), FOUND_NOTHING);
    assert_ptr_equal(m.surface, &api);
    assert_int_equal(router_find(surfaces, "GET", "/api/v10", a, &m), FOUND);
    assert_ptr_equal(m.surface, &console);
    assert_int_equal(router_find(surfaces, "GET", "/api/v1/things/", a, &m), FOUND_NOTHING);
    assert_int_equal(router_find(surfaces, "GET", "/api/v1/things/7/parts/", a, &m), FOUND_NOTHING);
}

static enum err check_row(struct route row, struct error *e)
{
    struct route rows[] = { row, { 0 } };
    const struct route *const tables[] = { rows, NULL };
    struct surface s = { "/x", tables, row.allow == 9 ? NULL : admit, may, NULL, NULL };
    const struct surface *const list[] = { &s, NULL };

    return router_check(list, e);
}

static void a_row_that_nobody_guards_is_a_bug(void **state)
{
    struct error e = { 0 };

    (void)state;
    assert_ok(check_row((struct route){ "GET", "/x/y", run, 4, 0, 0, NULL }, &e));
    assert_ok(check_row((struct route){ "GET", "/x/y", run, 1, ROUTE_OPEN, 0, NULL }, &e));
    assert_int_equal(check_row((struct route){ "GET", "/x/y", run, 0, 0, 0, NULL }, &e), ERR_BUG);
    assert_int_equal(check_row((struct route){ "GET", "/x/y", run, 4, ROUTE_OPEN, 0, NULL }, &e), ERR_BUG);
    assert_int_equal(check_row((struct route){ "GET", "/x/y", run, 9, 0, 0, NULL }, &e), ERR_BUG);
    assert_int_equal(check_row((struct route){ "GET", "/z", run, 4, 0, 0, NULL }, &e), ERR_BUG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_found_with_its_parameters),
        cmocka_unit_test(a_literal_segment_wins),
        cmocka_unit_test(another_method_is_told_which),
        cmocka_unit_test(a_prefix_ends_at_a_segment),
        cmocka_unit_test(a_row_that_nobody_guards_is_a_bug),
    };

    return tests_of(tests);
}
