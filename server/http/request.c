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

/* RFC 9110, 12.4.2: from 0 to 1 with at most three digits; in thousandths. What cannot be read counts as nothing said. */
static int weight_of(const char *range, size_t len)
{
    static const int digits[] = { 1000, 100, 10, 1 };
    const char *end = range + len, *at = memchr(range, ';', len);
    int weight = 0;

    while (at != NULL) {
        at++;
        at += strspn(at, " \t");
        if (at + 2 < end && (at[0] == 'q' || at[0] == 'Q') && at[1] == '=')
            break;
        at = at < end ? memchr(at, ';', (size_t)(end - at)) : NULL;
    }
    if (at == NULL)
        return 1000;
    at += 2;
    for (size_t i = 0; i < 4 && at < end && *at >= '0' && *at <= '9'; i++) {
        weight += (*at - '0') * digits[i];
        at += at[1] == '.' && i == 0 ? 2 : 1;
    }
    return weight < 1000 ? weight : 1000;
}

/* How closely a range of Accept names the type: 3 itself, 2 "application/" and a star, 1 two stars, 0 not. */
static int closeness(const char *range, size_t len, const char *type)
{
    size_t main = strcspn(type, "/") + 1;

    if (len == strlen(type) && strncasecmp(range, type, len) == 0)
        return 3;
    if (len == main + 1 && range[main] == '*' && strncasecmp(range, type, main) == 0)
        return 2;
    return len == 3 && memcmp(range, "*/*", 3) == 0 ? 1 : 0;
}

/* RFC 9110, 12.5.1: of the ranges that hold it the closest one counts. */
static int liking(const char *accept, const char *type)
{
    int best = 0, weight = 0;

    while (*accept != '\0') {
        size_t len, word;
        int close;

        accept += strspn(accept, ", \t");
        len = strcspn(accept, ",");
        word = strcspn(accept, ";, \t");
        close = closeness(accept, word, type);
        if (close > best) {
            best = close;
            weight = weight_of(accept, len);
        }
        accept += len;
    }
    return weight;
}

int request_prefers(const struct request *rq, const char *const *types, size_t len)
{
    const char *accept = request_header(rq, "Accept");
    int found = -1, most = 0;

    if (accept == NULL || *accept == '\0')
        return 0;
    for (size_t i = 0; i < len; i++) {
        int weight = liking(accept, types[i]);

        if (weight > most) {
            most = weight;
            found = (int)i;
        }
    }
    return found;
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
