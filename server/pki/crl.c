#include "pki/crl.h"

#include "pki/der.h"
#include "pki/dn.h"

/* CRLReason (RFC 5280, 5.3.1): 7 is not used. */
static bool reason_is_known(int reason)
{
    return reason >= 0 && reason <= 10 && reason != 7;
}

/* reading ----------------------------------------------------------------------------------------------- */

enum { LINE_EXTENSIONS_MOST = 8 };

static bool read_reason(struct bytes value, struct crl_line *out)
{
    struct der d = der_of(value);
    struct bytes c;

    if (!der_get(&d, DER_ENUMERATED, &c) || !der_end(&d) || c.len != 1 || c.at[0] >= 0x80)
        return false;
    out->has_reason = true;
    out->reason = c.at[0];
    return reason_is_known(out->reason);
}

static bool take_line_extension(struct bytes oid, bool is_critical, struct bytes value, struct crl_line *out)
{
    struct der names;

    switch (ext_id(oid)) {
    case EXT_REASON:
        return read_reason(value, out);
    case EXT_CERT_ISSUER:   /* of an indirect list, which nobody here follows */
        out->has_unknown_critical |= is_critical;
        return ext_generals(value, &names) && !der_end(&names);
    default:
        out->has_unknown_critical |= is_critical;
        return true;
    }
}

/* Of one entry, without a list in memory: a CRL may have a million of them. */
static bool read_line_extensions(struct der list, struct crl_line *out)
{
    struct bytes seen[LINE_EXTENSIONS_MOST], value;
    size_t n = 0;

    if (der_end(&list))
        return false;
    for (; !der_end(&list); n++) {
        bool is_critical = false;
        struct der in;
        uint8_t tag;

        if (n == LINE_EXTENSIONS_MOST || !der_enter(&list, DER_SEQUENCE, &in) || !der_get_oid(&in, &seen[n]))
            return false;
        if (der_peek(&in, &tag) && tag == DER_BOOLEAN && !der_get_bool(&in, &is_critical))
            return false;
        if (!der_get(&in, DER_OCTET_STRING, &value) || !der_end(&in))
            return false;
        for (size_t i = 0; i < n; i++)
            if (bytes_equal(seen[i], seen[n]))
                return false;
        if (!take_line_extension(seen[n], is_critical, value, out))
            return false;
    }
    return true;
}

bool crl_next(struct der *d, struct crl_line *out)
{
    struct der in, list, before;
    bool has_list;

    *out = (struct crl_line){ 0 };
    if (!der_enter(d, DER_SEQUENCE, &in) || !der_get_uint(&in, &out->serial))
        return false;
    before = in;
    if (!der_get_time(&in, &out->at) || !der_optional(&in, DER_SEQUENCE, &list, &has_list) || !der_end(&in))
        return false;
    if (!der_get_whole(&before, DER_UTC_TIME, &out->time) && !der_get_whole(&before, DER_TIME, &out->time))
        return false;
    return !has_list || read_line_extensions(list, out);
}

static enum err read_lines(struct der *d, bool is_v2, struct crl *c, struct error *e)
{
    struct crl_line line;
    struct der list;

    if (!der_optional(d, DER_SEQUENCE, &list, &c->has_list))
        return fail(e, ERR_INVALID, "not a revocation list: the list itself cannot be read");
    if (!c->has_list)
        return ERR_NONE;
    if (!is_v2)
        return fail(e, ERR_INVALID, "the revocation list is of version 1, which is long out of use");
    c->entries = bytes_of(list.at, (size_t)(list.end - list.at));
    for (; !der_end(&list); c->entries_len++)
        if (!crl_next(&list, &line))
            return fail(e, ERR_INVALID, "entry %zu of the revocation list is malformed", c->entries_len + 1);
    return ERR_NONE;
}

static enum err read_extensions(struct der *d, bool is_v2, struct arena *a, struct crl *c, struct error *e)
{
    const struct extension *x;
    struct extension *at = NULL;
    struct ext_aki aki = { 0 };
    struct bytes doubled;
    struct der list, number;
    bool has_list;

    if (!der_optional(d, DER_CONTEXT_CONS(0), &list, &has_list) || !der_end(d))
        return fail(e, ERR_INVALID, "not a revocation list: something foreign follows the entries");
    if (!has_list)
        return ERR_NONE;
    if (!is_v2 || !ext_list(&list, a, &at, &c->extensions_len) || !der_end(&list))
        return fail(e, ERR_INVALID, "the extensions of the revocation list cannot be read");
    c->extensions = at;
    if (ext_is_doubled(at, c->extensions_len, &doubled))
        return fail(e, ERR_INVALID, "the revocation list has two extensions of the same kind");
    for (size_t i = 0; i < c->extensions_len; i++)
        if (!ext_is_sound(ext_id(at[i].oid), at[i].value))
            return fail(e, ERR_INVALID, "the extension %s of the revocation list is malformed", der_oid_text(a, at[i].oid));
    x = ext_find(at, c->extensions_len, EXT_AKI);
    if (x != NULL && ext_aki(x->value, &aki))
        c->aki = aki.id;
    x = ext_find(at, c->extensions_len, EXT_CRL_NUMBER);
    if (x == NULL)
        return ERR_NONE;
    number = der_of(x->value);
    if (!der_get_uint(&number, &c->number) || !der_end(&number))
        return fail(e, ERR_INVALID, "the number of the revocation list is malformed");
    return ERR_NONE;
}

