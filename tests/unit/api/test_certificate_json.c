#include "check.h"

#include <jansson.h>

#include "api/certificate_json.h"

static json_t *told(const struct inventory_item *item, const char *pem, const struct findings *warnings)
{
    struct buf out;
    json_t *json;

    buf_init(&out, CERTIFICATE_JSON_MAX);
    certificate_json(&out, item, pem, warnings);
    json = json_loadb((const char *)out.at, out.len, JSON_REJECT_DUPLICATES, NULL);
    buf_done(&out);
    assert_non_null(json);
    return json;
}

static void what_others_wrote_is_escaped(void **state)
{
    const char *hostile = "a \"quote\", a \\, a \n, a \t, a \x01, a \x7f, </script> and \xc3\xa9";
    struct inventory_item item = { .label = hostile, .subject = hostile };
    json_t *json = told(&item, "-----BEGIN\nX\n", NULL);

    (void)state;
    assert_string_equal(json_string_value(json_object_get(json, "label")), hostile);
    assert_string_equal(json_string_value(json_object_get(json, "pem")), "-----BEGIN\nX\n");
    json_decref(json);
}

static void lists_ids_and_numbers_keep_their_kind(void **state)
{
    const char *const dns[] = { "a.lan", "b.lan" };
    const uint8_t serial[] = { 0x0a, 0xff };
    struct inventory_item item = { .dns_names = dns, .dns_len = 2, .serial = bytes_of(serial, 2), .not_after = 86400, .number = 2, .versions = 3 };
    json_t *json = told(&item, NULL, NULL);

    (void)state;
    assert_int_equal(json_array_size(json_object_get(json, "dns_names")), 2);
    assert_int_equal(json_array_size(json_object_get(json, "ip_addresses")), 0);
    assert_string_equal(json_string_value(json_object_get(json, "serial")), "0aff");
    assert_string_equal(json_string_value(json_object_get(json, "not_after")), "1970-01-02T00:00:00Z");
    assert_true(json_is_null(json_object_get(json, "issuer_id")));
    assert_int_equal(json_integer_value(json_object_get(json, "version")), 2);
    assert_null(json_object_get(json, "pem"));
    json_decref(json);
}

static void only_warnings_are_told_as_such(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct inventory_item item = { 0 };
    struct findings found;
    json_t *json, *list;

    (void)state;
    findings_init(&found, a);
    findings_add(&found, LEVEL_NOTE, "note", "", "nothing");
    findings_add(&found, LEVEL_WARNING, "dropped", "/csr", "the common name was dropped");
    json = told(&item, NULL, &found);
    list = json_object_get(json, "warnings");
    assert_int_equal(json_array_size(list), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "rule")), "dropped");
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_wrote_is_escaped),
        cmocka_unit_test(lists_ids_and_numbers_keep_their_kind),
        cmocka_unit_test(only_warnings_are_told_as_such),
    };

    return tests_of(tests);
}
