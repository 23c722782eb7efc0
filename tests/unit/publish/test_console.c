#include "check.h"

#include "access/rights.h"
#include "http/page.h"
#include "publish/console.h"

static void the_console_begins_at_the_root_of_the_server(void **state)
{
    (void)state;
    assert_non_null(console_page("/"));
    assert_ptr_equal(console_page("/"), console_page("/"));
}

static void a_file_of_another_version_is_not_served_as_if_it_were_ours(void **state)
{
    (void)state;
    assert_null(console_page("/assets/0000000000000000/app.js"));
    assert_null(console_page("/assets/"));
    assert_null(console_page("/index.html"));
}

static void every_route_can_be_reached_without_an_account(void **state)
{
    (void)state;
    for (const struct route *r = console_surface.tables[0]; r->method != NULL; r++) {
        assert_int_equal(r->allow, RIGHT_PUBLIC);
        assert_true(r->flags & ROUTE_QUICK);
        assert_true(r->flags & ROUTE_OPEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_console_begins_at_the_root_of_the_server),
        cmocka_unit_test(a_file_of_another_version_is_not_served_as_if_it_were_ours),
        cmocka_unit_test(every_route_can_be_reached_without_an_account),
    };

    return tests_of(tests);
}
