/* tools - /api/v1/tools: judge a chain, say what something is, whether key and certificate belong together, convert, explain. Nothing is kept. */
#include "api/tools.h"

#include <stdio.h>

#include "access/rights.h"
#include "api/json.h"
#include "api/tables.h"
#include "base/text.h"
#include "base/time.h"
#include "inventory/inventory.h"
#include "inventory/rows.h"
#include "pki/chain.h"
#include "pki/pem.h"
#include "store/authorities.h"
#include "store/certificates.h"
#include "store/find.h"

enum { BODY_MAX = 3 * 1024 * 1024, CHAIN_MOST = 32, ROOTS_MOST = 500, DEPTH_MOST = 16, PASSWORD_MAX = 512 };

static const char *level_text(enum level level)
{
    return level == LEVEL_ERROR ? "error" : level == LEVEL_WARNING ? "warning" : "note";
}

json_t *tools_findings(const struct findings *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->len; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o}", "level", level_text(f->at[i].level), "rule", f->at[i].rule,
                                              "pointer", json_of_text(f->at[i].pointer), "detail", json_of_text(f->at[i].text)));
    return list;
}

enum err tools_der(struct request *rq, const char *text, const char *field, struct bytes *out, struct error *e)
{
    const char *at = text, *label;
    enum err r;

    if (strstr(text, "-----BEGIN") == NULL) {
        if (text_unbase64(rq->arena, text, strlen(text), out) && out->len > 0)
            return ERR_NONE;
        return fail_at(e, field, "neither PEM (\"-----BEGIN ...-----\") nor base64");
    }
    r = pem_next(&at, text + strlen(text), rq->arena, &label, out, e);
    return r ? fail_at(e, field, "%s", arena_text(rq->arena, e->text)) : ERR_NONE;
}

enum err tools_file(struct request *rq, const char *text, struct bytes *out, struct error *e)
{
    *out = bytes_text(text);
    if (strstr(text, "-----BEGIN ") != NULL)
        return ERR_NONE;
    if (!text_unbase64(rq->arena, text, strlen(text), out) || out->len == 0)
        return fail_at(e, "/data", "neither PEM text nor base64 of a DER, PKCS#7 or PKCS#12 file");
    return ERR_NONE;
}

/* verify: what came ------------------------------------------------------------------------------------- */

/* Certificates of one text. Those that cannot be read are findings: a chain may do without them, unless it is the first. */
struct pile {
    const char *field;
    size_t most, seen, len;
    struct cert *certs;
    const struct cert **at;
    bool has_first;
};

static void add_cert(struct pile *p, struct bytes der, struct request *rq)
{
    struct error why = { 0 };
    size_t number = ++p->seen;

    if (cert_parse(der, rq->arena, &p->certs[p->len], &why) == ERR_NONE) {
        p->at[p->len] = &p->certs[p->len];
        p->has_first |= number == 1;
        p->len++;
        return;
    }
    findings_add(&rq->findings, LEVEL_WARNING, "malformed", p->field, "certificate %zu cannot be read and is left out: %s", number, why.text);
}

static enum err read_pile(struct request *rq, const char *text, struct pile *p, struct error *e)
{
    const char *at = text, *end = text + strlen(text), *label;
    struct bytes der;

    p->certs = arena_take(rq->arena, p->most * sizeof(*p->certs));
    p->at = arena_take(rq->arena, p->most * sizeof(*p->at));
    for (;;) {
        enum err r = pem_next(&at, end, rq->arena, &label, &der, e);

        if (r == ERR_ABSENT)
            break;
        if (r)
            return fail_at(e, p->field, "%s", arena_text(rq->arena, e->text));
        if (strcmp(label, "CERTIFICATE") != 0 && strcmp(label, "X509 CERTIFICATE") != 0)
            continue;
        if (p->seen == p->most)
            return fail_at(e, p->field, "more than %zu certificates", p->most);
        add_cert(p, der, rq);
    }
    if (p->seen == 0)
        return fail_at(e, p->field, "there is no certificate in PEM (\"-----BEGIN CERTIFICATE-----\")");
    return ERR_NONE;
}

/* What was imported into Trusted Root Certification Authorities and is not archived. */
static enum err stored_roots(const struct db *db, struct request *rq, struct pile *p, struct error *e)
{
    struct found *found = arena_take(rq->arena, sizeof(*found));
    enum err r = store_find_by(db, BY_STORE, "root", found, e);

    for (size_t i = 0; r == ERR_NONE && i < found->len && p->len < p->most; i++) {
        struct version_row row;
        struct bytes der = { 0 };

        r = store_version(db, found->at[i], rq->arena, &row, e);
        if (r || (row.flags & (VERSION_ARCHIVED | VERSION_AUTHORITY)) != 0)
            continue;
        r = store_der(db, found->at[i], rq->arena, &der, e);
        if (r == ERR_NONE)
            add_cert(p, der, rq);
    }
    return r;
}

