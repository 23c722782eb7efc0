#include "pki/csr.h"

#include "base/text.h"
#include "pki/dn.h"
#include "pki/ext.h"
#include "pki/pem.h"

#define BAD(...) fail_kind(e, ERR_INVALID, "badCSR", __VA_ARGS__)

/* What stands where (RFC 2986, 4), before anybody judges it. */
struct frame10 {
    struct bytes body, subject, spki, algorithm, signature;
    struct der attributes;
};

/* Whatever a part says of itself, the request is what is wrong. */
static enum err as_csr(enum err r, struct error *e)
{
    if (e != NULL && e->kind[0] == '\0')
        memcpy(e->kind, "badCSR", sizeof("badCSR"));
    return r;
}

/* DER from PEM or from DER itself, copied: all that comes out of the request is lent from there. */
static enum err unwrap(struct bytes from, struct arena *a, struct bytes *out, struct error *e)
{
    const char *at = (const char *)from.at, *end = at + from.len, *label, *more;
    struct bytes der, rest;
    enum err r;

    if (from.len == 0 || from.len > CSR_MAX)
        return BAD(from.len == 0 ? "the certificate request is empty" : "the certificate request is larger than 64 KiB");
    if (from.at[0] == DER_SEQUENCE && (from.len < 2 || from.at[1] >= 0x80)) {
        *out = arena_bytes(a, from);
        return ERR_NONE;
    }
    r = pem_next(&at, end, a, &label, &der, e);
    if (r == ERR_ABSENT)
        return BAD("not a certificate request: neither PEM nor DER");
    if (r)
        return as_csr(r, e);
    if (strcmp(label, "CERTIFICATE REQUEST") != 0 && strcmp(label, "NEW CERTIFICATE REQUEST") != 0)
        return BAD("not a certificate request: it is a PEM block \"%s\"", label);
    if (pem_next(&at, end, a, &more, &rest, NULL) != ERR_ABSENT)
        return BAD("more than one PEM block: give the certificate request alone");
    *out = der;
    return ERR_NONE;
}

static enum err read_frame(struct bytes der, struct frame10 *f, struct error *e)
{
    struct der d = der_of(der), all, info;
    unsigned unused;
    int64_t version;

    if (!der_enter(&d, DER_SEQUENCE, &all) || !der_end(&d) || !der_get_whole(&all, DER_SEQUENCE, &f->body) ||
        !der_get_whole(&all, DER_SEQUENCE, &f->algorithm) || !der_get_bits(&all, &f->signature, &unused) || unused != 0 ||
        !der_end(&all))
        return BAD("not a certificate request: it is not well-formed DER");
    d = der_of(f->body);
    if (!der_enter(&d, DER_SEQUENCE, &info) || !der_get_int(&info, &version))
        return BAD("not a certificate request: its version cannot be read");
    /* 0 is v1, the only one there is; 2 is what ACME clients on old Python write, who took the number of certificates. */
    if (version != 0 && version != 2)
        return BAD("the certificate request's version is not 1, the only one there is");
    if (!der_get_whole(&info, DER_SEQUENCE, &f->subject) || !der_get_whole(&info, DER_SEQUENCE, &f->spki))
        return BAD("not a certificate request: its subject or public key cannot be read");
    /* The attributes may not be left out (RFC 2986, 4.1), yet some programs do when there are none. */
    f->attributes = info;
    if (!der_end(&info) && (!der_enter(&info, DER_CONTEXT_CONS(0), &f->attributes) || !der_end(&info)))
        return BAD("the certificate request's attributes are not well-formed");
    return ERR_NONE;
}

/* names ------------------------------------------------------------------------------------------------- */

/* A long list is counted before any of it is read: a thousand names must cost nothing. */
static size_t count_usable(struct der list, size_t *others)
{
    struct general g;
    size_t n = 0;

    for (*others = 0; !der_end(&list) && ext_general(&list, &g); )
        if (g.kind == GENERAL_DNS || g.kind == GENERAL_IP)
            n++;
        else
            (*others)++;
    return n;
}

static void add_name(struct name *at, size_t *len, const struct name *n)
{
    for (size_t i = 0; i < *len; i++)
        if (name_equal(&at[i], n))
            return;
    at[(*len)++] = *n;
}

static enum err read_name(const struct general *g, struct arena *a, struct name *out, struct error *e)
{
    if (g->kind == GENERAL_IP)
        return name_ip_octets(g->content, a, out, e);
    for (size_t i = 0; i < g->content.len; i++)
        if (g->content.at[i] >= 0x80)   /* IA5String: RFC 5280, 4.2.1.6 */
            return fail(e, ERR_INVALID, "a DNS name of the request is not ASCII: write international names as xn-- labels");
    return name_dns((const char *)g->content.at, g->content.len, a, out, e);
}

static enum err read_names(struct bytes value, struct arena *a, struct names *out, struct findings *notes, struct error *e)
{
    struct name *at;
    struct der list;
    size_t others, usable, n = 0;

