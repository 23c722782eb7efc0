#include <stdio.h>

#include "http/exchange.h"

enum { DEPTH_MAX = 32 };

/* Jansson's own bound is 2,048 and fixed: brackets are counted before it runs. */
bool body_is_shallow(const uint8_t *text, size_t len, unsigned depth)
{
    bool is_string = false;
    unsigned open = 0;

    for (size_t i = 0; i < len; i++) {
        if (is_string && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            is_string = !is_string;
        else if (!is_string && (text[i] == '{' || text[i] == '['))
            open++;
        else if (!is_string && (text[i] == '}' || text[i] == ']'))
            open -= open > 0 ? 1 : 0;
        if (open > depth)
            return false;
    }
    return true;
}

static enum err refuse_doubled(struct request *rq, const json_error_t *why, struct error *e)
{
    const char *begin = strchr(why->text, '"');
    const char *end = begin != NULL ? strchr(begin + 1, '"') : NULL;
    char pointer[64] = "";

    if (end != NULL)
        snprintf(pointer, sizeof(pointer), "/%.*s", (int)(end - begin - 1 < 60 ? end - begin - 1 : 60), begin + 1);
    findings_add(&rq->findings, LEVEL_ERROR, "doubled", pointer, "is given twice (line %d, column %d)", why->line, why->column);
    return findings_fail(&rq->findings, e);
}

enum err body_read(struct exchange *x, struct error *e)
{
    struct request *rq = &x->rq;
    json_error_t why;

    if (rq->route->shape == NULL)
        return ERR_NONE;
    if (rq->body.len == 0) {
        rq->json = json_object();
    } else {
        if (!body_is_shallow(rq->body.at, rq->body.len, DEPTH_MAX))
            return fail_kind(e, ERR_INVALID, "unreadable", "the JSON is nested deeper than %d", DEPTH_MAX);
        rq->json = json_loadb((const char *)rq->body.at, rq->body.len, JSON_REJECT_DUPLICATES, &why);
    }
    if (rq->json == NULL && json_error_code(&why) == json_error_duplicate_key)
        return refuse_doubled(rq, &why, e);
    if (rq->json == NULL)
        return fail_kind(e, ERR_INVALID, "unreadable", "the body is not JSON: line %d, column %d: %s", why.line, why.column, why.text);

    shape_check(rq->json, rq->route->shape, "", &rq->findings);
    return findings_fail(&rq->findings, e);
}
