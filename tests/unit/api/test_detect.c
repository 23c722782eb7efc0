/* test_detect - what the setup wizard proposes as this server's names. */
#include "check.h"

#include "api/detect.h"
#include "pki/name.h"

static bool has(const char *const *list, size_t len, const char *text)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}

static void the_name_by_which_somebody_came_is_among_them(void **state)
{
    struct arena *a = arena_new();
    struct detected d;

    (void)state;
    detect_names("CA.Example.lan:8443", a, &d);
    assert_true(has(d.hostnames, d.hostnames_len, "ca.example.lan"));
    detect_names("[fd00::0:17]:8443", a, &d);
    assert_true(has(d.ip_addresses, d.ip_len, "fd00::17"));
    detect_names("192.0.2.77", a, &d);
    assert_true(has(d.ip_addresses, d.ip_len, "192.0.2.77"));
    arena_free(a);
}

static void everything_proposed_can_stand_in_a_certificate_and_only_once(void **state)
{
    struct arena *a = arena_new();
    struct detected d;
    struct error e = { 0 };
    struct name name;

    (void)state;
    detect_names("bad_name:1", a, &d);
    for (size_t i = 0; i < d.hostnames_len; i++) {
        assert_ok(name_dns(d.hostnames[i], strlen(d.hostnames[i]), a, &name, &e));
        assert_false(has(d.hostnames + i + 1, d.hostnames_len - i - 1, d.hostnames[i]));
    }
    for (size_t i = 0; i < d.ip_len; i++) {
        assert_ok(name_ip(d.ip_addresses[i], strlen(d.ip_addresses[i]), a, &name, &e));
        assert_memory_not_equal(d.ip_addresses[i], "fe80", 4);
        assert_memory_not_equal(d.ip_addresses[i], "169.254.", 8);
    }
    assert_false(has(d.hostnames, d.hostnames_len, "bad_name"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(the_name_by_which_somebody_came_is_among_them),
        cmocka_unit_test(everything_proposed_can_stand_in_a_certificate_and_only_once),
    };

    return tests_of(list);
}