    if (!ext_generals(value, &list) || der_end(&list))
        return BAD("the requested subjectAltName is not well-formed, or empty");
    usable = count_usable(list, &others);
    if (usable > NAMES_MAX || others > NAMES_MAX)
        return BAD("the certificate request has %zu names: %d are the most", usable + others, NAMES_MAX);
    at = arena_take(a, (usable + 1) * sizeof(*at));
    while (!der_end(&list)) {
        struct general g;
        struct name name;
        enum err r;

        if (!ext_general(&list, &g))
            return BAD("the requested subjectAltName is not well-formed");
        if (g.kind != GENERAL_DNS && g.kind != GENERAL_IP)
            continue;
        r = read_name(&g, a, &name, e);
        if (r)
            return as_csr(r, e);
        add_name(at, &n, &name);
    }
    if (others > 0)
        findings_add(notes, LEVEL_WARNING, "san-type-dropped", "/csr",
                     "%zu requested name%s of another kind than DNS or IP address %s dropped", others, others > 1 ? "s" : "",
                     others > 1 ? "were" : "was");
    *out = (struct names){ at, n };
    return ERR_NONE;
}

#define COMMON_NAME_MOST 64   /* ub-common-name: RFC 5280, A.1 */

static bool is_listed(const struct names *names, const struct name *n)
{
    for (size_t i = 0; i < names->len; i++)
        if (name_equal(&names->at[i], n))
            return true;
    return false;
}

/* Without names in the request its common name is lent, if it is one; beside names it counts as a name or not at all. */
static enum err lend_common_name(struct csr *c, struct arena *a, struct findings *notes, struct error *e)
{
    size_t len = strlen(c->common_name);
    struct name *at, n;
    bool is_name = len > 0 && len <= COMMON_NAME_MOST && name_any(c->common_name, len, a, &n, NULL) == ERR_NONE;

    if (c->names.len == 0 && len > COMMON_NAME_MOST)
        return BAD("the certificate request's common name has more than %d characters: list the name as subjectAltName", COMMON_NAME_MOST);
    if (c->names.len > 0) {
        if (!is_name && len > 0)
            findings_add(notes, LEVEL_WARNING, "common-name-dropped", "/csr",
                         "the common name is neither a DNS name nor an IP address: the certificate is made without it");
        else if (len > 0 && !is_listed(&c->names, &n))
            findings_add(notes, LEVEL_WARNING, "common-name-dropped", "/csr",
                         "the common name %s is not among the names that the request lists: the certificate is not for it", n.text);
        return ERR_NONE;
    }
    if (!is_name)
        return BAD("the certificate request has no usable name: it lists no DNS name or IP address, and its common name is none");
    at = arena_take(a, sizeof(*at));
    *at = n;
    c->names = (struct names){ at, 1 };
    return ERR_NONE;
}

/* attributes -------------------------------------------------------------------------------------------- */

#define NS_CERT_TYPE "2.16.840.1.113730.1.1"
#define CT_POISON "1.3.6.1.4.1.11129.2.4.3"

/* Those that somebody here reads, so that asking for them as critical is understood; still, nothing is taken from them. */
static bool is_known(const struct extension *x)
{
    static const unsigned known[] = { EXT_SAN, EXT_IAN, EXT_BASIC, EXT_USAGE, EXT_PURPOSES, EXT_SKI, EXT_AKI, EXT_POINTS, EXT_FRESHEST,
                                      EXT_AIA, EXT_SIA, EXT_POLICIES, EXT_POLICY_MAP, EXT_POLICY_CONSTRAINTS, EXT_CONSTRAINTS,
                                      EXT_INHIBIT, EXT_FEATURES };
    unsigned id = ext_id(x->oid);

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (id == known[i])
            return true;
    return der_oid_is(x->oid, NS_CERT_TYPE);
}

/* RFC 7633, 4.1. */
static bool features_are_sound(struct bytes value)
{
    struct der in;
    int64_t feature;

    if (!ext_sequence(value, &in) || der_end(&in))
        return false;
    while (!der_end(&in))
        if (!der_get_int(&in, &feature) || feature < 0 || feature > 0xffff)
            return false;
    return true;
}

static bool extension_is_sound(const struct extension *x)
{
    unsigned id = ext_id(x->oid);
    uint32_t bits;
    bool is_minimal;

    if (x->is_explicit)
        return false;
    if (id == EXT_FEATURES)
        return features_are_sound(x->value);
    if (id == EXT_OTHER && is_known(x))   /* a BIT STRING, as KeyUsage is */
        return ext_usage(x->value, &bits, &is_minimal);
    return ext_is_sound(id, x->value);
}

static enum err take_extensions(struct der set, struct arena *a, struct names *names, struct findings *notes, struct error *e)
{
    struct extension *at;
    struct bytes twice;
    size_t len;

