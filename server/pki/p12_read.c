#include "pki/p12_read.h"

#include "pki/ber.h"
#include "pki/hash.h"
#include "pki/key_read.h"
#include "pki/p12_frame.h"
#include "pki/utf16.h"

#define FRIENDLY_NAME "1.2.840.113549.1.9.20"

enum { NAME_LEN_MAX = 256 };

bool p12_is_one(struct bytes der)
{
    struct der d = der_of(der), in, info;
    struct bytes oid;
    int64_t version;

    return der_enter(&d, DER_SEQUENCE, &in) && der_get_int(&in, &version) && version == 3 && der_enter(&in, DER_SEQUENCE, &info) &&
           der_get_oid(&info, &oid);
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

static const char *named(const char *text)
{
    return strlen(text) <= NAME_LEN_MAX ? text : "";
}

static const char *friendly_name(struct der attributes, struct arena *a)
{
    struct bytes oid, value;
    struct der in, values;

    while (der_enter(&attributes, DER_SEQUENCE, &in)) {
        if (der_get_oid(&in, &oid) && der_oid_is(oid, FRIENDLY_NAME) && der_enter(&in, DER_SET, &values) && der_get(&values, DER_BMP, &value))
            return named(utf16_text(value, a));
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
        return P12_MALFORMED("a certificate bag in it");
    if (!der_oid_is(oid, is_x509))
        return ERR_NONE;
    if (!der_get(&value, DER_OCTET_STRING, &der) || !der_end(&value))
        return P12_MALFORMED("a certificate bag in it");
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
    if (der_oid_is(bag->oid, P12_BAG "1"))
        return take_key(p, bag, false, e);
    if (der_oid_is(bag->oid, P12_BAG "2"))
        return take_key(p, bag, true, e);
    if (der_oid_is(bag->oid, P12_BAG "3"))
        return take_blob(p, bag, ITEM_CERTIFICATE, "1.2.840.113549.1.9.22.1", e);
    if (der_oid_is(bag->oid, P12_BAG "4"))
        return take_blob(p, bag, ITEM_CRL, "1.2.840.113549.1.9.23.1", e);
    if (der_oid_is(bag->oid, P12_BAG "5"))
        return ERR_NONE;                                 /* a secret of some other kind: not for us */
    return P12_MALFORMED("a bag in it is of a kind that is not read");
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
            r = p12_count_bags(p, body, e);
    }
    if (r)
        return r;
    d = der_of(body);
    if (!der_enter(&d, DER_SEQUENCE, &in))
        return P12_MALFORMED("a safe in it");
    while (r == ERR_NONE && !der_end(&in)) {
        struct bag bag;

        r = p12_next_bag(&in, &bag) ? take_bag(p, &bag, e) : P12_MALFORMED("a bag in it");
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
        r = p12_frame(p, sound, e);
    if (r == ERR_NONE)
        r = prepare_tries(p, password, e);
    if (r == ERR_NONE)
        r = check_mac(p, e);
    if (r == ERR_NONE)
        r = take_all(p, out, e);
    out->spent += p->budget.spent;
    return r;
}
