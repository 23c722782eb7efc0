/* fuzz_der - the strict reader, and the writer as its mirror: what is sound comes out of the writer octet for octet. */
#include "fuzz.h"

#include "pki/der.h"

enum { DEPTH = 24, ELEMENTS = 512 };

/* From a time to its DER; forms that RFC 5280 gives to other years stay as they are. */
static void write_time(struct der_writer *w, uint8_t tag, struct bytes content, struct bytes whole)
{
    struct der d = der_of(whole);
    size_t mark = der_mark(w);
    int64_t at;
    bool is_own_form = false;

    if (der_get_time(&d, &at)) {
        must(der_end(&d));
        der_time(w, at);
        is_own_form = der_written(w).at[0] == tag;
    }
    if (!is_own_form) {
        w->at = w->end - mark;
        der_prim(w, tag, content);
    }
}

static void write_oid(struct der_writer *w, struct bytes content, struct arena *a)
{
    char *text = der_oid_text(a, content);

    if (content.len <= 12 && strchr(text, '.') != NULL) {
        must(der_oid_is(content, text));
        der_oid(w, text);
    } else {
        der_prim(w, DER_OID, content);
    }
}

static void write_leaf(struct der_writer *w, uint8_t tag, struct bytes content, struct bytes whole, struct arena *a)
{
    struct der d = der_of(whole);
    struct bytes bytes;
    unsigned unused;
    int64_t number;
    bool flag;

    if (tag == DER_INTEGER && der_get_int(&d, &number))
        der_int(w, number);
    else if (tag == DER_INTEGER && der_get_uint(&d, &bytes))
        der_uint_bytes(w, bytes);
    else if (tag == DER_BOOLEAN && der_get_bool(&d, &flag))
        der_bool(w, flag);
    else if (tag == DER_BIT_STRING && der_get_bits(&d, &bytes, &unused))
        der_bits(w, bytes, unused);
    else if (tag == DER_OID && der_get_oid(&d, &bytes))
        write_oid(w, bytes, a);
    else if (tag == DER_UTC_TIME || tag == DER_TIME)
        write_time(w, tag, content, whole);
    else
        der_prim(w, tag, content);
}

struct element {
    uint8_t tag;
    struct bytes content, whole;
};

static void write_all(struct der_writer *w, struct bytes from, struct arena *a)
{
    struct element *at = arena_take(a, ELEMENTS * sizeof(*at));
    struct der d = der_of(from);
    size_t n = 0;

    while (!der_end(&d) && n < ELEMENTS) {
        must(der_next(&d, &at[n].tag, &at[n].content, &at[n].whole));
        n++;
    }
    der_raw(w, bytes_of(d.at, (size_t)(d.end - d.at)));   /* what is too much to take apart */
    while (n-- > 0) {
        size_t mark = der_mark(w);

        if ((at[n].tag & 0x20) == 0) {
            write_leaf(w, at[n].tag, at[n].content, at[n].whole, a);
            continue;
        }
        write_all(w, at[n].content, a);
        der_wrap(w, mark, at[n].tag);
    }
}

/* All readers on all of it, sound or not: nothing may be read beyond the end, and who refuses consumes nothing. */
static void read_anything(struct bytes from, struct arena *a, unsigned depth)
{
    struct der d = der_of(from), before, in;
    struct bytes bytes, whole;
    unsigned unused;
    int64_t number;
    uint8_t tag;
    bool flag;

    while (depth > 0) {
        before = d;
        if (der_get_int(&d, &number) || der_get_uint(&d, &bytes) || der_get_bool(&d, &flag) || der_get_bits(&d, &bytes, &unused) ||
            der_get_time(&d, &number))
            continue;
        if (der_get_oid(&d, &bytes)) {
            der_oid_text(a, bytes);
            continue;
        }
        must(d.at == before.at && d.end == before.end);
        if (der_enter(&d, DER_SEQUENCE, &in) || der_enter(&d, DER_SET, &in) || der_enter(&d, DER_CONTEXT_CONS(0), &in)) {
            read_anything(bytes_of(in.at, (size_t)(in.end - in.at)), a, depth - 1);
            continue;
        }
        if (!der_next(&d, &tag, &bytes, &whole))
            break;
        must(d.at > before.at && d.at <= d.end);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct bytes from = bytes_of(data, size);
    struct der_writer w;

    if (size > 64 * 1024)
        return 0;
    read_anything(from, a, DEPTH);
    if (!der_is_sound(from, DEPTH))
        return 0;
    der_begin(&w, 0);
    write_all(&w, from, a);
    must(bytes_equal(der_written(&w), from));
    der_done(&w);
    return 0;
}
