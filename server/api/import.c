/* import - POST /api/v1/certificates/import: what others made comes in, one file or many; with preview it is only told what would. */
#include "api/api.h"
#include "api/import_json.h"
#include "api/tables.h"
#include "base/text.h"
#include "base/unzip.h"

enum { IMPORT_BODY_MAX = 8 * 1024 * 1024, PASSWORD_MAX = 512, NAME_LEN_MAX = 255, FILES_MAX = 100 };

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
    return import_read_data(rq, json_string_value(json_object_get(from, "data")), pointer, &out->file, e);
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

static enum err query_flag(struct request *rq, const char *name, bool otherwise, bool *out, struct error *e)
{
    const char *text = request_query(rq, name);

    *out = text == NULL ? otherwise : strcmp(text, "true") == 0;
    if (text != NULL && !*out && strcmp(text, "false") != 0)
        return fail_at(e, arena_printf(rq->arena, "/%s", name), "true or false");
    return ERR_NONE;
}

/* The body is the one file, and what is said of it stands in the query; a password does not belong into an address. */
static enum err read_whole(struct request *rq, struct import_wish *wish, struct error *e)
{
    struct import_file *file = arena_take(rq->arena, sizeof(*file));
    enum err r;

    *file = (struct import_file){ .name = request_query(rq, "filename"), .file = rq->body };
    if (rq->body.len == 0)
        return fail_at(e, "/data", "the file is empty");
    if (request_query(rq, "password") != NULL)
        return fail_at(e, "/password", "addresses are written into logs: send a file that has a password as JSON");
    if (file->name != NULL && (strlen(file->name) > NAME_LEN_MAX || !text_is_clean(bytes_text(file->name))))
        return fail_at(e, "/filename", "at most %d bytes, without control characters", NAME_LEN_MAX);
    wish->files = file;
    wish->files_len = 1;
    wish->store = request_query(rq, "store");
    r = query_flag(rq, "exportable", true, &wish->is_exportable, e);
    return r ? r : query_flag(rq, "preview", false, &wish->is_preview, e);
}

static enum err read_json(struct request *rq, struct import_wish *wish, struct error *e)
{
    wish->store = body_text(rq, "store");
    wish->is_exportable = body_flag(rq, "exportable", true);
    wish->is_preview = body_flag(rq, "preview", false);
    return read_files(rq, wish, e);
}

static enum err import(struct app *app, struct request *rq, struct error *e)
{
    struct import_wish wish = { 0 };
    struct import_result result = { 0 };
    enum err r;

    r = access_check(&rq->who, RIGHT_ISSUE, "*", NULL, e);
    if (r)
        return r;
    r = request_is_file(rq) ? read_whole(rq, &wish, e) : read_json(rq, &wish, e);
    if (r)
        return r;
    r = inventory_import(app->store, app->keeper, &rq->who, &wish, rq->arena, &result, e);
    if (r)
        return r;
    return import_reply(rq, !wish.is_preview && result.written > 0 ? 201 : 200, &result, wish.is_preview, e);
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
    { "POST", "/api/v1/certificates/import", import, RIGHT_ISSUE, ROUTE_HEAVY | ROUTE_FILE, IMPORT_BODY_MAX, &import_shape },
    { 0 }
};
