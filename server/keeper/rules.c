#include "keeper/rules.h"

#include "pki/der.h"
#include "pki/hash.h"

#define BASIC_CONSTRAINTS "2.5.29.19"
#define KEY_USAGE "2.5.29.15"

enum { SERIAL_MIN = 9, SERIAL_MAX = 20, NAME_MAX_LEN = 4096 };
enum { MAY_SIGN_CERTS = 0x04, MAY_SIGN_CRLS = 0x02 };   /* of the first octet of KeyUsage: bits 5 and 6 */

/* Of a TBSCertificate, what is held against the key. */
struct body {
    struct bytes alg, issuer, subject, spki;
    int64_t not_after;
    bool has_basic, is_ca;
    int path_len;                      /* -1: none */
    bool has_ca_usage;
};

static bool is_digest_of(struct bytes what, const uint8_t sha256[32])
{
    uint8_t digest[SHA256_LEN];

    hash_sha256(what, digest);
    return memcmp(digest, sha256, SHA256_LEN) == 0;
}

static bool alg_fits(const struct blob *head, struct bytes alg)
{
    return bytes_equal(alg, sig_alg_der(sig_alg_for(head->type)));
}

/* reading ---------------------------------------------------------------------------------------------------- */

static bool read_basic(struct bytes value, struct body *out)
{
    struct der d = der_of(value), in;
    int64_t len;
    uint8_t tag;

    if (out->has_basic || !der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d))
        return false;
    out->has_basic = true;
    out->path_len = -1;
    if (der_peek(&in, &tag) && tag == DER_BOOLEAN && !der_get_bool(&in, &out->is_ca))
        return false;
    if (der_end(&in))
        return true;
    if (!der_get_int(&in, &len) || len < 0 || len > 255 || !der_end(&in))
        return false;
    out->path_len = (int)len;
    return true;
}

static bool read_usage(struct bytes value, struct body *out)
{
    struct der d = der_of(value);
    struct bytes bits;
    unsigned unused;

    if (!der_get_bits(&d, &bits, &unused) || !der_end(&d))
        return false;
    if (bits.len > 0 && (bits.at[0] & (MAY_SIGN_CERTS | MAY_SIGN_CRLS)) != 0)
        out->has_ca_usage = true;
    return true;
}

static bool read_extension(struct der *list, struct body *out)
{
    struct bytes oid, value;
    struct der in;
    bool is_critical;
    uint8_t tag;

    if (!der_enter(list, DER_SEQUENCE, &in) || !der_get_oid(&in, &oid))
        return false;
    if (der_peek(&in, &tag) && tag == DER_BOOLEAN && !der_get_bool(&in, &is_critical))
        return false;
    if (!der_get(&in, DER_OCTET_STRING, &value) || !der_end(&in))
        return false;
    if (der_oid_is(oid, BASIC_CONSTRAINTS))
        return read_basic(value, out);
    if (der_oid_is(oid, KEY_USAGE))
        return read_usage(value, out);
    return true;
}

static bool read_extensions(struct der *in, struct body *out)
{
    struct der outer, list;

    if (der_end(in))
        return true;
    if (!der_enter(in, DER_CONTEXT_CONS(3), &outer) || !der_enter(&outer, DER_SEQUENCE, &list) || !der_end(&outer))
        return false;
    while (!der_end(&list))
        if (!read_extension(&list, out))
            return false;
    return der_end(in);
}

static bool read_version_three(struct der *in)
{
    struct der v;
    int64_t version;

    return der_enter(in, DER_CONTEXT_CONS(0), &v) && der_get_int(&v, &version) && version == 2 && der_end(&v);
}

/* Positive and 9 to 20 octets long, the sign octet counted: RFC 5280, 4.1.2.2, and 64 random bits at least. */
static bool read_serial(struct der *in)
{
    struct bytes serial;
    size_t len;

    if (!der_get_uint(in, &serial) || serial.len == 0)
        return false;
    len = serial.len + (serial.at[0] >> 7);
    return len >= SERIAL_MIN && len <= SERIAL_MAX;
}

