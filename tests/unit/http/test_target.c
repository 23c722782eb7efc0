#include "check.h"

#include "http/target.h"

static void a_target_is_decoded_once(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct target t;

    (void)state;
    assert_null(target_read(a, "/a%20b/%2541?q=x+y%26&empty&n=1=2&&last=%C3%A9", &t));
    assert_string_equal(t.path, "/a b/%41");
    assert_null(t.authority);
    assert_int_equal(t.query_len, 4);
    assert_string_equal(t.query[0].value, "x y&");
    assert_string_equal(t.query[1].name, "empty");
    assert_string_equal(t.query[1].value, "");
    assert_string_equal(t.query[2].value, "1=2");
    assert_string_equal(t.query[3].value, "\xc3\xa9");
}

static void an_absolute_form_names_its_host(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct target t;

    (void)state;
    assert_null(target_read(a, "HTTPS://a.lan:8443/x?y=1", &t));
    assert_string_equal(t.authority, "a.lan:8443");
    assert_string_equal(t.path, "/x");
    assert_null(target_read(a, "http://a.lan", &t));
    assert_string_equal(t.path, "/");
    assert_null(target_read(a, "http://a.lan?x", &t));
    assert_string_equal(t.path, "/");
    assert_int_equal(t.query_len, 1);
    assert_null(target_read(a, "*", &t));
}

static void what_is_meant_to_mislead_is_refused(void **state)
{
    static const char *const bad[] = {
        "", "a", "a/b", "/a%00b", "/a%0ab", "/a%0D", "/%", "/%4", "/%zz", "/a%7f", "/..", "/../x", "/a/../b", "/a/.", "/a/./b", "/%2e%2e/x",
        "/a/%2E./b", "/a%2f..%2fb", "/a\\b", "/a%5cb", "/a b", "/a\tb", "/\xc3\xa9", "/%c3", "/%ed%a0%80", "/a#b", "/a?x=%00", "/a?%0a=1", "/a?x=%",
        "ftp://a/b", "//?%", "*x", "/%c2%80",
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct target t;

        if (target_read(a, bad[i], &t) == NULL)
            fail_msg("\"%s\" is taken as %s", bad[i], t.path);
    }
}

static void a_query_has_a_ceiling(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    char text[TARGET_MAX + 10] = "/?";
    struct target t;

    (void)state;
    for (int i = 0; i < TARGET_PAIRS; i++)
        strcat(text, "a=1&");
    assert_null(target_read(a, text, &t));
    strcat(text, "a=1");
    assert_non_null(target_read(a, text, &t));
    memset(text, 'x', TARGET_MAX + 1);
    text[0] = '/';
    text[TARGET_MAX + 1] = '\0';
    assert_non_null(target_read(a, text, &t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_is_decoded_once),
        cmocka_unit_test(an_absolute_form_names_its_host),
        cmocka_unit_test(what_is_meant_to_mislead_is_refused),
        cmocka_unit_test(a_query_has_a_ceiling),
    };

    return tests_of(tests);
}
