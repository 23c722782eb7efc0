/* import - POST /api/v1/certificates/import: what others made comes in, one file or many; with preview it is only told what would. */
#include "api/api.h"
#include "api/json.h"
#include "api/tables.h"
#include "base/text.h"
#include "base/unzip.h"
#include "inventory/import.h"

enum { IMPORT_BODY_MAX = 8 * 1024 * 1024, PASSWORD_MAX = 512, NAME_LEN_MAX = 255, FILES_MAX = 100 };

/* PEM as it stands, anything else in base64, with or without line ends. */
static enum err read_data(struct request *rq, const char *data, const char *pointer, struct bytes *out, struct error *e)
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

/* One of "files", or the request itself, which has the same members. */
static enum err read_file(struct request *rq, const json_t *from, const char *pointer, struct import_file *out, struct error *e)
{
    const json_t *members = json_object_get(from, "members");
    const char **names;

    out->password = json_string_value(json_object_get(from, "password"));
    out->name = json_string_value(json_object_get(from, "filename"));
    if (json_is_array(members)) {
        names = arena_take(rq->arena, json_array_size(members) * sizeof(*names) + 1);
        for (size_t i = 0; i < json_array_size(members); i++)
            names[i] = json_string_value(json_array_get(members, i));
        out->members = names;
        out->members_len = json_array_size(members);
    }
    return read_data(rq, json_string_value(json_object_get(from, "data")), pointer, &out->file, e);
}

static enum err read_files(struct request *rq, struct import_wish *wish, struct error *e)
{
    const json_t *files = body_get(rq, "files");
    struct import_file *list;
    enum err r = ERR_NONE;

    if ((files == NULL) == (body_text(rq, "data") == NULL))
        return fail_at(e, "/data", "either data, for one file, or files");
    wish->is_many = files != NULL;
    wish->files_len = files == NULL ? 1 : json_array_size(files);
    list = arena_take(rq->arena, wish->files_len * sizeof(*list));
    wish->files = list;
    if (files == NULL)
        return read_file(rq, rq->json, "/data", &list[0], e);
    for (size_t i = 0; r == ERR_NONE && i < wish->files_len; i++)
        r = read_file(rq, json_array_get(files, i), arena_printf(rq->arena, "/files/%zu/data", i), &list[i], e);
    return r;
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
    return json_pack("{s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o}",
                     "kind", i->kind, "action", i->action, "file", (int)i->file,
                     "member", i->member != NULL ? json_of_text(i->member) : json_null(), "subject", text_or_null(i->subject), "issuer", text_or_null(i->issuer),
                     "not_before", json_of_time(i->not_before), "not_after", json_of_time(i->not_after), "key_type", text_or_null(i->key_type),
                     "thumbprint_sha256", i->sha256.len > 0 ? json_of_hex(i->sha256) : json_null(), "key", i->has_key, "store", text_or_null(i->store),
                     "certificate_id", json_of_id(&i->certificate), "label", text_or_null(i->label), "version", i->version > 0 ? json_integer(i->version) : json_null(),
                     "findings", findings_of(&i->findings));
}

static enum err import(struct app *app, struct request *rq, struct error *e)
{
    struct import_wish wish = { .store = body_text(rq, "store"), .is_exportable = body_flag(rq, "exportable", true),
                                .is_preview = body_flag(rq, "preview", false) };
    struct import_result result = { 0 };
    json_t *items;
    enum err r;

    r = access_check(&rq->who, RIGHT_ISSUE, "*", NULL, e);
    if (r)
        return r;
    r = read_files(rq, &wish, e);
    if (r)
        return r;
    r = inventory_import(app->store, app->keeper, &rq->who, &wish, rq->arena, &result, e);
    if (r)
        return r;
    items = json_array();
    for (size_t i = 0; i < result.len; i++)
        json_array_append_new(items, item_of(&result.at[i]));
    reply_json(rq, !wish.is_preview && result.written > 0 ? 201 : 200, json_pack("{s:b, s:o}", "preview", wish.is_preview, "items", items));
    return ERR_NONE;
}

#define ONE_FILE(is_needed) \
    { .name = "data", .kind = SHAPE_TEXT, .is_required = is_needed, .min = 1, .max = IMPORT_BODY_MAX }, \
    { .name = "password", .kind = SHAPE_TEXT, .max = PASSWORD_MAX }, \
    { .name = "filename", .kind = SHAPE_TEXT, .max = NAME_LEN_MAX }, \
    { .name = "members", .kind = SHAPE_TEXTS, .min = 1, .max = UNZIP_MEMBERS_MAX }

static const struct shape file_shape = { (const struct shape_member[]){ ONE_FILE(true), { 0 } } };
static const struct shape import_shape = { (const struct shape_member[]){
    ONE_FILE(false),
    { .name = "files", .kind = SHAPE_OBJECTS, .min = 1, .max = FILES_MAX, .inner = &file_shape },
    { .name = "store", .kind = SHAPE_TEXT, .min = 1, .max = 16 },
    { .name = "exportable", .kind = SHAPE_FLAG },
    { .name = "preview", .kind = SHAPE_FLAG },
    { 0 } } };

const struct route import_routes[] = {
    { "POST", "/api/v1/certificates/import", import, RIGHT_ISSUE, ROUTE_HEAVY, IMPORT_BODY_MAX, &import_shape },
    { 0 }
};
