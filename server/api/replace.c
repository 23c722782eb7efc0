/* replace - another version by hand: POST /api/v1/certificates/{id}/replace takes a file, …/rollback an earlier version. What this server shows
   of it follows in the same commit, or the answer says which check failed and nothing has changed. */
#include "access/rights.h"
#include "api/certificate_json.h"
#include "api/certificate_views.h"
#include "api/api.h"
#include "api/import_json.h"
#include "api/json.h"
#include "api/tables.h"
#include "api/web_server.h"
#include "identity/lineage.h"

enum { REPLACE_BODY_MAX = 8 * 1024 * 1024, PASSWORD_MAX = 512, NAME_LEN_MAX = 255, CONFIRM_WITHIN_MAX = 3600 };

struct accepted { unsigned differences; bool expired, revoked; struct swap_wish swap; };

/* What may be agreed to, in the words of the swap and of the differences; and how long it may take to be confirmed. */
static enum err read_accept(struct request *rq, struct accepted *out, struct error *e)
{
    const char *const *words;
    size_t len = body_texts(rq, "accept", &words);

    out->swap.confirm_within_sec = (unsigned)body_number(rq, "confirm_within_sec", 0);
    for (size_t i = 0; i < len; i++) {
        bool is_known = difference_parse(words[i], &out->differences);
        struct { const char *word; bool *flag; } flags[] = {
            { "untrusted", &out->swap.accept_untrusted }, { "name-mismatch", &out->swap.accept_name_mismatch },
            { "expired", &out->expired }, { "revoked", &out->revoked },
        };

        for (size_t k = 0; k < sizeof(flags) / sizeof(*flags); k++)
            if (strcmp(flags[k].word, words[i]) == 0)
                is_known = *flags[k].flag = true;
        if (!is_known)
            return fail_at(e, arena_printf(rq->arena, "/accept/%zu", i),
                           "other-names, other-purpose, no-private-key, older, expired, flagged, revoked, untrusted or name-mismatch");
    }
    return ERR_NONE;
}

static enum err read_id(struct request *rq, struct id *id, struct error *e)
{
    enum err r = request_id_path(rq, "id", id, e);

    return r ? r : access_check(&rq->who, RIGHT_ISSUE, "certificate", id, e);
}

/* An error with the steps that led to it; what the checks say of a certificate they say of the member that brought it. */
static enum err refused(struct request *rq, const char *pointer, const struct swap_result *swap, const struct error *e)
{
    json_t *problem;

    for (size_t i = 0; i < rq->findings.len; i++)
        rq->findings.at[i].pointer = pointer;
    if (swap->steps_len == 0)
        return e->code;
    problem = api_problem_body(rq, e);
    json_object_set_new(problem, "steps", web_server_steps(swap));
    api_problem_answer(rq, problem);
    return ERR_NONE;
}

static json_t *swap_json(const struct swap_result *swap)
{
    if (swap->state == NULL)
        return json_null();
    return json_pack("{s:o, s:s, s:I, s:o}", "swap_id", json_of_id(&swap->swap), "state", swap->state, "generation", (json_int_t)swap->generation,
                     "confirm_by", json_of_time(swap->confirm_by));
}

/* Keep-alive would go on showing what was. */
static void close_if_swapped(struct request *rq, const struct swap_result *swap)
{
    if (swap->state == NULL)
        return;
    reply_closes(rq);
    reply_header(rq, "Clear-Site-Data", "\"cache\"");
}

/* from a file -------------------------------------------------------------------------------------------------- */

static void tell_differences(struct request *rq, const struct findings *differences)
{
    for (size_t i = 0; i < differences->len; i++)
        if (differences->at[i].level == LEVEL_ERROR)
            findings_add(&rq->findings, LEVEL_ERROR, differences->at[i].rule, "/data", "%s", differences->at[i].text);
}

static json_t *differences_json(const struct findings *found)
{
    static const char *const levels[] = { [LEVEL_ERROR] = "error", [LEVEL_WARNING] = "warning", [LEVEL_NOTE] = "note" };
    json_t *list = json_array();

    for (size_t i = 0; i < found->len; i++)
        json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "level", levels[found->at[i].level], "rule", json_of_text(found->at[i].rule),
                                              "detail", json_of_text(found->at[i].text)));
    return list;
}

static json_t *replaced_json(const struct import_wish *wish, const struct import_result *result, const struct swap_result *swap, struct arena *a)
{
    const struct replacement *r = wish->replaces;

    return json_pack("{s:b, s:o, s:i, s:b, s:o, s:I, s:o, s:o, s:o}", "preview", wish->is_preview, "certificate_id", json_of_id(&r->certificate), "version", r->next,
                     "belongs", findings_count(&r->differences, LEVEL_ERROR) == 0, "differences", differences_json(&r->differences),
                     "item", (json_int_t)(r->item - result->at), "items", import_items(result, a), "steps", web_server_steps(swap), "swap", swap_json(swap));
}

