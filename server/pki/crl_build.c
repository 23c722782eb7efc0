/* crl_build - our own linear writer: 100,000 entries are a matter of milliseconds, the library's are minutes. */
#include "base/time.h"
#include "pki/crl.h"
#include "pki/der.h"

#define LINE_ROOM 56   /* 20 octets of serial, a time, a reason, their heads */
#define HEAD_ROOM 512

/* The date of the last entry: neighbours were often revoked on the same day, and a date is the dear part of an entry. */
struct day {
    int64_t number;
    char text[7];      /* YYMMDD */
    bool is_utc;       /* 1950 to 2049: RFC 5280, 5.1.2.4 */
};

static void set_day(struct day *d, int64_t number)
{
    int year, month, day, hour, minute, second;

    time_to_utc(number * DAYS, &year, &month, &day, &hour, &minute, &second);
    d->number = number;
    d->is_utc = year >= 1950 && year < 2050;
    d->text[0] = (char)('0' + year % 100 / 10);
    d->text[1] = (char)('0' + year % 10);
    d->text[2] = (char)('0' + month / 10);
    d->text[3] = (char)('0' + month % 10);
    d->text[4] = (char)('0' + day / 10);
    d->text[5] = (char)('0' + day % 10);
}

static void two(char *out, int64_t value)
{
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
}

static void write_time(struct der_writer *w, struct day *d, int64_t at)
{
    int64_t rest = at % DAYS;
    char text[13];

    if (at / DAYS != d->number)
        set_day(d, at / DAYS);
    if (!d->is_utc) {
        der_time(w, at);
        return;
    }
    memcpy(text, d->text, 6);
    two(text + 6, rest / HOURS);
    two(text + 8, rest / MINUTES % 60);
    two(text + 10, rest % 60);
    text[12] = 'Z';
    der_prim(w, DER_UTC_TIME, bytes_of(text, sizeof(text)));
}

/* crlEntryExtensions with the reason alone; unspecified is left out: RFC 5280, 5.3.1. */
static void write_reason(struct der_writer *w, int reason)
{
    uint8_t ready[] = { 0x30, 12, 0x30, 10, 6, 3, 0x55, 0x1d, 0x15, 4, 3, 0x0a, 1, (uint8_t)reason };

    if (reason != 0)
        der_raw(w, bytes_of(ready, sizeof(ready)));
}

static void write_lines(struct der_writer *w, const struct crl_body *b)
{
    size_t list = der_mark(w);
    struct day day = { .number = -1 };

    if (b->entries_len == 0)
        return;   /* an empty list is not written: RFC 5280, 5.1.2.6 */
    for (size_t i = b->entries_len; i-- > 0; ) {
        size_t mark = der_mark(w);

        write_reason(w, b->entries[i].reason);
        write_time(w, &day, b->entries[i].at);
        der_uint_bytes(w, b->entries[i].serial);
        der_wrap(w, mark, DER_SEQUENCE);
    }
    der_wrap(w, list, DER_SEQUENCE);
}

static void end_extension(struct der_writer *w, size_t mark, const char *oid)
{
    der_wrap(w, mark, DER_OCTET_STRING);
    der_oid(w, oid);
    der_wrap(w, mark, DER_SEQUENCE);
}

static void write_extensions(struct der_writer *w, const struct crl_body *b)
{
    size_t all = der_mark(w), mark = all;

    der_int(w, b->number);
    end_extension(w, mark, "2.5.29.20");
    mark = der_mark(w);
    der_prim(w, DER_CONTEXT(0), bytes_of(b->aki, sizeof(b->aki)));
    der_wrap(w, mark, DER_SEQUENCE);
    end_extension(w, mark, "2.5.29.35");
    der_wrap(w, all, DER_SEQUENCE);
    der_wrap(w, all, DER_CONTEXT_CONS(0));
}

static enum err check(const struct crl_body *b, struct error *e)
{
    if (sig_alg_der(b->alg).len == 0 || b->issuer.len <= 2 || b->number < 0)
        return fail(e, ERR_BUG, "a revocation list was to be built without an algorithm, an issuer or a number");
    if (b->this_update < 0 || b->next_update <= b->this_update)
        return fail(e, ERR_BUG, "a revocation list was to be built that ends before it begins");
    if (b->entries_len > CRL_MAX / LINE_ROOM)
        return fail(e, ERR_LIMIT, "%zu revoked certificates do not fit into one list of %d octets", b->entries_len, CRL_MAX);
    for (size_t i = 0; i < b->entries_len; i++) {
        const struct crl_entry *n = &b->entries[i];

        /* 8 takes back a hold in a delta list, 7 is not used: neither has a place here. */
        if (n->serial.len == 0 || n->serial.len > 20 || n->at < 0 || n->reason < 0 || n->reason > 10 || n->reason == 7 || n->reason == 8)
            return fail(e, ERR_BUG, "entry %zu of a revocation list has no serial number, date or reason that there is", i + 1);
    }
    return ERR_NONE;
}

enum err crl_build(const struct crl_body *b, struct arena *a, struct bytes *out_tbs, struct error *e)
{
    struct der_writer w;
    enum err r;

    r = check(b, e);
    if (r)
        return r;

    der_begin(&w, HEAD_ROOM + b->issuer.len + b->entries_len * LINE_ROOM);
    write_extensions(&w, b);
    write_lines(&w, b);
    der_time(&w, b->next_update);
    der_time(&w, b->this_update);
    der_raw(&w, b->issuer);
    der_raw(&w, sig_alg_der(b->alg));
    der_int(&w, 1);   /* v2 */
    der_wrap(&w, 0, DER_SEQUENCE);

    *out_tbs = der_take(&w, a);
    return ERR_NONE;
}
