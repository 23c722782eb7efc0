/* problems - how the REST interface says no: RFC 9457, and a page a person can read behind each type. */
#include <stdio.h>

#include "api/api.h"
#include "api/json.h"
#include "base/text.h"

struct problem_type { const char *slug, *title, *help; };

/* Kinds first; then one for each code, in the order of enum err. */
static const struct problem_type types[] = {
    { "unreadable",         "The request cannot be read", "Something in its line, headers or body is not what HTTP or JSON allow. The detail says what." },
    { "unauthenticated",    "Who is asking?", "Sign in, or send a token in the header \"Authorization: Bearer sgn_…\". Sessions end after a while, tokens expire." },
    { "csrf",               "The request did not come from our own page", "A browser's session may change things only from this console. Programs use a token instead." },
    { "step-up",            "The password is asked again", "This needs a password given in the last five minutes: POST /api/v1/session/prove, then repeat." },
    { "setup-token",        "The setup link is needed", "Setting up goes by the one-time link that the daemon printed, also in the file setup-token of its data directory. \"signet setup-link\" on the host prints a good one." },
    { "local-only",         "Only on the host itself", "This is asked by the Unix socket \"control\" in the data directory: use the signet command there." },
    { "no-route",           "There is nothing at this address", "The contract is at /api/v1/openapi.json." },
    { "method-not-allowed", "This address does not do that", "The header Allow says what it does." },
    { "not-acceptable",     "There is no such form of it", "The detail names the media types that the header Accept may ask for." },
    { "precondition",       "The thing has changed meanwhile", "Read it again, look at what is different, and repeat with its new ETag." },
    { "too-large",          "The request is too large", "Each address takes bodies up to a limit." },
    { "media-type",         "The body is of another type than asked for", "Send JSON as application/json." },
    { "misdirected",        "This server does not go by that name", "Its names are a setting: server.hostnames and server.ip_addresses." },
    { "busy",               "Too much at once", "Try again in a moment; the header Retry-After says when." },
    { "throttled",          "Too many tries", "Wait, or reset the password on the host itself: signet admin reset-password." },
    { "sealed",             "The keys are sealed", "The key ring waits for its passphrase: run \"signet unlock\" on the host." },
    { "idempotency",        "This Idempotency-Key was used", "A key stands for one request. Take a new one for another request." },
    { "old-connection",     "This connection is older than the change", "Confirming counts over a connection that was opened under the new certificate: close this one and ask again." },
    { "other-name",         "This connection was shown another certificate", "Confirm by a name that the change concerns." },
    { "pending",            "An earlier change waits for its confirmation", "Confirm it or roll it back first." },
    { "stale",              "Somebody was faster", "The thing has changed since it was read: read it again and repeat." },
    { "refused",            "This certificate cannot be shown", "Every check that failed stands in errors; nothing has changed." },
    { "no-private-key",     "The private key is not here", "It was made elsewhere, or destroyed after it was handed out." },
    { "wrong-password",     "The password is missing or wrong", "The file opens with another password, or with none: ask who made it. Case and keyboard layout count." },
    { "unsupported-algorithm", "The algorithm is not supported", "The detail names it. Let the program that made the file write it anew, for example with AES-256." },
    { "unsupported-mac",    "The MAC type is not supported", "The file is protected in a way that is not read here, such as PBMAC1. Let its maker write it with the MAC of PKCS#12." },
    { "too-many-iterations", "Opening the file would take too long", "It asks for more password iterations than are computed: 2,000,000 for one, 4,000,000 in all." },
    { "truncated",          "The file was cut off", "Copy or download it again, as a binary file." },
    { "does-not-belong",    "The file does not belong to the certificate", "Each difference stands in errors with its word: name it in accept to agree to it." },
    { "no-longer-good",     "That version is no longer good", "Renew instead. If it is meant nevertheless, name the word that stands in errors in accept." },
    { "in-use",             "The certificate is in use", "Every user stands in users. Let them use another certificate first." },
    { "archived",           "The certificate is archived", "What is archived stays as it is. Bring it back first: POST …/unarchive." },
    { "not-archived",       "Archive it first", "What is archived can be brought back, what is deleted cannot: archive it, or confirm the deletion with its name." },
    { "not-exportable",     "The private key stays where it is", "It was made not exportable. Issue a certificate whose key may be exported." },
};
static const struct problem_type by_code[] = {
    [ERR_NONE]     = { "bug", "Our mistake", "This should not happen. The log has the request id." },
    [ERR_INVALID]  = { "invalid", "The request is understood and wrong", "Each fault stands in errors with the JSON pointer of the member." },
    [ERR_DENIED]   = { "denied", "Not allowed", "The right is missing. An administrator can grant a role that has it." },
    [ERR_ABSENT]   = { "absent", "There is no such thing", "It was never there, or it is gone." },
    [ERR_CONFLICT] = { "conflict", "The thing is in another state", "The detail says in which, and what to do." },
    [ERR_LIMIT]    = { "limit", "Too many, too large or too soon", "Wait, or ask for less." },
    [ERR_IO]       = { "unavailable", "Not to be had now", "Disk, database or keeper did not answer. Try again; if it stays, look into the log." },
    [ERR_BUG]      = { "bug", "Our mistake", "This should not happen. The log has the request id." },
};

