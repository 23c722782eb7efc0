#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "base/text.h"
#include "http/exchange.h"
#include "http/inside.h"

enum { HEADERS_MAX = 101, BODY_DEFAULT = 64 * 1024 };

/* The library puts NULs over the CR and the LF of each line: after a line that ended in LF alone the next byte is something else.
   A folded value is moved away from its line: then the next name does not follow it. */
static bool is_bare(const char *value, size_t len)
{
    return value == NULL || value[len] != '\0' || value[len + 1] != '\0';
}

/* After the last line the empty one makes NULs too, so there the distance to the end of the head tells: CR LF CR LF. */
static bool ends_bare(struct exchange *x, const char *method)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

    return x->last_end == NULL || info == NULL || x->last_end + 4 != method + info->header_size;
}

/* RFC 9112, 5.1: blanks around a value are not part of it. The library leaves those that follow. */
static const char *trimmed(struct arena *a, const char *value, size_t *len)
{
    size_t with = *len;

    while (*len > 0 && (value[*len - 1] == ' ' || value[*len - 1] == '\t'))
        (*len)--;
    return *len == with ? value : arena_copy(a, value, *len);
}

static enum MHD_Result keep_header(void *ctx, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value, size_t value_len)
{
    struct exchange *x = ctx;
    struct header *h = &x->headers[x->headers_len];

    (void)kind;
    if (x->headers_len == HEADERS_MAX)
        return MHD_NO;
    *h = (struct header){ name, "", name_len, value_len, is_bare(value, value_len) || (x->last_end != NULL && name != x->last_end + 2) };
    if (value != NULL)
        h->value = trimmed(x->rq.arena, value, &h->value_len);
    x->last_end = value != NULL ? value + value_len : NULL;
    x->headers_len++;
    return MHD_YES;
}

static bool is_clean_id(const char *text)
{
    size_t len = text != NULL ? strlen(text) : 0;

    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && strchr("-._", text[i]) == NULL)
            return false;
    }
    return len > 0 && len <= 64;
}

/* The caller's own id when it is clean, else one of ours; the journal has a UUID in either case. */
void exchange_name(struct exchange *x)
{
    const char *given = request_header(&x->rq, "X-Request-Id");
    char text[ID_TEXT];

    if (x->rq.id_text != NULL)
        return;
    x->rq.who.request_id = id_new();
    id_text(&x->rq.who.request_id, text);
    if (!is_clean_id(given)) {
        x->rq.id_text = arena_text(x->rq.arena, text);
        return;
    }
    x->rq.id_text = given;
    if (!id_parse(given, &x->rq.who.request_id))
        x->rq.who.request_id = id_new();
}

static enum err unreadable(const char *fault, struct error *e)
{
    return fail_kind(e, ERR_INVALID, "unreadable", "%s", fault);
}

/* DNS rebinding ends here: a name that is not ours gets no answer of ours. */
static enum err check_host(struct exchange *x, struct error *e)
{
    char name[256];

    if (!framing_host(x->framing.host, name, sizeof(name)))
        return unreadable("Host is not a name or an address", e);
    if (x->target.authority != NULL && strcasecmp(x->target.authority, x->framing.host) != 0)
        return unreadable("the target names another host than Host does", e);
    if (x->rq.conn->listener == LISTEN_HTTPS && !server_knows_host(x->rq.conn->net->server, name))
        return fail_kind(e, ERR_DENIED, "misdirected", "this server does not go by the name %.100s: add it to the host names, or use one of them", name);
    return ERR_NONE;
}

static enum err find_route(struct exchange *x, const char *method, struct error *e)
{
    const struct door *door = &x->rq.conn->net->server->doors[x->rq.conn->listener];
    enum found found = router_find(door->surfaces, method, x->rq.path, x->rq.arena, &x->match);

