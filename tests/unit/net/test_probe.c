#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "net/probe.h"
#include "net/resolve.h"

static const char *refused(const char *text, bool may_loopback)
{
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    struct sockaddr_in v4 = { .sin_family = AF_INET };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return probe_refuses((struct sockaddr *)&v4, may_loopback);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return probe_refuses((struct sockaddr *)&v6, may_loopback);
}

static void private_networks_and_the_internet_are_asked(void **state)
{
    static const char *const hosts[] = { "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "192.0.2.1", "8.8.8.8", "223.255.255.255",
                                         "fd00::1", "2001:db8::1", "::ffff:10.0.0.1", "64:ff9b::808:808" };

    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
        if (refused(hosts[i], false) != NULL)
            fail_msg("%s: %s", hosts[i], refused(hosts[i], false));
}

static void loopback_is_asked_only_where_it_is_allowed_however_it_is_written(void **state)
{
    static const char *const hosts[] = { "127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1" };

    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
        assert_non_null(strstr(refused(hosts[i], false), "loopback"));
        assert_null(refused(hosts[i], true));
    }
}

static void what_is_no_server_is_never_asked(void **state)
{
    static const char *const hosts[] = { "169.254.169.254", "fe80::1", "febf::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "0.0.0.0", "0.1.2.3", "::",
                                         "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "ff02::1" };
    struct sockaddr local = { .sa_family = AF_UNIX };

    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
        if (refused(hosts[i], true) == NULL)
            fail_msg("%s is asked", hosts[i]);
    assert_non_null(probe_refuses(&local, true));
}

static void below_1024_only_ports_that_speak_tls_at_once(void **state)
{
    static const uint16_t good[] = { 443, 465, 636, 853, 993, 995, 1024, 3389, 8443, 65535 }, bad[] = { 0, 1, 21, 22, 25, 53, 80, 110, 143, 389, 587, 1023 };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        assert_null(probe_refuses_port(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_non_null(probe_refuses_port(bad[i]));
    assert_non_null(strstr(probe_refuses_port(25), "starttls"));
}

static void a_number_that_resolvers_take_for_an_address_is_judged_as_that_address(void **state)
{
    static const char *const hosts[] = { "2130706433", "0x7f.1", "127.1" };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
        struct probe_ask ask = { .host = hosts[i], .port = 443 };
        struct probe_answer out;
        struct error e = { 0 };

        assert_int_equal(probe_tls(&ask, a, &out, &e), ERR_DENIED);
        assert_says("loopback");
    }
}

static void a_name_is_resolved_or_the_error_names_it(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct resolved found;
    struct error e = { 0 };

    (void)state;
    assert_ok(resolve("192.0.2.7", 1000, a, &found, &e));
    assert_int_equal(found.len, 1);
    assert_int_equal(found.at[0].to.ss_family, AF_INET);
    assert_int_equal(resolve("192.0.2.7.8.9", 1000, a, &found, &e), ERR_IO);
    assert_says("192.0.2.7.8.9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_networks_and_the_internet_are_asked),
        cmocka_unit_test(loopback_is_asked_only_where_it_is_allowed_however_it_is_written),
        cmocka_unit_test(what_is_no_server_is_never_asked),
        cmocka_unit_test(below_1024_only_ports_that_speak_tls_at_once),
        cmocka_unit_test(a_number_that_resolvers_take_for_an_address_is_judged_as_that_address),
        cmocka_unit_test(a_name_is_resolved_or_the_error_names_it),
    };

    return tests_of(tests);
}
