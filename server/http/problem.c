#include <string.h>

#include "base/text.h"
#include "http/reply.h"

static const struct { const char *kind; int status; const char *title; } kinds[] = {
    { "unreadable",         400, "The request cannot be read" },
    { "unauthenticated",    401, "Who is asking?" },
    { "csrf",               403, "The request did not come from our own page" },
    { "step-up",            403, "The password is asked again" },
    { "no-route",           404, "There is nothing at this address" },
    { "method-not-allowed", 405, "This address does not do that" },
    { "not-acceptable",     406, "There is no such form of it" },
    { "precondition",       412, "The thing has changed meanwhile" },
    { "too-large",          413, "The request is too large" },
    { "media-type",         415, "The body is of another type than asked for" },
    { "misdirected",        421, "This server does not go by that name" },
    { "busy",               503, "Too much at once" },
};
static const struct { int status; const char *slug, *title; } codes[] = {
    [ERR_NONE] =     { 500, "bug", "Our mistake" },
    [ERR_INVALID] =  { 422, "invalid", "The request is understood and wrong" },
    [ERR_DENIED] =   { 403, "denied", "Not allowed" },
    [ERR_ABSENT] =   { 404, "absent", "There is no such thing" },
    [ERR_CONFLICT] = { 409, "conflict", "The thing is in another state" },
    [ERR_LIMIT] =    { 429, "limit", "Too many, too large or too soon" },
    [ERR_IO] =       { 503, "unavailable", "Not to be had now" },
    [ERR_BUG] =      { 500, "bug", "Our mistake" },
};

int error_status(const struct error *e)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strcmp(kinds[i].kind, e->kind) == 0)
            return kinds[i].status;
    }
    return codes[e->code <= ERR_BUG ? e->code : ERR_BUG].status;
}

static void name_it(const struct error *e, const char **slug, const char **title)
{
    *slug = codes[e->code <= ERR_BUG ? e->code : ERR_BUG].slug;
    *title = codes[e->code <= ERR_BUG ? e->code : ERR_BUG].title;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strcmp(kinds[i].kind, e->kind) == 0) {
            *slug = kinds[i].kind;
            *title = kinds[i].title;
        }
    }
}

static json_t *faults(const struct request *rq, const struct error *e)
{
    json_t *list = json_array();

    for (size_t i = 0; i < rq->findings.len; i++) {
        const struct finding *f = &rq->findings.at[i];

        if (f->level == LEVEL_ERROR)
            json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "pointer", f->pointer, "detail", f->text, "rule", f->rule));
    }
    if (json_array_size(list) == 0 && e->field[0] != '\0')
        json_array_append_new(list, json_pack("{s:s, s:s}", "pointer", e->field, "detail", e->text));
    return list;
}

/* A sentence may quote what came, cut in the middle of a character. */
static const char *sentence(struct arena *a, const char *text)
{
    char *copy = arena_text(a, text);

    for (char *at = copy; *at != '\0' && !text_is_utf8(bytes_text(copy)); at++) {
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    }
    return copy;
}

void reply_problem(struct request *rq, const struct error *e)
{
    const char *slug, *title;
    int status = error_status(e);
    json_t *body, *list;

    name_it(e, &slug, &title);
    body = json_pack("{s:s+, s:s, s:i, s:s, s:s*, s:s*}", "type", "/problems/", slug, "title", title, "status", status,
                     "detail", sentence(rq->arena, e->text), "instance", rq->path, "request_id", rq->id_text);
    list = faults(rq, e);
    if (json_array_size(list) > 0)
        json_object_set(body, "errors", list);
    json_decref(list);
    reply_json(rq, status, body);
    rq->reply->type = "application/problem+json";
}
