/* test_throttle - five tries a name and address in 15 minutes, and nobody on the host is locked out. */
#include "check.h"

#include <stdio.h>

#include "access/parts.h"

static void the_sixth_try_waits_and_the_next_quarter_hour_begins_anew(void **state)
{
    struct throttle *t = throttle_new();
    struct error e = { 0 };
    unsigned tries;

    (void)state;
    for (unsigned i = 1; i <= 5; i++) {
        assert_ok(throttle_take(t, "admin", "192.0.2.1", 1000, &tries, &e));
        assert_int_equal(tries, i);
    }
    assert_int_equal(throttle_take(t, "admin", "192.0.2.1", 1001, &tries, &e), ERR_LIMIT);
    assert_says("15 minutes");
    assert_int_equal(throttle_take(t, "admin", "192.0.2.1", 1000 + 14 * 60, &tries, &e), ERR_LIMIT);
    assert_ok(throttle_take(t, "admin", "192.0.2.1", 1000 + 15 * 60, &tries, &e));
    assert_int_equal(tries, 1);
    throttle_free(t);
}

static void another_name_another_address_and_the_host_itself_are_not_concerned(void **state)
{
    struct throttle *t = throttle_new();
    struct error e = { 0 };
    unsigned tries;

    (void)state;
    for (int i = 0; i < 6; i++)
        (void)!throttle_take(t, "admin", "192.0.2.1", 1000, &tries, NULL);
    assert_ok(throttle_take(t, "other", "192.0.2.1", 1000, &tries, &e));
    assert_ok(throttle_take(t, "admin", "192.0.2.2", 1000, &tries, &e));
    for (int i = 0; i < 20; i++)
        assert_ok(throttle_take(t, "admin", "local", 1000, &tries, &e));
    throttle_forgive(t, "admin", "192.0.2.1");
    assert_ok(throttle_take(t, "admin", "192.0.2.1", 1000, &tries, &e));
    throttle_free(t);
}

static void a_full_table_forgets_the_oldest_first(void **state)
{
    struct throttle *t = throttle_new();
    struct error e = { 0 };
    unsigned tries;
    char name[16];

    (void)state;
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof(name), "u%d", i);
        assert_ok(throttle_take(t, name, "192.0.2.1", 1000 + i / 100, &tries, &e));
    }
    assert_ok(throttle_take(t, "u4999", "192.0.2.1", 1060, &tries, &e));
    assert_int_equal(tries, 2);
    assert_ok(throttle_take(t, "u0", "192.0.2.1", 1060, &tries, &e));
    assert_int_equal(tries, 1);
    throttle_free(t);
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(the_sixth_try_waits_and_the_next_quarter_hour_begins_anew),
        cmocka_unit_test(another_name_another_address_and_the_host_itself_are_not_concerned),
        cmocka_unit_test(a_full_table_forgets_the_oldest_first),
    };

    return tests_of(list);
}