static bool read_validity(struct der *in, int64_t *not_after)
{
    struct der times;
    int64_t not_before;

    return der_enter(in, DER_SEQUENCE, &times) && der_get_time(&times, &not_before) && der_get_time(&times, not_after) && der_end(&times);
}

static enum err read_certificate(struct bytes from, struct body *out, struct error *e)
{
    struct der d = der_of(from), in;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !read_version_three(&in))
        return fail(e, ERR_DENIED, "not signed: this is not the body of an X.509 version 3 certificate");
    if (!read_serial(&in))
        return fail(e, ERR_DENIED, "not signed: the serial number is not positive and 9 to 20 octets long");
    if (!der_get_whole(&in, DER_SEQUENCE, &out->alg) || !der_get_whole(&in, DER_SEQUENCE, &out->issuer) ||
        !read_validity(&in, &out->not_after) || !der_get_whole(&in, DER_SEQUENCE, &out->subject) ||
        !der_get_whole(&in, DER_SEQUENCE, &out->spki) || !read_extensions(&in, out))
        return fail(e, ERR_DENIED, "not signed: the certificate's body is malformed");
    return ERR_NONE;
}

/* what each purpose may sign ------------------------------------------------------------------------------------ */

/* A CA below needs the right, and a path length smaller than ours. */
static enum err check_ca_below(const struct blob *head, const struct body *b, struct error *e)
{
    if (!head->may_make_cas)
        return fail(e, ERR_DENIED, "not signed: this authority was not made to sign other authorities");
    if (head->path_len >= 0 && (b->path_len < 0 || b->path_len >= head->path_len))
        return fail(e, ERR_DENIED, "not signed: an authority below this one needs a path length under %d", head->path_len);
    return ERR_NONE;
}

static enum err ca_certificate(const struct blob *head, struct bytes from, struct error *e)
{
    struct body b = { 0 };
    enum err r;

    r = read_certificate(from, &b, e);
    if (r)
        return r;
    if (!alg_fits(head, b.alg))
        return fail(e, ERR_DENIED, "not signed: the signature algorithm does not fit the authority's key");
    if (!is_digest_of(b.issuer, head->name_sha256))
        return fail(e, ERR_DENIED, "not signed: the issuer is not the name that this key was made for");
    if (b.not_after > head->not_after)
        return fail(e, ERR_DENIED, "not signed: the certificate would end after its authority's key");
    if (!b.is_ca && b.has_ca_usage)
        return fail(e, ERR_DENIED, "not signed: key usage for signing certificates or CRLs without being an authority");
    if (!b.is_ca)
        return ERR_NONE;
    /* Its own root: same name and same key, so no power goes to anyone else. */
    if (bytes_equal(b.issuer, b.subject) && is_digest_of(b.spki, head->spki_sha256)) {
        if (head->path_len >= 0 && (b.path_len < 0 || b.path_len > head->path_len))
            return fail(e, ERR_DENIED, "not signed: this authority's path length is at most %d", head->path_len);
        return ERR_NONE;
    }
    return check_ca_below(head, &b, e);
}

