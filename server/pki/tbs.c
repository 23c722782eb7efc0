#include "pki/tbs.h"

#include <time.h>

#include "base/random.h"
#include "base/text.h"
#include "pki/der.h"

#define GUESS 1024            /* a leaf with one name and an RSA key fits */
#define URL_MOST 1024
#define END_OF_TIME 253402300799   /* 9999-12-31T23:59:59Z, RFC 5280, 4.1.2.5 */

/* OBJECT IDENTIFIERs, whole: this is the hot path of issuing, so nothing is parsed here. */
#define OID(...) { (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) }
#define ID_CE(n) OID(6, 3, 0x55, 0x1d, n)
#define ID_KP(n) OID(6, 8, 0x2b, 6, 1, 5, 5, 7, 3, n)
#define ID_AD(n) OID(6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, n)

#define ID_AT(n) OID(6, 3, 0x55, 4, n)

static const struct bytes id_common_name = ID_AT(3), id_country = ID_AT(6), id_locality = ID_AT(7), id_state = ID_AT(8), id_organization = ID_AT(10),
                          id_unit = ID_AT(11);
static const struct bytes id_extension_request = OID(6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14);
static const struct bytes id_ski = ID_CE(14), id_usage = ID_CE(15), id_san = ID_CE(17), id_basic = ID_CE(19), id_points = ID_CE(31),
                          id_aki = ID_CE(35), id_purposes = ID_CE(37), id_aia = OID(6, 8, 0x2b, 6, 1, 5, 5, 7, 1, 1);
static const struct bytes id_ocsp = ID_AD(1), id_ca_issuers = ID_AD(2);

static const struct { uint32_t purpose; struct bytes oid; } purposes[] = {
    { FOR_SERVER, ID_KP(1) },
    { FOR_CLIENT, ID_KP(2) },
    { FOR_CODE, ID_KP(3) },
    { FOR_EMAIL, ID_KP(4) },
    { FOR_OCSP, ID_KP(9) },
};

void serial_make(uint8_t out[20])
{
    struct timespec now;
    uint32_t when;

    clock_gettime(CLOCK_REALTIME, &now);
    when = 0x40000000 | (((uint32_t)now.tv_sec << 4 | (uint32_t)now.tv_nsec / (1000000000 / 16)) & 0x3fffffff);
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(when >> (24 - 8 * i));
    random_fill(out + 4, 16);
}

/* names ------------------------------------------------------------------------------------------------- */

static void write_rdn(struct der_writer *w, struct bytes oid, uint8_t tag, const char *value)
{
    size_t mark = der_mark(w);

    if (value == NULL || *value == '\0')
        return;
    der_prim(w, tag, bytes_text(value));
    der_raw(w, oid);
    der_wrap(w, mark, DER_SEQUENCE);
    der_wrap(w, mark, DER_SET);
}

/* Written back to front: the country comes first. */
struct bytes dn_build_parts(struct arena *a, const struct dn_parts *parts)
{
    struct der_writer w;

