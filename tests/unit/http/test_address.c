#include "check.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "http/address.h"

static struct address of(const char *text)
{
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct address out;

    if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
        address_of((struct sockaddr *)&v6, &out);
    else if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        address_of((struct sockaddr *)&v4, &out);
    else
        address_of(&(struct sockaddr){ .sa_family = AF_UNIX }, &out);
    return out;
}

static void an_address_reads_as_people_write_it(void **state)
{
    (void)state;
    assert_string_equal(of("10.0.0.1").text, "10.0.0.1");
    assert_string_equal(of("::ffff:10.0.0.1").text, "10.0.0.1");
    assert_string_equal(of("2001:db8::1").text, "2001:db8::1");
    assert_string_equal(of("unix").text, "local");
}

static void one_customer_is_one_key(void **state)
{
    struct address a = of("2001:db8::1"), b = of("2001:db8::2"), c = of("2001:db8:0:1::1"), d = of("10.0.0.1"), f = of("::ffff:10.0.0.1");

    (void)state;
    assert_memory_equal(a.key, b.key, 16);
    assert_memory_not_equal(a.key, c.key, 16);
    assert_memory_equal(d.key, f.key, 16);
}

static void the_count_goes_up_and_down(void **state)
{
    struct addresses *all = addresses_new();
    struct address a = of("10.0.0.1"), b = of("10.0.0.2"), local = of("unix");

    (void)state;
    assert_true(addresses_enter(all, &a, 2));
    assert_true(addresses_enter(all, &a, 2));
    assert_false(addresses_enter(all, &a, 2));
    assert_true(addresses_enter(all, &b, 2));
    addresses_leave(all, &a);
    assert_true(addresses_enter(all, &a, 2));
    for (int i = 0; i < 10; i++)
        assert_true(addresses_enter(all, &local, 2));
    addresses_free(all);
}

static void many_addresses_are_kept_apart(void **state)
{
    struct addresses *all = addresses_new();

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5000; i++) {
            char text[32];
            struct address a;

            snprintf(text, sizeof(text), "10.1.%d.%d", i / 250, i % 250);
            a = of(text);
            assert_int_equal(addresses_enter(all, &a, 1), round == 0);
        }
    }
    addresses_free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_reads_as_people_write_it),
        cmocka_unit_test(one_customer_is_one_key),
        cmocka_unit_test(the_count_goes_up_and_down),
        cmocka_unit_test(many_addresses_are_kept_apart),
    };

    return tests_of(tests);
}
