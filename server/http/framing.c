#include "http/framing.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_token(const char *text, size_t len)
{
    if (len == 0)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && (text[i] == '\0' || strchr("!#$%&'*+-.^_`|~", text[i]) == NULL))
            return false;
    }
    return true;
}

static bool is_value(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == 0x7f || (c < 0x20 && c != '\t'))
            return false;
    }
    return true;
}

static bool is_named(const struct header *h, const char *name)
{
    return h->name_len == strlen(name) && strncasecmp(h->name, name, h->name_len) == 0;
}

/* RFC 9110, 8.6: digits and nothing else; 15 of them are a petabyte. */
static bool read_length(const struct header *h, int64_t *out)
{
    int64_t n = 0;

    if (h->value_len == 0 || h->value_len > 15)
        return false;
    for (size_t i = 0; i < h->value_len; i++) {
        if (!isdigit((unsigned char)h->value[i]))
            return false;
        n = n * 10 + (h->value[i] - '0');
    }
    *out = n;
    return true;
}

/* Of two, whoever reads the first and whoever reads the last would act on different requests. */
static bool is_doubled(const struct header *h, struct framing *f)
{
    static const char *const single[] = { "Authorization", "Content-Type", "Origin", "Sec-Fetch-Site", "Idempotency-Key" };
    unsigned bit = 0;

    for (size_t i = 0; i < sizeof(single) / sizeof(*single); i++)
        bit |= is_named(h, single[i]) ? 1u << i : 0;
    if ((f->seen & bit) != 0)
        return true;
    f->seen |= bit;
    return false;
}

static const char *check_one(const struct header *h, struct framing *f)
{
    if (!is_token(h->name, h->name_len))
        return "a header's name holds a character that RFC 9110 forbids, or a space before its colon";
    if (!is_value(h->value, h->value_len))
        return "a header's value holds a control character";
    if (h->is_bare)
        return "a header line does not end in CR LF, or is folded";

    if (is_doubled(h, f))
        return "a header that may stand once is given twice";
    if (is_named(h, "Content-Length")) {
        if (f->content_length >= 0)
            return "Content-Length is given twice";
        if (!read_length(h, &f->content_length))
            return "Content-Length is not a number";
    } else if (is_named(h, "Transfer-Encoding")) {
        if (f->is_chunked)
            return "Transfer-Encoding is given twice";
        if (h->value_len != 7 || strncasecmp(h->value, "chunked", 7) != 0)
            return "Transfer-Encoding is not chunked";
        f->is_chunked = true;
    } else if (is_named(h, "Host")) {
        if (f->host != NULL)
            return "Host is given twice";
        f->host = h->value;
    }
    return NULL;
}

const char *framing_check(const char *method, const char *version, const struct header *list, size_t len, struct framing *out)
{
    struct framing f = { .content_length = -1 };

    if (!is_token(method, strlen(method)))
        return "the method is not a word";
    if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
        return "only HTTP/1.1 and HTTP/1.0 are spoken here";
    if (len > 100)
        return "more than 100 headers";
    for (size_t i = 0; i < len; i++) {
        const char *fault = check_one(&list[i], &f);

        if (fault != NULL)
            return fault;
    }
    if (f.is_chunked && f.content_length >= 0)
        return "both Content-Length and Transfer-Encoding are given";
    if (f.is_chunked && strcmp(version, "HTTP/1.0") == 0)
        return "HTTP/1.0 knows no Transfer-Encoding";
    if (f.host == NULL)
        return "Host is missing";
    *out = f;
    return NULL;
}

static bool is_port(const char *text)
{
    size_t len = strspn(text, "0123456789");

    return len <= 5 && text[len] == '\0';
}

/* RFC 3986, 3.2.2, as far as names and addresses go: no percent, no user. */
bool framing_host(const char *host, char *name, size_t room)
{
    bool is_literal = host[0] == '[';
    const char *at = host + (is_literal ? 1 : 0);
    const char *end = is_literal ? strchr(at, ']') : at + strcspn(at, ":");
    const char *after;

    if (end == NULL || end == at || (size_t)(end - at) >= room)
        return false;
    after = is_literal ? end + 1 : end;
    if (*after != '\0' && (*after != ':' || !is_port(after + 1)))
        return false;
    for (size_t i = 0; at + i < end; i++) {
        unsigned char c = (unsigned char)at[i];

        if (!isalnum(c) && strchr(is_literal ? ":." : "-._", c) == NULL)
            return false;
        name[i] = (char)tolower(c);
    }
    name[end - at] = '\0';
    /* One final dot is the same name: RFC 1034, 3.1. */
    if (!is_literal && end - at > 1 && name[end - at - 1] == '.')
        name[end - at - 1] = '\0';
    return true;
}
