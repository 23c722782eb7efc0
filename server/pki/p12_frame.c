#include "pki/p12_frame.h"

#include "base/buf.h"
#include "pki/ber.h"
#include "pki/key_read.h"
#include "pki/p12_read.h"

#define DATA "1.2.840.113549.1.7.1"
#define SIGNED "1.2.840.113549.1.7.2"
#define ENCRYPTED "1.2.840.113549.1.7.6"
#define PBMAC1 "1.2.840.113549.1.5.14"

/* ContentInfo: its kind and the inside of its [0]. A content that is left out (CVE-2024-0727) is no content. */
static bool content_info(struct der *d, struct bytes *oid, struct der *content)
{
    struct der in;

    return der_enter(d, DER_SEQUENCE, &in) && der_get_oid(&in, oid) && der_enter(&in, DER_CONTEXT_CONS(0), content) && der_end(&in);
}

static const struct { const char *oid; enum kdf_hash hash; } mac_hashes[] = {
    { "1.3.14.3.2.26", KDF_SHA1 }, { "2.16.840.1.101.3.4.2.4", KDF_SHA224 }, { "2.16.840.1.101.3.4.2.1", KDF_SHA256 },
    { "2.16.840.1.101.3.4.2.2", KDF_SHA384 }, { "2.16.840.1.101.3.4.2.3", KDF_SHA512 },
};

static enum err read_mac_kind(struct pfx *p, struct bytes oid, struct error *e)
{
    if (der_oid_is(oid, PBMAC1))
        return fail_kind(e, ERR_INVALID, "unsupported-mac", "MAC type not supported: PBMAC1 (RFC 9579). Write the file anew with the MAC of PKCS#12 and SHA-256");
    for (size_t i = 0; i < sizeof(mac_hashes) / sizeof(*mac_hashes); i++) {
        if (!der_oid_is(oid, mac_hashes[i].oid))
            continue;
        p->mac.hash = mac_hashes[i].hash;
        return ERR_NONE;
    }
    return fail_kind(e, ERR_INVALID, "unsupported-mac", "MAC type not supported: digest %s. Write the file anew with SHA-256", der_oid_text(p->arena, oid));
}

/* MacData: RFC 7292, 4. */
static enum err read_mac(struct pfx *p, struct der *d, struct error *e)
{
    struct der in, digest, algorithm;
    int64_t iterations = 1;
    struct bytes oid;
    enum err r;

    if (der_end(d))
        return ERR_NONE;
    if (!der_enter(d, DER_SEQUENCE, &in) || !der_end(d) || !der_enter(&in, DER_SEQUENCE, &digest) ||
        !der_enter(&digest, DER_SEQUENCE, &algorithm) || !der_get_oid(&algorithm, &oid))
        return P12_MALFORMED("its MAC");
    r = read_mac_kind(p, oid, e);
    if (r)
        return r;
    if (!der_get(&digest, DER_OCTET_STRING, &p->mac.digest) || !der_end(&digest) || !der_get(&in, DER_OCTET_STRING, &p->mac.salt) ||
        p->mac.salt.len > KDF_SALT_MAX || (!der_end(&in) && (!der_get_int(&in, &iterations) || !der_end(&in))))
        return P12_MALFORMED("its MAC");
    if (p->mac.digest.len != kdf_digest_len(p->mac.hash))
        return P12_MALFORMED("its MAC is not as long as its digest");
    r = pbe_pay(&p->budget, iterations, 1, e);
    if (r)
        return r;
    p->mac.is_there = true;
    p->mac.iterations = (unsigned)iterations;
    return ERR_NONE;
}

/* bags: counted first ----------------------------------------------------------------------------------- */

bool p12_next_bag(struct der *d, struct bag *out)
{
    struct der in, value;
    bool is_there;

    if (!der_enter(d, DER_SEQUENCE, &in) || !der_get_oid(&in, &out->oid) || !der_enter(&in, DER_CONTEXT_CONS(0), &value) ||
        !der_optional(&in, DER_SET, &out->attributes, &is_there) || !der_end(&in))
        return false;
    if (!is_there)
        out->attributes = der_of(bytes_of("", 0));
    out->value = bytes_of(value.at, (size_t)(value.end - value.at));
    return true;
}

