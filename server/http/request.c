#include "http/request.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "http/exchange.h"

static const struct exchange *exchange_of(const struct request *rq)
{
    return (const struct exchange *)rq;   /* its first member */
}

static const char *find_pair(const struct pair *list, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++) {
        if (strcmp(list[i].name, name) == 0)
            return list[i].value;
    }
    return NULL;
}

const char *request_path(const struct request *rq, const char *name)
{
    const struct exchange *x = exchange_of(rq);

    return find_pair(x->match.params, x->match.params_len, name);
}

const char *request_query(const struct request *rq, const char *name)
{
    const struct exchange *x = exchange_of(rq);

    return find_pair(x->target.query, x->target.query_len, name);
}

const char *request_header(const struct request *rq, const char *name)
{
    const struct exchange *x = exchange_of(rq);
    size_t len = strlen(name);

    for (size_t i = 0; i < x->headers_len; i++) {
        if (x->headers[i].name_len == len && strcasecmp(x->headers[i].name, name) == 0)
            return x->headers[i].value;
    }
    return NULL;
}

/* RFC 6265, 4.2: "a=1; b=2". By hand: the library's own list mixes several Cookie headers. */
const char *request_cookie(const struct request *rq, const char *name)
{
    const char *at = request_header(rq, "Cookie");
    size_t name_len = strlen(name);

    while (at != NULL && *at != '\0') {
        size_t len;

        at += strspn(at, "; \t");
        len = strcspn(at, ";");
        if (len > name_len && strncmp(at, name, name_len) == 0 && at[name_len] == '=')
            return arena_copy(rq->arena, at + name_len + 1, len - name_len - 1);
        at += len;
    }
    return NULL;
}

bool request_is_tls(const struct request *rq)
{
    return rq->conn->is_tls;
}

bool request_is_local(const struct request *rq)
{
    return rq->conn->is_local;
}

const char *request_source(const struct request *rq)
{
    return rq->conn->from.text;
}

uint64_t request_generation(const struct request *rq)
{
    return rq->conn->identity != NULL ? tls_identity_generation(rq->conn->identity) : 0;
}

const char *request_shown_name(const struct request *rq)
{
    return rq->conn->shown != NULL ? rq->conn->shown : "";
}

bool request_accepts(const struct request *rq, const char *type)
{
    const char *at = request_header(rq, "Accept");
    size_t type_len = strlen(type);

    while (at != NULL && *at != '\0') {
        size_t len, word;

        at += strspn(at, ", \t");
        len = strcspn(at, ",");
        word = strcspn(at, ";, \t");
        if (word == type_len && strncasecmp(at, type, word) == 0)
            return true;
        at += len;
    }
    return false;
}

enum err request_id_path(const struct request *rq, const char *name, struct id *out, struct error *e)
{
    const char *text = request_path(rq, name);

    if (text == NULL || !id_parse(text, out))
        return fail(e, ERR_ABSENT, "there is nothing with the id \"%.64s\"", text != NULL ? text : "");
    return ERR_NONE;
}

const json_t *body_get(const struct request *rq, const char *name)
{
    const json_t *v = json_object_get(rq->json, name);

    return json_is_null(v) ? NULL : v;
}

const char *body_text(const struct request *rq, const char *name)
{
    return json_string_value(body_get(rq, name));
}

int64_t body_number(const struct request *rq, const char *name, int64_t otherwise)
{
    const json_t *v = body_get(rq, name);

    return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

bool body_flag(const struct request *rq, const char *name, bool otherwise)
{
    const json_t *v = body_get(rq, name);

    return json_is_boolean(v) ? json_is_true(v) : otherwise;
}