    if (!ext_list(&set, a, &at, &len) || !der_end(&set))
        return BAD("the requested extensions are not well-formed, or more than %d", EXT_MOST);
    if (ext_is_doubled(at, len, &twice))
        return BAD("the extension %s is requested twice", der_oid_text(a, twice));
    for (size_t i = 0; i < len; i++) {
        enum err r = ERR_NONE;

        if (der_oid_is(at[i].oid, CT_POISON))
            return BAD("the request asks for a precertificate (CT poison), which is no certificate");
        if (at[i].is_critical && !is_known(&at[i]))
            return BAD("a critical extension is requested that is not known here: %s", der_oid_text(a, at[i].oid));
        if (!extension_is_sound(&at[i]))
            return BAD("the requested extension %s is not well-formed", der_oid_text(a, at[i].oid));
        if (ext_id(at[i].oid) == EXT_SAN)
            r = read_names(at[i].value, a, names, notes, e);
        if (r)
            return r;
    }
    return ERR_NONE;
}

/* DirectoryString, or IA5String for what is older: RFC 2985, 5.4.1 and 5.4.2. Read and left. */
static bool is_one_string(struct der set)
{
    struct bytes content, whole;
    uint8_t tag;

    if (!der_next(&set, &tag, &content, &whole) || !der_end(&set))
        return false;
    switch (tag) {
    case DER_UTF8:
        return text_is_utf8(content);
    case DER_PRINTABLE:
    case DER_IA5:
    case DER_T61:
        return true;
    case DER_BMP:
        return content.len % 2 == 0;
    case 0x1c:   /* UniversalString */
        return content.len % 4 == 0;
    default:
        return false;
    }
}

#define EXTENSION_REQUEST "1.2.840.113549.1.9.14"
#define CHALLENGE_PASSWORD "1.2.840.113549.1.9.7"
#define UNSTRUCTURED_NAME "1.2.840.113549.1.9.2"
#define ATTRIBUTES_MOST 16

static enum err read_attribute(struct bytes oid, struct der set, struct arena *a, struct names *names, struct findings *notes, struct error *e)
{
    if (der_oid_is(oid, EXTENSION_REQUEST))
        return take_extensions(set, a, names, notes, e);
    if ((der_oid_is(oid, CHALLENGE_PASSWORD) || der_oid_is(oid, UNSTRUCTURED_NAME)) && !is_one_string(set))
        return BAD("the attribute %s is not one text", der_oid_text(a, oid));
    return ERR_NONE;
}

static enum err read_attributes(struct der d, struct arena *a, struct names *names, struct findings *notes, struct error *e)
{
    struct bytes seen[ATTRIBUTES_MOST], whole, oid;

    for (size_t n = 0; !der_end(&d); n++) {
        struct der in, set;
        enum err r;

        if (n == ATTRIBUTES_MOST)
            return BAD("the certificate request has more than %d attributes", ATTRIBUTES_MOST);
        if (!der_get_whole(&d, DER_SEQUENCE, &whole) || !der_is_sound(whole, 16))
            return BAD("an attribute of the certificate request is not well-formed");
        in = der_of(whole);
        if (!der_enter(&in, DER_SEQUENCE, &in) || !der_get_oid(&in, &oid) || !der_enter(&in, DER_SET, &set) ||
            !der_end(&in) || der_end(&set))
            return BAD("an attribute of the certificate request is not well-formed");
        for (size_t i = 0; i < n; i++)
            if (bytes_equal(seen[i], oid))
                return BAD("the attribute %s stands there twice", der_oid_text(a, oid));
        seen[n] = oid;
        r = read_attribute(oid, set, a, names, notes, e);
        if (r)
            return r;
    }
    return ERR_NONE;
}

/* ------------------------------------------------------------------------------------------------------- */

/* Everything but the signature. Notes go to a list of their own, so that a refused request leaves none. */
static enum err read_wish(const struct frame10 *f, struct arena *a, struct csr *c, struct findings *notes, struct error *e)
{
    enum err r;

    c->subject_der = f->subject;
    r = dn_read(f->subject, a, &c->subject, &c->common_name, e);
    if (r)
        return as_csr(r, e);
    r = spki_parse(f->spki, &c->key, e);
    if (r)
        return as_csr(r, e);
    r = read_attributes(f->attributes, a, &c->names, notes, e);
    if (r)
        return r;
    r = lend_common_name(c, a, notes, e);
    if (r)
        return r;
    return spki_check(&c->key, e);
}

enum err csr_parse(struct bytes from, struct arena *a, struct csr *out, struct findings *notes, struct error *e)
{
    struct frame10 f;
    struct findings found;
    struct csr c = { 0 };
    enum err r;

    findings_init(&found, a);
    r = unwrap(from, a, &c.der, e);
    if (r)
        return r;
    r = read_frame(c.der, &f, e);
    if (r)
        return r;
    r = read_wish(&f, a, &c, &found, e);
    if (r)
        return r;
    r = sig_verify(&c.key, f.algorithm, f.body, f.signature, e);
    if (r)
        return as_csr(r, e);

    for (size_t i = 0; i < found.len; i++)
        findings_add(notes, found.at[i].level, found.at[i].rule, found.at[i].pointer, "%s", found.at[i].text);
    *out = c;
    return ERR_NONE;
}
