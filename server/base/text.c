#include "base/text.h"

void text_hex(struct bytes from, char *out)
{
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < from.len; i++) {
        *out++ = digit[from.at[i] >> 4];
        *out++ = digit[from.at[i] & 15];
    }
    *out = '\0';
}

char *text_hex_in(struct arena *a, struct bytes from)
{
    char *out = arena_take(a, from.len * 2 + 1);

    text_hex(from, out);
    return out;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t text_separator(const char *at)
{
    const uint8_t *p = (const uint8_t *)at;

    if (*p == ':' || *p == ' ' || *p == '-' || *p == '\t')
        return 1;
    if (p[0] == 0xc2 && p[1] == 0xa0)
        return 2;
    if (p[0] == 0xe2 && p[1] == 0x80 && ((p[2] >= 0x80 && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xaf)))     /* U+2000 to 200F, 2028 to 202F */
        return 3;
    if (p[0] == 0xe2 && p[1] == 0x81 && (p[2] == 0x9f || p[2] == 0xa0))
        return 3;
    return p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf ? 3 : 0;
}

bool text_unhex(const char *text, uint8_t *out, size_t room, size_t *len)
{
    size_t n = 0;
    int high = -1;

    for (const char *p = text; *p != '\0'; p++) {
        int v = hex_value(*p);

        if (v < 0 && text_separator(p) > 0) {
            p += text_separator(p) - 1;
            continue;
        }
        if (v < 0)
            return false;
        if (high < 0) {
            high = v;
            continue;
        }
        if (n == room)
            return false;
        out[n++] = (uint8_t)(high << 4 | v);
        high = -1;
    }
    *len = n;
    return high < 0;
}

static char *encode(struct arena *a, struct bytes from, const char *alphabet, bool is_padded)
{
    char *out = arena_take(a, (from.len + 2) / 3 * 4 + 1), *p = out;
    size_t i = 0, left;
    uint32_t v;

    for (; from.len - i >= 3; i += 3, p += 4) {
        v = (uint32_t)from.at[i] << 16 | (uint32_t)from.at[i + 1] << 8 | from.at[i + 2];
        p[0] = alphabet[v >> 18];
        p[1] = alphabet[v >> 12 & 63];
        p[2] = alphabet[v >> 6 & 63];
        p[3] = alphabet[v & 63];
    }
    left = from.len - i;
    if (left > 0) {
        v = (uint32_t)from.at[i] << 16 | (left > 1 ? (uint32_t)from.at[i + 1] << 8 : 0);
        *p++ = alphabet[v >> 18];
        *p++ = alphabet[v >> 12 & 63];
        if (left > 1 || is_padded)
            *p++ = left > 1 ? alphabet[v >> 6 & 63] : '=';
        if (is_padded)
            *p++ = '=';
    }
    *p = '\0';
    return out;
}

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

char *text_base64(struct arena *a, struct bytes from)
{
    return encode(a, from, LETTERS "+/", true);
}

char *text_base64url(struct arena *a, struct bytes from)
{
    return encode(a, from, LETTERS "-_", false);
}

static inline int base64_value(char c, bool is_url)
{
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == (is_url ? '-' : '+') ? 62 : c == (is_url ? '_' : '/') ? 63 : -1;
}

/* What the digits behind the last group of four make; their spare bits are zero: RFC 4648, 3.5. */
static bool last_octets(uint32_t v, size_t digits, uint8_t *at, size_t *n)
{
    switch (digits) {
    case 2:
        at[(*n)++] = (uint8_t)(v >> 4);
        return (v & 15) == 0;
    case 3:
        at[(*n)++] = (uint8_t)(v >> 10);
        at[(*n)++] = (uint8_t)(v >> 2);
        return (v & 3) == 0;
    default:
        return digits == 0;
    }
}

static inline size_t put_three(uint8_t *at, uint32_t v)
{
    at[0] = (uint8_t)(v >> 16);
    at[1] = (uint8_t)(v >> 8);
    at[2] = (uint8_t)v;
    return 3;
}

/* As long as four digits stand together: nearly all there is. Returns how many were read. */
static inline size_t decode_quads(const char *text, size_t len, bool is_url, uint8_t *at)
{
    size_t i = 0;

    for (; len - i >= 4; i += 4) {
        int a = base64_value(text[i], is_url), b = base64_value(text[i + 1], is_url);
        int c = base64_value(text[i + 2], is_url), d = base64_value(text[i + 3], is_url);

        if ((a | b | c | d) < 0)
            break;
        at += put_three(at, (uint32_t)(a << 18 | b << 12 | c << 6 | d));
    }
    return i;
}

static inline bool decode(struct arena *a, const char *text, size_t len, bool is_url, struct bytes *out)
{
    uint8_t *at = arena_take(a, len / 4 * 3 + 3);
    size_t n = 0, digits = 0, pads = 0;
    uint32_t v = 0;

    for (size_t i = 0; i < len; i++) {
        size_t quads = digits % 4 == 0 && pads == 0 ? decode_quads(text + i, len - i, is_url, at + n) : 0;
        int d;

        n += quads / 4 * 3;
        i += quads;
        if (i == len)
            break;
        d = base64_value(text[i], is_url);
        if (d < 0 && !is_url && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n'))
            continue;
        if (d < 0 && !is_url && text[i] == '=') {
            pads++;
            continue;
        }
        if (d < 0 || pads > 0)
            return false;
        v = v << 6 | (uint32_t)d;
        if (++digits % 4 == 0) {
            n += put_three(at + n, v);
            v = 0;
        }
    }
    if ((!is_url && (digits + pads) % 4 != 0) || (pads > 0 && digits % 4 == 0) || !last_octets(v, digits % 4, at, &n))
        return false;
    *out = bytes_of(at, n);
    return true;
}

bool text_unbase64(struct arena *a, const char *text, size_t len, struct bytes *out)
{
    return decode(a, text, len, false, out);
}

bool text_unbase64url(struct arena *a, const char *text, size_t len, struct bytes *out)
{
    return decode(a, text, len, true, out);
}

/* The length of the well-formed sequence at p, or 0: Unicode 15, table 3-7. */
static size_t utf8_step(const uint8_t *p, size_t left, uint32_t *code)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = p[0] < 0x80 ? 1 : (p[0] & 0xe0) == 0xc0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : (p[0] & 0xf8) == 0xf0 ? 4 : 0;
    uint32_t v;

    if (n == 0 || n > left)
        return 0;
    v = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3f);
    }
    if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
        return 0;
    *code = v;
    return n;
}

