#include "api/certificate_views.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/certificate_json.h"
#include "api/json.h"
#include "base/text.h"
#include "base/time.h"
#include "ca/ca.h"
#include "pki/chain.h"
#include "pki/lint.h"
#include "store/certificates.h"
#include "store/matches.h"
#include "store/journal.h"

enum { HISTORY_MAX = 200, TIMELINE_BEFORE = 30, TIMELINE_AFTER = 400 };

/* one certificate --------------------------------------------------------------------------------------- */

/* The certificate of the path, which this caller may read, and a look at what there is of it. */
static enum err look_at(struct app *app, struct request *rq, struct id *id, struct look *look, struct error *e)
{
    enum err r = request_id_path(rq, "id", id, e);

    if (r)
        return r;
    r = access_check(&rq->who, RIGHT_READ, "certificate", id, e);
    return r ? r : store_look(app->store, look, e);
}

enum err certificate_load(struct app *app, struct request *rq, int number, bool with_root, struct certificate_shown *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct id id;
    enum err r = look_at(app, rq, &id, &look, e);

    if (r)
        return r;
    r = inventory_show(look_db(&look), &id, number, rq->arena, &out->item, e);
    if (r)
        return r;
    return inventory_chain(look_db(&look), out->item.n, with_root, rq->arena, &out->chain, &out->chain_len, e);
}

void certificate_answer(struct request *rq, int status, const struct inventory_item *item, const char *pem, const struct findings *warnings)
{
    struct buf out;

    buf_init(&out, CERTIFICATE_JSON_MAX);
    certificate_json(&out, item, pem, warnings);
    reply_bytes(rq, status, "application/json", arena_bytes(rq->arena, buf_bytes(&out)));
    buf_done(&out);
    api_etag(rq, item->row_version);
}

enum err certificate_version(struct app *app, struct request *rq, struct error *e)
{
    struct certificate_shown shown = { 0 };
    int64_t number = 0;
    enum err r;

    if (!text_number(request_path(rq, "n"), 1, INT32_MAX, &number))
        return fail(e, ERR_ABSENT, "a version is a number from 1");
    r = certificate_load(app, rq, (int)number, false, &shown, e);
    if (r)
        return r;
    certificate_answer(rq, 200, &shown.item, certificate_pem(rq->arena, shown.chain, shown.chain_len), NULL);
    return ERR_NONE;
}

static enum err load_versions(struct app *app, struct request *rq, struct inventory_item **items, size_t *len, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct id id;
    enum err r = look_at(app, rq, &id, &look, e);

    return r ? r : inventory_versions(look_db(&look), &id, rq->arena, items, len, e);
}

enum err certificate_versions(struct app *app, struct request *rq, struct error *e)
{
    struct inventory_item *items = NULL;
    size_t len = 0;
    struct buf out;
    enum err r;

    r = load_versions(app, rq, &items, &len, e);
    if (r)
        return r;
    buf_init(&out, CERTIFICATE_JSON_MAX);
    buf_text(&out, "{\"items\":[");
    for (size_t i = 0; i < len; i++) {
        if (i > 0)
            buf_byte(&out, ',');
        certificate_json(&out, &items[i], NULL, NULL);
    }
    buf_text(&out, "],\"next_cursor\":null}");
    reply_bytes(rq, 200, "application/json", arena_bytes(rq->arena, buf_bytes(&out)));
    buf_done(&out);
    return ERR_NONE;
}

/* path -------------------------------------------------------------------------------------------------- */

struct path {
    struct cert *certs;
    struct id *ids;                /* of each in the inventory; none: it is not there on its own */
    struct chain chain;
    struct authority *authorities;
    size_t authorities_len;
    struct findings faults;
};

static const struct authority *authority_of(const struct path *p, const struct cert *c)
{
    for (size_t i = 0; i < p->authorities_len; i++) {
        if (memcmp(p->authorities[i].cert.sha256, c->sha256, sizeof(c->sha256)) == 0)
            return &p->authorities[i];
    }
    return NULL;
}

static const char *role_of(const struct path *p, size_t i)
{
    if (i == 0)
        return "leaf";
    return cert_is_self_issued(p->chain.at[i]) ? "root" : "intermediate";
}