    der_begin(&w, 128);
    write_rdn(&w, id_common_name, DER_UTF8, parts->common_name);
    write_rdn(&w, id_unit, DER_UTF8, parts->unit);
    write_rdn(&w, id_organization, DER_UTF8, parts->organization);
    write_rdn(&w, id_locality, DER_UTF8, parts->locality);
    write_rdn(&w, id_state, DER_UTF8, parts->state);
    write_rdn(&w, id_country, DER_PRINTABLE, parts->country);
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

struct bytes dn_build(struct arena *a, const char *organization, const char *common_name)
{
    return dn_build_parts(a, &(struct dn_parts){ .organization = organization, .common_name = common_name });
}

/* extensions, each with its value already written since `mark` --------------------------------------------- */

static void end_extension(struct der_writer *w, size_t mark, struct bytes oid, bool is_critical)
{
    der_wrap(w, mark, DER_OCTET_STRING);
    if (is_critical)
        der_bool(w, true);
    der_raw(w, oid);
    der_wrap(w, mark, DER_SEQUENCE);
}

static void write_basic(struct der_writer *w, const struct tbs *t)
{
    size_t mark = der_mark(w);

    if (!t->is_ca)
        return;   /* RFC 5280, 4.2.1.9: left out of what is no CA */
    if (t->path_len >= 0)
        der_int(w, t->path_len);
    der_bool(w, true);
    der_wrap(w, mark, DER_SEQUENCE);
    end_extension(w, mark, id_basic, true);
}

static void write_usage(struct der_writer *w, uint32_t usage)
{
    size_t mark = der_mark(w);

    if (usage == 0)
        return;
    der_named_bits(w, usage);
    end_extension(w, mark, id_usage, true);
}

static void write_purposes(struct der_writer *w, uint32_t wanted)
{
    size_t mark = der_mark(w);

    if (wanted == 0)
        return;
    for (size_t i = sizeof(purposes) / sizeof(*purposes); i-- > 0; )
        if (wanted & purposes[i].purpose)
            der_raw(w, purposes[i].oid);
    der_wrap(w, mark, DER_SEQUENCE);
    end_extension(w, mark, id_purposes, false);
}

static void write_key_ids(struct der_writer *w, const struct tbs *t)
{
    size_t mark = der_mark(w);

    if (t->has_aki) {
        der_prim(w, DER_CONTEXT(0), bytes_of(t->aki, sizeof(t->aki)));
        der_wrap(w, mark, DER_SEQUENCE);
        end_extension(w, mark, id_aki, false);
    }
    mark = der_mark(w);
    der_prim(w, DER_OCTET_STRING, bytes_of(t->ski, sizeof(t->ski)));
    end_extension(w, mark, id_ski, false);
}

static void write_names(struct der_writer *w, const struct tbs *t)
{
    size_t mark = der_mark(w);

    if (t->names.len == 0)
        return;
    for (size_t i = t->names.len; i-- > 0; ) {
        const struct name *n = &t->names.at[i];

        if (n->kind == NAME_IP)
            der_prim(w, DER_CONTEXT(GENERAL_IP), bytes_of(n->ip, n->ip_len));
        else
            der_prim(w, DER_CONTEXT(GENERAL_DNS), bytes_text(n->text));
    }
    der_wrap(w, mark, DER_SEQUENCE);
    /* Critical where it is all that names the subject: RFC 5280, 4.2.1.6. */
    end_extension(w, mark, id_san, t->subject.len == 2);
}

static void write_point(struct der_writer *w, const char *url)
{
    size_t mark = der_mark(w);

    if (url == NULL)
        return;
    der_prim(w, DER_CONTEXT(GENERAL_URI), bytes_text(url));
    der_wrap(w, mark, DER_CONTEXT_CONS(0));   /* fullName */
    der_wrap(w, mark, DER_CONTEXT_CONS(0));   /* distributionPoint */
    der_wrap(w, mark, DER_SEQUENCE);
    der_wrap(w, mark, DER_SEQUENCE);
    end_extension(w, mark, id_points, false);
}

static void write_access(struct der_writer *w, struct bytes method, const char *url)
{
    size_t mark = der_mark(w);

    if (url == NULL)
        return;
    der_prim(w, DER_CONTEXT(GENERAL_URI), bytes_text(url));
    der_raw(w, method);
    der_wrap(w, mark, DER_SEQUENCE);
}

static void write_accesses(struct der_writer *w, const struct tbs *t)
{
    size_t mark = der_mark(w);

    if (t->ocsp_url == NULL && t->issuer_url == NULL)
        return;
    write_access(w, id_ca_issuers, t->issuer_url);
    write_access(w, id_ocsp, t->ocsp_url);
    der_wrap(w, mark, DER_SEQUENCE);
    end_extension(w, mark, id_aia, false);
}

static void write_extensions(struct der_writer *w, const struct tbs *t)
{
    size_t mark = der_mark(w);

    write_accesses(w, t);
    write_point(w, t->crl_url);
    write_names(w, t);
    write_key_ids(w, t);
    write_purposes(w, t->purposes);
    write_usage(w, t->usage);
    write_basic(w, t);
    der_wrap(w, mark, DER_SEQUENCE);
    der_wrap(w, mark, DER_CONTEXT_CONS(3));
}

/* ------------------------------------------------------------------------------------------------------- */

static bool url_is_fine(const char *url)
{
    return url == NULL || (strlen(url) <= URL_MOST && *url != '\0' && text_is_printable_ascii(url) && strchr(url, ' ') == NULL);
}

static bool names_are_fine(struct names names)
{
    for (size_t i = 0; i < names.len; i++)
        if (names.at[i].kind == NAME_IP ? names.at[i].ip_len != 4 && names.at[i].ip_len != 16
                                        : !text_is_printable_ascii(names.at[i].text))
            return false;
    return names.len <= NAMES_MAX;
}

static enum err check(const struct tbs *t, struct error *e)
{
    if (sig_alg_der(t->alg).len == 0 || t->issuer.len < 2 || t->subject.len < 2 || t->spki.len == 0)
        return fail(e, ERR_BUG, "a certificate was to be built without an algorithm, an issuer, a subject or a key");
    if (!names_are_fine(t->names))
        return fail(e, ERR_BUG, "a certificate was to be built with more than %d names or with one that was not checked", NAMES_MAX);
    if (t->not_after < t->not_before || t->not_before < 0 || t->not_after > END_OF_TIME)
        return fail(e, ERR_INVALID, "the certificate would end before it begins, or outside of the years 1970 to 9999");
    if (!url_is_fine(t->crl_url) || !url_is_fine(t->issuer_url) || !url_is_fine(t->ocsp_url))
        return fail(e, ERR_INVALID, "the public address of the authority is not a URL in plain ASCII of at most %d characters", URL_MOST);
    return ERR_NONE;
}

enum err tbs_build(const struct tbs *t, struct arena *a, struct bytes *out, struct error *e)
{
    struct der_writer w;
    size_t mark;
    enum err r;

