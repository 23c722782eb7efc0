/* bulk - many certificates at once: POST /api/v1/certificates/bulk makes a job of it, POST /api/v1/certificates/export takes a list out. */
#include "api/api.h"
#include "api/certificate_json.h"
#include "api/json.h"
#include "api/selection.h"
#include "api/tables.h"
#include "base/text.h"
#include "base/time.h"
#include "base/zip.h"
#include "inventory/describe.h"
#include "store/describe.h"
#include "store/jobs.h"

enum { ZIP_MAX = 500, LIST_BYTES_MAX = 32 * 1024 * 1024 };

/* a job of it ------------------------------------------------------------------------------------------- */

static const struct action { const char *word; enum right right; bool describes; } actions[] = {
    { "renew", RIGHT_ISSUE, false }, { "archive", RIGHT_MANAGE, false }, { "unarchive", RIGHT_MANAGE, false }, { "describe", RIGHT_MANAGE, true },
};

static const struct action *action_of(const char *word)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
        if (strcmp(actions[i].word, word) == 0)
            return &actions[i];
    return NULL;
}

static void check_lines(struct request *rq, const char *name)
{
    const char *const *list;
    size_t len = body_texts(rq, name, &list);

    for (size_t i = 0; i < len; i++)
        if (list[i][0] == '\0' || strlen(list[i]) > TAG_MAX)
            findings_add(&rq->findings, LEVEL_ERROR, "bad-length", arena_printf(rq->arena, "/%s/%zu", name, i), "a tag has 1 to %d bytes", TAG_MAX);
}

static enum err check_action(struct request *rq, const struct action **out, struct error *e)
{
    const char *owner = body_text(rq, "owner");
    bool describes = owner != NULL || body_text(rq, "account") != NULL || body_get(rq, "add_tags") != NULL || body_get(rq, "remove_tags") != NULL;

    *out = action_of(body_text(rq, "action"));
    if (*out == NULL)
        return fail_at(e, "/action", "renew, archive, unarchive or describe");
    if (describes != (*out)->describes)
        return fail_at(e, "/action", "owner, account, add_tags and remove_tags go with describe, which needs one of them");
    if (owner != NULL && strlen(owner) > OWNER_MAX)
        findings_add(&rq->findings, LEVEL_ERROR, "bad-length", "/owner", "at most %d bytes", OWNER_MAX);
    description_check_account(body_text(rq, "account"), &rq->findings);
    check_lines(rq, "add_tags");
    check_lines(rq, "remove_tags");
    return findings_fail(&rq->findings, e);
}

static enum err check_rights(const struct request *rq, const struct selection *chosen, enum right right, struct error *e)
{
    for (size_t i = 0; i < chosen->len; i++) {
        enum err r = access_check(&rq->who, right, "certificate", &chosen->at[i].id, e);

        if (r)
            return r;
    }
    return ERR_NONE;
}

static void copy_member(json_t *to, const struct request *rq, const char *name)
{
    const json_t *value = body_get(rq, name);

    if (value != NULL)
        json_object_set(to, name, (json_t *)value);
}

/* Who asked is in it: what the job records, it records in their name. */
static const char *job_body(struct request *rq, const struct action *action, const struct selection *chosen)
{
    json_t *ids = json_array(), *body = json_pack("{s:s, s:o, s:i, s:o, s:o, s:o}", "action", action->word, "ids", ids, "kind", (int)rq->who.kind,
                                                  "name", json_of_text(rq->who.name), "principal", json_of_id(&rq->who.id), "source", json_of_text(rq->who.source));
    const char *out;
    char *text;

    for (size_t i = 0; i < chosen->len; i++)
        json_array_append_new(ids, json_of_id(&chosen->at[i].id));
    copy_member(body, rq, "owner");
    copy_member(body, rq, "account");
    copy_member(body, rq, "add_tags");
    copy_member(body, rq, "remove_tags");
    text = json_dumps(body, JSON_COMPACT);
    out = arena_text(rq->arena, text);
    free(text);
    json_decref(body);
    return out;
}

struct queueing { struct id id; const char *body, *location; };

