#include "pki/p12_read.h"

#include "base/buf.h"
#include "base/text.h"
#include "pki/ber.h"
#include "pki/der.h"
#include "pki/hash.h"
#include "pki/key_read.h"

#define DATA "1.2.840.113549.1.7.1"
#define SIGNED "1.2.840.113549.1.7.2"
#define ENCRYPTED "1.2.840.113549.1.7.6"
#define BAG "1.2.840.113549.1.12.10.1."
#define PBMAC1 "1.2.840.113549.1.5.14"
#define FRIENDLY_NAME "1.2.840.113549.1.9.20"

enum { SAFES_MAX = 16, NAME_LEN_MAX = 256 };

#define MALFORMED(what) fail(e, ERR_INVALID, "the PFX is malformed: " what)

struct mac {
    bool is_there;
    enum kdf_hash hash;
    struct bytes digest, salt;
    unsigned iterations;
};
struct safe {
    bool is_sealed;
    struct pbe_scheme scheme;
    struct bytes body;             /* SafeContents, or what is sealed */
};
struct pfx {
    struct arena *arena;
    struct pbe_budget budget;
    unsigned bags;
    struct bytes content;          /* what the MAC is over */
    struct mac mac;
    struct safe safes[SAFES_MAX];
    size_t safes_len;
    struct pbe_password tries[2];
    size_t tries_len;
    bool is_given;
    struct items found;
};

/* the outside ------------------------------------------------------------------------------------------- */

/* ContentInfo: its kind and the inside of its [0]. A content that is left out (CVE-2024-0727) is no content. */
static bool content_info(struct der *d, struct bytes *oid, struct der *content)
{
    struct der in;

    return der_enter(d, DER_SEQUENCE, &in) && der_get_oid(&in, oid) && der_enter(&in, DER_CONTEXT_CONS(0), content) && der_end(&in);
}

bool p12_is_one(struct bytes der)
{
    struct der d = der_of(der), in, info;
    struct bytes oid;
    int64_t version;

    return der_enter(&d, DER_SEQUENCE, &in) && der_get_int(&in, &version) && version == 3 && der_enter(&in, DER_SEQUENCE, &info) &&
           der_get_oid(&info, &oid);
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
        return MALFORMED("its MAC");
    r = read_mac_kind(p, oid, e);
    if (r)
        return r;
    if (!der_get(&digest, DER_OCTET_STRING, &p->mac.digest) || !der_end(&digest) || !der_get(&in, DER_OCTET_STRING, &p->mac.salt) ||
        p->mac.salt.len > KDF_SALT_MAX || (!der_end(&in) && (!der_get_int(&in, &iterations) || !der_end(&in))))
        return MALFORMED("its MAC");
    if (p->mac.digest.len != kdf_digest_len(p->mac.hash))
        return MALFORMED("its MAC is not as long as its digest");
    r = pbe_pay(&p->budget, iterations, 1, e);
    if (r)
        return r;
    p->mac.is_there = true;
    p->mac.iterations = (unsigned)iterations;
    return ERR_NONE;
}

/* bags: counted first ----------------------------------------------------------------------------------- */

struct bag {
    struct bytes oid;
    struct bytes value;            /* inside of the [0] */
    struct der attributes;
};

static bool next_bag(struct der *d, struct bag *out)
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