static enum err ca_crl(const struct blob *head, struct bytes from, struct error *e)
{
    struct der d = der_of(from), in, rest;
    struct bytes alg, issuer, revoked;
    int64_t version, this_update, next_update;
    bool has_extensions;
    uint8_t tag;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_get_int(&in, &version) || version != 1 ||
        !der_get_whole(&in, DER_SEQUENCE, &alg) || !der_get_whole(&in, DER_SEQUENCE, &issuer) || !der_get_time(&in, &this_update) ||
        !der_get_time(&in, &next_update))
        return fail(e, ERR_DENIED, "not signed: this is not the body of an X.509 version 2 CRL");
    if (der_peek(&in, &tag) && tag == DER_SEQUENCE && !der_get(&in, DER_SEQUENCE, &revoked))
        return fail(e, ERR_DENIED, "not signed: the CRL's list is malformed");
    if (!der_optional(&in, DER_CONTEXT_CONS(0), &rest, &has_extensions) || !der_end(&in))
        return fail(e, ERR_DENIED, "not signed: the CRL's extensions are malformed");
    if (!alg_fits(head, alg))
        return fail(e, ERR_DENIED, "not signed: the signature algorithm does not fit the authority's key");
    if (!is_digest_of(issuer, head->name_sha256))
        return fail(e, ERR_DENIED, "not signed: the CRL's issuer is not the name that this key was made for");
    if (this_update > head->not_after)
        return fail(e, ERR_DENIED, "not signed: the authority's key has passed its last day");
    return ERR_NONE;
}

/* CertificationRequestInfo: version 0, subject, our own key, attributes. */
static enum err read_request(const struct blob *head, struct bytes from, struct bytes *subject, struct error *e)
{
    struct der d = der_of(from), in, attributes;
    struct bytes spki;
    bool has_attributes;
    int64_t version;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_get_int(&in, &version) || version != 0 ||
        !der_get_whole(&in, DER_SEQUENCE, subject) || !der_get_whole(&in, DER_SEQUENCE, &spki) ||
        !der_optional(&in, DER_CONTEXT_CONS(0), &attributes, &has_attributes) || !der_end(&in))
        return fail(e, ERR_DENIED, "not signed: this is not the body of a PKCS#10 request");
    if (!is_digest_of(spki, head->spki_sha256))
        return fail(e, ERR_DENIED, "not signed: the request is for another key");
    return ERR_NONE;
}

static enum err ca_request(const struct blob *head, struct bytes from, struct error *e)
{
    struct bytes subject;
    enum err r;

    r = read_request(head, from, &subject, e);
    if (r)
        return r;
    if (!is_digest_of(subject, head->name_sha256))
        return fail(e, ERR_DENIED, "not signed: the request's subject is not the name that this key was made for");
    return ERR_NONE;
}

static enum err subject_request(const struct blob *head, struct bytes from, struct error *e)
{
    struct bytes subject;

    return read_request(head, from, &subject, e);
}

/* Self-signed, for test environments and for the listener before there is an authority. */
static enum err subject_certificate(const struct blob *head, struct bytes from, struct error *e)
{
    struct body b = { 0 };
    enum err r;

    r = read_certificate(from, &b, e);
    if (r)
        return r;
    if (!alg_fits(head, b.alg))
        return fail(e, ERR_DENIED, "not signed: the signature algorithm does not fit the key");
    if (!bytes_equal(b.issuer, b.subject) || !is_digest_of(b.spki, head->spki_sha256))
        return fail(e, ERR_DENIED, "not signed: a subject's key signs only its own self-signed certificate");
    if (b.is_ca || b.has_ca_usage)
        return fail(e, ERR_DENIED, "not signed: a subject's key makes no authority");
    return ERR_NONE;
}

/* ResponseData (RFC 6960, 4.2.1): version?, byName [1] or byKey [2], producedAt, responses, extensions? */
static enum err ocsp_response(const struct blob *head, struct bytes from, struct error *e)
{
    struct der d = der_of(from), in, version, extensions;
    struct bytes responder, list;
    bool is_there;
    int64_t at;
    uint8_t tag;

    (void)head;
    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_optional(&in, DER_CONTEXT_CONS(0), &version, &is_there) ||
        !der_peek(&in, &tag) || (tag != DER_CONTEXT_CONS(1) && tag != DER_CONTEXT_CONS(2)) || !der_get(&in, tag, &responder) ||
        !der_get_time(&in, &at) || !der_get(&in, DER_SEQUENCE, &list) ||
        !der_optional(&in, DER_CONTEXT_CONS(1), &extensions, &is_there) || !der_end(&in))
        return fail(e, ERR_DENIED, "not signed: this is not the body of an OCSP response");
    return ERR_NONE;
}

