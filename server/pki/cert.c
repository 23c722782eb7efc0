#include "pki/cert.h"

#include "pki/der.h"
#include "pki/dn.h"
#include "pki/frame.h"
#include "pki/hash.h"

#define PATH_LEN_MOST 1000
#define KEY_DEPTH 8
#define SANS_MOST 10000        /* one of 64 KiB cannot hold more that mean anything */

/* the frame, judged ------------------------------------------------------------------------------------- */

static enum err check_version(const struct frame *f, struct error *e)
{
    struct bytes oid;

    if (f->version < 0 || f->version > 2 || (f->is_version_explicit && f->version == 0))
        return fail(e, ERR_INVALID, "the certificate is of no version that there is");
    if (f->extensions_len > 0 && f->version != 2)
        return fail(e, ERR_INVALID, "a version %d certificate cannot have extensions", (int)f->version + 1);
    if (f->has_unique && f->version == 0)
        return fail(e, ERR_INVALID, "a version 1 certificate cannot have unique identifiers");
    if (ext_is_doubled(f->extensions, f->extensions_len, &oid))
        return fail(e, ERR_INVALID, "the certificate has two extensions of the same kind");   /* RFC 5280, 4.2 */
    return ERR_NONE;
}

static enum err read_serial(const struct frame *f, struct cert *c, struct error *e)
{
    struct bytes s = f->serial;

    if (s.at[0] >= 0x80)
        return fail(e, ERR_INVALID, "the serial number is negative");
    if (s.len > 1 && s.at[0] == 0) {
        if (s.at[1] < 0x80)
            return fail(e, ERR_INVALID, "the serial number is not DER: it has a zero too many in front");
        s = bytes_of(s.at + 1, s.len - 1);
    }
    c->serial = s;
    return ERR_NONE;
}

static enum err read_times(const struct frame *f, struct cert *c, struct error *e)
{
    struct der from = der_of(f->not_before), to = der_of(f->not_after);

    if (!der_get_time(&from, &c->not_before) || !der_get_time(&to, &c->not_after))
        return fail(e, ERR_INVALID, "a date in the certificate is none: RFC 5280 wants YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ");
    return ERR_NONE;
}

/* A key that is well-formed but breaks the rules of its kind (a curve written out, a negative modulus) is none: such a
   certificate can be shown, nothing verifies with it, and lint says what is wrong. */
static enum err read_key(struct bytes der, struct spki *out, struct error *e)
{
    struct der d = der_of(der), in, algorithm;
    struct spki s = { .der = der };
    struct bytes oid;
    unsigned unused;

    if (spki_parse(der, out, e) == ERR_NONE)
        return ERR_NONE;
    if (!der_is_sound(der, KEY_DEPTH) || !der_enter(&d, DER_SEQUENCE, &in) || !der_enter(&in, DER_SEQUENCE, &algorithm) ||
        !der_get_oid(&algorithm, &oid) || !der_get_bits(&in, &s.key, &unused) || !der_end(&in) || !der_is_sound(s.key, KEY_DEPTH))
        return ERR_INVALID;
    *out = s;
    return ERR_NONE;
}

static enum err read_subject(const struct frame *f, struct arena *a, struct cert *c, struct error *e)
{
    enum err r;

    c->issuer = f->issuer;
    c->subject = f->subject;
    r = dn_read(f->issuer, a, &c->issuer_text, NULL, e);
    if (r)
        return r;
    r = dn_read(f->subject, a, &c->subject_text, &c->common_name, e);
    if (r)
        return r;
    return read_key(f->spki, &c->key, e);
}

/* extensions -------------------------------------------------------------------------------------------- */

static enum err read_basic(struct cert *c, const struct extension *x, struct error *e)
{
    bool has_path_len;
    int64_t path_len;

    if (x == NULL)
        return ERR_NONE;
    if (!ext_basic(x->value, &c->is_ca, &has_path_len, &path_len))
        return fail(e, ERR_INVALID, "the basic constraints are malformed");
    if (has_path_len && path_len < 0)
        return fail(e, ERR_INVALID, "the path length is negative");
    c->has_basic = true;
    if (has_path_len)
        c->path_len = path_len < PATH_LEN_MOST ? (int)path_len : PATH_LEN_MOST;
    return ERR_NONE;
}

static enum err read_uses(struct cert *c, const struct extension *usage, const struct extension *purposes, struct error *e)
{
    bool is_minimal;

    c->has_usage = usage != NULL;
    if (usage != NULL && !ext_usage(usage->value, &c->usage, &is_minimal))
        return fail(e, ERR_INVALID, "the key usage is malformed");
    c->has_purposes = purposes != NULL;
    if (purposes != NULL && !ext_purposes(purposes->value, &c->purposes))
        return fail(e, ERR_INVALID, "the extended key usage is malformed");
    return ERR_NONE;
}

static enum err read_key_ids(struct cert *c, const struct extension *ski, const struct extension *aki, struct error *e)
{
    struct ext_aki id = { 0 };

