#include "pki/ext_show.h"

#include "base/buf.h"
#include "base/text.h"
#include "pki/cert.h"

enum { VALUE_MOST = 64 * 1024 };

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

static const char *finish(struct arena *a, struct buf *b)
{
    const char *text = arena_copy(a, b->at, b->len);

    buf_done(b);
    return text;
}

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

static const char *show_names(struct arena *a, struct bytes value)
{
    struct general g;
    struct der d;
    struct buf b;

    buf_init(&b, VALUE_MOST);
    if (ext_generals(value, &d))
        while (!der_end(&d) && ext_general(&d, &g))
            add_general(&b, a, &g);
    return finish(a, &b);
}

struct word { uint32_t bit; const char *text; };

static const char *show_bits(struct arena *a, const struct word *words, uint32_t bits)
{
    struct buf b;

    buf_init(&b, VALUE_MOST);
    for (; words->text != NULL; words++) {
        if ((bits & words->bit) == 0)
            continue;
        comma(&b);
        buf_text(&b, words->text);
    }
    return finish(a, &b);
}

/* The names that Windows shows. */
static const struct { const char *oid, *name; } purposes[] = {
    { "1.3.6.1.5.5.7.3.1", "Server Authentication" }, { "1.3.6.1.5.5.7.3.2", "Client Authentication" }, { "1.3.6.1.5.5.7.3.3", "Code Signing" },
    { "1.3.6.1.5.5.7.3.4", "Secure Email" }, { "1.3.6.1.5.5.7.3.8", "Time Stamping" }, { "1.3.6.1.5.5.7.3.9", "OCSP Signing" },
    { "2.5.29.37.0", "Any Purpose" }, { "1.3.6.1.5.2.3.5", "KDC Authentication" }, { "1.3.6.1.5.5.7.3.17", "IP security IKE intermediate" },
    { "1.3.6.1.5.5.8.2.2", "IP security IKE intermediate" }, { "1.3.6.1.4.1.311.20.2.2", "Smart Card Logon" },
    { "1.3.6.1.4.1.311.54.1.2", "Remote Desktop Authentication" }, { "1.3.6.1.4.1.311.10.3.4", "Encrypting File System" },
    { "1.3.6.1.4.1.311.10.3.12", "Document Signing" }, { "1.3.6.1.4.1.311.20.2.1", "Certificate Request Agent" }, { "1.3.6.1.4.1.311.21.6", "Key Recovery Agent" },
};

enum { PURPOSES = sizeof(purposes) / sizeof(*purposes) };

/* Those of row `row` of the table; PURPOSES: those that are in none. */
static void add_purposes(struct buf *b, struct der in, size_t row, struct arena *a)
{
    struct bytes oid;

    while (!der_end(&in) && der_get_oid(&in, &oid)) {
        size_t i = 0;

        while (i < PURPOSES && !der_oid_is(oid, purposes[i].oid))
            i++;
        if (i != row)
            continue;
        comma(b);
        buf_printf(b, "%s (%s)", i < PURPOSES ? purposes[i].name : "Unknown Key Usage", der_oid_text(a, oid));
    }
}

/* In an order of ours: two certificates for the same purposes are shown alike. */
static const char *show_purposes(struct arena *a, struct bytes value)
{
    struct der d = der_of(value), in;
    struct buf b;

    buf_init(&b, VALUE_MOST);
    if (der_enter(&d, DER_SEQUENCE, &in))
        for (size_t i = 0; i <= PURPOSES; i++)
            add_purposes(&b, in, i, a);
    return finish(a, &b);
}

static const char *show_usage(struct arena *a, struct bytes value)
{
    static const struct word words[] = {
        { USE_DIGITAL_SIGNATURE, "Digital Signature" }, { USE_NON_REPUDIATION, "Non-Repudiation" },
        { USE_KEY_ENCIPHERMENT, "Key Encipherment" },   { USE_DATA_ENCIPHERMENT, "Data Encipherment" },
        { USE_KEY_AGREEMENT, "Key Agreement" },         { USE_CERT_SIGN, "Certificate Signing" },
        { USE_CRL_SIGN, "CRL Signing" },                { USE_ENCIPHER_ONLY, "Encipher Only" },
        { USE_DECIPHER_ONLY, "Decipher Only" },         { 0, NULL },
    };
    uint32_t usage;
    bool is_minimal;

    return ext_usage(value, &usage, &is_minimal) ? show_bits(a, words, usage) : "";
}

static const char *show_ski(struct arena *a, struct bytes value)
{
    struct bytes id;

    return ext_ski(value, &id) ? text_hex_in(a, id) : "";
}

static const char *show_aki(struct arena *a, struct bytes value)
{
    struct ext_aki aki;

    return ext_aki(value, &aki) && aki.has_id ? arena_printf(a, "KeyID=%s", text_hex_in(a, aki.id)) : "without a key identifier";
}

static const char *show_basic(struct arena *a, struct bytes value)
{
    bool is_ca, has_path_len;
    int64_t path_len;

    if (!ext_basic(value, &is_ca, &has_path_len, &path_len) || !is_ca)
        return "Subject Type=End Entity, Path Length Constraint=None";
    if (!has_path_len)
        return "Subject Type=CA, Path Length Constraint=None";
    return arena_printf(a, "Subject Type=CA, Path Length Constraint=%lld", (long long)path_len);
}

static const char *show_points(struct arena *a, struct bytes value)
{
    struct ext_point p;
    struct der d;
    struct buf b;

    buf_init(&b, VALUE_MOST);
    if (ext_points(value, &d))
        while (!der_end(&d) && ext_point(&d, &p)) {
            if (p.uri.len == 0)
                continue;
            comma(&b);
            buf_text(&b, "URL=");
            add_shown(&b, p.uri);
        }
    return finish(a, &b);
}

static const char *show_accesses(struct arena *a, struct bytes value)
{
    struct ext_access x;
    struct der d;
    struct buf b;

    buf_init(&b, VALUE_MOST);
    if (!ext_accesses(value, &d))
        return finish(a, &b);
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
    return finish(a, &b);
}

static const struct {
    unsigned id;
    const char *field;
    const char *(*show)(struct arena *a, struct bytes value);
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

bool ext_show(const struct extension *x, struct arena *a, const char **field, const char **value)
{
    unsigned id = ext_id(x->oid);

    for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
        if (shown[i].id != id)
            continue;
        *field = shown[i].field;
        *value = shown[i].show(a, x->value);
        return true;
    }
    return false;
}