static enum err count_bags(struct pfx *p, struct bytes safe, struct error *e)
{
    struct der d = der_of(safe), in;
    struct pbe_scheme scheme;
    struct bytes sealed;
    struct bag bag;
    enum err r;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d))
        return MALFORMED("a safe in it");
    while (!der_end(&in)) {
        if (!next_bag(&in, &bag))
            return MALFORMED("a bag in it");
        if (++p->bags > P12_BAGS)
            return fail(e, ERR_INVALID, "the PFX has more than %d bags: split it", P12_BAGS);
        if (!der_oid_is(bag.oid, BAG "2"))
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
        return MALFORMED("its encrypted part");
    r = pbe_read(algorithm, &out->scheme, e);
    if (r)
        return r;
    out->is_sealed = true;
    if (der_get(&info, DER_CONTEXT(0), &out->body))
        return der_end(&info) ? ERR_NONE : MALFORMED("its encrypted part");
    if (!der_optional(&info, DER_CONTEXT_CONS(0), &pieces, &is_there) || !is_there || !der_end(&info))
        return MALFORMED("its encrypted part is empty");
    buf_init(&all, P12_MAX);
    while (der_get(&pieces, DER_OCTET_STRING, &piece))
        buf_add(&all, piece.at, piece.len);
    out->body = arena_bytes(p->arena, buf_bytes(&all));
    buf_done(&all);
    return der_end(&pieces) ? ERR_NONE : MALFORMED("its encrypted part");
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
        return MALFORMED("a part of it");
    p->safes_len++;
    if (der_oid_is(oid, ENCRYPTED)) {
        r = read_sealed_safe(p, content, out, e);
        return r ? r : pbe_pay(&p->budget, out->scheme.iterations, pbe_derivations(&out->scheme), e);
    }
    if (!der_oid_is(oid, DATA))
        return fail_kind(e, ERR_INVALID, "unsupported-algorithm", "the PFX is sealed for a public key, not with a password: this is not supported");
    if (!der_get(&content, DER_OCTET_STRING, &out->body) || !der_end(&content))
        return MALFORMED("a part of it");
    r = ber_to_der(out->body, p->arena, &out->body, e);
    return r ? r : count_bags(p, out->body, e);
}

static enum err read_outside(struct pfx *p, struct bytes der, struct error *e)
{
    struct der d = der_of(der), in, content, safes;
    struct bytes oid, inside;
    int64_t version;
    enum err r;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_get_int(&in, &version) || version != 3)
        return MALFORMED("it is not of version 3");
    if (!content_info(&in, &oid, &content))
        return MALFORMED("it holds nothing");
    if (der_oid_is(oid, SIGNED))
        return fail_kind(e, ERR_INVALID, "unsupported-mac", "MAC type not supported: the PFX is signed with a certificate instead of a password");
    if (!der_oid_is(oid, DATA) || !der_get(&content, DER_OCTET_STRING, &p->content) || !der_end(&content))
        return MALFORMED("it holds nothing");
    r = read_mac(p, &in, e);
    if (r == ERR_NONE)
        r = ber_to_der(p->content, p->arena, &inside, e);
    if (r)
        return r;
    d = der_of(inside);
    if (!der_enter(&d, DER_SEQUENCE, &safes) || !der_end(&d))
        return MALFORMED("its content");
    while (r == ERR_NONE && !der_end(&safes))
        r = read_safe(p, &safes, e);
    return r;
}

/* the password ------------------------------------------------------------------------------------------ */

static enum err prepare_tries(struct pfx *p, const char *password, struct error *e)
{
    enum err r;

    p->is_given = password != NULL && password[0] != '\0';
    r = pbe_password_of(p->is_given ? password : "", p->arena, &p->tries[0], e);
    if (r)
        return r;
    p->tries_len = p->is_given ? 1 : 2;
    return p->is_given ? ERR_NONE : pbe_password_of(NULL, p->arena, &p->tries[1], e);
}

static enum err wrong_password(const struct pfx *p, struct error *e)
{
    return fail_kind(e, ERR_INVALID, "wrong-password", p->is_given ? "the password is wrong" : "the PFX has a password: give it");
}

static enum err mac_fits(const struct pfx *p, const struct pbe_password *password, bool *fits, struct error *e)
{
    uint8_t key[KDF_DIGEST_MAX], mac[KDF_DIGEST_MAX];
    size_t len = kdf_digest_len(p->mac.hash);
    enum err r = kdf_pkcs12(p->mac.hash, KDF_FOR_MAC, p->mac.iterations, password->bmp, p->mac.salt, key, len, e);

    if (r)
        return r;
    kdf_hmac(p->mac.hash, bytes_of(key, len), p->content, mac);
    *fits = hash_same(bytes_of(mac, len), p->mac.digest);
    own_wipe(key, sizeof(key));
    return ERR_NONE;
}

/* The try that fits comes to the front. */
static enum err check_mac(struct pfx *p, struct error *e)
{
    struct pbe_password first = p->tries[0];
    bool fits = false;

