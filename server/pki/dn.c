#include "pki/dn.h"

#include "base/buf.h"
#include "base/text.h"
#include "pki/der.h"

#define PARTS_MOST 512
#define PART_LEAST 7     /* octets of the smallest part: a SEQUENCE, an OID of one octet, an empty value */
#define TEXT_MOST (256 * 1024)

enum { UNIVERSAL_STRING = 0x1c, NUMERIC_STRING = 0x12, VISIBLE_STRING = 0x1a };

static const struct {
    const char *oid, *word;
} words[] = {
    { "2.5.4.3", "CN" },
    { "2.5.4.10", "O" },
    { "2.5.4.11", "OU" },
    { "2.5.4.6", "C" },
    { "2.5.4.7", "L" },
    { "2.5.4.8", "ST" },
    { "2.5.4.9", "STREET" },
    { "0.9.2342.19200300.100.1.25", "DC" },
    { "0.9.2342.19200300.100.1.1", "UID" },
    { "1.2.840.113549.1.9.1", "emailAddress" },
    { "2.5.4.5", "serialNumber" },
};

struct part {
    struct bytes oid, content, whole;
    uint8_t tag;
    bool joins;   /* shares its RDN with the one before it */
};

/* Octets per character of a string type; 0: UTF-8, -1: no string. */
static int width_of(uint8_t tag)
{
    switch (tag) {
    case DER_UTF8:
        return 0;
    case DER_PRINTABLE:
    case DER_T61:
    case DER_IA5:
    case NUMERIC_STRING:
    case VISIBLE_STRING:
        return 1;
    case DER_BMP:
        return 2;
    case UNIVERSAL_STRING:
        return 4;
    default:
        return -1;
    }
}

/* The value as clean UTF-8. T61 is read as Latin-1, as everybody writes it. */
static bool value_text(const struct part *p, struct arena *a, struct bytes *out)
{
    CLEANUP(buf_done) struct buf b;
    int width = width_of(p->tag);
    size_t step = width > 0 ? (size_t)width : 1;

    buf_init(&b, TEXT_MOST);
    if (width < 0 || p->content.len % step != 0)
        return false;
    for (size_t i = 0; i < p->content.len; i += step) {
        uint32_t c = 0;

        for (size_t k = 0; k < step; k++)
            c = c << 8 | p->content.at[i + k];
        if (width == 0)
            buf_byte(&b, (uint8_t)c);
        else if (c > 0x10ffff || (c >= 0x80 && width == 1 && p->tag != DER_T61))
            return false;
        else
            buf_utf8(&b, c);
    }
    if (b.is_over || !text_is_clean(buf_bytes(&b)))
        return false;
    *out = arena_bytes(a, buf_bytes(&b));
    return true;
}

/* RFC 4514, 2.4. */
static void add_escaped(struct buf *b, struct bytes v)
{
    for (size_t i = 0; i < v.len; i++) {
        char c = (char)v.at[i];
        bool is_edge = (c == ' ' && (i == 0 || i + 1 == v.len)) || (c == '#' && i == 0);

        if (is_edge || strchr("\"+,;<>\\", c) != NULL)
            buf_byte(b, '\\');
        buf_byte(b, (uint8_t)c);
    }
}

static void add_part(struct buf *b, const struct part *p, struct arena *a)
{
    const char *word = NULL;
    struct bytes value;

    for (size_t i = 0; i < sizeof(words) / sizeof(*words) && word == NULL; i++)
        if (der_oid_is(p->oid, words[i].oid))
            word = words[i].word;
    buf_text(b, word != NULL ? word : der_oid_text(a, p->oid));
    buf_byte(b, '=');
    if (value_text(p, a, &value)) {
        add_escaped(b, value);
    } else {
        buf_byte(b, '#');
        buf_text(b, text_hex_in(a, p->whole));
    }
}

static enum err read_parts(struct bytes name, struct part *parts, size_t room, size_t *len, struct error *e)
{
    struct der d = der_of(name), rdns, set, pair;
    size_t n = 0;

    if (!der_enter(&d, DER_SEQUENCE, &rdns) || !der_end(&d))
        return fail(e, ERR_INVALID, "the distinguished name is not well-formed");
    while (!der_end(&rdns)) {
        if (!der_enter(&rdns, DER_SET, &set) || der_end(&set))
            return fail(e, ERR_INVALID, "a part of the distinguished name is no set, or an empty one");
        for (bool joins = false; !der_end(&set); joins = true) {
            struct part *p = &parts[n];

            if (n == room)
                return fail(e, ERR_INVALID, "the distinguished name has more than %d parts", PARTS_MOST);
            if (!der_enter(&set, DER_SEQUENCE, &pair) || !der_get_oid(&pair, &p->oid) ||
                !der_next(&pair, &p->tag, &p->content, &p->whole) || !der_end(&pair))
                return fail(e, ERR_INVALID, "a part of the distinguished name is not well-formed");
            p->joins = joins;
            n++;
        }
    }
    *len = n;
    return ERR_NONE;
}

static const char *last_common_name(const struct part *parts, size_t len, struct arena *a)
{
    struct bytes value;

    while (len-- > 0)
        if (der_oid_is(parts[len].oid, "2.5.4.3"))
            return value_text(&parts[len], a, &value) ? (const char *)value.at : "";
    return "";
}

/* The last RDN comes first: RFC 4514, 2.1. Within one, the order stays. */
static const char *text_of(const struct part *parts, size_t len, struct arena *a)
{
    CLEANUP(buf_done) struct buf b;

    buf_init(&b, TEXT_MOST);
    for (size_t end = len; end > 0; ) {
        size_t start = end - 1;

        while (parts[start].joins)
            start--;
        for (size_t i = start; i < end; i++) {
            if (i > start || end < len)
                buf_byte(&b, i > start ? '+' : ',');
            add_part(&b, &parts[i], a);
        }
        end = start;
    }
    return arena_copy(a, b.at, b.len);
}

enum err dn_read(struct bytes name, struct arena *a, const char **text, const char **common_name, struct error *e)
{
    size_t room = name.len / PART_LEAST + 1 < PARTS_MOST ? name.len / PART_LEAST + 1 : PARTS_MOST, len = 0;
    struct part *parts = arena_take(a, room * sizeof(*parts));
    enum err r;

    r = read_parts(name, parts, room, &len, e);
    if (r)
        return r;
    if (text != NULL)
        *text = text_of(parts, len, a);
    if (common_name != NULL)
        *common_name = last_common_name(parts, len, a);
    return ERR_NONE;
}