/* Without roots of its own a chain is held against ours and those that are trusted here. */
static enum err our_roots(struct app *app, struct request *rq, struct pile *p, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct authority_row *rows = NULL;
    size_t len = 0;
    enum err r;

    r = store_look(app->store, &look, e);
    if (!r)
        r = store_authorities(look_db(&look), rq->arena, &rows, &len, e);
    if (r)
        return r;
    p->certs = arena_take(rq->arena, (len + FOUND_MAX) * sizeof(*p->certs));
    p->at = arena_take(rq->arena, (len + FOUND_MAX) * sizeof(*p->at));
    for (size_t i = 0; i < len && p->len < p->most; i++) {
        if (id_is_none(&rows[i].parent))
            add_cert(p, rows[i].der, rq);
    }
    return stored_roots(look_db(&look), rq, p, e);
}

/* RFC 3339 with any offset: others write +00:00 where we write Z. */
static bool read_instant(const char *text, int64_t *out)
{
    char head[TIME_TEXT];
    int64_t hours, minutes;
    size_t len = strlen(text);

    if (time_parse(text, out))
        return true;
    if (len < 25 || len > 40 || (text[len - 6] != '+' && text[len - 6] != '-') || text[len - 3] != ':')
        return false;
    if (text[19] == '.' ? strspn(text + 20, "0123456789") != len - 26 : len != 25)
        return false;
    snprintf(head, sizeof(head), "%.19sZ", text);
    if (!text_number((const char[]){ text[len - 5], text[len - 4], '\0' }, 0, 23, &hours) ||
        !text_number((const char[]){ text[len - 2], text[len - 1], '\0' }, 0, 59, &minutes) || !time_parse(head, out))
        return false;
    *out -= (text[len - 6] == '+' ? 1 : -1) * (hours * HOURS + minutes * MINUTES);
    return true;
}

struct question {
    struct pile given, roots;
    uint32_t purposes;
    struct name name;
    bool has_name;
    int64_t at, depth;
};

static enum err read_purpose(const char *word, uint32_t *out, struct error *e)
{
    static const struct { const char *word; uint32_t bits; } purposes[] = { { "server", FOR_SERVER }, { "client", FOR_CLIENT }, { "any", 0 } };

    for (size_t i = 0; i < sizeof(purposes) / sizeof(*purposes); i++) {
        if (strcmp(word != NULL ? word : "server", purposes[i].word) != 0)
            continue;
        *out = purposes[i].bits;
        return ERR_NONE;
    }
    return fail_at(e, "/purpose", "server, client or any");
}

/* A name that no certificate can be for is an answer, not a mistake of the one who asks. */
static void read_name(struct request *rq, const char *text, struct question *q)
{
    struct error why = { 0 };

    if (text == NULL)
        return;
    if (name_any(text, strlen(text), rq->arena, &q->name, &why) == ERR_NONE)
        q->has_name = true;
    else
        findings_add(&rq->findings, LEVEL_ERROR, "bad-name", "/name", "%s", why.text);
}

static enum err read_question(struct app *app, struct request *rq, const struct judging *judging, struct question *q, struct error *e)
{
    const char *roots = body_text(rq, "roots"), *at = body_text(rq, "at");
    enum err r;

    *q = (struct question){ .given = { .field = judging->field, .most = CHAIN_MOST }, .roots = { .field = "/roots", .most = ROOTS_MOST },
                            .at = clock_now(), .depth = body_number(rq, "max_chain_depth", -1) };
    if (at != NULL && !read_instant(at, &q->at))
        return fail_at(e, "/at", "a time as in 2026-11-21T09:00:00Z");
    r = read_purpose(body_text(rq, "purpose"), &q->purposes, e);
    if (!r)
        r = read_pile(rq, judging->text, &q->given, e);
    if (!r)
        r = roots != NULL ? read_pile(rq, roots, &q->roots, e) : our_roots(app, rq, &q->roots, e);
    if (r)
        return r;
    read_name(rq, judging->name, q);
    return ERR_NONE;
}

/* verify: the verdict ----------------------------------------------------------------------------------- */

json_t *tools_chain(const struct chain *c)
{
    json_t *list = json_array();

    for (size_t i = 0; i < c->len; i++)
        json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:o, s:s}", "subject", json_of_text(c->at[i]->subject_text),
                                              "issuer", json_of_text(c->at[i]->issuer_text), "not_before", json_of_time(c->at[i]->not_before),
                                              "not_after", json_of_time(c->at[i]->not_after),
                                              "thumbprint_sha256", json_of_hex(bytes_of(c->at[i]->sha256, sizeof(c->at[i]->sha256))),
                                              "key_type", key_type_text(c->at[i]->key.type)));
    return list;
}

static void judge(struct request *rq, const struct question *q, struct chain *chain)
{
    if (!q->given.has_first) {
        findings_add(&rq->findings, LEVEL_ERROR, "malformed", q->given.field, "the first certificate, which is the one to be judged, cannot be read");
        return;
    }
    chain_build(q->given.at[0], q->given.at + 1, q->given.len - 1, q->roots.at, q->roots.len, chain);
    chain_check(chain, q->purposes, q->has_name ? &q->name : NULL, q->at, &rq->findings);
    if (q->depth >= 0 && (int64_t)chain->len > q->depth + 2)
        findings_add(&rq->findings, LEVEL_ERROR, "path-length", "/max_chain_depth", "%zu CAs stand between it and the root", chain->len - 2);
}

