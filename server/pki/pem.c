#include "pki/pem.h"

#include <strings.h>

#include "base/text.h"

#define COLUMNS 64
#define LABEL_MOST 64

char *pem_text(struct arena *a, const char *label, struct bytes der)
{
    const char *base64 = text_base64(a, der);
    size_t len = strlen(base64), room = len + len / COLUMNS + 2 * strlen(label) + 48;
    char *text = arena_take(a, room), *p = text;

    p = stpcpy(stpcpy(stpcpy(p, "-----BEGIN "), label), "-----\n");
    for (size_t i = 0; i < len; i += COLUMNS) {
        size_t n = len - i < COLUMNS ? len - i : COLUMNS;

        memcpy(p, base64 + i, n);
        p += n;
        *p++ = '\n';
    }
    stpcpy(stpcpy(stpcpy(p, "-----END "), label), "-----\n");
    return text;
}

struct line {
    const char *at, *end;   /* without blanks around */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

/* The next line, ended by LF, CR LF or a lone CR. False: no more. */
static bool next_line(const char **at, const char *end, struct line *out)
{
    const char *p = *at;

    if (p == end)
        return false;
    while (p < end && *p != '\n' && *p != '\r')
        p++;
    out->at = *at;
    out->end = p;
    if (p < end && *p == '\r')
        p++;
    if (p < end && *p == '\n' && (p == out->end || p[-1] == '\r'))
        p++;
    *at = p;
    while (out->at < out->end && is_blank(*out->at))
        out->at++;
    while (out->end > out->at && is_blank(out->end[-1]))
        out->end--;
    return true;
}

/* "-----BEGIN X-----" with `word` "BEGIN": X. NULL when the line is none. Notepad puts a byte order mark before the first. */
static char *boundary(struct line l, const char *word, struct arena *a)
{
    size_t head = 5 + strlen(word) + 1, len = (size_t)(l.end - l.at);

    if (len >= 3 && memcmp(l.at, "\xef\xbb\xbf", 3) == 0) {
        l.at += 3;
        len -= 3;
    }
    if (len < head + 5 || memcmp(l.at, "-----", 5) != 0 || memcmp(l.at + 5, word, head - 6) != 0 || l.at[head - 1] != ' ')
        return NULL;
    if (memcmp(l.end - 5, "-----", 5) != 0 || len - head - 5 > LABEL_MOST)
        return NULL;
    for (const char *p = l.at + head; p < l.end - 5; p++)
        if (*p < 0x20 || *p > 0x7e)
            return NULL;
    return arena_copy(a, l.at + head, len - head - 5);
}

/* Headers of RFC 1421 stand before the first line of base64; only one of them tells what we must know. True: the line is one. */
static bool read_header(struct line l, struct arena *a, const char **scheme)
{
    static const char word[] = "DEK-Info:";

    if (memchr(l.at, ':', (size_t)(l.end - l.at)) == NULL)
        return false;
    if ((size_t)(l.end - l.at) > strlen(word) && strncasecmp(l.at, word, strlen(word)) == 0) {
        l.at += strlen(word);
        while (l.at < l.end && is_blank(*l.at))
            l.at++;
        *scheme = arena_copy(a, l.at, (size_t)(l.end - l.at));
    }
    return true;
}

/* The first line that says "BEGIN"; *at moves behind it. */
static enum err find_begin(const char **at, const char *end, struct arena *a, const char **label, struct error *e)
{
    struct line l;

    do {
        if (!next_line(at, end, &l))
            return fail(e, ERR_ABSENT, "no PEM block: a line \"-----BEGIN ...-----\" is missing");
        *label = boundary(l, "BEGIN", a);
    } while (*label == NULL);
    return ERR_NONE;
}

enum err pem_next_block(const char **at, const char *end, struct arena *a, struct pem_block *out, struct error *e)
{
    const char *p = *at, *body, *body_end, *last = NULL;
    struct pem_block b = { 0 };
    struct line l;
    enum err r = find_begin(&p, end, a, &b.label, e);

    if (r)
        return r;
    for (body = p; last == NULL; ) {
        body_end = p;
        if (!next_line(&p, end, &l))
            return fail(e, ERR_INVALID, "the PEM block \"%s\" has no end line: it was cut off", b.label);
        if (body == body_end && read_header(l, a, &b.scheme))
            body = p;
        last = boundary(l, "END", a);
    }
    if (strcmp(b.label, last) != 0)
        return fail(e, ERR_INVALID, "a PEM block begins as \"%s\" and ends as \"%s\"", b.label, last);
    if (!text_unbase64(a, body, (size_t)(body_end - body), &b.content) || b.content.len == 0)
        return fail(e, ERR_INVALID, "the PEM block \"%s\" is not sound base64", b.label);

    *out = b;
    *at = p;
    return ERR_NONE;
}

enum err pem_next(const char **at, const char *end, struct arena *a, const char **label, struct bytes *der, struct error *e)
{
    const char *p = *at;
    struct pem_block b;
    enum err r = pem_next_block(&p, end, a, &b, e);

    if (r)
        return r;
    if (b.scheme != NULL)
        return fail(e, ERR_INVALID, "the PEM block \"%s\" is encrypted in the old way of OpenSSL (DEK-Info): only an import opens it", b.label);

    *label = b.label;
    *der = b.content;
    *at = p;
    return ERR_NONE;
}
