/* requests - /api/v1/requests: ask for a signature and decide on it; ask another authority and complete it with the answer. */
#include "api/api.h"
#include "api/import_json.h"
#include "api/json.h"
#include "api/request_json.h"
#include "api/tables.h"
#include "api/terms.h"
#include "base/text.h"
#include "ca/requests.h"
#include "pki/certreq.h"
#include "pki/pem.h"

enum { CSR_TEXT_MAX = 128 * 1024, REQUEST_BODY_MAX = 192 * 1024, ANSWER_MAX = 1024 * 1024 };

/* show -------------------------------------------------------------------------------------------------- */

/* PEM, DER in base64, or what openssl and others have pasted around it. */
static enum err read_csr(struct request *rq, const char *text, struct bytes *out, struct error *e)
{
    *out = bytes_text(text);
    if (strstr(text, "-----BEGIN ") != NULL)
        return ERR_NONE;
    if (!text_unbase64(rq->arena, text, strlen(text), out) || out->len == 0)
        return fail_at(e, "/csr", "neither PEM text nor base64 of a PKCS#10 request");
    return ERR_NONE;
}

/* What policy says today; what it refuses stands in `refused`, for whoever edits the terms. */
static void add_policy(struct app *app, struct request *rq, const struct wish *wish, json_t *to)
{
    struct judged judged;
    struct findings notes;
    struct error why = { 0 };
    enum err r;

    findings_init(&notes, rq->arena);
    r = ca_request_judge(app->ca, &rq->who, wish, rq->arena, &notes, &judged, &why);
    if (r && findings_count(&notes, LEVEL_ERROR) == 0)
        findings_add(&notes, LEVEL_ERROR, why.kind[0] != '\0' ? arena_text(rq->arena, why.kind) : "refused", arena_text(rq->arena, why.field), "%s", why.text);
    json_object_set_new(to, "policy", r ? json_null() : request_policy_json(&judged, &notes));
    json_object_set_new(to, "refused", json_of_findings(&notes, LEVEL_ERROR));
}

static const char *inf_of(const struct request_row *row, const struct csr *csr, struct arena *a)
{
    const struct profile *profile = profile_find(row->profile);
    struct certreq from = { .subject = csr->subject_der, .names = csr->names, .key_type = csr->key.type, .is_exportable = true };

    if (profile == NULL)
        return NULL;
    from.usage = profile->usage | (csr->key.modulus.len > 0 ? USE_KEY_ENCIPHERMENT : 0);
    from.purposes = profile->purposes;
    return certreq_inf(&from, a);
}

static enum err answer(struct app *app, struct request *rq, const struct id *id, int status, struct error *e)
{
    struct request_row row;
    struct findings ignored;
    struct wish wish;
    struct csr csr;
    json_t *out;
    enum err r;

    r = ca_request(app->ca, &rq->who, id, rq->arena, &row, e);
    if (r)
        return r;
    findings_init(&ignored, rq->arena);
    r = csr_parse(row.body, rq->arena, &csr, &ignored, e);
    if (r)
        return r;
    out = request_row_json(&row, rq->arena);
    json_object_set_new(out, "csr", json_of_text(pem_text(rq->arena, "CERTIFICATE REQUEST", row.body)));
    json_object_set_new(out, "decoded", request_decoded_json(&csr, rq->arena));
    json_object_set_new(out, "inf", json_of_text(strcmp(row.kind, "external") == 0 ? inf_of(&row, &csr, rq->arena) : NULL));
    if (strcmp(row.kind, "sign") == 0 && strcmp(row.state, "pending") == 0) {
        ca_request_terms(&row, rq->arena, &wish);
        add_policy(app, rq, &wish, out);
    } else {
        json_object_set_new(out, "policy", json_null());
        json_object_set_new(out, "refused", json_array());
    }
    reply_json(rq, status, out);
    api_etag(rq, row.version);
    return ERR_NONE;
}

static enum err show(struct app *app, struct request *rq, struct error *e)
{
    struct id id;
    enum err r = request_id_path(rq, "id", &id, e);

    return r ? r : answer(app, rq, &id, 200, e);
}

/* list -------------------------------------------------------------------------------------------------- */

