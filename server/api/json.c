#include "api/json.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/time.h"
#include "http/request.h"

/* Text from certificates and headers may be anything; JSON is UTF-8. */
static json_t *mended(const char *text)
{
    char *copy = own_text(text);
    json_t *out;

    for (char *at = copy; *at != '\0'; at++)
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    out = json_string(copy);
    free(copy);
    return out;
}

json_t *json_of_text(const char *text)
{
    json_t *out;

    if (text == NULL)
        return json_null();
    out = json_string(text);
    return out != NULL ? out : mended(text);
}

json_t *json_of_time(int64_t at)
{
    char text[TIME_TEXT];

    if (at == 0)
        return json_null();
    time_text(at, text);
    return json_string(text);
}

json_t *json_of_id(const struct id *id)
{
    char text[ID_TEXT];

    if (id_is_none(id))
        return json_null();
    id_text(id, text);
    return json_string(text);
}

json_t *json_of_hex(struct bytes from)
{
    char *text = own_alloc(from.len * 2 + 1);
    json_t *out;

    text_hex(from, text);
    out = json_string(text);
    free(text);
    return out;
}

json_t *json_of_texts(const char *const *at, size_t len)
{
    json_t *out = json_array();

    for (size_t i = 0; i < len; i++)
        json_array_append_new(out, json_of_text(at[i]));
    return out;
}

json_t *json_of_findings(const struct findings *f, enum level level)
{
    json_t *out = json_array();

    for (size_t i = 0; i < f->len; i++)
        if (f->at[i].level == level)
            json_array_append_new(out, json_pack("{s:o, s:o, s:o}", "pointer", json_of_text(f->at[i].pointer),
                                                 "detail", json_of_text(f->at[i].text), "rule", json_of_text(f->at[i].rule)));
    return out;
}

json_t *json_list(json_t *items, const char *next_cursor)
{
    return json_pack("{s:o, s:o}", "items", items, "next_cursor", json_of_text(next_cursor));
}

size_t body_texts(const struct request *rq, const char *name, const char *const **out)
{
    const json_t *list = body_get(rq, name);
    size_t len = json_array_size(list);
    const char **texts = arena_take(rq->arena, (len + 1) * sizeof(*texts));

    for (size_t i = 0; i < len; i++)
        texts[i] = json_string_value(json_array_get(list, i));
    *out = texts;
    return len;
}
