#include "pki/der.h"

#include <stdio.h>

#include "base/text.h"
#include "base/time.h"

struct der der_of(struct bytes from)
{
    return (struct der){ from.at, from.at + from.len };
}

bool der_end(const struct der *d)
{
    return d->at == d->end;
}

bool der_peek(const struct der *d, uint8_t *tag)
{
    if (der_end(d))
        return false;
    *tag = *d->at;
    return true;
}

/* One octet, class as it comes; universal types in the one form that DER gives them (X.690, 10.2). */
static bool tag_is_fine(uint8_t tag)
{
    uint8_t number = tag & 0x1f;
    bool is_cons = (tag & 0x20) != 0;

    if (number == 0x1f)
        return false;
    if ((tag & 0xc0) != 0)
        return true;
    if (number == 0)
        return false;
    if (number == 8 || number == 11)   /* EXTERNAL, EMBEDDED PDV */
        return is_cons;
    return is_cons == (number == 0x10 || number == 0x11);
}

/* Definite and in the fewest octets (X.690, 10.1); `p` is moved behind it. */
static bool read_length(const uint8_t **p, const uint8_t *end, size_t *out)
{
    size_t len, octets;

    if (*p == end)
        return false;
    len = *(*p)++;
    if (len >= 0x80) {
        octets = len & 0x7f;
        if (octets == 0 || octets > 4 || (size_t)(end - *p) < octets || **p == 0)
            return false;
        for (len = 0; octets > 0; octets--)
            len = len << 8 | *(*p)++;
        if (len < 0x80)
            return false;
    }
    if (len > (size_t)(end - *p))
        return false;
    *out = len;
    return true;
}

bool der_next(struct der *d, uint8_t *tag, struct bytes *content, struct bytes *whole)
{
    const uint8_t *p = d->at;
    size_t len;

    if (der_end(d) || !tag_is_fine(*p))
        return false;
    p++;
    if (!read_length(&p, d->end, &len))
        return false;

    *tag = *d->at;
    *content = bytes_of(p, len);
    *whole = bytes_of(d->at, (size_t)(p - d->at) + len);
    d->at = p + len;
    return true;
}

/* The next element if it has this tag: both views of it. */
static bool take(struct der *d, uint8_t tag, struct bytes *content, struct bytes *whole)
{
    struct der rest = *d;
    uint8_t is;

    if (der_end(d) || *d->at != tag || !der_next(&rest, &is, content, whole))
        return false;
    *d = rest;
    return true;
}

bool der_enter(struct der *d, uint8_t tag, struct der *in)
{
    struct bytes content, whole;

    if (!take(d, tag, &content, &whole))
        return false;
    *in = der_of(content);
    return true;
}

bool der_get(struct der *d, uint8_t tag, struct bytes *content)
{
    struct bytes whole;

    return take(d, tag, content, &whole);
}

bool der_get_whole(struct der *d, uint8_t tag, struct bytes *whole)
{
    struct bytes content;

    return take(d, tag, &content, whole);
}

bool der_optional(struct der *d, uint8_t tag, struct der *in, bool *is_there)
{
    *is_there = !der_end(d) && *d->at == tag;
    return !*is_there || der_enter(d, tag, in);
}

/* At least one octet and none that only repeats the sign (X.690, 8.3.2). */
static bool integer_is_minimal(struct bytes c)
{
    if (c.len == 0)
        return false;
    return c.len == 1 || !((c.at[0] == 0 && c.at[1] < 0x80) || (c.at[0] == 0xff && c.at[1] >= 0x80));
}

bool der_get_int(struct der *d, int64_t *out)
{
    struct der rest = *d;
    struct bytes c;
    uint64_t v;

    if (!der_get(&rest, DER_INTEGER, &c) || !integer_is_minimal(c) || c.len > 8)
        return false;
    v = c.at[0] >= 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < c.len; i++)
        v = v << 8 | c.at[i];
    *out = (int64_t)v;
    *d = rest;
    return true;
}

bool der_get_uint(struct der *d, struct bytes *magnitude)
{
    struct der rest = *d;
    struct bytes c;

    if (!der_get(&rest, DER_INTEGER, &c) || !integer_is_minimal(c) || c.at[0] >= 0x80)
        return false;
    if (c.len > 1 && c.at[0] == 0)
        c = bytes_of(c.at + 1, c.len - 1);
    *magnitude = c;
    *d = rest;
    return true;
}

static bool bool_is_fine(struct bytes c)
{
    return c.len == 1 && (c.at[0] == 0 || c.at[0] == 0xff);
}

bool der_get_bool(struct der *d, bool *out)
{
    struct der rest = *d;
    struct bytes c;

    if (!der_get(&rest, DER_BOOLEAN, &c) || !bool_is_fine(c))
        return false;
    *out = c.at[0] != 0;
    *d = rest;
    return true;
}