static json_t *findings_at(const struct path *p, size_t i)
{
    json_t *list = json_array();
    char pointer[32];

    snprintf(pointer, sizeof(pointer), "/chain/%zu", i);
    for (size_t k = 0; k < p->faults.len; k++) {
        const struct finding *f = &p->faults.at[k];

        if (strcmp(f->pointer, pointer) == 0)
            json_array_append_new(list, json_pack("{s:s, s:o}", "rule", f->rule, "detail", json_of_text(f->text)));
    }
    return list;
}

static json_t *path_item(const struct path *p, const struct id *leaf, size_t i)
{
    static const struct id none;
    const struct cert *c = p->chain.at[i];
    const struct authority *authority = authority_of(p, c);
    const struct id *certificate = i == 0 ? leaf : authority == NULL ? &p->ids[i] : &authority->certificate_id;

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:o}",
                     "certificate_id", json_of_id(certificate), "authority_id", json_of_id(authority == NULL ? &none : &authority->id),
                     "subject", json_of_text(c->subject_text), "issuer", json_of_text(c->issuer_text),
                     "not_before", json_of_time(c->not_before), "not_after", json_of_time(c->not_after),
                     "thumbprint_sha256", json_of_hex(bytes_of(c->sha256, sizeof(c->sha256))),
                     "key_type", key_type_text(c->key.type), "role", role_of(p, i), "findings", findings_at(p, i));
}

static enum err find_ids(struct app *app, struct request *rq, struct path *p, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    enum err r = store_look(app->store, &look, e);

    for (size_t i = 1; r == ERR_NONE && i < p->chain.len; i++) {
        const struct cert *c = p->chain.at[i];
        struct version_row row;
        int64_t n;

        r = store_match_thumbprint(look_db(&look), bytes_of(c->sha256, sizeof(c->sha256)), &n, e);
        if (r || n == 0)
            continue;
        r = store_version(look_db(&look), n, rq->arena, &row, e);
        if (r == ERR_NONE)
            p->ids[i] = row.certificate;
    }
    return r;
}

static enum err read_path(struct app *app, struct request *rq, const struct certificate_shown *shown, struct path *p, struct error *e)
{
    size_t room = sizeof(p->chain.at) / sizeof(*p->chain.at);
    enum err r;

    p->certs = arena_take(rq->arena, room * sizeof(*p->certs));
    p->ids = arena_take(rq->arena, room * sizeof(*p->ids));
    for (size_t i = 0; i < shown->chain_len && i < room; i++) {
        r = cert_parse(shown->chain[i], rq->arena, &p->certs[i], e);
        if (r)
            return r;
        p->chain.at[p->chain.len++] = &p->certs[i];
    }
    p->chain.is_complete = p->chain.len > 0 && cert_is_self_issued(p->chain.at[p->chain.len - 1]);
    findings_init(&p->faults, rq->arena);
    chain_check(&p->chain, 0, NULL, clock_now(), &p->faults);
    r = find_ids(app, rq, p, e);
    return r ? r : ca_authorities(app->ca, rq->arena, &p->authorities, &p->authorities_len, e);
}

enum err certificate_path(struct app *app, struct request *rq, struct error *e)
{
    struct certificate_shown shown = { 0 };
    struct path path = { 0 };
    json_t *items;
    enum err r;

    r = certificate_load(app, rq, 0, true, &shown, e);
    if (r)
        return r;
    r = read_path(app, rq, &shown, &path, e);
    if (r)
        return r;
    items = json_array();
    for (size_t i = 0; i < path.chain.len; i++)
        json_array_append_new(items, path_item(&path, &shown.item.id, i));
    reply_json(rq, 200, json_pack("{s:o, s:b}", "items", items, "complete", path.chain.is_complete));
    return ERR_NONE;
}

/* details ----------------------------------------------------------------------------------------------- */

static const char *level_text(enum level level)
{
    return level == LEVEL_ERROR ? "error" : level == LEVEL_WARNING ? "warning" : "note";
}

static json_t *lint_lines(const struct findings *found)
{
    json_t *list = json_array();

    for (size_t i = 0; i < found->len; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "level", level_text(found->at[i].level), "rule", found->at[i].rule,
                                              "detail", json_of_text(found->at[i].text)));
    return list;
}