    if (ski != NULL && !ext_ski(ski->value, &c->ski))
        return fail(e, ERR_INVALID, "the subject key identifier is malformed");
    if (aki != NULL && !ext_aki(aki->value, &id))
        return fail(e, ERR_INVALID, "the authority key identifier is malformed");
    c->aki = id.id;
    return ERR_NONE;
}

static bool is_ascii(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.at[i] >= 0x80 || b.at[i] == 0)
            return false;
    return true;
}

/* A name that is no host name by our rules is one of the others: it is shown by lint, never matched. */
static bool take_name(const struct general *g, struct arena *a, struct name *out)
{
    if (g->kind == GENERAL_DNS)
        return is_ascii(g->content) && name_dns((const char *)g->content.at, g->content.len, a, out, NULL) == ERR_NONE;
    return g->kind == GENERAL_IP && name_ip_octets(g->content, a, out, NULL) == ERR_NONE;
}

static enum err read_names(struct cert *c, const struct extension *san, struct arena *a, struct error *e)
{
    struct der names, d;
    struct name *at;
    struct general g;
    size_t n = 0;

    c->has_san = san != NULL;
    if (san == NULL)
        return ERR_NONE;
    if (!ext_generals(san->value, &names))
        return fail(e, ERR_INVALID, "the subject alternative name is malformed");
    for (d = names; n < SANS_MOST && ext_general(&d, &g); )
        n++;
    at = arena_take(a, (n + 1) * sizeof(*at));
    c->names.at = at;
    for (size_t i = 0; i < n && ext_general(&names, &g); i++) {
        if (take_name(&g, a, &at[c->names.len]))
            c->names.len++;
        else
            c->has_other_san = true;
    }
    return ERR_NONE;
}

static enum err read_extensions(struct cert *c, struct arena *a, struct error *e)
{
    const struct extension *at = c->extensions;
    size_t len = c->extensions_len;
    enum err r;

    r = read_basic(c, ext_find(at, len, EXT_BASIC), e);
    if (r)
        return r;
    r = read_uses(c, ext_find(at, len, EXT_USAGE), ext_find(at, len, EXT_PURPOSES), e);
    if (r)
        return r;
    r = read_key_ids(c, ext_find(at, len, EXT_SKI), ext_find(at, len, EXT_AKI), e);
    if (r)
        return r;
    r = read_names(c, ext_find(at, len, EXT_SAN), a, e);
    if (r)
        return r;
    for (size_t i = 0; i < len; i++)
        if (!ext_is_sound(ext_id(at[i].oid), at[i].value))
            return fail(e, ERR_INVALID, "the extension %s is malformed", der_oid_text(a, at[i].oid));
    return ERR_NONE;
}

/* ------------------------------------------------------------------------------------------------------- */

static enum err read_all(const struct frame *f, struct arena *a, struct cert *c, struct error *e)
{
    enum err r;

    r = check_version(f, e);
    if (r)
        return r;
    r = read_serial(f, c, e);
    if (r)
        return r;
    r = read_times(f, c, e);
    if (r)
        return r;
    r = read_subject(f, a, c, e);
    if (r)
        return r;
    return read_extensions(c, a, e);
}

enum err cert_parse(struct bytes der, struct arena *a, struct cert *out, struct error *e)
{
    struct cert c = { .path_len = -1 };
    struct frame f = { 0 };
    enum err r;

    if (der.len > CERT_MAX)
        return fail(e, ERR_INVALID, "the certificate has %zu octets: %d is the most", der.len, CERT_MAX);
    r = frame_read(arena_bytes(a, der), a, &f, e);
    if (r)
        return r;
    /* RFC 5280, 4.1.1.2. The inner one is signed, the outer one is what verifiers go by. */
    if (!bytes_equal(f.signature_algorithm, f.tbs_algorithm))
        return fail(e, ERR_INVALID, "the certificate names two different signature algorithms");
    c.der = f.der;
    c.tbs = f.tbs;
    c.signature = f.signature;
    c.signature_algorithm = f.signature_algorithm;
    c.extensions = f.extensions;
    c.extensions_len = f.extensions_len;
    r = read_all(&f, a, &c, e);
    if (r)
        return r;
    hash_sha1(c.der, c.sha1);
    hash_sha256(c.der, c.sha256);

    *out = c;
    return ERR_NONE;
}

bool cert_is_self_issued(const struct cert *c)
{
    return bytes_equal(c->issuer, c->subject);
}

const struct extension *cert_extension(const struct cert *c, const char *dotted_oid)
{
    for (size_t i = 0; i < c->extensions_len; i++)
        if (der_oid_is(c->extensions[i].oid, dotted_oid))
            return &c->extensions[i];
    return NULL;
}

enum err cert_verify(const struct cert *c, const struct spki *issuer, struct error *e)
{
    return sig_verify(issuer, c->signature_algorithm, c->tbs, c->signature, e);
}