static enum err queue(struct tx *tx, void *arg, struct error *e)
{
    const struct queueing *q = arg;

    (void)e;
    store_job_ask(tx, "bulk", &q->id, &q->id, tx_now(tx), q->body);
    tx_note(tx, "bulk.asked", "job", &q->id, "{}");
    tx_made(tx, q->location, 202);
    return ERR_NONE;
}

static enum err bulk(struct app *app, struct request *rq, struct error *e)
{
    struct queueing q = { .id = id_new() };
    const struct action *action;
    struct selection chosen;
    char id[ID_TEXT];
    enum err r = check_action(rq, &action, e);

    if (r == ERR_NONE)
        r = selection_read(app, rq, SELECTED_MAX, &chosen, e);
    if (r == ERR_NONE)
        r = check_rights(rq, &chosen, action->right, e);
    if (r)
        return r;
    if (body_flag(rq, "dry_run", false)) {
        reply_json(rq, 200, json_pack("{s:I, s:n}", "selected", (json_int_t)chosen.len, "job_id"));
        return ERR_NONE;
    }
    id_text(&q.id, id);
    q.location = arena_printf(rq->arena, "/api/v1/jobs/%s", id);
    q.body = job_body(rq, action, &chosen);
    r = store_write(app->store, &rq->who, queue, &q, e);
    if (r)
        return r;
    reply_json(rq, 202, json_pack("{s:I, s:s}", "selected", (json_int_t)chosen.len, "job_id", id));
    reply_header(rq, "Location", q.location);
    return ERR_NONE;
}

/* out --------------------------------------------------------------------------------------------------- */

/* RFC 4180. A cell that a spreadsheet would run as a formula begins with an apostrophe. */
static void cell(struct buf *out, const char *text, bool is_last)
{
    buf_byte(out, '"');
    if (text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL)
        buf_byte(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buf_byte(out, '"');
        buf_byte(out, (uint8_t)*text);
    }
    buf_text(out, is_last ? "\"\r\n" : "\",");
}

static const char *joined(struct arena *a, const char *const *at, size_t len)
{
    const char *out = "";

    for (size_t i = 0; i < len; i++)
        out = arena_printf(a, "%s%s%s", out, i > 0 ? " " : "", at[i]);
    return out;
}

static const char *time_of(struct arena *a, int64_t at)
{
    char text[TIME_TEXT];

    time_text(at, text);
    return arena_text(a, text);
}

static void csv_row(struct buf *out, const struct inventory_item *c, struct arena *a)
{
    char id[ID_TEXT];
    const char *cells[] = {
        id, c->label, c->common_name, joined(a, c->dns_names, c->dns_len), joined(a, c->ip_addresses, c->ip_len), c->issuer_text, text_hex_in(a, c->serial),
        time_of(a, c->not_before), time_of(a, c->not_after), c->status, c->key_type, c->has_private_key ? "yes" : "no", joined(a, c->used_by, c->used_by_len),
        c->owner, joined(a, c->tags, c->tags_len), c->store, c->source, text_hex_in(a, c->sha1), text_hex_in(a, c->sha256), c->notes, c->account,
    };
    size_t len = sizeof(cells) / sizeof(*cells);

    id_text(&c->id, id);
    for (size_t i = 0; i < len; i++)
        cell(out, cells[i], i + 1 == len);
}

static enum err write_csv(struct app *app, struct request *rq, const struct selection *chosen, struct buf *out, struct error *e)
{
    (void)app;
    (void)e;
    buf_text(out, "id,label,common_name,dns_names,ip_addresses,issuer,serial,not_before,not_after,status,key_type,has_private_key,used_by,owner,tags,store,"
                  "source,thumbprint_sha1,thumbprint_sha256,notes,account\r\n");
    for (size_t i = 0; i < chosen->len; i++)
        csv_row(out, &chosen->at[i], rq->arena);
    return ERR_NONE;
}

static enum err write_json(struct app *app, struct request *rq, const struct selection *chosen, struct buf *out, struct error *e)
{
    (void)app;
    (void)rq;
    (void)e;
    buf_byte(out, '[');
    for (size_t i = 0; i < chosen->len; i++) {
        if (i > 0)
            buf_text(out, ",\n");
        certificate_json(out, &chosen->at[i], NULL, NULL);
    }
    buf_text(out, "]\n");
    return ERR_NONE;
}

