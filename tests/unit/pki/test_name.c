#include "check.h"

#include "pki/name.h"

static void names_come_out_in_their_one_form(void **state)
{
    static const struct { const char *in, *out; enum name_kind kind; } rows[] = {
        { "WWW.Example.COM", "www.example.com", NAME_DNS },
        { "intranet", "intranet", NAME_DNS },
        { "*.lan", "*.lan", NAME_DNS },
        { "*.B\xc3\xbc" "cher.example", "*.xn--bcher-kva.example", NAME_DNS },
        { "m\xc3\xbcnchen.example", "xn--mnchen-3ya.example", NAME_DNS },
        { "stra\xc3\x9f" "e.example", "xn--strae-oqa.example", NAME_DNS },
        { "xn--mnchen-3ya.example", "xn--mnchen-3ya.example", NAME_DNS },
        { "XN--MNCHEN-3YA.example", "xn--mnchen-3ya.example", NAME_DNS },
        { "a\xe3\x80\x82" "example", "a.example", NAME_DNS },
        { "r3---sn-4g5e.example", "r3---sn-4g5e.example", NAME_DNS },
        { "1.2.3.4.example", "1.2.3.4.example", NAME_DNS },
        { "3com", "3com", NAME_DNS },
        { "10.0.0.1", "10.0.0.1", NAME_IP },
        { "2001:DB8:0:0:0:0:0:1", "2001:db8::1", NAME_IP },
        { "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", NAME_IP },
        { "2001:0:0:1:0:0:0:1", "2001:0:0:1::1", NAME_IP },
        { "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", NAME_IP },
        { "::", "::", NAME_IP },
        { "::1", "::1", NAME_IP },
        { "1::", "1::", NAME_IP },
        { "::1.2.3.4", "::102:304", NAME_IP },
        { "::ffff:1.2.3.4", "::ffff:1.2.3.4", NAME_IP },
        { "fe80::ABCD", "fe80::abcd", NAME_IP },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct name n, again;

        assert_ok(name_any(rows[i].in, strlen(rows[i].in), a, &n, &e));
        assert_string_equal(n.text, rows[i].out);
        assert_int_equal(n.kind, rows[i].kind);
        assert_ok(name_any(n.text, strlen(n.text), a, &again, &e));
        assert_true(name_equal(&n, &again));
    }
}

static void what_is_no_dns_name_is_refused_in_words(void **state)
{
    static const struct { const char *in, *says; } rows[] = {
        { "", "empty" },
        { ".", "empty label" },
        { "a..b", "empty label" },
        { "www.example.com.", "ends with a dot" },
        { "*", "wildcard" },
        { "*.", "empty label" },
        { "w*.example.com", "wildcard" },
        { "a.*.example.com", "wildcard" },
        { "*.*.example.com", "wildcard" },
        { "\xef\xbc\x8a.example.com", "not a DNS name" },   /* a full-width asterisk */
        { "host_name", "underscore" },
        { "-a.example", "hyphen" },
        { "a-.example", "hyphen" },
        { "a b", "character" },
        { "https://www.example.com", "character" },
        { "a@example.com", "character" },
        { "1.2.3.4", "is an IP address" },
        { "127.1", "IPv4" },
        { "2130706433", "IPv4" },
        { "0x7f000001", "IPv4" },
        { "host.0x1", "IPv4" },
        { "300.1.1.1", "IPv4" },
        { "\xef\xbc\x91\xef\xbc\x92.\xef\xbc\x91", "IPv4" },   /* full-width digits */
        { "a\nb", "control" },
        { "a\x7f", "control" },
        { "\xff\xfe", "control" },
        { "xn--", "hyphen" },
        { "xn--a", "not sound" },
        { "xn--a-.example", "hyphen" },
        { "xn--\x61-ecp.ru", "not sound" },
        { "xn--abc-.xn--zzzzzz99999", "hyphen" },
        { "xn--99999999", "not sound" },
        { "xn--mnchen-psa.lan", "not sound" },     /* of a capital letter */
        { "xn--abc-dn0a", "not sound" },             /* of a joiner in front */
        { "xn--a-ccb", "not sound" },             /* of a letter not composed */
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct error e = { 0 };
        struct name n;

        if (name_dns(rows[i].in, strlen(rows[i].in), a, &n, &e) != ERR_INVALID)
            fail_msg("\"%s\" is taken", rows[i].in);
        assert_says(rows[i].says);
    }
}

