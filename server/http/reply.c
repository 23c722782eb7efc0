#include "http/reply.h"

#include <ctype.h>
#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "http/stream.h"

enum { JSON_ANSWER_MAX = 64 * 1024 * 1024 };

/* The body goes, the headers stay: a handler may set them in any order. */
static struct reply *begin(struct request *rq, int status, const char *type)
{
    struct reply *r = rq->reply;

    buf_wipe(&r->made);
    page_unref(r->page);
    stream_free(r->stream);
    r->page = NULL;
    r->stream = NULL;
    r->status = status;
    r->type = type;
    r->body = bytes_of(NULL, 0);
    return r;
}

void reply_clear(struct reply *r)
{
    buf_wipe(&r->made);
    page_unref(r->page);
    stream_free(r->stream);
    *r = (struct reply){ .closes = r->closes };
}

static int add_json(const char *text, size_t len, void *ctx)
{
    struct buf *b = ctx;

    buf_add(b, text, len);
    return b->is_over ? -1 : 0;
}

void reply_json(struct request *rq, int status, json_t *body)
{
    struct reply *r = begin(rq, status, "application/json");

    buf_init(&r->made, JSON_ANSWER_MAX);
    if (body == NULL || json_dump_callback(body, add_json, &r->made, JSON_COMPACT | JSON_ENCODE_ANY) != 0) {
        log_error("an answer of %s cannot be written as JSON", rq->path);
        begin(rq, 500, NULL);
    } else {
        r->body = buf_bytes(&r->made);
    }
    json_decref(body);
}

void reply_bytes(struct request *rq, int status, const char *type, struct bytes body)
{
    begin(rq, status, type)->body = body;
}

void reply_text(struct request *rq, int status, const char *type, const char *text)
{
    begin(rq, status, type)->body = bytes_text(text);
}

void reply_empty(struct request *rq, int status)
{
    begin(rq, status, NULL);
}

void reply_page(struct request *rq, struct page *page)
{
    struct page *mine = page_ref(page);

    begin(rq, 200, NULL)->page = mine;
}

void reply_redirect(struct request *rq, int status, const char *location)
{
    begin(rq, status, NULL);
    reply_header(rq, "Location", location);
}

void reply_stream(struct request *rq, struct stream *stream)
{
    begin(rq, 200, "text/event-stream")->stream = stream;
}

/* A header is one line whatever a name in it held. */
static const char *one_line(struct arena *a, const char *value)
{
    char *copy = arena_text(a, value);

    for (char *at = copy; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = ' ';
    }
    return copy;
}

static bool may_repeat(const char *name)
{
    return strcasecmp(name, "Set-Cookie") == 0 || strcasecmp(name, "Link") == 0 || strcasecmp(name, "Vary") == 0;
}

void reply_header(struct request *rq, const char *name, const char *value)
{
    struct reply *r = rq->reply;
    struct reply_header fresh = { arena_text(rq->arena, name), one_line(rq->arena, value) };

    for (size_t i = 0; i < r->len && !may_repeat(name); i++) {
        if (strcasecmp(r->headers[i].name, name) == 0) {
            r->headers[i] = fresh;
            return;
        }
    }
    if (r->headers == NULL)
        r->headers = arena_take(rq->arena, REPLY_HEADERS * sizeof(*r->headers));
    if (r->len < REPLY_HEADERS)
        r->headers[r->len++] = fresh;
}

/* RFC 6266: a plain name for old programs, and the true one in RFC 8187's form. */
void reply_download(struct request *rq, const char *filename)
{
    size_t len = strlen(filename);
    char *plain = arena_take(rq->arena, len + 1);
    char *full = arena_take(rq->arena, 3 * len + 1);
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)filename[i];
        bool is_safe = isalnum(c) || (c != '\0' && strchr("-._ ()", c) != NULL);

        plain[i] = is_safe ? (char)c : '_';
        if (isalnum(c) || strchr("-._", c) != NULL)
            full[n++] = (char)c;
        else
            n += (size_t)snprintf(full + n, 4, "%%%02X", c);
    }
    reply_header(rq, "Content-Disposition", arena_printf(rq->arena, "attachment; filename=\"%s\"; filename*=UTF-8''%s", plain, full));
}

void reply_closes(struct request *rq)
{
    rq->reply->closes = true;
}

struct built reply_build(struct request *rq)
{
    const struct reply *r = rq->reply;
    struct built b = { .status = r->status, .has_body = r->body.len > 0 };

    if (r->page != NULL)
        return page_answer(rq, r->page);
    b.answer = MHD_create_response_from_buffer(r->body.len, (void *)r->body.at, MHD_RESPMEM_PERSISTENT);
    if (b.answer != NULL)
        headers_add(b.answer, r, r->type);
    return b;
}
