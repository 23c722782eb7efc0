#include "pki/certreq.h"

#include "base/buf.h"
#include "pki/der.h"

enum { INF_MOST = 64 * 1024 };
#define LINE "\r\n"

static const struct { enum key_type type; const char *algorithm; unsigned bits; } makes[] = {
    { KEY_EC_P256, "ECDSA_P256", 256 }, { KEY_EC_P384, "ECDSA_P384", 384 }, { KEY_RSA_2048, "RSA", 2048 },
    { KEY_RSA_3072, "RSA", 3072 },      { KEY_RSA_4096, "RSA", 4096 },
};

/* One character of a value that stands within quotes of a distinguished name, within quotes of an .inf: a quote is doubled for both, and a
   percent sign would begin a string key. */
static void put_quoted(struct buf *b, char c)
{
    if (c == '"')
        buf_text(b, "\"\"\"\"");
    else if (c == '%')
        buf_text(b, "%%");
    else
        buf_byte(b, (uint8_t)c);
}

static const struct { const char *oid, *word; } types[] = {
    { "2.5.4.3", "CN" }, { "2.5.4.11", "OU" }, { "2.5.4.10", "O" }, { "2.5.4.7", "L" }, { "2.5.4.8", "S" }, { "2.5.4.6", "C" },
};

/* The value of that type in a Name of ours: one attribute in each RDN, a string. */
static bool find_rdn(struct bytes name, const char *wanted, struct bytes *value)
{
    struct der d = der_of(name), rdns, rdn, pair;
    struct bytes oid, whole;
    uint8_t tag;

    if (!der_enter(&d, DER_SEQUENCE, &rdns))
        return false;
    while (der_enter(&rdns, DER_SET, &rdn))
        if (der_enter(&rdn, DER_SEQUENCE, &pair) && der_get_oid(&pair, &oid) && der_oid_is(oid, wanted) && der_next(&pair, &tag, value, &whole))
            return true;
    return false;
}

static void put_subject(struct buf *b, struct bytes name)
{
    const char *between = "";
    struct bytes value;

    buf_text(b, "Subject = \"");
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (!find_rdn(name, types[i].oid, &value))
            continue;
        buf_printf(b, "%s%s=\"\"", between, types[i].word);
        for (size_t k = 0; k < value.len; k++)
            put_quoted(b, (char)value.at[k]);
        buf_text(b, "\"\"");
        between = ", ";
    }
    buf_text(b, "\"" LINE);
}

/* KeyUsage as certreq has it: bit 0 of the BIT STRING is the highest of the octet. */
static unsigned usage_of(uint32_t usage)
{
    unsigned out = 0;

    for (unsigned bit = 0; bit < 8; bit++)
        if (usage >> bit & 1)
            out |= 0x80u >> bit;
    return out;
}

static void put_names(struct buf *b, const struct names *names)
{
    buf_text(b, "2.5.29.17 = \"{text}\"" LINE);
    for (size_t i = 0; i < names->len; i++)
        buf_printf(b, "_continue_ = \"%s=%s%s\"" LINE, names->at[i].kind == NAME_IP ? "ipaddress" : "dns", names->at[i].text,
                   i + 1 < names->len ? "&" : "");
}

static void put_purposes(struct buf *b, uint32_t purposes)
{
    if (purposes == 0)
        return;
    buf_text(b, LINE "[EnhancedKeyUsageExtension]" LINE);
    if (purposes & FOR_SERVER)
        buf_text(b, "OID = 1.3.6.1.5.5.7.3.1 ; Server Authentication" LINE);
    if (purposes & FOR_CLIENT)
        buf_text(b, "OID = 1.3.6.1.5.5.7.3.2 ; Client Authentication" LINE);
}

static void write(struct buf *b, const struct certreq *from, const char *algorithm, unsigned bits)
{
    buf_text(b, "; certreq -new request.inf request.req" LINE "; The key is made on the Windows machine that runs this: it is another key than the one kept by Signet." LINE
                "; When the certificate comes back: certreq -accept certificate.cer" LINE LINE);
    buf_text(b, "[Version]" LINE "Signature = \"$Windows NT$\"" LINE LINE "[NewRequest]" LINE);
    put_subject(b, from->subject);
    buf_printf(b, "KeyAlgorithm = %s" LINE "KeyLength = %u" LINE "HashAlgorithm = SHA256" LINE, algorithm, bits);
    buf_printf(b, "Exportable = %s" LINE "MachineKeySet = TRUE" LINE "RequestType = PKCS10" LINE, from->is_exportable ? "TRUE" : "FALSE");
    buf_text(b, "ProviderName = \"Microsoft Software Key Storage Provider\"" LINE);
    buf_printf(b, "KeyUsage = 0x%02x" LINE LINE "[Extensions]" LINE, usage_of(from->usage));
    put_names(b, &from->names);
    put_purposes(b, from->purposes);
}

const char *certreq_inf(const struct certreq *from, struct arena *a)
{
    for (size_t i = 0; i < sizeof(makes) / sizeof(*makes); i++) {
        const char *text;
        struct buf b;

        if (makes[i].type != from->key_type)
            continue;
        buf_init(&b, INF_MOST);
        write(&b, from, makes[i].algorithm, makes[i].bits);
        text = arena_copy(a, b.at, b.len);
        buf_done(&b);
        return text;
    }
    return NULL;
}