    for (size_t i = 0; i < p->tries_len && p->mac.is_there; i++) {
        enum err r = mac_fits(p, &p->tries[i], &fits, e);

        if (r)
            return r;
        if (!fits)
            continue;
        p->tries[0] = p->tries[i];
        p->tries[i] = first;
        return ERR_NONE;
    }
    return p->mac.is_there ? wrong_password(p, e) : ERR_NONE;
}

/* `is_it` tells sense from noise: one wrong password in 256 leaves good padding. */
static enum err open_with_tries(const struct pfx *p, const struct pbe_scheme *scheme, struct bytes sealed, bool (*is_it)(struct bytes plain),
                                struct bytes *plain, struct error *e)
{
    for (size_t i = 0; i < p->tries_len; i++) {
        struct error why = { 0 };
        enum err r = pbe_open(scheme, sealed, &p->tries[i], p->arena, plain, &why);

        if (r == ERR_NONE && is_it(*plain))
            return ERR_NONE;
        if (r && strcmp(why.kind, "wrong-password") != 0) {
            *e = why;
            return r;
        }
    }
    if (p->mac.is_there && p->is_given)
        return fail_kind(e, ERR_INVALID, "wrong-password", "a part of the PFX is encrypted under another password than the rest, or is malformed");
    return wrong_password(p, e);
}

/* what is in it ----------------------------------------------------------------------------------------- */

/* BMPString to UTF-8; what is no clean text is no name. */
static const char *bmp_text(struct bytes bmp, struct arena *a)
{
    char *out = arena_take(a, bmp.len * 2 + 4), *at = out;

    for (size_t i = 0; i + 1 < bmp.len; i += 2) {
        uint32_t c = (uint32_t)bmp.at[i] << 8 | bmp.at[i + 1];

        if (c >= 0xd800 && c < 0xdc00 && i + 3 < bmp.len) {
            c = 0x10000 + ((c - 0xd800) << 10) + (((uint32_t)bmp.at[i + 2] << 8 | bmp.at[i + 3]) - 0xdc00);
            i += 2;
        }
        if (c < 0x80) {
            *at++ = (char)c;
        } else if (c < 0x800) {
            *at++ = (char)(0xc0 | c >> 6);
            *at++ = (char)(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            *at++ = (char)(0xe0 | c >> 12);
            *at++ = (char)(0x80 | (c >> 6 & 0x3f));
            *at++ = (char)(0x80 | (c & 0x3f));
        } else {
            *at++ = (char)(0xf0 | (c >> 18 & 7));
            *at++ = (char)(0x80 | (c >> 12 & 0x3f));
            *at++ = (char)(0x80 | (c >> 6 & 0x3f));
            *at++ = (char)(0x80 | (c & 0x3f));
        }
    }
    return (size_t)(at - out) <= NAME_LEN_MAX && strlen(out) == (size_t)(at - out) && text_is_clean(bytes_of(out, (size_t)(at - out))) ? out : "";
}

static const char *friendly_name(struct der attributes, struct arena *a)
{
    struct bytes oid, value;
    struct der in, values;

    while (der_enter(&attributes, DER_SEQUENCE, &in)) {
        if (der_get_oid(&in, &oid) && der_oid_is(oid, FRIENDLY_NAME) && der_enter(&in, DER_SET, &values) && der_get(&values, DER_BMP, &value))
            return bmp_text(value, a);
    }
    return "";
}

/* CertBag and CRLBag: the kind, then the bytes. Kinds that are not X.509 are passed over. */
static enum err take_blob(struct pfx *p, const struct bag *bag, enum item_kind kind, const char *is_x509, struct error *e)
{
    struct item item = { .kind = kind, .name = friendly_name(bag->attributes, p->arena) };
    struct der d = der_of(bag->value), in, value;
    struct bytes oid, der;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d) || !der_get_oid(&in, &oid) || !der_enter(&in, DER_CONTEXT_CONS(0), &value) || !der_end(&in))
        return MALFORMED("a certificate bag in it");
    if (!der_oid_is(oid, is_x509))
        return ERR_NONE;
    if (!der_get(&value, DER_OCTET_STRING, &der) || !der_end(&value))
        return MALFORMED("a certificate bag in it");
    item.der = der;
    return items_add(&p->found, &item, e);
}

static bool is_pkcs8(struct bytes plain)
{
    return key_form(plain) == KEY_FORM_PKCS8;
}