static enum err one_of(const char *text, const char *const *words, const char *field, const char *says, struct error *e)
{
    if (text == NULL)
        return ERR_NONE;
    for (; *words != NULL; words++)
        if (strcmp(text, *words) == 0)
            return ERR_NONE;
    return fail_at(e, field, "%s", says);
}

static enum err read_ask(struct request *rq, struct request_ask *ask, struct error *e)
{
    static const char *const states[] = { "pending", "issued", "denied", "withdrawn", NULL }, *const kinds[] = { "sign", "external", NULL };
    const char *cursor = request_query(rq, "cursor");
    int64_t limit;
    enum err r = api_limit(rq, 100, &limit, e);

    *ask = (struct request_ask){ .state = request_query(rq, "state"), .kind = request_query(rq, "kind") };
    if (r == ERR_NONE)
        r = one_of(ask->state, states, "/state", "pending, issued, denied or withdrawn", e);
    if (r == ERR_NONE)
        r = one_of(ask->kind, kinds, "/kind", "sign or external", e);
    if (r == ERR_NONE && cursor != NULL && cursor[0] != '\0' && !id_parse(cursor, &ask->before))
        r = fail_at(e, "/cursor", "not a cursor of this server: begin again without one");
    ask->limit = (unsigned)limit;
    return r;
}

static enum err list(struct app *app, struct request *rq, struct error *e)
{
    struct request_page page = { 0 };
    struct request_ask ask;
    json_t *items;
    char next[ID_TEXT];
    enum err r = read_ask(rq, &ask, e);

    if (r == ERR_NONE)
        r = ca_request_list(app->ca, &rq->who, &ask, rq->arena, &page, e);
    if (r)
        return r;
    items = json_array();
    for (size_t i = 0; i < page.len; i++)
        json_array_append_new(items, request_row_json(&page.at[i], rq->arena));
    id_text(&page.next, next);
    reply_json(rq, 200, json_list(items, id_is_none(&page.next) ? NULL : next));
    return ERR_NONE;
}

/* ask --------------------------------------------------------------------------------------------------- */

static void read_terms(struct request *rq, struct wish *wish)
{
    const char *issuer = body_text(rq, "issuer");

    terms_read(rq, "request", wish);
    if (issuer != NULL && !id_parse(issuer, &wish->issuer))
        findings_add(&rq->findings, LEVEL_ERROR, "bad-issuer", "/issuer", "the id of an authority");
}

static enum err preview(struct app *app, struct request *rq, const struct wish *wish, struct error *e)
{
    struct judged judged;
    struct findings ignored;
    struct csr csr;
    enum err r;

    r = ca_request_judge(app->ca, &rq->who, wish, rq->arena, &rq->findings, &judged, e);
    if (r)
        return r;
    findings_init(&ignored, rq->arena);
    r = csr_parse(wish->csr, rq->arena, &csr, &ignored, e);
    if (r)
        return r;
    reply_json(rq, 200, json_pack("{s:b, s:o, s:o}", "preview", true, "decoded", request_decoded_json(&csr, rq->arena),
                                  "policy", request_policy_json(&judged, &rq->findings)));
    return ERR_NONE;
}

static enum err created(struct app *app, struct request *rq, const struct id *made, struct error *e)
{
    char id[ID_TEXT];
    enum err r = answer(app, rq, made, 201, e);

    if (r)
        return r;
    id_text(made, id);
    reply_header(rq, "Location", arena_printf(rq->arena, "/api/v1/requests/%s", id));
    return ERR_NONE;
}

static enum err submit(struct app *app, struct request *rq, struct error *e)
{
    const char *csr = body_text(rq, "csr");
    struct wish wish;
    struct id made;
    enum err r;