    r = check(t, e);
    if (r)
        return r;

    der_begin(&w, GUESS + t->names.len * 32);
    write_extensions(&w, t);
    der_raw(&w, t->spki);
    der_raw(&w, t->subject);
    mark = der_mark(&w);
    der_time(&w, t->not_after);
    der_time(&w, t->not_before);
    der_wrap(&w, mark, DER_SEQUENCE);
    der_raw(&w, t->issuer);
    der_raw(&w, sig_alg_der(t->alg));
    der_uint_bytes(&w, bytes_of(t->serial, sizeof(t->serial)));
    mark = der_mark(&w);
    der_int(&w, 2);   /* v3 */
    der_wrap(&w, mark, DER_CONTEXT_CONS(0));
    der_wrap(&w, 0, DER_SEQUENCE);

    *out = der_take(&w, a);
    return ERR_NONE;
}

enum err tbs_request(const struct tbs *t, struct arena *a, struct bytes *out, struct error *e)
{
    struct der_writer w;

    if (t->subject.len < 2 || t->spki.len == 0 || t->names.len == 0 || !names_are_fine(t->names))
        return fail(e, ERR_BUG, "a request was to be built without a subject or a key, or with names that were not checked");

    der_begin(&w, GUESS + t->names.len * 32);
    write_names(&w, t);
    write_purposes(&w, t->purposes);
    write_usage(&w, t->usage);
    der_wrap(&w, 0, DER_SEQUENCE);
    der_wrap(&w, 0, DER_SET);
    der_raw(&w, id_extension_request);
    der_wrap(&w, 0, DER_SEQUENCE);
    der_wrap(&w, 0, DER_CONTEXT_CONS(0));
    der_raw(&w, t->spki);
    der_raw(&w, t->subject);
    der_int(&w, 0);   /* v1 */
    der_wrap(&w, 0, DER_SEQUENCE);

    *out = der_take(&w, a);
    return ERR_NONE;
}

struct bytes signed_build(struct arena *a, struct bytes tbs, enum sig_alg alg, struct bytes signature)
{
    struct der_writer w;

    der_begin(&w, tbs.len + signature.len + 64);
    der_bits(&w, signature, 0);
    der_raw(&w, sig_alg_der(alg));
    der_raw(&w, tbs);
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}
