/* der_write - the backward writer of der.h. */
#include "pki/der.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"

#define OID_MOST 40   /* content of a constant of ours */

void der_begin(struct der_writer *w, size_t guess)
{
    size_t room = guess > 64 ? guess : 64;

    w->base = own_alloc(room);
    w->end = w->base + room;
    w->at = w->end;
}

void der_done(struct der_writer *w)
{
    if (w->base != NULL)
        own_wipe(w->at, (size_t)(w->end - w->at));
    free(w->base);
    *w = (struct der_writer){ 0 };
}

struct bytes der_written(const struct der_writer *w)
{
    return bytes_of(w->at, der_mark(w));
}

struct bytes der_take(struct der_writer *w, struct arena *a)
{
    struct bytes out = arena_bytes(a, der_written(w));

    der_done(w);
    return out;
}

size_t der_mark(const struct der_writer *w)
{
    return (size_t)(w->end - w->at);
}

/* Moves the front back by len and gives the room that is to be filled. */
static uint8_t *claim(struct der_writer *w, size_t len)
{
    if ((size_t)(w->at - w->base) < len) {
        size_t used = der_mark(w), room = ((size_t)(w->end - w->base) + len) * 2;
        uint8_t *base = own_alloc(room);

        memcpy(base + room - used, w->at, used);
        own_wipe(w->at, used);
        free(w->base);
        w->base = base;
        w->end = base + room;
        w->at = w->end - used;
    }
    w->at -= len;
    return w->at;
}

static void put(struct der_writer *w, uint8_t byte)
{
    *claim(w, 1) = byte;
}

void der_wrap(struct der_writer *w, size_t mark, uint8_t tag)
{
    size_t len = der_mark(w) - mark;
    uint8_t octets = 0;

    if (len < 0x80) {
        put(w, (uint8_t)len);
    } else {
        for (; len > 0; len >>= 8, octets++)
            put(w, (uint8_t)len);
        put(w, 0x80 | octets);
    }
    put(w, tag);
}

void der_raw(struct der_writer *w, struct bytes ready)
{
    if (ready.len > 0)
        memcpy(claim(w, ready.len), ready.at, ready.len);
}

void der_prim(struct der_writer *w, uint8_t tag, struct bytes content)
{
    size_t mark = der_mark(w);

    der_raw(w, content);
    der_wrap(w, mark, tag);
}

void der_int(struct der_writer *w, int64_t value)
{
    size_t mark = der_mark(w);
    int64_t rest = value;
    uint8_t top;

    do {
        top = (uint8_t)rest;
        put(w, top);
        rest >>= 8;   /* arithmetic: gcc and clang both say so */
    } while (!((rest == 0 && top < 0x80) || (rest == -1 && top >= 0x80)));
    der_wrap(w, mark, DER_INTEGER);
}

void der_uint_bytes(struct der_writer *w, struct bytes big_endian)
{
    size_t mark = der_mark(w);

    while (big_endian.len > 0 && big_endian.at[0] == 0) {
        big_endian.at++;
        big_endian.len--;
    }
    der_raw(w, big_endian);
    if (big_endian.len == 0 || big_endian.at[0] >= 0x80)
        put(w, 0);
    der_wrap(w, mark, DER_INTEGER);
}

void der_bool(struct der_writer *w, bool value)
{
    der_prim(w, DER_BOOLEAN, bytes_of(value ? "\xff" : "\0", 1));
}

void der_null(struct der_writer *w)
{
    der_prim(w, DER_NULL, bytes_of("", 0));
}

/* Content of an OBJECT IDENTIFIER from a constant of ours. Written backwards, too, so that each arc is one loop. */
static struct bytes oid_content(const char *dotted, uint8_t room[OID_MOST])
{
    uint64_t arcs[24];
    size_t n = 0, at = OID_MOST;

    for (const char *p = dotted; n < 24; p++) {
        char *end;

        if (*p < '0' || *p > '9')
            abort();
        arcs[n++] = strtoull(p, &end, 10);
        p = end;
        if (*p == '\0')
            break;
        if (*p != '.')
            abort();
    }
    if (n < 2 || arcs[0] > 2 || (arcs[0] < 2 && arcs[1] > 39))
        abort();
    arcs[1] += arcs[0] * 40;
    while (n-- > 1) {
        uint64_t v = arcs[n];
        uint8_t more = 0;

        do {
            if (at == 0)
                abort();
            room[--at] = (uint8_t)(v & 0x7f) | more;
            more = 0x80;
            v >>= 7;
        } while (v > 0);
    }
    return bytes_of(room + at, OID_MOST - at);
}

void der_oid(struct der_writer *w, const char *dotted)
{
    uint8_t room[OID_MOST];

    der_prim(w, DER_OID, oid_content(dotted, room));
}

static uint64_t next_arc(const char **at)
{
    uint64_t arc = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++)
        arc = arc * 10 + (uint64_t)(**at - '0');
    if (**at == '.')
        (*at)++;
    return arc;
}

/* Every name, extension and key is asked this of several: it ends at the first arc that differs, and nothing is encoded for it. */
bool der_oid_is(struct bytes oid, const char *dotted)
{
    uint64_t arc = next_arc(&dotted) * 40;
    size_t at = 0;

    for (arc += next_arc(&dotted);; arc = next_arc(&dotted)) {
        int shift = 0;

        while (arc >> shift >= 0x80)
            shift += 7;
        for (; shift >= 0; shift -= 7)
            if (at == oid.len || oid.at[at++] != ((arc >> shift & 0x7f) | (shift > 0 ? 0x80 : 0)))
                return false;
        if (*dotted == '\0')
            return at == oid.len;
    }
}

void der_bits(struct der_writer *w, struct bytes octets, unsigned unused)
{
    size_t mark = der_mark(w);

    der_raw(w, octets);
    put(w, (uint8_t)unused);
    der_wrap(w, mark, DER_BIT_STRING);
}

void der_named_bits(struct der_writer *w, uint32_t bits)
{
    uint8_t octets[4] = { 0 };
    unsigned last = 0;

    for (unsigned i = 0; i < 32; i++) {
        if ((bits >> i & 1) == 0)
            continue;
        octets[i / 8] |= (uint8_t)(0x80 >> i % 8);
        last = i;
    }
    if (bits == 0)
        der_bits(w, bytes_of("", 0), 0);
    else
        der_bits(w, bytes_of(octets, last / 8 + 1), 7 - last % 8);
}

void der_time(struct der_writer *w, int64_t at)
{
    int year, month, day, hour, minute, second;
    char text[64];

    time_to_utc(at, &year, &month, &day, &hour, &minute, &second);
    if (year >= 1950 && year < 2050) {
        snprintf(text, sizeof(text), "%02d%02d%02d%02d%02d%02dZ", year % 100, month, day, hour, minute, second);
        der_prim(w, DER_UTC_TIME, bytes_text(text));
    } else {
        snprintf(text, sizeof(text), "%04d%02d%02d%02d%02d%02dZ", year, month, day, hour, minute, second);
        der_prim(w, DER_TIME, bytes_text(text));
    }
}
