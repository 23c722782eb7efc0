#include <stdio.h>

#include "http/exchange.h"

enum { DEPTH_MAX = 32 };

/* The string that begins at from[i] ends before the index that comes back. */
static size_t string_end(const uint8_t *from, size_t i, size_t len)
{
    for (i++; i < len && from[i] != '"'; i++)
        i += from[i] == '\\' ? 1 : 0;
    return i < len ? i + 1 : len;
}

/* Jansson's own bound is 2,048 and fixed: brackets are counted before it runs. */
static bool is_shallow(const uint8_t *text, size_t len, unsigned depth)
{
    unsigned open = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            i = string_end(text, i, len) - 1;
        else if (text[i] == '{' || text[i] == '[')
            open++;
        else if (text[i] == '}' || text[i] == ']')
            open -= open > 0 ? 1 : 0;
        if (open > depth)
            return false;
    }
    return true;
}

/* Where in the document its first `len` bytes end: the names and numbers on the way to that place. */
struct place {
    unsigned depth;
    struct step {
        bool is_list;
        size_t number;
        const uint8_t *name;       /* as it came, between its quotes */
        size_t name_len;
    } at[DEPTH_MAX + 1];
};

static void find_place(const uint8_t *from, size_t len, struct place *p)
{
    size_t next;

    for (size_t i = 0; i < len; i = next) {
        struct step *step = &p->at[p->depth];

        next = i + 1;
        if (from[i] == '"') {
            next = string_end(from, i, len);
            step->name = from + i + 1;
            step->name_len = next - i - 2;
        } else if ((from[i] == '{' || from[i] == '[') && p->depth < DEPTH_MAX) {
            p->at[++p->depth] = (struct step){ .is_list = from[i] == '[' };
        } else if ((from[i] == '}' || from[i] == ']') && p->depth > 0) {
            p->depth--;
        } else if (from[i] == ',') {
            step->number++;
        }
    }
}

/* Jansson says where it stopped: behind a name for the second time, or a number that fits nowhere. All before is JSON. */
static enum err refuse_there(struct request *rq, const json_error_t *why, const char *rule, const char *says, struct error *e)
{
    struct place place = { 0 };
    char pointer[2][SHAPE_POINTER] = { "", "" }, name[SHAPE_POINTER];

    find_place(rq->body.at, (size_t)why->position, &place);
    for (unsigned i = 1; i <= place.depth; i++) {
        const struct step *step = &place.at[i];

        if (step->is_list)
            snprintf(name, sizeof(name), "%zu", step->number);
        else
            snprintf(name, sizeof(name), "%.*s", (int)(step->name_len < sizeof(name) ? step->name_len : sizeof(name) - 1), (const char *)step->name);
        shape_pointer(pointer[i % 2], pointer[(i + 1) % 2], name);
    }
    findings_add(&rq->findings, LEVEL_ERROR, rule, pointer[place.depth % 2], "%s (line %d, column %d)", says, why->line, why->column);
    return findings_fail(&rq->findings, e);
}

enum err body_read(struct exchange *x, struct error *e)
{
    struct request *rq = &x->rq;
    json_error_t why;

    if (rq->route->shape == NULL)
        return ERR_NONE;
    if (request_is_file(rq)) {
        rq->json = json_object();
        return ERR_NONE;
    }
    if (rq->body.len == 0) {
        rq->json = json_object();
    } else {
        if (!is_shallow(rq->body.at, rq->body.len, DEPTH_MAX))
            return fail_kind(e, ERR_INVALID, "unreadable", "the JSON is nested deeper than %d", DEPTH_MAX);
        rq->json = json_loadb((const char *)rq->body.at, rq->body.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    }
    if (rq->json == NULL && json_error_code(&why) == json_error_duplicate_key)
        return refuse_there(rq, &why, "doubled", "is given twice", e);
    if (rq->json == NULL && json_error_code(&why) == json_error_numeric_overflow)
        return refuse_there(rq, &why, "range", "is a number too large for anything here", e);
    if (rq->json == NULL)
        return fail_kind(e, ERR_INVALID, "unreadable", "the body is not JSON: line %d, column %d: %s", why.line, why.column, why.text);

    shape_check(rq->json, rq->route->shape, "", &rq->findings);
    return findings_fail(&rq->findings, e);
}
