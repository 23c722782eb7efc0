#include "http/target.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* NULL when an escape is broken or what comes out is not clean UTF-8: %00 and its like end here. */
static char *decode(struct arena *a, const char *from, size_t len, bool plus_is_space)
{
    char *out = arena_take(a, len + 1);
    size_t n = 0;

    /* What target_read let through is clean as it is. */
    if (!plus_is_space && memchr(from, '%', len) == NULL)
        return memcpy(out, from, len);
    for (size_t i = 0; i < len; i++) {
        if (from[i] == '%') {
            int high = i + 2 < len ? hex_digit(from[i + 1]) : -1;
            int low = i + 2 < len ? hex_digit(from[i + 2]) : -1;

            if (high < 0 || low < 0)
                return NULL;
            out[n++] = (char)(high * 16 + low);
            i += 2;
        } else {
            out[n++] = plus_is_space && from[i] == '+' ? ' ' : from[i];
        }
    }
    return text_is_clean(bytes_of(out, n)) ? out : NULL;
}

/* Segments "." and "..", also when they came escaped: nobody sends them in good faith, so they are refused, not resolved. */
static bool has_dots(const char *path)
{
    for (const char *at = path; at != NULL; at = strchr(at + 1, '/')) {
        size_t len = strcspn(at + 1, "/");

        if ((len == 1 && at[1] == '.') || (len == 2 && at[1] == '.' && at[2] == '.'))
            return true;
    }
    return false;
}

static const char *read_query(struct arena *a, const char *text, struct target *t)
{
    t->query = arena_take(a, TARGET_PAIRS * sizeof(*t->query));
    while (*text != '\0') {
        size_t len = strcspn(text, "&");
        size_t name = strcspn(text, "=&");
        struct pair p = { decode(a, text, name, true), "" };

        if (name < len)
            p.value = decode(a, text + name + 1, len - name - 1, true);
        if (p.name == NULL || p.value == NULL)
            return "the query holds a broken escape or a control character";
        if (len > 0 && t->query_len == TARGET_PAIRS)
            return "the query has more than 64 members";
        if (len > 0)
            t->query[t->query_len++] = p;
        text += text[len] == '&' ? len + 1 : len;
    }
    return NULL;
}

/* RFC 9112, 3.2.2: an absolute form is what a proxy sends; servers have to take it. */
static const char *skip_authority(struct arena *a, const char *raw, struct target *t)
{
    size_t scheme = strncasecmp(raw, "https://", 8) == 0 ? 8 : strncasecmp(raw, "http://", 7) == 0 ? 7 : 0;
    size_t len;

    if (scheme == 0)
        return raw;
    len = strcspn(raw + scheme, "/?");
    t->authority = arena_copy(a, raw + scheme, len);
    return raw + scheme + len;
}

const char *target_read(struct arena *a, const char *raw, struct target *out)
{
    struct target t = { 0 };
    size_t len;

    if (strlen(raw) > TARGET_MAX)
        return "the target is longer than 4,096 bytes";
    for (const char *at = raw; *at != '\0'; at++) {
        if ((unsigned char)*at <= 0x20 || (unsigned char)*at >= 0x7f || *at == '#' || *at == '\\')
            return "the target holds a character that must be escaped";
    }
    raw = skip_authority(a, raw, &t);
    if (t.authority != NULL && *raw != '/')
        raw = arena_printf(a, "/%s", raw);
    if (*raw != '/' && strcmp(raw, "*") != 0)
        return "the target is not a path";

    len = strcspn(raw, "?");
    t.path = decode(a, raw, len, false);
    if (t.path == NULL)
        return "the path holds a broken escape or a control character";
    if (has_dots(t.path) || strchr(t.path, '\\') != NULL)
        return "the path holds a segment of dots or a backslash";
    if (raw[len] == '?') {
        const char *fault = read_query(a, raw + len + 1, &t);

        if (fault != NULL)
            return fault;
    }
    *out = t;
    return NULL;
}
