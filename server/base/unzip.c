#include "base/unzip.h"

#include <zlib.h>

#include "base/text.h"

enum {
    END_LEN = 22, END_SIGN = 0x06054b50, COMMENT_MAX = 65535,
    ENTRY_LEN = 46, ENTRY_SIGN = 0x02014b50, LOCAL_LEN = 30, LOCAL_SIGN = 0x04034b50,
    METHOD_STORED = 0, METHOD_DEFLATED = 8, FLAG_ENCRYPTED = 1, RATIO_SLACK = 4096
};

#define MALFORMED(what) fail(e, ERR_INVALID, "the ZIP is malformed: " what)
#define CUT_OFF fail_kind(e, ERR_INVALID, "truncated", "the ZIP was cut off: its directory, which stands at the end, is not there")

static uint32_t number(const uint8_t *at, unsigned octets)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < octets; i++)
        value |= (uint32_t)at[i] << 8 * i;
    return value;
}

bool unzip_is_one(struct bytes file)
{
    return file.len >= 4 && (number(file.at, 4) == LOCAL_SIGN || number(file.at, 4) == END_SIGN);
}

/* the directory ----------------------------------------------------------------------------------------- */

/* It ends the file, but for a comment. */
static const uint8_t *find_end(struct bytes file)
{
    size_t most = file.len < END_LEN + COMMENT_MAX ? file.len : END_LEN + COMMENT_MAX;

    for (size_t back = END_LEN; back <= most; back++) {
        const uint8_t *at = file.at + file.len - back;

        if (number(at, 4) == END_SIGN && END_LEN + number(at + 20, 2) == back)
            return at;
    }
    return NULL;
}

/* What macOS puts beside each file, and folders. */
static bool is_passed_over(const char *name)
{
    const char *base = strrchr(name, '/');

    base = base == NULL ? name : base + 1;
    return base[0] == '\0' || text_starts(name, "__MACOSX/") || strcmp(base, ".DS_Store") == 0;
}

static const char *name_of(struct bytes name, size_t n, struct arena *a)
{
    return name.len > 0 && name.len <= 255 && text_is_clean(name) ? arena_copy(a, name.at, name.len) : arena_printf(a, "member %zu", n + 1);
}

/* The local header repeats the entry; only where the body begins is taken from it. */
static enum err find_body(struct bytes file, uint32_t at, uint32_t packed_len, struct bytes *out, struct error *e)
{
    size_t begin;

    if (at > file.len || file.len - at < LOCAL_LEN || number(file.at + at, 4) != LOCAL_SIGN)
        return MALFORMED("a member is not where its directory says");
    begin = at + LOCAL_LEN + number(file.at + at + 26, 2) + number(file.at + at + 28, 2);
    if (begin > file.len || file.len - begin < packed_len)
        return MALFORMED("a member is longer than the file");
    *out = bytes_of(file.at + begin, packed_len);
    return ERR_NONE;
}

static enum err check_size(const struct unzip_member *m, uint64_t *all, struct error *e)
{
    *all += m->size;
    if (m->size > UNZIP_MEMBER_MAX)
        return fail(e, ERR_INVALID, "a member of the ZIP has %u octets: %d is the most", m->size, UNZIP_MEMBER_MAX);
    if (*all > UNZIP_ALL_MAX)
        return fail(e, ERR_INVALID, "the members of the ZIP have more than %d octets together: split it", UNZIP_ALL_MAX);
    if (m->size > (uint64_t)m->packed.len * UNZIP_RATIO_MAX + RATIO_SLACK)
        return fail(e, ERR_INVALID, "a member of the ZIP grows from %zu to %u octets: that is no certificate", m->packed.len, m->size);
    return ERR_NONE;
}

/* One entry of the directory; *at moves behind it. */
static enum err read_entry(struct bytes file, size_t end, size_t *at, size_t n, struct arena *a, struct unzip_member *out, struct error *e)
{
    const uint8_t *entry = file.at + *at;
    size_t name_len, len;