static bool read_time(struct der *d, struct bytes *whole, int64_t *at)
{
    struct der before = *d;

    return der_get_time(d, at) && (der_get_whole(&before, DER_UTC_TIME, whole) || der_get_whole(&before, DER_TIME, whole));
}

static enum err read_head(struct der *d, bool *is_v2, struct arena *a, struct crl *c, struct error *e)
{
    struct bytes algorithm;
    int64_t version;
    uint8_t tag;
    enum err r;

    *is_v2 = der_peek(d, &tag) && tag == DER_INTEGER;
    if (*is_v2 && (!der_get_int(d, &version) || version != 1))
        return fail(e, ERR_INVALID, "the revocation list is of no version that there is");
    if (!der_get_whole(d, DER_SEQUENCE, &algorithm) || !bytes_equal(algorithm, c->signature_algorithm))
        return fail(e, ERR_INVALID, "the revocation list names two different signature algorithms");
    if (sig_alg_read(algorithm) == SIG_UNKNOWN)
        return fail(e, ERR_INVALID, "the signature algorithm of the revocation list is not known here");
    if (!der_get_whole(d, DER_SEQUENCE, &c->issuer))
        return fail(e, ERR_INVALID, "not a revocation list: the issuer cannot be read");
    r = dn_read(c->issuer, a, &c->issuer_text, NULL, e);
    if (r)
        return r;
    if (c->issuer.len == 2)
        return fail(e, ERR_INVALID, "the revocation list names no issuer");   /* RFC 5280, 5.1.2.3 */
    if (!read_time(d, &c->times[0], &c->this_update))
        return fail(e, ERR_INVALID, "the date of the revocation list is none: RFC 5280 wants YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ");
    if (der_peek(d, &tag) && (tag == DER_UTC_TIME || tag == DER_TIME) && !read_time(d, &c->times[1], &c->next_update))
        return fail(e, ERR_INVALID, "the date of the next revocation list is none: RFC 5280 wants YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ");
    return ERR_NONE;
}

static enum err read_outer(struct bytes der, struct crl *c, struct error *e)
{
    struct der d = der_of(der), in;
    unsigned unused;

    if (der.len > CRL_MAX)
        return fail(e, ERR_INVALID, "the revocation list has %zu octets: %d is the most", der.len, CRL_MAX);
    if (!der_enter(&d, DER_SEQUENCE, &in))
        return fail(e, ERR_INVALID, "not a revocation list: it is no DER sequence, or cut off");
    if (!der_end(&d))
        return fail(e, ERR_INVALID, "not a revocation list: %zu octets follow it", (size_t)(d.end - d.at));
    if (!der_get_whole(&in, DER_SEQUENCE, &c->tbs) || !der_get_whole(&in, DER_SEQUENCE, &c->signature_algorithm) ||
        !der_get_bits(&in, &c->signature, &unused) || unused != 0 || !der_end(&in))
        return fail(e, ERR_INVALID, "not a revocation list: it is not three parts with a signature at the end");
    return ERR_NONE;
}

enum err crl_parse(struct bytes der, struct arena *a, struct crl *out, struct error *e)
{
    struct crl c = { .der = der, .entries = bytes_of("", 0) };
    struct der d, in;
    bool is_v2;
    enum err r;

    r = read_outer(der, &c, e);
    if (r)
        return r;
    d = der_of(c.tbs);
    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d))
        return fail(e, ERR_INVALID, "not a revocation list: its signed part is no DER sequence");
    r = read_head(&in, &is_v2, a, &c, e);
    if (r)
        return r;
    r = read_lines(&in, is_v2, &c, e);
    if (r)
        return r;
    r = read_extensions(&in, is_v2, a, &c, e);
    if (r)
        return r;

    *out = c;
    return ERR_NONE;
}

bool crl_lists(const struct crl *c, struct bytes serial, int64_t *at, int *reason)
{
    struct der d = der_of(c->entries);
    struct crl_line line;

    while (!der_end(&d) && crl_next(&d, &line)) {
        if (!bytes_equal(line.serial, serial))
            continue;
        *at = line.at;
        *reason = line.reason;
        return true;
    }
    return false;
}
