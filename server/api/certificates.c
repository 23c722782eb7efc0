/* certificates - /api/v1/certificates: ask for one, list, show, renew, take out. */
#include "api/api.h"
#include "api/certificate_json.h"
#include "api/certificate_views.h"
#include "api/json.h"
#include "api/tables.h"
#include "api/terms.h"
#include "base/text.h"
#include "base/time.h"
#include "ca/ca.h"

enum { STEP_UP_SEC = 5 * MINUTES, CSR_TEXT_MAX = 128 * 1024, ISSUE_BODY_MAX = 192 * 1024, USUAL_JSON = 1024 /* one certificate in a list */ };

/* show -------------------------------------------------------------------------------------------------- */

/* Forms of the same resource, by Accept; the first is what is answered to whoever does not mind. */
static const char *const forms[] = { "application/json", "application/pem-certificate-chain", "application/pkix-cert", "application/x-pkcs7-certificates" };
static const enum export_format form_formats[] = { EXPORT_PEM /* not asked */, EXPORT_PEM, EXPORT_DER, EXPORT_P7B };

static enum err show_form(struct app *app, struct request *rq, enum export_format format, struct error *e)
{
    struct export_wish wish = { .format = format };
    struct exported out;
    struct id id;
    enum err r;

    r = request_id_path(rq, "id", &id, e);
    if (r)
        return r;
    r = ca_export(app->ca, &rq->who, &id, &wish, rq->arena, &out, e);
    if (r)
        return r;
    reply_bytes(rq, 200, out.type, out.body);
    reply_header(rq, "Vary", "Accept");
    return ERR_NONE;
}

static enum err show(struct app *app, struct request *rq, struct error *e)
{
    int form = request_prefers(rq, forms, sizeof(forms) / sizeof(*forms));
    struct certificate_shown shown = { 0 };
    enum err r;

    if (form < 0)
        return fail_kind(e, ERR_INVALID, "not-acceptable", "a certificate is given as %s, %s, %s or %s; a PFX is made by POST to .../export", forms[0], forms[1],
                         forms[2], forms[3]);
    if (form > 0)
        return show_form(app, rq, form_formats[form], e);
    r = certificate_load(app, rq, 0, false, &shown, e);
    if (r)
        return r;
    if (api_is_seen(rq, shown.item.row_version))
        return ERR_NONE;
    certificate_answer(rq, 200, &shown.item, certificate_pem(rq->arena, shown.chain, shown.chain_len), NULL);
    reply_header(rq, "Vary", "Accept");
    return ERR_NONE;
}

/* list -------------------------------------------------------------------------------------------------- */

static enum err read_ask(struct request *rq, struct inventory_ask *ask, struct error *e)
{
    int64_t limit;
    enum err r = api_limit(rq, 100, &limit, e);

    if (r)
        return r;
    *ask = (struct inventory_ask){ .q = request_query(rq, "q"), .filter = request_query(rq, "filter"), .sort = request_query(rq, "sort"),
                                   .limit = (unsigned)limit, .cursor = request_query(rq, "cursor") };
    return ERR_NONE;
}

static enum err list(struct app *app, struct request *rq, struct error *e)
{
    struct inventory_page page = { 0 };
    struct inventory_ask ask;
    struct buf out;
    enum err r;

    r = read_ask(rq, &ask, e);
    if (r)
        return r;
    r = inventory_list(app->store, &rq->who, &ask, rq->arena, &page, e);
    if (r)
        return r;

    buf_init(&out, 8 * CERTIFICATE_JSON_MAX);
    buf_room(&out, (page.len + 1) * USUAL_JSON);
    buf_text(&out, "{\"items\":[");
    for (size_t i = 0; i < page.len; i++) {
        if (i > 0)
            buf_byte(&out, ',');
        certificate_json(&out, &page.items[i], NULL, NULL);
    }
    /* A cursor is base64url: it needs no escape. */
    buf_printf(&out, page.next_cursor == NULL ? "],\"next_cursor\":null}" : "],\"next_cursor\":\"%s\"}", page.next_cursor);
    reply_bytes(rq, 200, "application/json", arena_bytes(rq->arena, buf_bytes(&out)));
    buf_done(&out);
    return ERR_NONE;
}

/* issue ------------------------------------------------------------------------------------------------- */