    x->rq.surface = x->match.surface;
    x->rq.route = x->match.route;
    if (found == FOUND_NOTHING)
        return fail_kind(e, ERR_ABSENT, "no-route", "there is nothing at %.150s", x->rq.path);
    if (found == FOUND_OTHER_METHOD) {
        reply_header(&x->rq, "Allow", x->match.allow);
        return fail_kind(e, ERR_INVALID, "method-not-allowed", "this address answers to %s, not to %.16s", x->match.allow, method);
    }
    return ERR_NONE;
}

static bool has_body(const struct framing *f)
{
    return f->is_chunked || f->content_length > 0;
}

static bool is_one_of(const char *type, const char *const words[])
{
    size_t len = type != NULL ? strcspn(type, "; \t") : 0;

    for (; *words != NULL; words++) {
        if (len == strlen(*words) && strncasecmp(type, *words, len) == 0)
            return true;
    }
    return false;
}

static bool is_json(const char *type)
{
    return is_one_of(type, (const char *const[]){ "application/json", "application/merge-patch+json", NULL });
}

/* RFC 5280, RFC 8555, RFC 7292 and what browsers call them. */
bool request_is_file(const struct request *rq)
{
    static const char *const words[] = {
        "application/octet-stream", "application/pem-certificate-chain", "application/x-pem-file", "application/pkix-cert", "application/x-x509-ca-cert",
        "application/pkcs7-mime", "application/x-pkcs7-certificates", "application/pkcs12", "application/x-pkcs12", "application/zip", NULL
    };

    return (rq->route->flags & ROUTE_FILE) != 0 && is_one_of(request_header(rq, "Content-Type"), words);
}

static enum err check_body(struct exchange *x, struct error *e)
{
    const struct route *route = x->rq.route;
    bool takes_one = strcmp(route->method, "GET") != 0;

    x->body_max = route->body_max > 0 ? route->body_max : takes_one ? BODY_DEFAULT : 0;
    if (x->framing.content_length > (int64_t)x->body_max)
        return fail_kind(e, ERR_LIMIT, "too-large", "the body has %lld bytes; at most %zu are taken here", (long long)x->framing.content_length, x->body_max);
    /* A type that no form of another site can send: half of what keeps such forms out. */
    if (route->shape != NULL && has_body(&x->framing) && !is_json(request_header(&x->rq, "Content-Type")) && !request_is_file(&x->rq))
        return fail_kind(e, ERR_INVALID, "media-type", "the body must be JSON: send Content-Type: application/json%s",
                         (route->flags & ROUTE_FILE) != 0 ? ", or application/octet-stream with the file itself" : "");
    if (request_header(&x->rq, "Content-Encoding") != NULL && has_body(&x->framing))
        return fail_kind(e, ERR_INVALID, "media-type", "a compressed body is not taken: send it as it is");
    return ERR_NONE;
}

enum err exchange_begin(struct exchange *x, const char *method, bool *is_fatal, struct error *e)
{
    const char *fault;
    enum err r;
    int count;

    *is_fatal = true;
    x->rq.method = arena_text(x->rq.arena, method);
    count = MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, NULL, NULL);
    x->headers = arena_take(x->rq.arena, (size_t)(count < HEADERS_MAX ? count : HEADERS_MAX) * sizeof(*x->headers));
    MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, keep_header, x);
    if (is_bare(x->version, strlen(x->version)) || ends_bare(x, method))
        return unreadable("a line of the head does not end in CR LF", e);
    fault = framing_check(method, x->version, x->headers, x->headers_len, &x->framing);
    if (fault == NULL)
        fault = target_read(x->rq.arena, x->rq.raw_target, &x->target);
    if (fault != NULL)
        return unreadable(fault, e);
    x->rq.path = x->target.path;

    r = check_host(x, e);
    *is_fatal = r != ERR_NONE;
    if (!r)
        r = find_route(x, method, e);
    if (!r)
        r = check_body(x, e);
    return r;
}
