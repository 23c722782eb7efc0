/* test_openapi - the contract and the route tables say the same, both ways. */
#include "check.h"

#include <ctype.h>
#include <stdio.h>

#include "access/rights.h"
#include "api/api.h"

static json_t *contract;

static int read_contract(void **state)
{
    json_error_t why;

    (void)state;
    contract = json_load_file("server/api/openapi.json", JSON_REJECT_DUPLICATES, &why);
    if (contract == NULL)
        print_error("server/api/openapi.json, line %d: %s\n", why.line, why.text);
    return contract == NULL ? -1 : 0;
}

static int drop_contract(void **state)
{
    (void)state;
    json_decref(contract);
    return 0;
}

static const json_t *path_to(const char *first, const char *second, const char *third)
{
    return json_object_get(json_object_get(json_object_get(contract, first), second), third);
}

static void lower(const char *text, char *out)
{
    for (; *text != '\0'; text++)
        *out++ = (char)tolower((unsigned char)*text);
    *out = '\0';
}

static const json_t *operation_of(const struct route *row)
{
    char method[16];

    lower(row->method, method);
    return path_to("paths", row->pattern + strlen("/api/v1"), method);
}

#define each_row(row) \
    for (const struct route *const *table_ = api_surface.tables; *table_ != NULL; table_++) \
        for (const struct route *row = *table_; row->method != NULL; row++)
#define each_operation(path, method, operation) \
    const char *path, *method; \
    json_t *methods_, *operation; \
    json_object_foreach(json_object_get(contract, "paths"), path, methods_) \
        json_object_foreach(methods_, method, operation)

static void every_route_stands_in_the_contract_with_its_right(void **state)
{
    (void)state;
    each_row(row) {
        const json_t *operation = operation_of(row);

        if (operation == NULL)
            fail_msg("%s %s is not in the contract", row->method, row->pattern);
        assert_string_equal(json_string_value(json_object_get(operation, "x-right")), right_text(row->allow));
    }
}

static const struct route *row_of(const char *path, const char *method)
{
    each_row(row) {
        char word[16];

        lower(row->method, word);
        if (strcmp(row->pattern + strlen("/api/v1"), path) == 0 && strcmp(word, method) == 0)
            return row;
    }
    return NULL;
}

static void every_operation_of_the_contract_is_served(void **state)
{
    (void)state;
    each_operation(path, method, operation) {
        (void)operation;
        if (row_of(path, method) == NULL)
            fail_msg("%s %s is promised and not served", method, path);
    }
}

static void every_operation_has_a_name_of_its_own_a_summary_and_its_errors(void **state)
{
    json_t *seen = json_object();

    (void)state;
    each_operation(path, method, operation) {
        const char *id = json_string_value(json_object_get(operation, "operationId"));
        const json_t *responses = json_object_get(operation, "responses");

        if (id == NULL || json_object_get(seen, id) != NULL)
            fail_msg("%s %s: no operationId of its own", method, path);
        json_object_set_new(seen, id, json_true());
        assert_true(json_string_length(json_object_get(operation, "summary")) > 5);
        assert_non_null(json_object_get(responses, "503"));
        if (strcmp(json_string_value(json_object_get(operation, "x-right")), "public") != 0)
            assert_non_null(json_object_get(responses, "403"));
    }
    json_decref(seen);
}

/* JSON answers are shown by an example; files and streams speak for themselves. */
static void every_json_body_has_a_schema_and_an_example(void **state)
{
    (void)state;
    each_operation(path, method, operation) {
        const char *status;
        json_t *response, *content;

        json_object_foreach(json_object_get(operation, "responses"), status, response) {
            content = json_object_get(json_object_get(response, "content"), "application/json");
            if (content != NULL && (json_object_get(content, "schema") == NULL || json_object_get(content, "example") == NULL))
                fail_msg("%s %s: %s has no schema or example", method, path, status);
        }
        content = json_object_get(json_object_get(json_object_get(operation, "requestBody"), "content"), "application/json");
        if (content != NULL && (json_object_get(content, "schema") == NULL || json_object_get(content, "example") == NULL))
            fail_msg("%s %s: its body has no schema or example", method, path);
    }
}

static bool is_empty(const struct shape *shape)
{
    return shape->members[0].name == NULL;
}

/* The members that a route takes are the members that the contract names, with the same that are required. */
static void the_shapes_of_bodies_are_those_of_the_contract(void **state)
{
    (void)state;
    each_row(row) {
        const json_t *body = json_object_get(json_object_get(operation_of(row), "requestBody"), "content");
        const char *name = json_string_value(json_object_get(json_object_get(json_object_get(body, "application/json"), "schema"), "$ref"));
        const json_t *schema = name != NULL ? path_to("components", "schemas", strrchr(name, '/') + 1) : NULL;
        size_t members = 0, required = 0;

        if (row->shape == NULL || row->shape->members == NULL)
            continue;
        if (schema == NULL)
            fail_msg("%s %s takes a body that the contract does not describe", row->method, row->pattern);
        for (const struct shape_member *m = row->shape->members; m->name != NULL; m++, members++) {
            if (json_object_get(json_object_get(schema, "properties"), m->name) == NULL)
                fail_msg("%s %s takes \"%s\", which %s has not", row->method, row->pattern, m->name, name);
            required += m->is_required;
        }
        assert_int_equal(members, json_object_size(json_object_get(schema, "properties")));
        assert_int_equal(required, json_array_size(json_object_get(schema, "required")));
        assert_true(is_empty(row->shape) == (members == 0));
    }
}

static size_t check_refs(const json_t *at)
{
    const char *name, *ref = json_string_value(json_object_get(at, "$ref"));
    json_t *inner;
    size_t i, n = 0;
    char group[64], item[64];

    if (ref != NULL) {
        assert_int_equal(sscanf(ref, "#/components/%63[^/]/%63s", group, item), 2);
        if (path_to("components", group, item) == NULL)
            fail_msg("%s leads nowhere", ref);
        n++;
    }
    json_object_foreach((json_t *)at, name, inner)
        n += check_refs(inner);
    json_array_foreach((json_t *)at, i, inner)
        n += check_refs(inner);
    return n;
}

static void every_reference_leads_somewhere(void **state)
{
    (void)state;
    assert_true(check_refs(contract) > 50);
    assert_string_equal(json_string_value(json_object_get(contract, "openapi")), "3.1.0");
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(every_route_stands_in_the_contract_with_its_right),
        cmocka_unit_test(every_operation_of_the_contract_is_served),
        cmocka_unit_test(every_operation_has_a_name_of_its_own_a_summary_and_its_errors),
        cmocka_unit_test(every_json_body_has_a_schema_and_an_example),
        cmocka_unit_test(the_shapes_of_bodies_are_those_of_the_contract),
        cmocka_unit_test(every_reference_leads_somewhere),
    };

    return cmocka_run_group_tests_name(__FILE__, list, read_contract, drop_contract);
}