/* Every arc in the fewest octets, the last one ended (X.690, 8.19.2). */
static bool oid_is_fine(struct bytes c)
{
    bool is_start = true;

    for (size_t i = 0; i < c.len; i++) {
        if (is_start && c.at[i] == 0x80)
            return false;
        is_start = c.at[i] < 0x80;
    }
    return c.len > 0 && is_start;
}

bool der_get_oid(struct der *d, struct bytes *content)
{
    struct der rest = *d;
    struct bytes c;

    if (!der_get(&rest, DER_OID, &c) || !oid_is_fine(c))
        return false;
    *content = c;
    *d = rest;
    return true;
}

/* Unused bits are zero (X.690, 11.2.1) and none are claimed of nothing. */
static bool bits_are_fine(struct bytes c)
{
    if (c.len == 0 || c.at[0] > 7 || (c.len == 1 && c.at[0] != 0))
        return false;
    return (c.at[c.len - 1] & ((1u << c.at[0]) - 1)) == 0;
}

bool der_get_bits(struct der *d, struct bytes *octets, unsigned *unused)
{
    struct der rest = *d;
    struct bytes c;

    if (!der_get(&rest, DER_BIT_STRING, &c) || !bits_are_fine(c))
        return false;
    *unused = c.at[0];
    *octets = bytes_of(c.at + 1, c.len - 1);
    *d = rest;
    return true;
}

static bool digits(const uint8_t *at, size_t n, int *out)
{
    int v = 0;

    for (size_t i = 0; i < n; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        v = v * 10 + (at[i] - '0');
    }
    *out = v;
    return true;
}

/* YYMMDDHHMMSSZ and YYYYMMDDHHMMSSZ and nothing else: RFC 5280, 4.1.2.5.1 and 4.1.2.5.2. */
static bool time_content(struct bytes c, size_t year_digits, int64_t *out)
{
    int year, rest[5];

    if (c.len != year_digits + 11 || c.at[c.len - 1] != 'Z' || !digits(c.at, year_digits, &year))
        return false;
    for (size_t i = 0; i < 5; i++)
        if (!digits(c.at + year_digits + i * 2, 2, &rest[i]))
            return false;
    if (year_digits == 2)
        year += year < 50 ? 2000 : 1900;
    return time_from_utc(year, rest[0], rest[1], rest[2], rest[3], rest[4], out);
}

bool der_get_time(struct der *d, int64_t *out)
{
    struct der rest = *d;
    struct bytes c;
    bool is_utc = der_get(&rest, DER_UTC_TIME, &c);

    if (!is_utc && !der_get(&rest, DER_TIME, &c))
        return false;
    if (!time_content(c, is_utc ? 2 : 4, out))
        return false;
    *d = rest;
    return true;
}

char *der_oid_text(struct arena *a, struct bytes oid)
{
    size_t room = oid.len * 11 + 24, n = 0;   /* ten digits and a dot are more than seven bits ever need */
    char *text = arena_take(a, room);
    uint64_t v = 0;
    bool is_first = true;

    for (size_t i = 0; i < oid.len; i++) {
        if (v > UINT64_MAX >> 7)
            return text_hex_in(a, oid);   /* arcs made of UUIDs: hex is as good for a person */
        v = v << 7 | (oid.at[i] & 0x7f);
        if (oid.at[i] >= 0x80)
            continue;
        if (is_first) {
            unsigned top = v < 80 ? (unsigned)(v / 40) : 2;

            n += (size_t)snprintf(text, room, "%u.%llu", top, (unsigned long long)(v - top * 40));
        } else {
            n += (size_t)snprintf(text + n, room - n, ".%llu", (unsigned long long)v);
        }
        is_first = false;
        v = 0;
    }
    return text;
}

static bool content_is_sound(uint8_t tag, struct bytes c)
{
    switch (tag) {
    case DER_BOOLEAN:
        return bool_is_fine(c);
    case DER_INTEGER:
    case DER_ENUMERATED:
        return integer_is_minimal(c);
    case DER_BIT_STRING:
        return bits_are_fine(c);
    case DER_NULL:
        return c.len == 0;
    case DER_OID:
        return oid_is_fine(c);
    default:
        return true;
    }
}

static bool tree_is_sound(struct der d, unsigned depth)
{
    struct bytes content, whole;
    uint8_t tag;

    while (!der_end(&d)) {
        if (!der_next(&d, &tag, &content, &whole) || !content_is_sound(tag, content))
            return false;
        if ((tag & 0x20) == 0)
            continue;
        if (depth == 0 || !tree_is_sound(der_of(content), depth - 1))
            return false;
    }
    return true;
}

bool der_is_sound(struct bytes from, unsigned depth)
{
    struct der d = der_of(from);
    struct bytes content, whole;
    uint8_t tag;

    return der_next(&d, &tag, &content, &whole) && der_end(&d) && tree_is_sound(der_of(from), depth);
}
