#include "check.h"

#include <stdio.h>

#include "http/route.h"

static const struct shape_member inner_members[] = { { "type", SHAPE_TEXT, true, 1, 8, NULL }, { 0 } };
static const struct shape inner = { inner_members };
static const struct shape_member members[] = {
    { "name", SHAPE_TEXT, true, 1, 8, NULL }, { "days", SHAPE_NUMBER, false, 1, 365, NULL }, { "names", SHAPE_TEXTS, false, 1, 2, NULL },
    { "key", SHAPE_OBJECT, false, 0, 0, &inner }, { "keys", SHAPE_OBJECTS, false, 0, 3, &inner }, { "on", SHAPE_FLAG, false, 0, 0, NULL },
    { "pem", SHAPE_TEXT, false, 0, 5000, NULL }, { "any", SHAPE_ANY, false, 0, 0, NULL }, { 0 },
};
static const struct shape shape = { members };

/* "/pointer rule, /pointer rule" of what is found. */
static const char *faults(const char *text)
{
    static char out[500];
    CLEANUP(arena_drop) struct arena *a = arena_new();
    json_t *body = json_loads(text, JSON_DECODE_ANY, NULL);
    struct findings found;

    assert_non_null(body);
    findings_init(&found, a);
    shape_check(body, &shape, "", &found);
    json_decref(body);
    out[0] = '\0';
    for (size_t i = 0; i < found.len; i++) {
        size_t len = strlen(out);

        snprintf(out + len, sizeof(out) - len, "%s%s %s", i > 0 ? ", " : "", found.at[i].pointer, found.at[i].rule);
    }
    return out;
}

static void each_fault_has_its_pointer(void **state)
{
    static const struct { const char *body, *faults; } rows[] = {
        { "{\"name\":\"a\"}", "" },
        { "{\"name\":\"a\",\"days\":null,\"names\":[\"x\"],\"key\":{\"type\":\"ec\"},\"keys\":[],\"on\":false,\"pem\":\"a\\nb\\t\",\"any\":[{}]}", "" },
        { "{}", "/name required" },
        { "{\"name\":null}", "/name required" },
        { "{\"name\":\"\"}", "/name length" },
        { "{\"name\":\"123456789\"}", "/name length" },
        { "{\"name\":\"a\\nb\"}", "/name character" },
        { "{\"name\":\"a\\u0085b\"}", "/name character" },
        { "{\"name\":1}", "/name type" },
        { "{\"name\":\"a\",\"days\":0}", "/days range" },
        { "{\"name\":\"a\",\"days\":366}", "/days range" },
        { "{\"name\":\"a\",\"days\":1.0}", "/days type" },
        { "{\"name\":\"a\",\"days\":\"1\"}", "/days type" },
        { "{\"name\":\"a\",\"names\":[]}", "/names count" },
        { "{\"name\":\"a\",\"names\":[\"a\",\"b\",\"c\"]}", "/names count" },
        { "{\"name\":\"a\",\"names\":[\"a\",null]}", "/names/1 type" },
        { "{\"name\":\"a\",\"key\":{}}", "/key/type required" },
        { "{\"name\":\"a\",\"keys\":[{\"type\":\"x\"},{\"type\":2}]}", "/keys/1/type type" },
        { "{\"name\":\"a\",\"on\":1}", "/on type" },
        { "{\"name\":\"a\",\"pem\":\"a\\u0007\"}", "/pem character" },
        { "{\"name\":\"a\",\"x~y/z\":1}", "/x~0y~1z unknown" },
        { "[]", " type" },
        { "7", " type" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (strcmp(faults(rows[i].body), rows[i].faults) != 0)
            fail_msg("%s: \"%s\"", rows[i].body, faults(rows[i].body));
    }
}

static void a_long_name_makes_a_short_pointer(void **state)
{
    char body[5000] = "{\"name\":\"a\",\"";

    (void)state;
    for (int i = 0; i < 1000; i++)
        strcat(body, "\xc3\xa9");
    strcat(body, "\":1}");
    assert_true(strlen(faults(body)) < 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_fault_has_its_pointer), cmocka_unit_test(a_long_name_makes_a_short_pointer) };

    return tests_of(tests);
}