static enum err seal_line(const struct blob *head, struct bytes from, struct error *e)
{
    static const char start[] = "signet journal ";

    (void)head;
    if (from.len < sizeof(start) - 1 || memcmp(from.at, start, sizeof(start) - 1) != 0)
        return fail(e, ERR_DENIED, "not signed: this is not a line of the journal's seal");
    return ERR_NONE;
}

static const struct {
    enum purpose purpose;
    enum signed_shape shape;
    enum err (*check)(const struct blob *head, struct bytes from, struct error *e);
} allowed[] = {
    { PURPOSE_CA,      SHAPE_CERTIFICATE,   ca_certificate },
    { PURPOSE_CA,      SHAPE_CRL,           ca_crl },
    { PURPOSE_CA,      SHAPE_REQUEST,       ca_request },
    { PURPOSE_OCSP,    SHAPE_OCSP_RESPONSE, ocsp_response },
    { PURPOSE_SEAL,    SHAPE_SEAL_LINE,     seal_line },
    { PURPOSE_SUBJECT, SHAPE_REQUEST,       subject_request },
    { PURPOSE_SUBJECT, SHAPE_CERTIFICATE,   subject_certificate },
};

enum err rules_sign(const struct blob *head, enum signed_shape shape, struct bytes body, struct error *e)
{
    for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
        if (allowed[i].purpose == head->purpose && allowed[i].shape == shape)
            return allowed[i].check(head, body, e);
    return fail(e, ERR_DENIED, "not signed: this key is not for that");
}

enum err rules_tls(const struct blob *head, struct error *e)
{
    if (head->purpose != PURPOSE_SUBJECT)
        return fail(e, ERR_DENIED, "only keys of subjects serve TLS: a key of an authority, of OCSP or of a seal signs no handshake");
    return ERR_NONE;
}

enum err rules_export(const struct blob *head, struct error *e)
{
    if (head->purpose != PURPOSE_SUBJECT)
        return fail(e, ERR_DENIED, "this key never leaves the keeper: only keys of subjects are ever exported");
    if (!head->is_exportable)
        return fail(e, ERR_DENIED, "this key was made not exportable; request a new certificate with an exportable key");
    return ERR_NONE;
}

static bool is_name(struct bytes name)
{
    struct der d = der_of(name), in;

    return name.len <= NAME_MAX_LEN && der_enter(&d, DER_SEQUENCE, &in) && der_end(&d) && !der_end(&in) && der_is_sound(name, 8);
}

enum err rules_make(const struct blob *head, struct bytes name, bool is_import, struct error *e)
{
    if (head->purpose < PURPOSE_CA || head->purpose > PURPOSE_SEAL)
        return fail(e, ERR_INVALID, "a key needs a purpose: ca, ocsp, subject or seal");
    if (head->is_exportable && head->purpose != PURPOSE_SUBJECT)
        return fail(e, ERR_DENIED, "only keys of subjects may be exportable: a key of an authority, of OCSP or of a seal never leaves");
    if (is_import && head->purpose != PURPOSE_SUBJECT)
        return fail(e, ERR_DENIED, "keys of authorities, of OCSP and of seals are made in the keeper, never brought in");
    if (head->purpose != PURPOSE_CA)
        return ERR_NONE;
    if (!is_name(name))
        return fail(e, ERR_INVALID, "a key of an authority is bound to the name it signs as, a DER Name that is not empty");
    if (head->not_after <= 0)
        return fail(e, ERR_INVALID, "a key of an authority is bound to its last day");
    if (head->path_len < -1 || head->path_len > 255)
        return fail(e, ERR_INVALID, "a path length is 0 to 255, or none");
    return ERR_NONE;
}
