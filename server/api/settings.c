/* settings - /api/v1/settings: the one table, shown and changed by merge-patch (RFC 7396). */
#include "api/api.h"
#include "api/json.h"
#include "api/tables.h"
#include "base/text.h"
#include "store/settings.h"

enum { CHANGES_MOST = 64, VALUE_MOST = 4096 };

static const char *const kinds[] = { [SETTING_TEXT] = "text", [SETTING_NUMBER] = "number", [SETTING_FLAG] = "flag", [SETTING_LIST] = "list" };

static bool is_yes(const char *text)
{
    return strcmp(text, "yes") == 0 || strcmp(text, "true") == 0 || strcmp(text, "on") == 0 || strcmp(text, "1") == 0;
}

/* "a, b" as an array. */
static json_t *list_json(struct arena *a, const char *text)
{
    json_t *out = json_array();

    while (*text != '\0') {
        size_t len = strcspn(text, ","), from = strspn(text, " "), to = len;

        while (to > from && text[to - 1] == ' ')
            to--;
        if (to > from)
            json_array_append_new(out, json_of_text(arena_copy(a, text + from, to - from)));
        text += len + (text[len] == ',');
    }
    return out;
}

static json_t *value_json(const struct setting *s, const char *text, struct arena *a)
{
    int64_t number;

    switch (s->kind) {
    case SETTING_NUMBER: return text_number(text, INT64_MIN, INT64_MAX, &number) ? json_integer(number) : json_null();
    case SETTING_FLAG:   return json_boolean(is_yes(text));
    case SETTING_LIST:   return list_json(a, text);
    default:             return json_of_text(text);
    }
}

static enum err answer(struct app *app, struct request *rq)
{
    int64_t version = settings_version(app->settings);
    json_t *items = json_array();

    for (size_t i = 0; i < settings_table_len; i++) {
        const struct setting *s = &settings_table[i];

        json_array_append_new(items, json_pack("{s:s, s:s, s:o, s:o, s:I, s:I, s:s}", "name", s->name, "kind", kinds[s->kind],
                                               "value", value_json(s, settings_text(app->settings, s->name, rq->arena), rq->arena),
                                               "default", value_json(s, s->otherwise, rq->arena),
                                               "min", (json_int_t)s->min, "max", (json_int_t)s->max, "help", s->help));
    }
    reply_json(rq, 200, json_list(items, NULL));
    api_etag(rq, version);
    return ERR_NONE;
}

static enum err show(struct app *app, struct request *rq, struct error *e)
{
    (void)e;
    return api_is_seen(rq, settings_version(app->settings)) ? ERR_NONE : answer(app, rq);
}

static const struct setting *find(const char *name)
{
    for (size_t i = 0; i < settings_table_len; i++)
        if (strcmp(settings_table[i].name, name) == 0)
            return &settings_table[i];
    return NULL;
}

/* A list as settings_change takes it; NULL when an element is no text, or holds the separator. */
static const char *joined(const json_t *list, struct arena *a)
{
    const char *out = "";
    size_t total = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text == NULL || strchr(text, ',') != NULL)
            return NULL;
        total += strlen(text) + 1;
        if (total > VALUE_MOST)
            return NULL;
        out = i == 0 ? arena_text(a, text) : arena_printf(a, "%s,%s", out, text);
    }
    return out;
}

/* The value as text, of the type that GET shows; NULL when it is of another. */
static const char *value_text(const struct setting *s, const json_t *value, struct arena *a)
{
    switch (s->kind) {
    case SETTING_NUMBER: return json_is_integer(value) ? arena_printf(a, "%lld", (long long)json_integer_value(value)) : NULL;
    case SETTING_FLAG:   return json_is_boolean(value) ? (json_is_true(value) ? "yes" : "no") : NULL;
    case SETTING_LIST:   return json_is_array(value) ? joined(value, a) : json_string_value(value);
    default:             return json_string_value(value);
    }
}

static void read_change(struct request *rq, const char *name, const json_t *value, struct setting_change *out)
{
    const struct setting *s = find(name);
    const char *pointer = arena_printf(rq->arena, "/%.60s", name);

    *out = (struct setting_change){ .name = name };
    if (s == NULL) {
        findings_add(&rq->findings, LEVEL_ERROR, "unknown", pointer, "There is no setting of this name.");
        return;
    }
    if (json_is_null(value))
        return;
    out->value = value_text(s, value, rq->arena);
    if (out->value == NULL)
        findings_add(&rq->findings, LEVEL_ERROR, "type", pointer, "This setting is a %s.", kinds[s->kind]);
    else if (strlen(out->value) > VALUE_MOST || !text_is_clean(bytes_text(out->value)))
        findings_add(&rq->findings, LEVEL_ERROR, "text", pointer, "This is too long or holds control characters.");
}

static enum err change(struct app *app, struct request *rq, struct error *e)
{
    struct setting_change changes[CHANGES_MOST];
    const char *name;
    json_t *value;
    size_t n = 0;
    enum err r;

    if (json_object_size(rq->json) > CHANGES_MOST)
        return fail_at(e, "", "at most %d settings at a time", CHANGES_MOST);
    json_object_foreach(rq->json, name, value)
        read_change(rq, name, value, &changes[n++]);
    r = findings_fail(&rq->findings, e);
    if (!r && n > 0)
        r = settings_change(app->settings, &rq->who, changes, n, e);
    return r ? r : answer(app, rq);
}

/* Which members there are, the table says. */
static const struct shape any_settings = { NULL };

const struct route settings_routes[] = {
    { "GET",   "/api/v1/settings", show,   RIGHT_SETTINGS, 0, 0, NULL },
    { "PATCH", "/api/v1/settings", change, RIGHT_SETTINGS, ROUTE_MATCH, 0, &any_settings },
    { 0 }
};