/* By its kind if that names one, else by its code. Its status: error_status of http/request.h. */
static const struct problem_type *type_for(const struct error *e)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (e->kind[0] != '\0' && strcmp(types[i].slug, e->kind) == 0)
            return &types[i];
    return &by_code[e->code <= ERR_BUG ? e->code : ERR_BUG];
}

static json_t *faults_of(const struct request *rq, const struct error *e)
{
    json_t *list = json_of_findings(&rq->findings, LEVEL_ERROR);

    if (json_array_size(list) == 0 && e->field[0] != '\0')
        json_array_append_new(list, json_pack("{s:o, s:o}", "pointer", json_of_text(e->field), "detail", json_of_text(e->text)));
    return list;
}

json_t *api_problem_body(struct request *rq, const struct error *e)
{
    const struct problem_type *type = type_for(e);
    json_t *faults = faults_of(rq, e);
    json_t *body = json_pack("{s:o, s:s, s:i, s:o, s:o, s:o}",
                             "type", json_of_text(arena_printf(rq->arena, "/problems/%s", type->slug)), "title", type->title,
                             "status", error_status(e), "detail", json_of_text(e->text[0] != '\0' ? e->text : type->help),
                             "instance", json_of_text(rq->path), "request_id", json_of_text(rq->id_text));

    if (json_array_size(faults) > 0)
        json_object_set(body, "errors", faults);
    json_decref(faults);
    return body;
}

void api_problem_answer(struct request *rq, json_t *body)
{
    int status = (int)json_integer_value(json_object_get(body, "status"));
    bool is_throttled = strcmp(json_string_value(json_object_get(body, "type")), "/problems/throttled") == 0;

    reply_json(rq, status, body);
    reply_header(rq, "Content-Type", "application/problem+json");
    if (status == 401)
        reply_header(rq, "WWW-Authenticate", "Bearer realm=\"signet\"");
    if (status == 429 || status == 503)
        reply_header(rq, "Retry-After", status == 503 ? "2" : is_throttled ? "900" : "60");
}

/* pages ------------------------------------------------------------------------------------------------- */

static const struct problem_type *type_of(const char *slug)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strcmp(types[i].slug, slug) == 0)
            return &types[i];
    for (size_t i = 0; i < sizeof(by_code) / sizeof(*by_code); i++)
        if (strcmp(by_code[i].slug, slug) == 0)
            return &by_code[i];
    return NULL;
}

/* The table's sentences need no escaping but for quotes within text, which HTML lets stand. */
static enum err show(struct app *app, struct request *rq, struct error *e)
{
    const struct problem_type *type = type_of(request_path(rq, "slug"));

    (void)app;
    if (type == NULL)
        return fail_kind(e, ERR_ABSENT, "no-route", "there is no problem of this name");
    reply_text(rq, 200, "text/html; charset=utf-8",
               arena_printf(rq->arena, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s - Signet</title></head>\n"
                            "<body><h1>%s</h1><p>%s</p></body></html>\n", type->title, type->title, type->help));
    return ERR_NONE;
}

static const struct route pages[] = {
    { "GET", "/problems/{slug}", show, RIGHT_PUBLIC, ROUTE_OPEN | ROUTE_QUICK, 0, NULL },
    { 0 }
};
static const struct route *const tables[] = { pages, NULL };

const struct surface problems_surface = { .prefix = "/problems", .tables = tables, .problem = reply_problem };