    if (csr == NULL || csr[0] == '\0')
        return fail_at(e, "/csr", "paste the request, from BEGIN to END");
    if (body_get(rq, "key") != NULL || body_get(rq, "subject") != NULL)
        return fail_at(e, "/kind", "key and subject are of an external request; one that is to be signed brings its own");
    read_terms(rq, &wish);
    r = findings_fail(&rq->findings, e);
    if (r == ERR_NONE)
        r = read_csr(rq, csr, &wish.csr, e);
    if (r)
        return r;
    if (body_flag(rq, "preview", false))
        return preview(app, rq, &wish, e);
    r = ca_request_submit(app->ca, &rq->who, &wish, body_text(rq, "comment"), rq->arena, &rq->findings, &made, e);
    return r ? r : created(app, rq, &made, e);
}

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static enum err read_external(struct request *rq, struct external_wish *wish, struct error *e)
{
    const json_t *key = body_get(rq, "key"), *subject = body_get(rq, "subject");
    const char *type = member(key, "type");

    *wish = (struct external_wish){
        .profile = body_text(rq, "profile"), .common_name = body_text(rq, "common_name"), .label = body_text(rq, "label"), .comment = body_text(rq, "comment"),
        .organization = member(subject, "organization"), .unit = member(subject, "unit"), .locality = member(subject, "locality"),
        .state = member(subject, "state"), .country = member(subject, "country"), .is_exportable = !json_is_false(json_object_get(key, "exportable")) };
    wish->dns_len = body_texts(rq, "dns_names", &wish->dns_names);
    wish->ip_len = body_texts(rq, "ip_addresses", &wish->ip_addresses);
    if (type != NULL && !key_type_parse(type, &wish->key_type))
        return fail_at(e, "/key/type", TERMS_KEY_TYPES);
    if (body_text(rq, "csr") != NULL || body_text(rq, "issuer") != NULL || body_number(rq, "valid_days", 0) != 0 || body_flag(rq, "preview", false))
        return fail_at(e, "/kind", "csr, issuer, valid_days and preview are of a request that is signed here; another authority decides on its own");
    return ERR_NONE;
}

static enum err create_external(struct app *app, struct request *rq, struct error *e)
{
    struct external_wish wish;
    struct id made;
    enum err r = read_external(rq, &wish, e);

    if (r == ERR_NONE)
        r = ca_request_create(app->ca, &rq->who, &wish, rq->arena, &rq->findings, &made, e);
    return r ? r : created(app, rq, &made, e);
}

static enum err create(struct app *app, struct request *rq, struct error *e)
{
    const char *kind = body_text(rq, "kind");

    if (strcmp(kind, "sign") == 0)
        return submit(app, rq, e);
    if (strcmp(kind, "external") == 0)
        return create_external(app, rq, e);
    return fail_at(e, "/kind", "sign, for a request that is to be signed here; external, for one that goes to another authority");
}

/* decide ------------------------------------------------------------------------------------------------ */

static enum err sign(struct app *app, struct request *rq, struct error *e)
{
    struct wish edit, whole;
    struct request_row row;
    struct issued made;
    struct id id;
    enum err r = request_id_path(rq, "id", &id, e);

    if (r)
        return r;
    read_terms(rq, &edit);
    r = findings_fail(&rq->findings, e);
    if (r)
        return r;
    if (!body_flag(rq, "preview", false)) {
        r = ca_request_sign(app->ca, &rq->who, &id, &edit, rq->arena, &rq->findings, &made, e);
        return r ? r : answer(app, rq, &id, 200, e);
    }
    r = ca_request(app->ca, &rq->who, &id, rq->arena, &row, e);
    if (r == ERR_NONE)
        r = ca_request_open(&rq->who, &row, "sign", e);
    if (r)
        return r;
    ca_request_edit(&row, &edit, rq->arena, &whole);
    return preview(app, rq, &whole, e);
}

static enum err deny(struct app *app, struct request *rq, struct error *e)
{
    struct id id;
    enum err r = request_id_path(rq, "id", &id, e);

    if (r == ERR_NONE)
        r = ca_request_deny(app->ca, &rq->who, &id, body_text(rq, "reason"), rq->arena, e);
    return r ? r : answer(app, rq, &id, 200, e);
}

static enum err withdraw(struct app *app, struct request *rq, struct error *e)
{
    struct id id;
    enum err r = request_id_path(rq, "id", &id, e);

    if (r == ERR_NONE)
        r = ca_request_withdraw(app->ca, &rq->who, &id, rq->arena, e);
    return r ? r : answer(app, rq, &id, 200, e);
}

