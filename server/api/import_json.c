#include "api/import_json.h"

#include "api/member.h"
#include "base/text.h"

enum { RESULT_MAX = 64 * 1024 * 1024 };

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

/* Words of other makers are clean already; whatever is not UTF-8 after all must not spoil the answer. */
static const char *sound(const char *text, struct arena *a)
{
    char *copy;

    if (text == NULL || text_is_utf8(bytes_text(text)))
        return text;
    copy = arena_text(a, text);
    for (char *at = copy; *at != '\0'; at++)
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    return copy;
}

static void put_findings(struct buf *out, const struct findings *found, struct arena *a)
{
    static const char *const levels[] = { [LEVEL_ERROR] = "error", [LEVEL_WARNING] = "warning", [LEVEL_NOTE] = "note" };

    member_name(out, "findings");
    buf_byte(out, '[');
    for (size_t i = 0; i < found->len; i++) {
        buf_text(out, i > 0 ? ",{" : "{");
        member_text(out, "level", levels[found->at[i].level]);
        member_text(out, "rule", sound(found->at[i].rule, a));
        member_text(out, "detail", sound(found->at[i].text, a));
        buf_byte(out, '}');
    }
    buf_byte(out, ']');
}

static void put_number_or_null(struct buf *out, const char *name, int64_t value)
{
    if (value > 0)
        return member_number(out, name, value);
    member_name(out, name);
    buf_text(out, "null");
}

static void put_item(struct buf *out, const struct imported *i, struct arena *a)
{
    char sha256[65] = "";

    if (i->sha256.len == 32)
        text_hex(i->sha256, sha256);
    buf_byte(out, '{');
    member_text(out, "kind", i->kind);
    member_text(out, "action", i->action);
    member_number(out, "file", (int64_t)i->file);
    member_text_or_null(out, "member", sound(i->member, a));
    member_text_or_null(out, "subject", sound(i->subject, a));
    member_text_or_null(out, "issuer", sound(i->issuer, a));
    member_time_or_null(out, "not_before", i->not_before);
    member_time_or_null(out, "not_after", i->not_after);
    member_text_or_null(out, "key_type", i->key_type);
    member_text_or_null(out, "thumbprint_sha256", sha256);
    member_flag(out, "key", i->has_key);
    member_text_or_null(out, "store", i->store);
    member_id(out, "certificate_id", &i->certificate);
    member_text_or_null(out, "label", sound(i->label, a));
    put_number_or_null(out, "version", i->version);
    member_id(out, "request_id", &i->request);
    put_findings(out, &i->findings, a);
    buf_byte(out, '}');
}

static void put_items(struct buf *out, const struct import_result *result, struct arena *a)
{
    buf_byte(out, '[');
    for (size_t i = 0; i < result->len; i++) {
        if (i > 0)
            buf_byte(out, ',');
        put_item(out, &result->at[i], a);
    }
    buf_byte(out, ']');
}

json_t *import_items(const struct import_result *result, struct arena *a)
{
    struct buf out;
    json_t *items;

    buf_init(&out, RESULT_MAX);
    put_items(&out, result, a);
    items = out.is_over ? NULL : json_loadb((const char *)out.at, out.len, 0, NULL);
    buf_done(&out);
    return items != NULL ? items : json_array();
}

/* As bytes and not as a tree: a bundle has thousands of items. */
enum err import_reply(struct request *rq, int status, const struct import_result *result, bool is_preview, struct error *e)
{
    struct buf out;
    enum err r = ERR_NONE;

    buf_init(&out, RESULT_MAX);
    buf_printf(&out, "{\"preview\":%s,\"items\":", is_preview ? "true" : "false");
    put_items(&out, result, rq->arena);
    buf_byte(&out, '}');
    if (out.is_over)
        r = fail(e, ERR_LIMIT, "it was done, but what became of each is too long to be told: look into the history");
    else
        reply_bytes(rq, status, "application/json", arena_bytes(rq->arena, buf_bytes(&out)));
    buf_done(&out);
    return r;
}
