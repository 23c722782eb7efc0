#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/own.h"

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){ .max = max };
}

void buf_done(struct buf *b)
{
    free(b->at);
    *b = (struct buf){ .max = b->max };
}

void buf_wipe(struct buf *b)
{
    own_wipe(b->at, b->room);
    buf_done(b);
}

static bool grow(struct buf *b, size_t more)
{
    size_t room = b->room > 0 ? b->room : 256;
    uint8_t *at;

    if (b->is_over || more > b->max || b->len > b->max - more) {
        b->is_over = true;
        return false;
    }
    while (room < b->len + more)
        room *= 2;
    if (room == b->room)
        return true;
    /* Not realloc: what grows may hold a secret, and the old copy would stay behind. */
    at = own_alloc(room);
    if (b->len > 0)
        memcpy(at, b->at, b->len);
    own_wipe(b->at, b->room);
    free(b->at);
    b->at = at;
    b->room = room;
    return true;
}

static inline bool has_room(struct buf *b, size_t more)
{
    size_t top = b->room < b->max ? b->room : b->max;

    return (!b->is_over && b->len < top && more <= top - b->len) || grow(b, more);
}

void buf_room(struct buf *b, size_t more)
{
    if (!b->is_over && b->len <= b->max && more <= b->max - b->len)
        grow(b, more);
}

void buf_add(struct buf *b, const void *at, size_t len)
{
    if (len == 0 || !has_room(b, len))
        return;
    memcpy(b->at + b->len, at, len);
    b->len += len;
}

void buf_byte(struct buf *b, uint8_t byte)
{
    if (has_room(b, 1))
        b->at[b->len++] = byte;
}

void buf_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_utf8(struct buf *b, uint32_t c)
{
    if (c < 0x80) {
        buf_byte(b, (uint8_t)c);
    } else if (c < 0x800) {
        buf_byte(b, (uint8_t)(0xc0 | c >> 6));
        buf_byte(b, (uint8_t)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_byte(b, (uint8_t)(0xe0 | c >> 12));
        buf_byte(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
        buf_byte(b, (uint8_t)(0x80 | (c & 0x3f)));
    } else {
        buf_byte(b, (uint8_t)(0xf0 | (c >> 18 & 7)));
        buf_byte(b, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
        buf_byte(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
        buf_byte(b, (uint8_t)(0x80 | (c & 0x3f)));
    }
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    char small[512];
    va_list args, again;
    int len;

    va_start(args, fmt);
    va_copy(again, args);
    len = vsnprintf(small, sizeof(small), fmt, args);
    va_end(args);
    if (len >= 0 && (size_t)len < sizeof(small)) {
        buf_add(b, small, (size_t)len);
    } else if (len > 0 && has_room(b, (size_t)len + 1)) {
        vsnprintf((char *)b->at + b->len, (size_t)len + 1, fmt, again);
        b->len += (size_t)len;
    }
    va_end(again);
}
