#include "pki/ber.h"

#include "base/buf.h"
#include "pki/der.h"

/* Each level is copied once more: what is not DER stays small. What is in pieces only shrinks. */
enum { LENGTH_OCTETS = 4, BER_MAX = 1024 * 1024, OUT_MAX = 2 * BER_MAX, STRING_IN_PIECES = DER_OCTET_STRING | 0x20 };

struct ber {
    const uint8_t *at, *end;
    struct arena *arena;
    struct error *e;
};
struct head {
    uint8_t tag;
    bool is_open;              /* ends with two zeros */
    size_t len;
};

static enum err cut_off(const struct ber *b)
{
    return fail_kind(b->e, ERR_INVALID, "truncated", "the file was cut off: an element in it is longer than what is there");
}

static enum err read_length(struct ber *b, struct head *h)
{
    size_t n;

    if (b->at == b->end)
        return cut_off(b);
    h->len = *b->at++;
    h->is_open = h->len == 0x80;
    if (h->len <= 0x80) {
        h->len = h->is_open ? 0 : h->len;
        return ERR_NONE;
    }
    n = h->len & 0x7f;
    if (n > LENGTH_OCTETS)
        return fail(b->e, ERR_INVALID, "the file is malformed: a length in it takes %zu octets", n);
    if ((size_t)(b->end - b->at) < n)
        return cut_off(b);
    for (h->len = 0; n > 0; n--)
        h->len = h->len << 8 | *b->at++;
    return ERR_NONE;
}

static enum err read_head(struct ber *b, struct head *h)
{
    enum err r;

    if (b->at == b->end)
        return cut_off(b);
    h->tag = *b->at++;
    if ((h->tag & 0x1f) == 0x1f)
        return fail(b->e, ERR_INVALID, "the file is malformed: it has a tag that no certificate file uses");
    r = read_length(b, h);
    if (r)
        return r;
    if (h->is_open && (h->tag & 0x20) == 0)
        return fail(b->e, ERR_INVALID, "the file is malformed: a value in it has no length");
    return h->len > (size_t)(b->end - b->at) ? cut_off(b) : ERR_NONE;
}

static struct bytes wrapped(struct arena *a, uint8_t tag, struct bytes content)
{
    struct der_writer w;

    der_begin(&w, content.len + 8);
    der_prim(&w, tag, content);
    return der_take(&w, a);
}

static enum err element(struct ber *b, unsigned depth, struct bytes *out);

/* A piece of a string adds its content, anything else all of it. */
static enum err add_child(struct ber *b, const struct head *parent, unsigned depth, struct buf *into)
{
    struct bytes child, content;
    struct der d;
    enum err r = element(b, depth, &child);

    if (r)
        return r;
    d = der_of(child);
    if (parent->tag == STRING_IN_PIECES) {
        if (!der_get(&d, DER_OCTET_STRING, &content))
            return fail(b->e, ERR_INVALID, "the file is malformed: a string in pieces holds something else");
        child = content;
    }
    buf_add(into, child.at, child.len);
    return ERR_NONE;
}

static bool at_end(struct ber *b, const struct head *h, const uint8_t *end)
{
    if (!h->is_open)
        return b->at >= end;
    if (b->end - b->at < 2 || b->at[0] != 0 || b->at[1] != 0)
        return false;
    b->at += 2;
    return true;
}

static enum err children(struct ber *b, const struct head *h, unsigned depth, struct buf *into)
{
    const uint8_t *end = b->at + h->len;
    enum err r = ERR_NONE;

    while (r == ERR_NONE && !at_end(b, h, end))
        r = add_child(b, h, depth, into);
    if (r == ERR_NONE && !h->is_open && b->at != end)
        return fail(b->e, ERR_INVALID, "the file is malformed: an element reaches beyond the one around it");
    return r;
}

static enum err element(struct ber *b, unsigned depth, struct bytes *out)
{
    struct head h = { 0 };
    struct buf content;
    enum err r = read_head(b, &h);

    if (r)
        return r;
    if ((h.tag & 0x20) == 0) {
        *out = wrapped(b->arena, h.tag, bytes_of(b->at, h.len));
        b->at += h.len;
        return ERR_NONE;
    }
    if (depth == 0)
        return fail(b->e, ERR_INVALID, "the file is malformed: it is nested more than %d deep", BER_DEPTH);
    buf_init(&content, OUT_MAX);
    r = children(b, &h, depth - 1, &content);
    if (r == ERR_NONE && content.is_over)
        r = fail(b->e, ERR_INVALID, "the file is too large");
    if (r == ERR_NONE)
        *out = wrapped(b->arena, h.tag == STRING_IN_PIECES ? DER_OCTET_STRING : h.tag, buf_bytes(&content));
    buf_wipe(&content);
    return r;
}

enum err ber_to_der(struct bytes from, struct arena *a, struct bytes *out, struct error *e)
{
    struct ber b = { from.at, from.at + from.len, a, e };
    struct bytes made;
    enum err r;

    if (der_is_sound(from, BER_DEPTH)) {
        *out = from;
        return ERR_NONE;
    }
    if (from.len > BER_MAX)
        return fail(e, ERR_INVALID, "the file is not DER, and with %zu octets too large to be made so", from.len);
    r = element(&b, BER_DEPTH, &made);
    if (r)
        return r;
    if (b.at != b.end)
        return fail(e, ERR_INVALID, "the file is malformed: %zu octets stand behind its end", (size_t)(b.end - b.at));

    *out = made;
    return ERR_NONE;
}
