#include "http/page.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "base/own.h"
#include "base/text.h"
#include "http/reply.h"
#include "pki/hash.h"

/* The body as it is and its compressed twins: each has a strong ETag of its own (RFC 9110, 8.8.3.3), and an answer to who has it. */
enum form { FORM_PLAIN, FORM_GZIP, FORM_BROTLI, FORM_COUNT };
static const char *const codings[FORM_COUNT] = { [FORM_GZIP] = "gzip", [FORM_BROTLI] = "br" };
static const char *const suffixes[FORM_COUNT] = { "", "-gzip", "-br" };

enum { ETAG = 2 * SHA256_LEN + 9 };

struct page {
    atomic_uint refs;
    struct bytes body[FORM_COUNT];
    bool is_static;
    char *type;
    char etag[FORM_COUNT][ETAG];
    struct reply fixed;            /* the headers that belong to it; names and values owned */
    struct MHD_Response *answer[FORM_COUNT], *same[FORM_COUNT];   /* made once: a hot page costs no header work */
};

static void add_header(struct page *p, const char *name, const char *value)
{
    if (p->fixed.headers == NULL)
        p->fixed.headers = own_alloc(REPLY_HEADERS * sizeof(*p->fixed.headers));
    if (p->fixed.len < REPLY_HEADERS)
        p->fixed.headers[p->fixed.len++] = (struct reply_header){ own_text(name), own_text(value) };
}

static struct bytes keep(const struct page_parts *parts, struct bytes from)
{
    uint8_t *copy;

    if (parts->is_static || from.len == 0)
        return from;
    copy = own_alloc(from.len);
    memcpy(copy, from.at, from.len);
    return bytes_of(copy, from.len);
}

static struct MHD_Response *answer_of(const struct page *p, enum form form, bool is_same, const struct reply *with)
{
    struct bytes body = is_same ? bytes_of(NULL, 0) : p->body[form];
    struct MHD_Response *m = MHD_create_response_from_buffer(body.len, (void *)body.at, MHD_RESPMEM_PERSISTENT);

    if (m == NULL)
        return NULL;
    headers_add(m, with, p->type);
    MHD_add_response_header(m, "ETag", p->etag[form]);
    if (codings[form] != NULL && !is_same)
        MHD_add_response_header(m, "Content-Encoding", codings[form]);
    if (p->body[FORM_GZIP].len > 0 || p->body[FORM_BROTLI].len > 0)
        MHD_add_response_header(m, "Vary", "Accept-Encoding");
    return m;
}

static void add_date(struct page *p, int64_t at)
{
    time_t when = (time_t)at;
    char text[40];
    struct tm utc;

    if (at > 0 && gmtime_r(&when, &utc) != NULL && strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &utc) > 0)
        add_header(p, "Last-Modified", text);
}

struct page *page_new(const struct page_parts *parts)
{
    struct page *p = own_alloc(sizeof(*p));
    char hex[2 * SHA256_LEN + 1];
    uint8_t hash[SHA256_LEN];

    atomic_init(&p->refs, 1);
    p->is_static = parts->is_static;
    p->type = own_text(parts->type);
    p->body[FORM_PLAIN] = keep(parts, parts->body);
    p->body[FORM_GZIP] = keep(parts, parts->gzip);
    p->body[FORM_BROTLI] = keep(parts, parts->brotli);
    hash_sha256(parts->body, hash);
    text_hex(bytes_of(hash, sizeof(hash)), hex);

    if (parts->cache_control != NULL)
        add_header(p, "Cache-Control", parts->cache_control);
    for (size_t i = 0; parts->headers != NULL && parts->headers[i] != NULL; i += 2)
        add_header(p, parts->headers[i], parts->headers[i + 1]);
    add_date(p, parts->modified_at);
    for (int form = 0; form < FORM_COUNT; form++) {
        if (form != FORM_PLAIN && p->body[form].len == 0)
            continue;
        snprintf(p->etag[form], ETAG, "\"%s%s\"", hex, suffixes[form]);
        p->answer[form] = answer_of(p, (enum form)form, false, &p->fixed);
        p->same[form] = answer_of(p, (enum form)form, true, &p->fixed);
    }
    return p;
}

