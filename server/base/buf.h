/* buf - bytes that grow up to a ceiling. Over the ceiling nothing more is taken and is_over says so. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>

#include "base/bytes.h"

struct buf {
    uint8_t *at;
    size_t len, room, max;
    bool is_over;
};

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);                    /* frees; fine on a zeroed one */
void buf_wipe(struct buf *b);                    /* overwrites, then frees: for secrets */
void buf_room(struct buf *b, size_t more);       /* now, when it is known that about so much will come: not piece by piece */
void buf_add(struct buf *b, const void *at, size_t len);
void buf_byte(struct buf *b, uint8_t byte);
void buf_text(struct buf *b, const char *text);
void buf_utf8(struct buf *b, uint32_t c);       /* one character, at most 0x10ffff */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static inline struct bytes buf_bytes(const struct buf *b) { return bytes_of(b->at, b->len); }

#endif