/* A name that every system can keep, told apart by the thumbprint. */
static const char *file_name(struct arena *a, const struct inventory_item *c)
{
    char *name = arena_text(a, text_cut(a, c->common_name[0] != '\0' ? c->common_name : c->label, 80));

    for (char *p = name; *p != '\0'; p++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_", *p) == NULL || (p == name && *p == '.'))
            *p = '_';
    return arena_printf(a, "%s-%.8s.pem", name, text_hex_in(a, c->sha1));
}

static enum err write_zip(struct app *app, struct request *rq, const struct selection *chosen, struct buf *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct zip_file *files = arena_take(rq->arena, chosen->len * sizeof(*files));
    enum err r = store_look(app->store, &look, e);

    for (size_t i = 0; r == ERR_NONE && i < chosen->len; i++) {
        struct bytes *chain;
        size_t len;

        r = inventory_chain(look_db(&look), chosen->at[i].n, false, rq->arena, &chain, &len, e);
        if (r == ERR_NONE)
            files[i] = (struct zip_file){ .name = file_name(rq->arena, &chosen->at[i]), .body = bytes_text(certificate_pem(rq->arena, chain, len)) };
    }
    if (r == ERR_NONE)
        zip_write(files, chosen->len, clock_now(), out);
    return r;
}

static const struct form {
    const char *word, *type, *filename;
    size_t most;
    enum err (*write)(struct app *app, struct request *rq, const struct selection *chosen, struct buf *out, struct error *e);
} forms[] = {
    { "csv", "text/csv; charset=utf-8", "certificates.csv", SELECTED_MAX, write_csv },
    { "json", "application/json", "certificates.json", SELECTED_MAX, write_json },
    { "zip", "application/zip", "certificates.zip", ZIP_MAX, write_zip },
};

static enum err take_out(struct app *app, struct request *rq, struct error *e)
{
    CLEANUP(buf_done) struct buf out;
    const struct form *form = NULL;
    struct selection chosen;
    enum err r;

    buf_init(&out, LIST_BYTES_MAX);
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        form = strcmp(forms[i].word, body_text(rq, "format")) == 0 ? &forms[i] : form;
    if (form == NULL)
        return fail_at(e, "/format", "csv, json or zip");
    r = selection_read(app, rq, form->most, &chosen, e);
    if (r == ERR_NONE)
        r = form->write(app, rq, &chosen, &out, e);
    if (r)
        return r;
    if (out.is_over)
        return fail_at(e, "/filter", "more than %d MiB: narrow it", LIST_BYTES_MAX / 1024 / 1024);
    reply_bytes(rq, 200, form->type, arena_bytes(rq->arena, buf_bytes(&out)));
    reply_download(rq, form->filename);
    reply_header(rq, "Cache-Control", "no-store");
    return ERR_NONE;
}

static const struct shape bulk_shape = { (const struct shape_member[]){
    { .name = "action", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = 16 },
    SELECTION_MEMBERS,
    { .name = "owner", .kind = SHAPE_TEXT, .max = 4096 },
    { .name = "account", .kind = SHAPE_TEXT, .max = 4096 },
    { .name = "add_tags", .kind = SHAPE_TEXTS, .max = TAGS_MAX },
    { .name = "remove_tags", .kind = SHAPE_TEXTS, .max = TAGS_MAX },
    { .name = "dry_run", .kind = SHAPE_FLAG },
    { 0 } } };
static const struct shape export_shape = { (const struct shape_member[]){
    { .name = "format", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = 16 },
    SELECTION_MEMBERS,
    { 0 } } };

const struct route bulk_routes[] = {
    { "POST", "/api/v1/certificates/bulk", bulk, RIGHT_READ, ROUTE_ONCE, 128 * 1024, &bulk_shape },
    { "POST", "/api/v1/certificates/export", take_out, RIGHT_READ, ROUTE_HEAVY, 128 * 1024, &export_shape },
    { 0 }
};