static void read_key(struct request *rq, struct wish *wish)
{
    const json_t *key = body_get(rq, "key");
    const char *type = json_string_value(json_object_get(key, "type"));
    const json_t *exportable = json_object_get(key, "exportable");

    wish->is_exportable = !json_is_false(exportable);
    if (key != NULL && wish->csr.len > 0)
        findings_add(&rq->findings, LEVEL_ERROR, "key-and-request", "/key", "the key is that of the request: leave one of key and csr out");
    if (type != NULL && !key_type_parse(type, &wish->key_type))
        findings_add(&rq->findings, LEVEL_ERROR, "unknown-key-type", "/key/type", TERMS_KEY_TYPES);
}

static void read_issuer(struct request *rq, struct wish *wish)
{
    const char *issuer = body_text(rq, "issuer");

    if (issuer == NULL)
        return;
    wish->is_self_signed = strcmp(issuer, "self") == 0;
    if (!wish->is_self_signed && !id_parse(issuer, &wish->issuer))
        findings_add(&rq->findings, LEVEL_ERROR, "bad-issuer", "/issuer", "the id of an authority, or \"self\"");
}

static void read_wish(struct request *rq, struct wish *wish)
{
    const char *csr = body_text(rq, "csr");

    terms_read(rq, request_is_local(rq) ? "cli" : "rest", wish);
    if (csr != NULL)
        wish->csr = bytes_text(csr);
    if (csr != NULL && wish->csr.len == 0)
        findings_add(&rq->findings, LEVEL_ERROR, "empty-request", "/csr", "paste the request, or leave the member out");
    read_key(rq, wish);
    read_issuer(rq, wish);
}

static void answer_issued(struct request *rq, const struct issued *made)
{
    struct bytes *chain = arena_take(rq->arena, (made->issuers_len + 1) * sizeof(*chain));
    char id[ID_TEXT];

    chain[0] = made->der;
    if (made->issuers_len > 0)
        memcpy(chain + 1, made->issuers, made->issuers_len * sizeof(*chain));
    id_text(&made->certificate, id);
    certificate_answer(rq, 201, &made->item, certificate_pem(rq->arena, chain, made->issuers_len + 1), &rq->findings);
    reply_header(rq, "Location", arena_printf(rq->arena, "/api/v1/certificates/%s", id));
}

static enum err issue(struct app *app, struct request *rq, struct error *e)
{
    struct issued made;
    struct wish wish;
    enum err r;

    read_wish(rq, &wish);
    r = findings_fail(&rq->findings, e);
    if (r)
        return r;
    r = ca_issue(app->ca, &rq->who, &wish, rq->arena, &rq->findings, &made, e);
    if (r)
        return r;
    answer_issued(rq, &made);
    return ERR_NONE;
}

static enum err renew(struct app *app, struct request *rq, struct error *e)
{
    struct renewal_wish wish = { .valid_days = body_number(rq, "valid_days", 0), .source = "renewal" };
    struct certificate_shown shown = { 0 };
    const char *csr = body_text(rq, "csr");
    struct issued made;
    enum err r;

    r = request_id_path(rq, "id", &wish.certificate, e);
    if (r)
        return r;
    if (csr != NULL)
        wish.csr = bytes_text(csr);
    r = ca_renew(app->ca, &rq->who, &wish, rq->arena, &rq->findings, &made, e);
    if (r)
        return r;
    r = certificate_load(app, rq, 0, false, &shown, e);
    if (r)
        return r;
    certificate_answer(rq, 200, &shown.item, certificate_pem(rq->arena, shown.chain, shown.chain_len), &rq->findings);
    return ERR_NONE;
}

/* export ------------------------------------------------------------------------------------------------ */

static const struct { const char *word; enum export_format format; } formats[] = {
    { "pkcs12", EXPORT_PKCS12 }, { "pem", EXPORT_PEM }, { "der", EXPORT_DER }, { "p7b", EXPORT_P7B },
};

static enum err read_export(struct request *rq, struct export_wish *wish, struct error *e)
{
    const char *word = body_text(rq, "format");
    bool encrypt, has_password = body_text(rq, "password") != NULL && *body_text(rq, "password") != '\0';

    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        if (strcmp(word, formats[i].word) != 0)
            continue;
        /* Whoever gives a password for a PEM file wants its key in it. */
        *wish = (struct export_wish){ .format = formats[i].format, .password = body_text(rq, "password"), .pkcs12_profile = body_text(rq, "pkcs12_profile"),
                                      .target = body_text(rq, "target"), .with_key = body_flag(rq, "include_key", has_password && formats[i].format == EXPORT_PEM), .with_root = body_flag(rq, "include_root", false) };
        encrypt = body_flag(rq, "encrypt_key", wish->password != NULL);
        if (encrypt && wish->with_key && !has_password)
            return fail_at(e, "/password", "an encrypted key needs a password");
        if (!encrypt && wish->format == EXPORT_PEM)
            wish->password = NULL;
        return ERR_NONE;
    }
    return fail_at(e, "/format", "pkcs12, pem, der or p7b");
}