static enum err complete(struct app *app, struct request *rq, struct error *e)
{
    struct import_file file = { .name = body_text(rq, "filename") };
    struct import_wish wish = { .files = &file, .files_len = 1, .is_preview = body_flag(rq, "preview", false) };
    struct import_result result = { 0 };
    struct id id;
    enum err r = request_id_path(rq, "id", &id, e);

    if (r == ERR_NONE)
        r = import_read_data(rq, body_text(rq, "data"), "/data", &file.file, e);
    if (r == ERR_NONE)
        r = ca_request_complete(app->ca, &rq->who, &id, &wish, rq->arena, &result, e);
    if (r)
        return r;
    return import_reply(rq, 200, &result, wish.is_preview, e);
}

static enum err result(struct app *app, struct request *rq, struct error *e)
{
    const char *form = request_query(rq, "form");
    struct exported out;
    struct id id;
    enum err r = request_id_path(rq, "id", &id, e);

    if (r == ERR_NONE)
        r = ca_request_result(app->ca, &rq->who, &id, form == NULL ? "pem" : form, rq->arena, &out, e);
    if (r)
        return r;
    reply_bytes(rq, 200, out.type, out.body);
    reply_download(rq, out.filename);
    return ERR_NONE;
}

/* ------------------------------------------------------------------------------------------------------- */

/* Upper bounds of RFC 5280, A.1. */
static const struct shape subject_shape = { (const struct shape_member[]){
    { .name = "organization", .kind = SHAPE_TEXT, .max = 64 },
    { .name = "unit", .kind = SHAPE_TEXT, .max = 64 },
    { .name = "locality", .kind = SHAPE_TEXT, .max = 128 },
    { .name = "state", .kind = SHAPE_TEXT, .max = 128 },
    { .name = "country", .kind = SHAPE_TEXT, .max = 2 },
    { 0 } } };
static const struct shape create_shape = { (const struct shape_member[]){
    { .name = "kind", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = 16 },
    { .name = "csr", .kind = SHAPE_TEXT, .max = CSR_TEXT_MAX },
    TERMS_MEMBERS,
    { .name = "comment", .kind = SHAPE_TEXT, .max = REQUEST_COMMENT_MAX },
    { .name = "subject", .kind = SHAPE_OBJECT, .inner = &subject_shape },
    { .name = "key", .kind = SHAPE_OBJECT, .inner = &terms_key_shape },
    { .name = "preview", .kind = SHAPE_FLAG },
    { 0 } } };
static const struct shape sign_shape = { (const struct shape_member[]){
    TERMS_MEMBERS,
    { .name = "preview", .kind = SHAPE_FLAG },
    { 0 } } };
static const struct shape deny_shape = { (const struct shape_member[]){
    { .name = "reason", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = REQUEST_REASON_MAX },
    { 0 } } };
static const struct shape complete_shape = { (const struct shape_member[]){
    { .name = "data", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = ANSWER_MAX },
    { .name = "filename", .kind = SHAPE_TEXT, .max = 255 },
    { .name = "preview", .kind = SHAPE_FLAG },
    { 0 } } };

const struct route requests_routes[] = {
    { "POST", "/api/v1/requests", create, RIGHT_REQUEST, ROUTE_ONCE, REQUEST_BODY_MAX, &create_shape },
    { "GET", "/api/v1/requests", list, RIGHT_READ, 0, 0, NULL },
    { "GET", "/api/v1/requests/{id}", show, RIGHT_READ, 0, 0, NULL },
    { "DELETE", "/api/v1/requests/{id}", withdraw, RIGHT_REQUEST, ROUTE_MATCH, 0, NULL },
    { "GET", "/api/v1/requests/{id}/certificate", result, RIGHT_READ, 0, 0, NULL },
    { "POST", "/api/v1/requests/{id}/sign", sign, RIGHT_ISSUE, ROUTE_ONCE, 0, &sign_shape },
    { "POST", "/api/v1/requests/{id}/deny", deny, RIGHT_ISSUE, ROUTE_ONCE, 0, &deny_shape },
    { "POST", "/api/v1/requests/{id}/complete", complete, RIGHT_ISSUE, ROUTE_HEAVY, ANSWER_MAX + 4096, &complete_shape },
    { 0 }
};