static bool is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x7f;
}

/* Most text is plain: what comes before the next octet that is not is stepped over. */
static size_t skip_plain(struct bytes from, size_t i)
{
    while (i < from.len && is_plain(from.at[i]))
        i++;
    return i;
}

bool text_is_utf8(struct bytes from)
{
    uint32_t code;
    size_t n;

    for (size_t i = skip_plain(from, 0); i < from.len; i = skip_plain(from, i + n)) {
        n = utf8_step(from.at + i, from.len - i, &code);
        if (n == 0)
            return false;
    }
    return true;
}

bool text_is_clean(struct bytes from)
{
    uint32_t code;
    size_t n;

    for (size_t i = skip_plain(from, 0); i < from.len; i = skip_plain(from, i + n)) {
        n = utf8_step(from.at + i, from.len - i, &code);
        if (n == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0))
            return false;
    }
    return true;
}

bool text_is_printable_ascii(const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
            return false;
    return true;
}

const char *text_cut(struct arena *a, const char *text, size_t max)
{
    if (strlen(text) <= max)
        return text;
    while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
        max--;
    return arena_copy(a, text, max);
}

char *text_lower(struct arena *a, const char *text)
{
    char *out = arena_text(a, text);

    for (char *p = out; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p |= 0x20;
    return out;
}

bool text_starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

bool text_ends(const char *text, const char *with)
{
    size_t len = strlen(text), tail = strlen(with);

    return len >= tail && memcmp(text + len - tail, with, tail) == 0;
}

bool text_number(const char *text, int64_t min, int64_t max, int64_t *out)
{
    bool is_negative = *text == '-';
    int64_t v = 0;

    text += is_negative;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || v > (INT64_MAX - 9) / 10)
            return false;
        v = v * 10 + (*text - '0');
    }
    v = is_negative ? -v : v;
    if (v < min || v > max)
        return false;
    *out = v;
    return true;
}