static void lengths_have_their_limits_and_nul_is_no_letter(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };
    char text[2000];
    struct name n;

    (void)state;
    memset(text, 'a', sizeof(text));
    assert_ok(name_dns(text, 63, a, &n, &e));
    assert_int_equal(name_dns(text, 64, a, &n, &e), ERR_INVALID);
    for (size_t i = 63; i < sizeof(text); i += 64)
        text[i] = '.';
    assert_ok(name_dns(text, 253, a, &n, &e));
    assert_int_equal(name_dns(text, 254, a, &n, &e), ERR_INVALID);
    assert_says("253");
    assert_int_equal(name_dns(text, sizeof(text), a, &n, &e), ERR_INVALID);
    assert_int_equal(name_dns("good.lan\0.evil", 14, a, &n, &e), ERR_INVALID);
    assert_int_equal(name_any("10.0.0.1\0", 9, a, &n, &e), ERR_INVALID);
}

static void what_is_no_address_is_refused(void **state)
{
    static const char *const bad[] = { "", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4/24", "[::1]", "fe80::1%eth0", "::/0", ":::", "1:2:3:4:5:6:7", "host", "1.2.3.4 " };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };
    struct name n;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (name_ip(bad[i], strlen(bad[i]), a, &n, &e) != ERR_INVALID)
            fail_msg("\"%s\" is taken", bad[i]);
    assert_int_equal(name_ip_octets(bytes_text("12345"), a, &n, &e), ERR_INVALID);
    assert_ok(name_ip_octets(bytes_of("\x0a\0\0\x01", 4), a, &n, &e));
    assert_string_equal(n.text, "10.0.0.1");
}

static bool covers(const char *san, const char *wanted, struct arena *a)
{
    struct name x, y;
    struct error e = { 0 };

    assert_ok(name_any(san, strlen(san), a, &x, &e));
    assert_ok(name_any(wanted, strlen(wanted), a, &y, &e));
    return name_covers(&x, &y);
}

static void a_wildcard_covers_one_label_and_never_an_address(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    assert_true(covers("*.example.com", "WWW.example.com", a));
    assert_true(covers("*.example.com", "xn--mnchen-3ya.example.com", a));
    assert_true(covers("*.example.com", "*.example.com", a));
    assert_false(covers("*.example.com", "example.com", a));
    assert_false(covers("*.example.com", "a.b.example.com", a));
    assert_false(covers("*.b.example.com", "*.example.com", a));
    assert_false(covers("*.example.com", "*.b.example.com", a));
    assert_false(covers("www.example.com", "example.com", a));
    assert_true(covers("2001:db8:0::1", "2001:DB8::1", a));
    assert_false(covers("10.0.0.1", "10.0.0.2", a));
    assert_false(covers("*.lan", "lan", a));
}

static void people_see_the_letters(void **state)
{
    static const struct { const char *in, *out; } rows[] = {
        { "xn--mnchen-3ya.example", "m\xc3\xbcnchen.example" },
        { "*.xn--mnchen-3ya.example", "*.m\xc3\xbcnchen.example" },
        { "www.example", "www.example" },
        { "10.0.0.1", "10.0.0.1" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct name n;

        assert_ok(name_any(rows[i].in, strlen(rows[i].in), a, &n, &e));
        assert_string_equal(name_display(&n, a), rows[i].out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_come_out_in_their_one_form),
        cmocka_unit_test(what_is_no_dns_name_is_refused_in_words),
        cmocka_unit_test(lengths_have_their_limits_and_nul_is_no_letter),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(a_wildcard_covers_one_label_and_never_an_address),
        cmocka_unit_test(people_see_the_letters),
    };

    return tests_of(tests);
}
