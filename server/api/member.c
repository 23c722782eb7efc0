#include "api/member.h"

#include "base/text.h"
#include "base/time.h"

/* RFC 8259, 7 */
static void put_escape(struct buf *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";

    buf_byte(out, '\\');
    if (c == '"' || c == '\\') {
        buf_byte(out, c);
    } else if (c == '\n') {
        buf_byte(out, 'n');
    } else {
        buf_text(out, "u00");
        buf_byte(out, (uint8_t)hex[c >> 4]);
        buf_byte(out, (uint8_t)hex[c & 15]);
    }
}

/* Nearly all: the rest is written in another way. */
static const bool is_plain[256] = { [' ' ... '!'] = true, ['#' ... '['] = true, [']' ... '~'] = true, [0x80 ... 0xff] = true };

static void put_text(struct buf *out, const char *text)
{
    buf_byte(out, '"');
    for (;;) {
        size_t len = 0;

        while (is_plain[(unsigned char)text[len]])
            len++;
        buf_add(out, text, len);
        if (text[len] == '\0')
            break;
        put_escape(out, (unsigned char)text[len]);
        text += len + 1;
    }
    buf_byte(out, '"');
}

/* What needs no escape: hexadecimal digits, times, ids. */
static void put_plain(struct buf *out, const char *text, size_t len)
{
    buf_byte(out, '"');
    buf_add(out, text, len);
    buf_byte(out, '"');
}

/* Every member but the first stands behind a comma; names are ours and need no escape. */
void member_name(struct buf *out, const char *name)
{
    if (out->at[out->len - 1] != '{')
        buf_byte(out, ',');
    put_plain(out, name, strlen(name));
    buf_byte(out, ':');
}

void member_text(struct buf *out, const char *name, const char *value)
{
    member_name(out, name);
    put_text(out, value == NULL ? "" : value);
}

void member_text_or_null(struct buf *out, const char *name, const char *value)
{
    member_name(out, name);
    if (value == NULL || value[0] == '\0')
        buf_text(out, "null");
    else
        put_text(out, value);
}

void member_flag(struct buf *out, const char *name, bool value)
{
    member_name(out, name);
    buf_text(out, value ? "true" : "false");
}

void member_number(struct buf *out, const char *name, int64_t value)
{
    member_name(out, name);
    buf_printf(out, "%lld", (long long)value);
}

void member_time(struct buf *out, const char *name, int64_t at)
{
    char text[TIME_TEXT];

    time_text(at, text);
    member_name(out, name);
    put_plain(out, text, strlen(text));
}

void member_time_or_null(struct buf *out, const char *name, int64_t at)
{
    if (at != 0)
        return member_time(out, name, at);
    member_name(out, name);
    buf_text(out, "null");
}

void member_id(struct buf *out, const char *name, const struct id *id)
{
    char text[ID_TEXT];

    member_name(out, name);
    if (id_is_none(id)) {
        buf_text(out, "null");
        return;
    }
    id_text(id, text);
    put_plain(out, text, ID_TEXT - 1);
}

void member_hex(struct buf *out, const char *name, struct bytes value)
{
    char text[2 * 64 + 1];

    if (value.len > 64)
        value.len = 64;
    text_hex(value, text);
    member_name(out, name);
    put_plain(out, text, value.len * 2);
}

void member_texts(struct buf *out, const char *name, const char *const *at, size_t len)
{
    member_name(out, name);
    buf_byte(out, '[');
    for (size_t i = 0; i < len; i++) {
        if (i > 0)
            buf_byte(out, ',');
        put_text(out, at[i]);
    }
    buf_byte(out, ']');
}