static enum err replace(struct app *app, struct request *rq, struct error *e)
{
    struct import_file file = { .password = body_text(rq, "password"), .name = body_text(rq, "filename") };
    struct import_wish wish = { .files = &file, .files_len = 1, .is_exportable = body_flag(rq, "exportable", true), .is_preview = body_flag(rq, "preview", false) };
    struct replacement replaces = { 0 };
    struct import_result result = { 0 };
    struct swap_result swap = { 0 };
    struct accepted accepted = { 0 };
    enum err r;

    findings_init(&replaces.differences, rq->arena);
    r = read_id(rq, &replaces.certificate, e);
    if (r == ERR_NONE)
        r = read_accept(rq, &accepted, e);
    if (r == ERR_NONE)
        r = import_read_data(rq, body_text(rq, "data"), "/data", &file.file, e);
    if (r)
        return r;
    replaces.accepts = accepted.differences;
    wish.replaces = &replaces;
    r = identity_replace(app->identity, &rq->who, &wish, &accepted.swap, rq->arena, &rq->findings, &result, &swap, e);
    if (r) {
        tell_differences(rq, &replaces.differences);
        return refused(rq, "/data", &swap, e);
    }
    reply_json(rq, 200, replaced_json(&wish, &result, &swap, rq->arena));
    close_if_swapped(rq, &swap);
    return ERR_NONE;
}

/* an earlier version ------------------------------------------------------------------------------------------- */

static json_t *returned_json(const struct certificate_shown *shown, const struct swap_result *swap, struct arena *a)
{
    CLEANUP(buf_done) struct buf text;
    json_t *body;

    buf_init(&text, CERTIFICATE_JSON_MAX);
    certificate_json(&text, &shown->item, certificate_pem(a, shown->chain, shown->chain_len), NULL);
    body = json_loadb((const char *)text.at, text.len, 0, NULL);
    if (body == NULL)
        return NULL;
    json_object_set_new(body, "steps", web_server_steps(swap));
    json_object_set_new(body, "swap", swap_json(swap));
    return body;
}

static enum err rollback(struct app *app, struct request *rq, struct error *e)
{
    struct return_wish wish = { .number = (int)body_number(rq, "version", 0) };
    struct certificate_shown shown = { 0 };
    struct accepted accepted = { 0 };
    struct swap_result swap = { 0 };
    json_t *body;
    enum err r;

    r = read_id(rq, &wish.certificate, e);
    if (r == ERR_NONE)
        r = read_accept(rq, &accepted, e);
    if (r)
        return r;
    wish.accept_expired = accepted.expired;
    wish.accept_revoked = accepted.revoked;
    wish.accepts = accepted.swap;
    r = identity_return_to(app->identity, &rq->who, &wish, rq->arena, &rq->findings, &swap, e);
    if (r)
        return refused(rq, "/version", &swap, e);
    r = certificate_load(app, rq, 0, false, &shown, e);
    if (r)
        return r;
    body = returned_json(&shown, &swap, rq->arena);
    if (body == NULL)
        return fail(e, ERR_BUG, "the certificate cannot be told in JSON");
    reply_json(rq, 200, body);
    api_etag(rq, shown.item.row_version);
    close_if_swapped(rq, &swap);
    return ERR_NONE;
}

static const struct shape replace_shape = { (const struct shape_member[]){
    { .name = "data", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = REPLACE_BODY_MAX },
    { .name = "password", .kind = SHAPE_TEXT, .max = PASSWORD_MAX },
    { .name = "exportable", .kind = SHAPE_FLAG },
    { .name = "preview", .kind = SHAPE_FLAG },
    { .name = "filename", .kind = SHAPE_TEXT, .max = NAME_LEN_MAX },
    { .name = "accept", .kind = SHAPE_TEXTS, .max = 9 },
    { .name = "confirm_within_sec", .kind = SHAPE_NUMBER, .max = CONFIRM_WITHIN_MAX },
    { 0 } } };
static const struct shape rollback_shape = { (const struct shape_member[]){
    { .name = "version", .kind = SHAPE_NUMBER, .is_required = true, .min = 1, .max = INT32_MAX },
    { .name = "accept", .kind = SHAPE_TEXTS, .max = 9 },
    { .name = "confirm_within_sec", .kind = SHAPE_NUMBER, .max = CONFIRM_WITHIN_MAX },
    { 0 } } };

const struct route replace_routes[] = {
    { "POST", "/api/v1/certificates/{id}/replace", replace, RIGHT_ISSUE, ROUTE_HEAVY, REPLACE_BODY_MAX, &replace_shape },
    { "POST", "/api/v1/certificates/{id}/rollback", rollback, RIGHT_ISSUE, ROUTE_ONCE, 0, &rollback_shape },
    { 0 }
};