enum err certificate_details(struct app *app, struct request *rq, struct error *e)
{
    struct certificate_shown shown = { 0 };
    struct detail *lines = NULL;
    struct findings found;
    struct cert cert;
    json_t *items;
    size_t len;
    enum err r;

    r = certificate_load(app, rq, 0, false, &shown, e);
    if (r)
        return r;
    r = cert_parse(shown.item.der, rq->arena, &cert, e);
    if (r)
        return r;
    findings_init(&found, rq->arena);
    r = lint_cert(shown.item.der, rq->arena, &found, e);
    if (r)
        return r;

    items = json_array();
    len = cert_details(&cert, rq->arena, &lines);
    for (size_t i = 0; i < len; i++)
        json_array_append_new(items, json_pack("{s:o, s:o, s:b}", "field", json_of_text(lines[i].field), "value", json_of_text(lines[i].value),
                                               "critical", lines[i].is_critical));
    reply_json(rq, 200, json_pack("{s:o, s:o}", "items", items, "findings", lint_lines(&found)));
    return ERR_NONE;
}

/* history ----------------------------------------------------------------------------------------------- */

static json_t *history_item(const struct note *note)
{
    json_t *detail = json_loads(note->detail, 0, NULL);

    return json_pack("{s:I, s:o, s:s, s:o, s:o, s:o}", "seq", (json_int_t)note->seq, "at", json_of_time(note->at), "act", note->act,
                     "actor", json_of_text(note->actor_name), "source", json_of_text(note->source), "detail", detail == NULL ? json_object() : detail);
}

enum err certificate_history(struct app *app, struct request *rq, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct notes notes = { 0 };
    json_t *items;
    struct id id;
    enum err r = look_at(app, rq, &id, &look, e);

    if (r)
        return r;
    r = journal_of(look_db(&look), "certificate", &id, 0, HISTORY_MAX, rq->arena, &notes, e);
    if (r)
        return r;
    if (notes.len == 0)
        return fail(e, ERR_ABSENT, "there is no certificate of that id");

    items = json_array();
    for (size_t i = 0; i < notes.len; i++)
        json_array_append_new(items, history_item(&notes.at[i]));
    reply_json(rq, 200, json_list(items, NULL));
    return ERR_NONE;
}

/* timeline ---------------------------------------------------------------------------------------------- */

static enum err read_day(struct request *rq, const char *name, int64_t otherwise, int64_t *out, struct error *e)
{
    const char *text = request_query(rq, name);
    int64_t at;

    *out = otherwise;
    if (text == NULL)
        return ERR_NONE;
    if (strlen(text) != 10 || !time_parse(arena_printf(rq->arena, "%sT00:00:00Z", text), &at))
        return fail_at(e, arena_printf(rq->arena, "/%s", name), "a day reads 2026-11-21");
    *out = at / DAYS;
    return ERR_NONE;
}

static json_t *day_item(const struct inventory_day *day)
{
    char text[TIME_TEXT];

    time_text(day->day * DAYS, text);
    return json_pack("{s:s%, s:I}", "day", text, (size_t)10, "count", (json_int_t)day->count);
}

enum err certificate_timeline(struct app *app, struct request *rq, struct error *e)
{
    int64_t today = clock_now() / DAYS, from, to;
    struct inventory_days days = { 0 };
    json_t *items;
    enum err r;

    r = read_day(rq, "from", today - TIMELINE_BEFORE, &from, e);
    if (r)
        return r;
    r = read_day(rq, "to", today + TIMELINE_AFTER, &to, e);
    if (r)
        return r;
    if (to < from || to - from > TIMELINE_DAYS_MAX)
        return fail_at(e, "/to", "must not lie before from, nor more than a hundred years after it");
    r = inventory_timeline(app->store, &rq->who, from, to, rq->arena, &days, e);
    if (r)
        return r;

    items = json_array();
    for (size_t i = 0; i < days.len; i++)
        json_array_append_new(items, day_item(&days.at[i]));
    reply_json(rq, 200, json_pack("{s:b, s:o}", "exact", days.is_exact, "items", items));
    return ERR_NONE;
}