    if (end - *at < ENTRY_LEN || number(entry, 4) != ENTRY_SIGN)
        return MALFORMED("its directory");
    name_len = number(entry + 28, 2);
    len = ENTRY_LEN + name_len + number(entry + 30, 2) + number(entry + 32, 2);
    if (end - *at < len)
        return MALFORMED("its directory");
    *out = (struct unzip_member){ .name = name_of(bytes_of(entry + ENTRY_LEN, name_len), n, a), .size = number(entry + 24, 4),
                                  .crc = number(entry + 16, 4), .method = number(entry + 10, 2), .is_encrypted = number(entry + 8, 2) & FLAG_ENCRYPTED };
    *at += len;
    return find_body(file, number(entry + 42, 4), number(entry + 20, 4), &out->packed, e);
}

enum err unzip_list(struct bytes file, struct arena *a, struct unzip_member **out, size_t *len, struct error *e)
{
    const uint8_t *end = find_end(file);
    struct unzip_member *list;
    size_t at, end_at, entries, n = 0;
    uint64_t all = 0;
    enum err r = ERR_NONE;

    if (end == NULL)
        return CUT_OFF;
    entries = number(end + 10, 2);
    at = number(end + 16, 4);
    end_at = (size_t)(end - file.at);
    if (number(end + 4, 4) != 0 || number(end + 8, 2) != entries)
        return MALFORMED("it is one part of several");
    if (entries > UNZIP_MEMBERS_MAX)
        return fail(e, ERR_INVALID, "the ZIP has %zu members: %d is the most. Split it", entries, UNZIP_MEMBERS_MAX);
    if (at > end_at)
        return MALFORMED("its directory is not where it says");
    list = arena_take(a, entries * sizeof(*list) + 1);
    for (size_t i = 0; r == ERR_NONE && i < entries; i++) {
        r = read_entry(file, end_at, &at, i, a, &list[n], e);
        if (r == ERR_NONE)
            r = check_size(&list[n], &all, e);
        if (r == ERR_NONE && !is_passed_over(list[n].name))
            n++;
    }
    if (r)
        return r;
    *out = list;
    *len = n;
    return ERR_NONE;
}

/* one member -------------------------------------------------------------------------------------------- */

/* Into exactly as much room as was announced: a stream that wants more has lied. */
static bool inflate_into(struct bytes packed, uint8_t *at, size_t size)
{
    z_stream z = { .next_in = (uint8_t *)packed.at, .avail_in = (unsigned)packed.len, .next_out = at, .avail_out = (unsigned)size };
    bool is_whole;

    if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
        return false;
    is_whole = inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_out == 0 && z.avail_in == 0;
    inflateEnd(&z);
    return is_whole;
}

enum err unzip_open(const struct unzip_member *m, struct arena *a, struct bytes *out, struct error *e)
{
    uint8_t *at;

    if (m->is_encrypted)
        return fail_kind(e, ERR_INVALID, "unsupported-algorithm", "this member of the ZIP is encrypted: unpack it first, and bring in what was inside");
    if (m->method != METHOD_STORED && m->method != METHOD_DEFLATED)
        return fail_kind(e, ERR_INVALID, "unsupported-algorithm", "this member of the ZIP is packed by method %u: pack it anew with Deflate", m->method);
    if (m->method == METHOD_STORED && m->packed.len != m->size)
        return MALFORMED("a stored member has two lengths");
    at = arena_take(a, m->size + 1);
    if (m->method == METHOD_STORED)
        memcpy(at, m->packed.at, m->size);
    else if (!inflate_into(m->packed, at, m->size))
        return MALFORMED("a member does not unpack to its length");
    if (crc32(crc32(0, NULL, 0), at, m->size) != m->crc)
        return MALFORMED("the checksum of a member is wrong");
    *out = bytes_of(at, m->size);
    return ERR_NONE;
}