/* A key that is not taken does not keep the certificates out: it is told why. */
static enum err take_key(struct pfx *p, const struct bag *bag, bool is_sealed, struct error *e)
{
    struct item item = { .kind = ITEM_KEY };
    struct pbe_scheme scheme;
    struct bytes plain = bag->value, sealed;
    struct error why = { 0 };
    enum err r = ERR_NONE;

    if (is_sealed) {
        r = key_sealed(bag->value, &scheme, &sealed, e);
        if (r == ERR_NONE)
            r = open_with_tries(p, &scheme, sealed, is_pkcs8, &plain, e);
    }
    if (r)
        return r;
    if (key_read_pkcs8(plain, p->arena, &item, &why) != ERR_NONE) {
        item.trouble = arena_text(p->arena, why.text);
        item.trouble_kind = arena_text(p->arena, why.kind);
    }
    item.name = friendly_name(bag->attributes, p->arena);
    return items_add(&p->found, &item, e);
}

static enum err take_bag(struct pfx *p, const struct bag *bag, struct error *e)
{
    if (der_oid_is(bag->oid, BAG "1"))
        return take_key(p, bag, false, e);
    if (der_oid_is(bag->oid, BAG "2"))
        return take_key(p, bag, true, e);
    if (der_oid_is(bag->oid, BAG "3"))
        return take_blob(p, bag, ITEM_CERTIFICATE, "1.2.840.113549.1.9.22.1", e);
    if (der_oid_is(bag->oid, BAG "4"))
        return take_blob(p, bag, ITEM_CRL, "1.2.840.113549.1.9.23.1", e);
    if (der_oid_is(bag->oid, BAG "5"))
        return ERR_NONE;                                 /* a secret of some other kind: not for us */
    return MALFORMED("a bag in it is of a kind that is not read");
}

static bool is_sequence(struct bytes plain)
{
    struct der d = der_of(plain), in;

    return plain.len > 1 && plain.at[0] == DER_SEQUENCE && (plain.at[1] == 0x80 || der_enter(&d, DER_SEQUENCE, &in));
}

static enum err take_safe(struct pfx *p, const struct safe *safe, struct error *e)
{
    struct bytes body = safe->body;
    struct der d, in;
    enum err r = ERR_NONE;

    if (safe->is_sealed) {
        r = open_with_tries(p, &safe->scheme, safe->body, is_sequence, &body, e);
        if (r == ERR_NONE)
            r = ber_to_der(body, p->arena, &body, e);
        if (r == ERR_NONE)
            r = count_bags(p, body, e);
    }
    if (r)
        return r;
    d = der_of(body);
    if (!der_enter(&d, DER_SEQUENCE, &in))
        return MALFORMED("a safe in it");
    while (r == ERR_NONE && !der_end(&in)) {
        struct bag bag;

        r = next_bag(&in, &bag) ? take_bag(p, &bag, e) : MALFORMED("a bag in it");
    }
    return r;
}

static enum err take_all(struct pfx *p, struct items *out, struct error *e)
{
    enum err r = ERR_NONE;

    for (size_t i = 0; r == ERR_NONE && i < p->safes_len; i++)
        r = take_safe(p, &p->safes[i], e);
    if (r == ERR_NONE && p->found.len == 0)
        return fail(e, ERR_INVALID, "the PFX is empty: it holds no certificate and no key");
    for (size_t i = 0; r == ERR_NONE && i < p->found.len; i++)
        r = items_add(out, &p->found.at[i], e);
    return r;
}

enum err p12_read(struct bytes der, const char *password, struct items *out, struct error *e)
{
    struct pfx *p = arena_take(out->arena, sizeof(*p));
    struct bytes sound;
    enum err r;

    if (der.len > P12_MAX)
        return fail(e, ERR_INVALID, "the PFX has %zu octets: %d is the most", der.len, P12_MAX);
    p->arena = out->arena;
    items_init(&p->found, out->arena);
    r = ber_to_der(der, out->arena, &sound, e);
    if (r == ERR_NONE)
        r = read_outside(p, sound, e);
    if (r == ERR_NONE)
        r = prepare_tries(p, password, e);
    if (r == ERR_NONE)
        r = check_mac(p, e);
    if (r == ERR_NONE)
        r = take_all(p, out, e);
    out->spent += p->budget.spent;
    return r;
}