/* A session left open on a desk must not be enough to walk away with a key. */
static enum err check_step_up(const struct request *rq, const struct export_wish *wish, struct error *e)
{
    bool takes_key = wish->format == EXPORT_PKCS12 || wish->with_key;

    if (!takes_key || !rq->by_cookie || clock_now() - rq->who.proved_at <= STEP_UP_SEC)
        return ERR_NONE;
    return fail_kind(e, ERR_DENIED, "step-up", "give your password again: a private key leaves this server");
}

static enum err export(struct app *app, struct request *rq, struct error *e)
{
    struct export_wish wish;
    struct exported out;
    struct id id;
    enum err r;

    r = request_id_path(rq, "id", &id, e);
    if (r)
        return r;
    r = read_export(rq, &wish, e);
    if (r)
        return r;
    r = check_step_up(rq, &wish, e);
    if (r)
        return r;
    r = ca_export(app->ca, &rq->who, &id, &wish, rq->arena, &out, e);
    if (r)
        return r;
    reply_bytes(rq, 200, out.type, out.body);
    reply_download(rq, out.filename);
    reply_header(rq, "Cache-Control", "no-store");
    return ERR_NONE;
}

/* ------------------------------------------------------------------------------------------------------- */

static const struct shape issue_shape = { (const struct shape_member[]){
    TERMS_MEMBERS,
    { .name = "key", .kind = SHAPE_OBJECT, .inner = &terms_key_shape },
    { .name = "csr", .kind = SHAPE_TEXT, .max = CSR_TEXT_MAX },
    { 0 } } };
static const struct shape renew_shape = { (const struct shape_member[]){
    { .name = "valid_days", .kind = SHAPE_NUMBER, .min = 1, .max = 100000 },
    { .name = "csr", .kind = SHAPE_TEXT, .min = 1, .max = CSR_TEXT_MAX },
    { 0 } } };
static const struct shape export_shape = { (const struct shape_member[]){
    { .name = "format", .kind = SHAPE_TEXT, .is_required = true, .min = 1, .max = 16 },
    { .name = "password", .kind = SHAPE_TEXT, .max = 256 },
    { .name = "pkcs12_profile", .kind = SHAPE_TEXT, .min = 1, .max = 16 },
    { .name = "target", .kind = SHAPE_TEXT, .min = 1, .max = 32 },
    { .name = "include_key", .kind = SHAPE_FLAG },
    { .name = "include_root", .kind = SHAPE_FLAG },
    { .name = "encrypt_key", .kind = SHAPE_FLAG },
    { 0 } } };

const struct route certificates_routes[] = {
    { "POST", "/api/v1/certificates", issue, RIGHT_ISSUE, ROUTE_ONCE, ISSUE_BODY_MAX, &issue_shape },
    { "GET", "/api/v1/certificates", list, RIGHT_READ, 0, 0, NULL },
    { "GET", "/api/v1/certificates/timeline", certificate_timeline, RIGHT_READ, 0, 0, NULL },
    { "GET", "/api/v1/certificates/{id}", show, RIGHT_READ, 0, 0, NULL },
    { "GET", "/api/v1/certificates/{id}/versions", certificate_versions, RIGHT_READ, 0, 0, NULL },
    { "GET", "/api/v1/certificates/{id}/versions/{n}", certificate_version, RIGHT_READ, 0, 0, NULL },
    { "GET", "/api/v1/certificates/{id}/path", certificate_path, RIGHT_READ, 0, 0, NULL },
    { "GET", "/api/v1/certificates/{id}/details", certificate_details, RIGHT_READ, 0, 0, NULL },
    { "GET", "/api/v1/certificates/{id}/history", certificate_history, RIGHT_READ, 0, 0, NULL },
    { "POST", "/api/v1/certificates/{id}/export", export, RIGHT_READ, ROUTE_HEAVY, 0, &export_shape },
    { "POST", "/api/v1/certificates/{id}/renew", renew, RIGHT_ISSUE, ROUTE_ONCE, ISSUE_BODY_MAX, &renew_shape },
    { 0 }
};
