#include "api/import_json.h"

#include "api/json.h"
#include "base/text.h"

/* PEM as it stands, anything else in base64, with or without line ends. */
enum err import_read_data(struct request *rq, const char *data, const char *pointer, struct bytes *out, struct error *e)
{
    *out = bytes_text(data);
    if (strstr(data, "-----BEGIN ") != NULL)
        return ERR_NONE;
    if (!text_unbase64(rq->arena, data, strlen(data), out) || out->len == 0)
        return fail_at(e, pointer, "neither PEM text nor base64 of a DER, PKCS#7, PKCS#12 or ZIP file");
    if (memmem(out->at, out->len, "-----BEGIN ", 11) != NULL && out->at[0] != 0x30)
        *out = arena_bytes(rq->arena, *out);              /* a PEM file sent as base64 */
    return ERR_NONE;
}

static json_t *findings_of(const struct findings *found)
{
    static const char *const levels[] = { [LEVEL_ERROR] = "error", [LEVEL_WARNING] = "warning", [LEVEL_NOTE] = "note" };
    json_t *list = json_array();

    for (size_t i = 0; i < found->len; i++)
        json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "level", levels[found->at[i].level], "rule", json_of_text(found->at[i].rule),
                                              "detail", json_of_text(found->at[i].text)));
    return list;
}

static json_t *text_or_null(const char *text)
{
    return text[0] == '\0' ? json_null() : json_of_text(text);
}

static json_t *item_of(const struct imported *i)
{
    return json_pack("{s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o}",
                     "kind", i->kind, "action", i->action, "file", (int)i->file,
                     "member", i->member != NULL ? json_of_text(i->member) : json_null(), "subject", text_or_null(i->subject), "issuer", text_or_null(i->issuer),
                     "not_before", json_of_time(i->not_before), "not_after", json_of_time(i->not_after), "key_type", text_or_null(i->key_type),
                     "thumbprint_sha256", i->sha256.len > 0 ? json_of_hex(i->sha256) : json_null(), "key", i->has_key, "store", text_or_null(i->store),
                     "certificate_id", json_of_id(&i->certificate), "label", text_or_null(i->label), "version", i->version > 0 ? json_integer(i->version) : json_null(),
                     "request_id", json_of_id(&i->request), "findings", findings_of(&i->findings));
}

json_t *import_result_json(const struct import_result *result, bool is_preview)
{
    json_t *items = json_array();

    for (size_t i = 0; i < result->len; i++)
        json_array_append_new(items, item_of(&result->at[i]));
    return json_pack("{s:b, s:o}", "preview", is_preview, "items", items);
}