enum err p12_count_bags(struct pfx *p, struct bytes safe, struct error *e)
{
    struct der d = der_of(safe), in;
    struct pbe_scheme scheme;
    struct bytes sealed;
    struct bag bag;
    enum err r;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d))
        return P12_MALFORMED("a safe in it");
    while (!der_end(&in)) {
        if (!p12_next_bag(&in, &bag))
            return P12_MALFORMED("a bag in it");
        if (++p->bags > P12_BAGS)
            return fail(e, ERR_INVALID, "the PFX has more than %d bags: split it", P12_BAGS);
        if (!der_oid_is(bag.oid, P12_BAG "2"))
            continue;
        r = key_sealed(bag.value, &scheme, &sealed, e);
        if (r == ERR_NONE)
            r = pbe_pay(&p->budget, scheme.iterations, pbe_derivations(&scheme), e);
        if (r)
            return r;
    }
    return ERR_NONE;
}

/* EncryptedData: RFC 5652, 8. Some write the sealed octets in pieces, which makes their tag a constructed one. */
static enum err read_sealed_safe(struct pfx *p, struct der content, struct safe *out, struct error *e)
{
    struct der in, info, pieces;
    struct bytes oid, algorithm, piece;
    struct buf all;
    int64_t version;
    bool is_there;
    enum err r;

    if (!der_enter(&content, DER_SEQUENCE, &in) || !der_end(&content) || !der_get_int(&in, &version) || !der_enter(&in, DER_SEQUENCE, &info) ||
        !der_get_oid(&info, &oid) || !der_oid_is(oid, DATA) || !der_get_whole(&info, DER_SEQUENCE, &algorithm))
        return P12_MALFORMED("its encrypted part");
    r = pbe_read(algorithm, &out->scheme, e);
    if (r)
        return r;
    out->is_sealed = true;
    if (der_get(&info, DER_CONTEXT(0), &out->body))
        return der_end(&info) ? ERR_NONE : P12_MALFORMED("its encrypted part");
    if (!der_optional(&info, DER_CONTEXT_CONS(0), &pieces, &is_there) || !is_there || !der_end(&info))
        return P12_MALFORMED("its encrypted part is empty");
    buf_init(&all, P12_MAX);
    while (der_get(&pieces, DER_OCTET_STRING, &piece))
        buf_add(&all, piece.at, piece.len);
    out->body = arena_bytes(p->arena, buf_bytes(&all));
    buf_done(&all);
    return der_end(&pieces) ? ERR_NONE : P12_MALFORMED("its encrypted part");
}

static enum err read_safe(struct pfx *p, struct der *d, struct error *e)
{
    struct safe *out = &p->safes[p->safes_len];
    struct der content;
    struct bytes oid;
    enum err r;

    if (p->safes_len == SAFES_MAX)
        return fail(e, ERR_INVALID, "the PFX has more than %d parts", SAFES_MAX);
    if (!content_info(d, &oid, &content))
        return P12_MALFORMED("a part of it");
    p->safes_len++;
    if (der_oid_is(oid, ENCRYPTED)) {
        r = read_sealed_safe(p, content, out, e);
        return r ? r : pbe_pay(&p->budget, out->scheme.iterations, pbe_derivations(&out->scheme), e);
    }
    if (!der_oid_is(oid, DATA))
        return fail_kind(e, ERR_INVALID, "unsupported-algorithm", "the PFX is sealed for a public key, not with a password: this is not supported");
    if (!der_get(&content, DER_OCTET_STRING, &out->body) || !der_end(&content))
        return P12_MALFORMED("a part of it");
    r = ber_to_der(out->body, p->arena, &out->body, e);
    return r ? r : p12_count_bags(p, out->body, e);
}

enum err p12_frame(struct pfx *p, struct bytes der, struct error *e)
{
    struct der d = der_of(der), in, content, safes;
    struct bytes oid, inside;
    int64_t version;
    enum err r;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_get_int(&in, &version) || version != 3)
        return P12_MALFORMED("it is not of version 3");
    if (!content_info(&in, &oid, &content))
        return P12_MALFORMED("it holds nothing");
    if (der_oid_is(oid, SIGNED))
        return fail_kind(e, ERR_INVALID, "unsupported-mac", "MAC type not supported: the PFX is signed with a certificate instead of a password");
    if (!der_oid_is(oid, DATA) || !der_get(&content, DER_OCTET_STRING, &p->content) || !der_end(&content))
        return P12_MALFORMED("it holds nothing");
    r = read_mac(p, &in, e);
    if (r == ERR_NONE)
        r = ber_to_der(p->content, p->arena, &inside, e);
    if (r)
        return r;
    d = der_of(inside);
    if (!der_enter(&d, DER_SEQUENCE, &safes) || !der_end(&d))
        return P12_MALFORMED("its content");
    while (r == ERR_NONE && !der_end(&safes))
        r = read_safe(p, &safes, e);
    return r;
}
