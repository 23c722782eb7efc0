#include "check.h"

#include "http/exchange.h"

static const struct shape_member key_members[] = { { "type", SHAPE_TEXT, false, 0, 40, NULL }, { 0 } };
static const struct shape key = { key_members };
static const struct shape_member members[] = {
    { "name", SHAPE_TEXT, false, 0, 64, NULL }, { "names", SHAPE_TEXTS, false, 0, 10, NULL },
    { "key", SHAPE_OBJECT, false, 0, 0, &key }, { "keys", SHAPE_OBJECTS, false, 0, 10, &key }, { 0 },
};
static const struct shape shape = { members };
static const struct route route = { "POST", "/x", NULL, 1, 0, 0, &shape };

/* "pointer rule" of the first fault; the error's kind when it is no fault of a member; "" when the body is taken. */
static const char *verdict(const char *text)
{
    static char out[400];
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct exchange x = { .rq = { .route = &route, .body = bytes_text(text) } };
    struct error e = { 0 };
    enum err r;

    findings_init(&x.rq.findings, a);
    r = body_read(&x, &e);
    json_decref(x.rq.json);
    if (!r)
        return "";
    assert_int_equal(r, ERR_INVALID);
    if (x.rq.findings.len == 0)
        return strcpy(out, e.kind);
    snprintf(out, sizeof(out), "%s %s", x.rq.findings.at[0].pointer, x.rq.findings.at[0].rule);
    return out;
}

static void a_doubled_member_is_named_wherever_it_stands(void **state)
{
    static const struct { const char *body, *fault; } rows[] = {
        { "{\"name\":\"a\",\"name\":\"b\"}", "/name doubled" },
        { "{\"key\":{\"type\":\"a\",\"type\":\"a\"}}", "/key/type doubled" },
        { "{ \"name\" : \"}],\\\"{\\\\\" ,\n \"keys\" : [ {\"type\":\"a\"}, {\"type\":\"[\"} , {\"type\":\"a\",\"type\":\"b\"}] }", "/keys/2/type doubled" },
        { "{\"names\":[\"a\",\"b\"],\"key\":{},\"key\":{}}", "/key doubled" },
        { "{\"a name that is longer than any of ours\":1,\"a name that is longer than any of ours\":2}",
          "/a name that is longer than any of ours doubled" },
        { "{\"a~b/c\":1,\"a~b/c\":2}", "/a~0b~1c doubled" },
        { "{\"\":1,\"\":2}", "/ doubled" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_string_equal(verdict(rows[i].body), rows[i].fault);
}

static void a_name_without_end_is_cut(void **state)
{
    char body[2000], longest[600];

    (void)state;
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    snprintf(body, sizeof(body), "{\"%s\":1,\"%s\":2}", longest, longest);
    assert_non_null(strstr(verdict(body), "xxx doubled"));
}

static void a_nul_in_a_text_is_a_fault_of_that_text(void **state)
{
    (void)state;
    assert_string_equal(verdict("{\"name\":\"a\\u0000b\"}"), "/name character");
    assert_string_equal(verdict("{\"names\":[\"a\",\"\\u0000\"]}"), "/names/1 character");
    assert_string_equal(verdict("{\"keys\":[{},{\"type\":\"ec\\u0000\"}]}"), "/keys/1/type character");
    assert_string_equal(verdict("{\"a\\u0000b\":1}"), "unreadable");
    assert_string_equal(verdict("{\"name\":\"a\"}"), "");
}

static void a_number_that_fits_nowhere_is_named(void **state)
{
    (void)state;
    assert_string_equal(verdict("{\"name\":1e400}"), "/name range");
    assert_string_equal(verdict("{\"names\":[\"a\", -99999999999999999999 ]}"), "/names/1 range");
    assert_string_equal(verdict("{\"keys\":[{},{\"type\":9223372036854775808}]}"), "/keys/1/type range");
}

static void what_is_no_json_cannot_be_read(void **state)
{
    static const char *const rows[] = { "{", "{\"name\":}", "{} {}", "\xff", "{\"name\":\"\xc3\"}", "{\"name\":\"\\ud800\"}", "nul", "{'name':1}" };
    char deep[200] = "";

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_string_equal(verdict(rows[i]), "unreadable");
    memset(deep, '[', 40);
    assert_string_equal(verdict(deep), "unreadable");
    assert_string_equal(verdict("[]"), " type");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_doubled_member_is_named_wherever_it_stands),
        cmocka_unit_test(a_name_without_end_is_cut),
        cmocka_unit_test(a_nul_in_a_text_is_a_fault_of_that_text),
        cmocka_unit_test(a_number_that_fits_nowhere_is_named),
        cmocka_unit_test(what_is_no_json_cannot_be_read),
    };

    return tests_of(tests);
}
