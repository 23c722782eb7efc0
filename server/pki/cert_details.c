/* cert_details - a certificate as MMC's tab Details tells it to a person. */
#include "pki/cert.h"

#include "base/text.h"
#include "base/time.h"
#include "pki/der.h"
#include "pki/ext_show.h"

#define LINES 20

struct lines {
    struct arena *arena;
    struct detail at[LINES];
    size_t len;
};

static void add(struct lines *l, const char *field, const char *value, bool is_critical)
{
    if (l->len < LINES)
        l->at[l->len++] = (struct detail){ field, value, is_critical };
}

/* signature and key ------------------------------------------------------------------------------------- */

static const struct { const char *oid, *name, *hash; } signatures[] = {
    { "1.2.840.10045.4.3.2", "sha256ECDSA", "sha256" },   { "1.2.840.10045.4.3.3", "sha384ECDSA", "sha384" },
    { "1.2.840.10045.4.3.4", "sha512ECDSA", "sha512" },   { "1.3.101.112", "Ed25519", "sha512" },
    { "1.2.840.113549.1.1.11", "sha256RSA", "sha256" },   { "1.2.840.113549.1.1.12", "sha384RSA", "sha384" },
    { "1.2.840.113549.1.1.13", "sha512RSA", "sha512" },   { "1.2.840.113549.1.1.10", "RSASSA-PSS", "" },
    { "1.2.840.113549.1.1.5", "sha1RSA", "sha1" },        { "1.2.840.10045.4.1", "sha1ECDSA", "sha1" },
    { "1.2.840.113549.1.1.4", "md5RSA", "md5" },          { "1.2.840.113549.1.1.2", "md2RSA", "md2" },
    { "1.2.840.10040.4.3", "sha1DSA", "sha1" },
};

static void add_signature(struct lines *l, const struct cert *c)
{
    struct der d = der_of(c->signature_algorithm), in;
    struct bytes oid;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_get_oid(&in, &oid))
        return;
    for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++) {
        if (!der_oid_is(oid, signatures[i].oid))
            continue;
        add(l, "Signature algorithm", signatures[i].name, false);
        if (signatures[i].hash[0] != '\0')
            add(l, "Signature hash algorithm", signatures[i].hash, false);
        return;
    }
    add(l, "Signature algorithm", der_oid_text(l->arena, oid), false);
}

static const char *key_text(struct lines *l, const struct cert *c)
{
    static const struct { enum key_type type; const char *text; } names[] = {
        { KEY_EC_P256, "ECC (P-256)" }, { KEY_EC_P384, "ECC (P-384)" }, { KEY_EC_P521, "ECC (P-521)" }, { KEY_ED25519, "Ed25519" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (names[i].type == c->key.type)
            return names[i].text;
    return c->key.modulus.len > 0 ? arena_printf(l->arena, "RSA (%u bits)", c->key.bits) : "Unknown";
}

/* In MMC's order. */
static void add_extensions(struct lines *l, const struct cert *c)
{
    static const unsigned order[] = { EXT_SAN, EXT_PURPOSES, EXT_USAGE, EXT_SKI, EXT_AKI, EXT_BASIC, EXT_POINTS, EXT_AIA };

    for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
        const struct extension *x = ext_find(c->extensions, c->extensions_len, order[i]);
        const char *field, *value;

        if (x != NULL && ext_show(x, l->arena, &field, &value))
            add(l, field, value, x->is_critical);
    }
}

/* ------------------------------------------------------------------------------------------------------- */

static const char *version_text(const struct cert *c)
{
    struct der d = der_of(c->tbs), in, version;
    int64_t v = 0;

    if (der_enter(&d, DER_SEQUENCE, &in) && der_enter(&in, DER_CONTEXT_CONS(0), &version) && der_get_int(&version, &v))
        return v == 2 ? "V3" : "V2";
    return "V1";
}

static const char *time_in(struct lines *l, int64_t at)
{
    char text[TIME_TEXT];

    time_text(at, text);
    return arena_text(l->arena, text);
}

size_t cert_details(const struct cert *c, struct arena *a, struct detail **out)
{
    struct lines l = { .arena = a };

    add(&l, "Version", version_text(c), false);
    add(&l, "Serial number", text_hex_in(a, c->serial), false);
    add_signature(&l, c);
    add(&l, "Issuer", c->issuer_text, false);
    add(&l, "Valid from", time_in(&l, c->not_before), false);
    add(&l, "Valid to", time_in(&l, c->not_after), false);
    add(&l, "Subject", c->subject_text, false);
    add(&l, "Public key", key_text(&l, c), false);
    add_extensions(&l, c);
    add(&l, "Thumbprint algorithm", "sha1", false);
    add(&l, "Thumbprint (SHA-1)", text_hex_in(a, bytes_of(c->sha1, sizeof(c->sha1))), false);
    add(&l, "Thumbprint (SHA-256)", text_hex_in(a, bytes_of(c->sha256, sizeof(c->sha256))), false);

    *out = arena_copy(a, l.at, l.len * sizeof(*l.at));
    return l.len;
}