struct page *page_ref(struct page *p)
{
    atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    return p;
}

/* Answers on their way hold references of their own (the library counts), but not of the bytes: so a reply keeps its page
   until its exchange is over. */
void page_unref(struct page *p)
{
    if (p == NULL || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (int form = 0; form < FORM_COUNT; form++) {
        if (p->answer[form] != NULL)
            MHD_destroy_response(p->answer[form]);
        if (p->same[form] != NULL)
            MHD_destroy_response(p->same[form]);
        if (!p->is_static)
            free((void *)p->body[form].at);
    }
    for (size_t i = 0; i < p->fixed.len; i++) {
        free((void *)p->fixed.headers[i].name);
        free((void *)p->fixed.headers[i].value);
    }
    free(p->fixed.headers);
    free(p->type);
    free(p);
}

const char *page_etag(const struct page *p)
{
    return p->etag[FORM_PLAIN];
}

/* One member of a comma list begins at *at; its length without blanks comes back. */
static size_t next_member(const char **at)
{
    size_t len;

    *at += strspn(*at, ", \t");
    len = strcspn(*at, ",");
    while (len > 0 && ((*at)[len - 1] == ' ' || (*at)[len - 1] == '\t'))
        len--;
    return len;
}

/* Accept-Encoding names it, and not with q=0. */
static bool takes_coding(const char *list, const char *coding)
{
    size_t len;

    for (; list != NULL && *list != '\0'; list += len) {
        size_t word;

        len = next_member(&list);
        word = strcspn(list, ";, \t");
        if (word == strlen(coding) && strncasecmp(list, coding, word) == 0) {
            const char *q = len > word ? memmem(list + word, len - word, "q=0", 3) : NULL;

            return q == NULL || (q[3] == '.' && strspn(q + 4, "0") < strspn(q + 4, "0123456789"));
        }
    }
    return false;
}

/* Weak comparison: RFC 9110, 13.1.2. */
static bool has_it(const char *list, const char *etag)
{
    size_t len;

    for (; list != NULL && *list != '\0'; list += len) {
        len = next_member(&list);
        if (len == 1 && *list == '*')
            return true;
        if (len > 2 && strncmp(list, "W/", 2) == 0) {
            list += 2;
            len -= 2;
        }
        if (len == strlen(etag) && strncmp(list, etag, len) == 0)
            return true;
    }
    return false;
}

static enum form choose(const struct request *rq, const struct page *p)
{
    const char *accept;

    if (p->body[FORM_GZIP].len == 0 && p->body[FORM_BROTLI].len == 0)
        return FORM_PLAIN;
    accept = request_header(rq, "Accept-Encoding");
    if (p->body[FORM_BROTLI].len > 0 && takes_coding(accept, "br"))
        return FORM_BROTLI;
    return p->body[FORM_GZIP].len > 0 && takes_coding(accept, "gzip") ? FORM_GZIP : FORM_PLAIN;
}

/* The handler's own headers win over the page's. */
static void merge(struct request *rq, const struct reply *fixed)
{
    for (size_t i = 0; i < fixed->len; i++) {
        if (reply_find(rq->reply, fixed->headers[i].name) == NULL)
            reply_header(rq, fixed->headers[i].name, fixed->headers[i].value);
    }
}

struct built page_answer(struct request *rq, struct page *p)
{
    enum form form = choose(rq, p);
    bool is_same = has_it(request_header(rq, "If-None-Match"), p->etag[form]);
    struct built b = { is_same ? p->same[form] : p->answer[form], is_same ? 304 : rq->reply->status, true, !is_same && p->body[form].len > 0 };

    if (rq->reply->len > 0 || b.answer == NULL) {
        merge(rq, &p->fixed);
        b.answer = answer_of(p, form, is_same, rq->reply);
        b.is_lent = false;
    }
    return b;
}
