#include "http/route.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"

enum { TEXT_DEFAULT = 4096, LIST_DEFAULT = 100 };

static const char *const kind_words[] = {
    [SHAPE_TEXT] = "a string", [SHAPE_NUMBER] = "a whole number", [SHAPE_FLAG] = "true or false",
    [SHAPE_TEXTS] = "an array of strings", [SHAPE_OBJECT] = "an object", [SHAPE_OBJECTS] = "an array of objects", [SHAPE_ANY] = "anything",
};

static bool is_kind(const json_t *v, enum shape_kind kind)
{
    switch (kind) {
    case SHAPE_TEXT: return json_is_string(v);
    case SHAPE_NUMBER: return json_is_integer(v);
    case SHAPE_FLAG: return json_is_boolean(v);
    case SHAPE_TEXTS: return json_is_array(v);
    case SHAPE_OBJECT: return json_is_object(v);
    case SHAPE_OBJECTS: return json_is_array(v);
    case SHAPE_ANY: return true;
    }
    return false;
}

/* RFC 6901, 3: "~" and "/" are escaped. What does not fit is cut: a pointer is for a person's form, never followed by us. */
void shape_pointer(char out[SHAPE_POINTER], const char *pointer, const char *name)
{
    size_t len = (size_t)snprintf(out, SHAPE_POINTER, "%.*s/", SHAPE_POINTER - 8, pointer);

    for (; *name != '\0' && len + 3 < SHAPE_POINTER; name++) {
        if (*name == '~' || *name == '/') {
            out[len++] = '~';
            out[len++] = *name == '~' ? '0' : '1';
        } else {
            out[len++] = *name;
        }
    }
    /* A cut must not split a character: the answer is UTF-8. */
    while (*name != '\0' && len > 0 && ((unsigned char)out[len - 1] & 0x80) != 0)
        len--;
    out[len] = '\0';
}

/* Long texts may have lines: PEM, notes. */
static bool is_clean_text(const char *text, size_t len, bool may_have_lines)
{
    size_t begin = 0;

    if (!may_have_lines)
        return text_is_clean(bytes_of(text, len));
    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != '\n' && text[i] != '\r' && text[i] != '\t')
            continue;
        if (!text_is_clean(bytes_of(text + begin, i - begin)))
            return false;
        begin = i + 1;
    }
    return true;
}

static void check_text(const json_t *v, int64_t min, int64_t max, const char *pointer, struct findings *out)
{
    size_t len = json_string_length(v);

    if (!is_clean_text(json_string_value(v), len, max > TEXT_DEFAULT))
        findings_add(out, LEVEL_ERROR, "character", pointer, "holds a control character");
    else if ((int64_t)len > max)
        findings_add(out, LEVEL_ERROR, "length", pointer, "is longer than %" PRId64 " bytes", max);
    else if (len == 0 && min > 0)
        findings_add(out, LEVEL_ERROR, "length", pointer, "is empty");
    else if ((int64_t)len < min)
        findings_add(out, LEVEL_ERROR, "length", pointer, len == 0 ? "must not be empty" : "is shorter than %" PRId64 " bytes", min);
}

static void check_list(const json_t *v, const struct shape_member *m, int64_t max, const char *pointer, struct findings *out)
{
    char at[SHAPE_POINTER], number[24];
    size_t len = json_array_size(v);

    if ((int64_t)len > max || (int64_t)len < m->min) {
        findings_add(out, LEVEL_ERROR, "count", pointer, "has %zu elements; %" PRId64 " to %" PRId64 " are allowed", len, m->min, max);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        const json_t *element = json_array_get(v, i);

        snprintf(number, sizeof(number), "%zu", i);
        shape_pointer(at, pointer, number);
        if (!is_kind(element, m->kind == SHAPE_TEXTS ? SHAPE_TEXT : SHAPE_OBJECT))
            findings_add(out, LEVEL_ERROR, "type", at, m->kind == SHAPE_TEXTS ? "must be a string" : "must be an object");
        else if (m->kind == SHAPE_TEXTS)
            check_text(element, 0, TEXT_DEFAULT, at, out);
        else if (m->inner != NULL)
            shape_check(element, m->inner, at, out);
    }
}

static void check_value(const json_t *v, const struct shape_member *m, const char *pointer, struct findings *out)
{
    bool has_bounds = m->min != 0 || m->max != 0;

    if (!is_kind(v, m->kind)) {
        findings_add(out, LEVEL_ERROR, "type", pointer, "must be %s", kind_words[m->kind]);
        return;
    }
    switch (m->kind) {
    case SHAPE_TEXT:
        check_text(v, m->min, has_bounds ? m->max : TEXT_DEFAULT, pointer, out);
        break;
    case SHAPE_NUMBER:
        if (has_bounds && (json_integer_value(v) < m->min || json_integer_value(v) > m->max))
            findings_add(out, LEVEL_ERROR, "range", pointer, "must be %" PRId64 " to %" PRId64, m->min, m->max);
        break;
    case SHAPE_TEXTS:
    case SHAPE_OBJECTS:
        check_list(v, m, has_bounds ? m->max : LIST_DEFAULT, pointer, out);
        break;
    case SHAPE_OBJECT:
        if (m->inner != NULL)
            shape_check(v, m->inner, pointer, out);
        break;
    case SHAPE_FLAG:
    case SHAPE_ANY:
        break;
    }
}

static const struct shape_member *member_of(const struct shape *shape, const char *name)
{
    for (const struct shape_member *m = shape->members; m->name != NULL; m++) {
        if (strcmp(m->name, name) == 0)
            return m;
    }
    return NULL;
}

void shape_check(const json_t *body, const struct shape *shape, const char *pointer, struct findings *out)
{
    char at[SHAPE_POINTER];
    const char *name;
    json_t *v;

    if (!json_is_object(body)) {
        findings_add(out, LEVEL_ERROR, "type", pointer, "must be an object");
        return;
    }
    if (shape->members == NULL)
        return;
    /* Jansson walks without changing anything; its macro is not const. */
    json_object_foreach((json_t *)body, name, v) {
        const struct shape_member *m = member_of(shape, name);

        shape_pointer(at, pointer, name);
        if (m == NULL)
            findings_add(out, LEVEL_ERROR, "unknown", at, "is not a member that is known here");
        else if (!json_is_null(v))
            check_value(v, m, at, out);
    }
    for (const struct shape_member *m = shape->members; m->name != NULL; m++) {
        v = json_object_get(body, m->name);
        shape_pointer(at, pointer, m->name);
        if (m->is_required && (v == NULL || json_is_null(v)))
            findings_add(out, LEVEL_ERROR, "required", at, "is missing");
    }
}
