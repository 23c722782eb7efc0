/* cert - one X.509 certificate (RFC 5280): parsed once by our strict reader, then only read. All of it lives in the arena given. */
#ifndef PKI_CERT_H
#define PKI_CERT_H

#include "base/findings.h"
#include "pki/ext.h"
#include "pki/key.h"
#include "pki/name.h"

enum {   /* KeyUsage: bit n of the BIT STRING is 1 << n */
    USE_DIGITAL_SIGNATURE = 1 << 0, USE_NON_REPUDIATION = 1 << 1, USE_KEY_ENCIPHERMENT = 1 << 2, USE_DATA_ENCIPHERMENT = 1 << 3,
    USE_KEY_AGREEMENT = 1 << 4, USE_CERT_SIGN = 1 << 5, USE_CRL_SIGN = 1 << 6, USE_ENCIPHER_ONLY = 1 << 7, USE_DECIPHER_ONLY = 1 << 8
};
enum { FOR_SERVER = 1 << 0, FOR_CLIENT = 1 << 1, FOR_OCSP = 1 << 2, FOR_CODE = 1 << 3, FOR_EMAIL = 1 << 4, FOR_ANY = 1 << 5, FOR_OTHER = 1 << 6 };

struct cert {
    struct bytes der, tbs, signature;
    struct bytes signature_algorithm;          /* AlgorithmIdentifier, whole */
    struct bytes serial;                       /* magnitude, no leading zero */
    struct bytes issuer, subject;              /* Name, whole DER */
    const char *issuer_text, *subject_text;    /* RFC 4514 */
    const char *common_name;                   /* last CN of the subject as UTF-8; "" when none */
    int64_t not_before, not_after;
    struct spki key;
    const struct extension *extensions;
    size_t extensions_len;
    struct names names;                        /* SAN: DNS and IP only */
    bool has_san, has_other_san;
    bool is_ca, has_basic;
    int path_len;                              /* -1: none */
    bool has_usage, has_purposes;
    uint32_t usage, purposes;                  /* USE_*, FOR_* */
    struct bytes ski, aki;                     /* key identifiers; empty when none */
    uint8_t sha1[20], sha256[32];
};

enum { CERT_MAX = 64 * 1024 };
/* Strict: not DER, version wrong, doubled extension, malformed known extension: ERR_INVALID with the reason. */
enum err cert_parse(struct bytes der, struct arena *a, struct cert *out, struct error *e) MUST_CHECK;
bool cert_is_self_issued(const struct cert *c);      /* issuer == subject */
const struct extension *cert_extension(const struct cert *c, const char *dotted_oid);   /* NULL when not there */
enum err cert_verify(const struct cert *c, const struct spki *issuer, struct error *e) MUST_CHECK;   /* the signature alone */
/* The lines of the MMC tab Details: field name and value for people, in MMC's order. */
struct detail { const char *field, *value; bool is_critical; };
size_t cert_details(const struct cert *c, struct arena *a, struct detail **out);

#endif
