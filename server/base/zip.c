#include "base/zip.h"

#include "base/time.h"

enum { STORED_NEEDS = 20, MADE_BY_UNIX = 3 << 8 | STORED_NEEDS, REGULAR = 0100000, LOCAL_HEAD = 30, END_HEAD = 12 };

static void put(struct buf *out, uint32_t value, unsigned octets)
{
    for (unsigned i = 0; i < octets; i++)
        buf_byte(out, (uint8_t)(value >> 8 * i));
}

static uint32_t crc32_of(struct bytes from)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < from.len; i++) {
        crc ^= from.at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xedb88320 & (0 - (crc & 1)));
    }
    return ~crc;
}

/* Two seconds are its unit, and 1980 its first year. */
static uint32_t dos_time(int64_t at)
{
    int year, month, day, hour, minute, second;

    time_to_utc(at, &year, &month, &day, &hour, &minute, &second);
    if (year < 1980 || year > 2107)
        return 1 << 21 | 1 << 16;
    return (uint32_t)(year - 1980) << 25 | (uint32_t)month << 21 | (uint32_t)day << 16 | (uint32_t)hour << 11 | (uint32_t)minute << 5 |
           (uint32_t)second / 2;
}

/* What the local header and the directory have in common: from "version needed" to "extra field length". */
static void put_head(struct buf *out, const struct zip_file *f, uint32_t modified)
{
    put(out, STORED_NEEDS, 2);
    put(out, 0, 2);
    put(out, 0, 2);
    put(out, modified, 4);
    put(out, crc32_of(f->body), 4);
    put(out, (uint32_t)f->body.len, 4);
    put(out, (uint32_t)f->body.len, 4);
    put(out, (uint32_t)strlen(f->name), 2);
    put(out, 0, 2);
}

static void put_entry(struct buf *out, const struct zip_file *f, uint32_t modified, uint32_t at)
{
    put(out, 0x02014b50, 4);
    put(out, MADE_BY_UNIX, 2);
    put_head(out, f, modified);
    put(out, 0, 2);
    put(out, 0, 2);
    put(out, 0, 2);
    put(out, (uint32_t)(REGULAR | (f->is_program ? 0755 : 0644)) << 16, 4);
    put(out, at, 4);
    buf_text(out, f->name);
}

void zip_write(const struct zip_file *files, size_t len, int64_t modified_at, struct buf *out)
{
    uint32_t modified = dos_time(modified_at), directory, at = 0;
    size_t begin = out->len;

    for (size_t i = 0; i < len; i++) {
        put(out, 0x04034b50, 4);
        put_head(out, &files[i], modified);
        buf_text(out, files[i].name);
        buf_add(out, files[i].body.at, files[i].body.len);
    }
    directory = (uint32_t)(out->len - begin);
    for (size_t i = 0; i < len; i++) {
        put_entry(out, &files[i], modified, at);
        at += LOCAL_HEAD + (uint32_t)(strlen(files[i].name) + files[i].body.len);
    }
    put(out, 0x06054b50, 4);
    put(out, 0, 4);
    put(out, (uint32_t)len, 2);
    put(out, (uint32_t)len, 2);
    put(out, (uint32_t)(out->len - begin) - END_HEAD - directory, 4);
    put(out, directory, 4);
    put(out, 0, 2);
}