enum err tools_judge(struct app *app, struct request *rq, const struct judging *judging, struct chain *out, struct error *e)
{
    struct question q;
    enum err r;

    r = read_question(app, rq, judging, &q, e);
    if (r)
        return r;
    judge(rq, &q, out);
    return ERR_NONE;
}

static enum err verify(struct app *app, struct request *rq, struct error *e)
{
    struct judging judging = { .text = body_text(rq, "chain"), .field = "/chain", .name = body_text(rq, "name") };
    struct chain chain = { 0 };
    enum err r;

    r = tools_judge(app, rq, &judging, &chain, e);
    if (r)
        return r;
    reply_json(rq, 200, json_pack("{s:b, s:o, s:o}", "valid", findings_count(&rq->findings, LEVEL_ERROR) == 0, "chain", tools_chain(&chain),
                                  "findings", tools_findings(&rq->findings)));
    return ERR_NONE;
}

/* ------------------------------------------------------------------------------------------------------- */

static const struct shape verify_shape = { (const struct shape_member[]){
    { .name = "chain", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = TOOLS_TEXT_MAX },
    { .name = "roots", .kind = SHAPE_TEXT, .min = 1, .max = TOOLS_TEXT_MAX },
    { .name = "name", .kind = SHAPE_TEXT, .min = 1, .max = 1024 },
    { .name = "purpose", .kind = SHAPE_TEXT, .min = 1, .max = 16 },
    { .name = "at", .kind = SHAPE_TEXT, .min = 1, .max = 64 },
    { .name = "max_chain_depth", .kind = SHAPE_NUMBER, .min = 0, .max = DEPTH_MOST },
    { 0 } } };
static const struct shape decode_shape = { (const struct shape_member[]){
    { .name = "data", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = TOOLS_TEXT_MAX },
    { .name = "password", .kind = SHAPE_TEXT, .max = PASSWORD_MAX },
    { 0 } } };
static const struct shape match_shape = { (const struct shape_member[]){
    { .name = "certificate", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = TOOLS_TEXT_MAX },
    { .name = "key", .kind = SHAPE_TEXT, .min = 1, .max = TOOLS_TEXT_MAX },
    { .name = "request", .kind = SHAPE_TEXT, .min = 1, .max = TOOLS_TEXT_MAX },
    { .name = "password", .kind = SHAPE_TEXT, .max = PASSWORD_MAX },
    { 0 } } };
static const struct shape convert_shape = { (const struct shape_member[]){
    { .name = "data", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = TOOLS_TEXT_MAX },
    { .name = "password", .kind = SHAPE_TEXT, .max = PASSWORD_MAX },
    { .name = "format", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = 16 },
    { .name = "new_password", .kind = SHAPE_TEXT, .max = PASSWORD_MAX },
    { .name = "pkcs12_profile", .kind = SHAPE_TEXT, .min = 1, .max = 16 },
    { .name = "target", .kind = SHAPE_TEXT, .min = 1, .max = 32 },
    { .name = "filename", .kind = SHAPE_TEXT, .max = 255 },
    { 0 } } };
static const struct shape explain_shape = { (const struct shape_member[]){
    { .name = "text", .kind = SHAPE_TEXT, .min = 1, .max = 64 * 1024 },
    { .name = "host", .kind = SHAPE_TEXT, .min = 1, .max = 300 },
    { .name = "chain", .kind = SHAPE_TEXT, .min = 1, .max = TOOLS_TEXT_MAX },
    { .name = "roots", .kind = SHAPE_TEXT, .min = 1, .max = TOOLS_TEXT_MAX },
    { .name = "name", .kind = SHAPE_TEXT, .min = 1, .max = 1024 },
    { .name = "purpose", .kind = SHAPE_TEXT, .min = 1, .max = 16 },
    { .name = "at", .kind = SHAPE_TEXT, .min = 1, .max = 64 },
    { 0 } } };

const struct route tools_routes[] = {
    { "POST", "/api/v1/tools/verify", verify, RIGHT_SELF, 0, BODY_MAX, &verify_shape },
    { "POST", "/api/v1/tools/decode", tools_decode, RIGHT_SELF, ROUTE_HEAVY, BODY_MAX, &decode_shape },
    { "POST", "/api/v1/tools/match", tools_match, RIGHT_SELF, ROUTE_HEAVY, BODY_MAX, &match_shape },
    { "POST", "/api/v1/tools/convert", tools_convert, RIGHT_REQUEST, ROUTE_HEAVY, BODY_MAX, &convert_shape },
    { "POST", "/api/v1/tools/explain", tools_explain, RIGHT_SELF, 0, BODY_MAX, &explain_shape },
    { 0 }
};
