/* cert_details - a certificate as MMC's tab Details tells it to a person. */
#include "pki/cert.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"
#include "pki/der.h"

#define LINES 20
#define VALUE_MOST (64 * 1024)

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

/* What comes from a certificate is shown in ASCII: a URL or a mailbox has nothing else. */
static void add_shown(struct buf *b, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        buf_byte(b, text.at[i] > 0x20 && text.at[i] < 0x7f ? text.at[i] : '?');
}

static void comma(struct buf *b)
{
    if (b->len > 0)
        buf_text(b, ", ");
}

static const char *finish(struct lines *l, struct buf *b)
{
    const char *text = arena_copy(l->arena, b->at, b->len);

    buf_done(b);
    return text;
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

/* extensions -------------------------------------------------------------------------------------------- */

static void add_general(struct buf *b, struct arena *a, const struct general *g)
{
    struct name n;

    comma(b);
    switch (g->kind) {
    case GENERAL_DNS:
        buf_text(b, "DNS Name=");
        add_shown(b, g->content);
        break;
    case GENERAL_IP:
        buf_printf(b, "IP Address=%s", name_ip_octets(g->content, a, &n, NULL) == ERR_NONE ? n.text : "?");
        break;
    case GENERAL_EMAIL:
        buf_text(b, "RFC822 Name=");
        add_shown(b, g->content);
        break;
    case GENERAL_URI:
        buf_text(b, "URL=");
        add_shown(b, g->content);
        break;
    default:
        buf_text(b, g->kind == GENERAL_DIRECTORY ? "Directory Name" : "Other Name");
    }
}

static const char *show_names(struct lines *l, const struct cert *c, struct bytes value)
{
    struct general g;
    struct der d;
    struct buf b;

    (void)c;
    buf_init(&b, VALUE_MOST);
    if (ext_generals(value, &d))
        while (!der_end(&d) && ext_general(&d, &g))
            add_general(&b, l->arena, &g);
    return finish(l, &b);
}

struct word { uint32_t bit; const char *text; };

static const char *show_bits(struct lines *l, const struct word *words, uint32_t bits)
{
    struct buf b;

    buf_init(&b, VALUE_MOST);
    for (; words->text != NULL; words++) {
        if ((bits & words->bit) == 0)
            continue;
        comma(&b);
        buf_text(&b, words->text);
    }
    return finish(l, &b);
}

static const char *show_purposes(struct lines *l, const struct cert *c, struct bytes value)
{
    static const struct word words[] = {
        { FOR_SERVER, "Server Authentication (1.3.6.1.5.5.7.3.1)" }, { FOR_CLIENT, "Client Authentication (1.3.6.1.5.5.7.3.2)" },
        { FOR_CODE, "Code Signing (1.3.6.1.5.5.7.3.3)" },            { FOR_EMAIL, "Secure Email (1.3.6.1.5.5.7.3.4)" },
        { FOR_OCSP, "OCSP Signing (1.3.6.1.5.5.7.3.9)" },            { FOR_ANY, "Any Purpose (2.5.29.37.0)" },
        { FOR_OTHER, "Other" },                                      { 0, NULL },
    };

    (void)value;
    return show_bits(l, words, c->purposes);
}

static const char *show_usage(struct lines *l, const struct cert *c, struct bytes value)
{
    static const struct word words[] = {
        { USE_DIGITAL_SIGNATURE, "Digital Signature" }, { USE_NON_REPUDIATION, "Non-Repudiation" },
        { USE_KEY_ENCIPHERMENT, "Key Encipherment" },   { USE_DATA_ENCIPHERMENT, "Data Encipherment" },
        { USE_KEY_AGREEMENT, "Key Agreement" },         { USE_CERT_SIGN, "Certificate Signing" },
        { USE_CRL_SIGN, "CRL Signing" },                { USE_ENCIPHER_ONLY, "Encipher Only" },
        { USE_DECIPHER_ONLY, "Decipher Only" },         { 0, NULL },
    };

    (void)value;
    return show_bits(l, words, c->usage);
}

static const char *show_ski(struct lines *l, const struct cert *c, struct bytes value)
{
    (void)value;
    return text_hex_in(l->arena, c->ski);
}

static const char *show_aki(struct lines *l, const struct cert *c, struct bytes value)
{
    (void)value;
    return c->aki.len > 0 ? arena_printf(l->arena, "KeyID=%s", text_hex_in(l->arena, c->aki)) : "without a key identifier";
}

static const char *show_basic(struct lines *l, const struct cert *c, struct bytes value)
{
    (void)value;
    if (!c->is_ca)
        return "Subject Type=End Entity, Path Length Constraint=None";
    if (c->path_len < 0)
        return "Subject Type=CA, Path Length Constraint=None";
    return arena_printf(l->arena, "Subject Type=CA, Path Length Constraint=%d", c->path_len);
}

static const char *show_points(struct lines *l, const struct cert *c, struct bytes value)
{
    struct ext_point p;
    struct der d;
    struct buf b;

    (void)c;
    buf_init(&b, VALUE_MOST);
    if (ext_points(value, &d))
        while (!der_end(&d) && ext_point(&d, &p)) {
            if (p.uri.len == 0)
                continue;
            comma(&b);
            buf_text(&b, "URL=");
            add_shown(&b, p.uri);
        }
    return finish(l, &b);
}

static const char *show_accesses(struct lines *l, const struct cert *c, struct bytes value)
{
    struct ext_access x;
    struct der d;
    struct buf b;

    (void)c;
    buf_init(&b, VALUE_MOST);
    if (!ext_accesses(value, &d))
        return finish(l, &b);
    while (!der_end(&d) && ext_access(&d, &x)) {
        comma(&b);
        if (bytes_equal(x.method, ext_oid_ocsp))
            buf_text(&b, "OCSP: ");
        else if (bytes_equal(x.method, ext_oid_ca_issuers))
            buf_text(&b, "CA Issuers: ");
        if (x.at.kind == GENERAL_URI)
            buf_text(&b, "URL=");
        add_shown(&b, x.at.kind == GENERAL_URI ? x.at.content : bytes_text("?"));
    }
    return finish(l, &b);
}

static const struct {
    unsigned id;
    const char *field;
    const char *(*show)(struct lines *l, const struct cert *c, struct bytes value);
} shown[] = {
    { EXT_SAN, "Subject Alternative Name", show_names },
    { EXT_PURPOSES, "Enhanced Key Usage", show_purposes },
    { EXT_USAGE, "Key Usage", show_usage },
    { EXT_SKI, "Subject Key Identifier", show_ski },
    { EXT_AKI, "Authority Key Identifier", show_aki },
    { EXT_BASIC, "Basic Constraints", show_basic },
    { EXT_POINTS, "CRL Distribution Points", show_points },
    { EXT_AIA, "Authority Information Access", show_accesses },
};

static void add_extensions(struct lines *l, const struct cert *c)
{
    for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
        const struct extension *x = ext_find(c->extensions, c->extensions_len, shown[i].id);

        if (x != NULL)
            add(l, shown[i].field, shown[i].show(l, c, x->value), x->is_critical);
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
