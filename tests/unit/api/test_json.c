/* test_json - how our types read in JSON, hostile text included. */
#include "check.h"

#include "api/json.h"
#include "base/arena.h"

static void text_that_is_not_utf8_still_makes_json(void **state)
{
    json_t *good = json_of_text("B\xc3\xa4r"), *bad = json_of_text("B\xe4r\xff"), *none = json_of_text(NULL);

    (void)state;
    assert_string_equal(json_string_value(good), "B\xc3\xa4r");
    assert_string_equal(json_string_value(bad), "B?r?");
    assert_true(json_is_null(none));
    json_decref(good);
    json_decref(bad);
}

static void times_and_ids_are_text_or_null(void **state)
{
    struct id id = { { 0 } };
    json_t *time = json_of_time(1795224300), *never = json_of_time(0), *nobody = json_of_id(&id), *somebody;

    (void)state;
    id.b[0] = 0xab;
    somebody = json_of_id(&id);
    assert_string_equal(json_string_value(time), "2026-11-21T01:25:00Z");
    assert_true(json_is_null(never) && json_is_null(nobody));
    assert_string_equal(json_string_value(somebody), "ab000000-0000-0000-0000-000000000000");
    json_decref(time);
    json_decref(somebody);
}

static void a_list_has_its_items_and_a_cursor_or_null(void **state)
{
    static const char *const texts[] = { "a", "b" };
    json_t *list = json_list(json_of_texts(texts, 2), NULL), *hex = json_of_hex(bytes_of("\x01\xfe", 2));

    (void)state;
    assert_int_equal(json_array_size(json_object_get(list, "items")), 2);
    assert_true(json_is_null(json_object_get(list, "next_cursor")));
    assert_string_equal(json_string_value(hex), "01fe");
    json_decref(list);
    json_decref(hex);
}

static void findings_are_shown_by_level(void **state)
{
    struct arena *a = arena_new();
    struct findings f;
    json_t *list;

    (void)state;
    findings_init(&f, a);
    findings_add(&f, LEVEL_ERROR, "name", "/dns_names/0", "no");
    findings_add(&f, LEVEL_WARNING, "long", "", "hm");
    list = json_of_findings(&f, LEVEL_ERROR);
    assert_int_equal(json_array_size(list), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "pointer")), "/dns_names/0");
    json_decref(list);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(text_that_is_not_utf8_still_makes_json),
        cmocka_unit_test(times_and_ids_are_text_or_null),
        cmocka_unit_test(a_list_has_its_items_and_a_cursor_or_null),
        cmocka_unit_test(findings_are_shown_by_level),
    };

    return tests_of(list);
}
