#include "pki/utf16.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

struct bytes utf16_of(const char *text, struct arena *a)
{
    size_t len = strlen(text), n = 0;
    uint8_t *out = arena_take(a, len * 2 + 2);

    for (size_t i = 0; i < len; ) {
        uint8_t first = (uint8_t)text[i];
        size_t more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        uint32_t c = more == 0 ? first : first & (0x3fu >> more);

        for (i++; more > 0; more--, i++)
            c = c << 6 | ((uint8_t)text[i] & 0x3f);
        if (c > 0xffff) {
            uint32_t high = 0xd800 + ((c - 0x10000) >> 10);

            out[n++] = (uint8_t)(high >> 8);
            out[n++] = (uint8_t)high;
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        out[n++] = (uint8_t)(c >> 8);
        out[n++] = (uint8_t)c;
    }
    return bytes_of(out, n);
}

const char *utf16_text(struct bytes from, struct arena *a)
{
    CLEANUP(buf_done) struct buf b;
    struct bytes out;

    buf_init(&b, from.len * 2 + 4);
    for (size_t i = 0; i + 1 < from.len; i += 2) {
        uint32_t c = (uint32_t)from.at[i] << 8 | from.at[i + 1];

        if (c >= 0xd800 && c < 0xdc00 && i + 3 < from.len) {
            c = 0x10000 + ((c - 0xd800) << 10) + (((uint32_t)from.at[i + 2] << 8 | from.at[i + 3]) - 0xdc00);
            i += 2;
        }
        buf_utf8(&b, c);
    }
    out = buf_bytes(&b);
    return !b.is_over && text_is_clean(out) ? arena_copy(a, (const char *)out.at, out.len) : "";
}
