/* pkcs12 - a PFX (RFC 7292) that its target really opens: written by ourselves, opened again before it is handed out. */
#ifndef PKI_PKCS12_H
#define PKI_PKCS12_H

#include "pki/pbe.h"

struct pfx_profile {
    const char *slug;        /* "windows" "legacy" "strict" */
    const char *label;       /* for people */
    enum pbe scheme;
    unsigned iterations;     /* each of key, certificates, MAC */
    bool mac_is_sha256;
};
const struct pfx_profile *pfx_profile(const char *slug);      /* NULL: unknown */
extern const struct pfx_profile pfx_profiles[];
extern const size_t pfx_profiles_len;

struct pfx_wish {
    const struct pfx_profile *profile;
    const char *friendly_name;              /* UTF-8 */
    struct bytes key;                       /* EncryptedPrivateKeyInfo, made by the keeper under the same password and profile */
    const struct bytes *certs;              /* DER, leaf first */
    size_t certs_len;
    const char *password;
};
enum err pfx_write(const struct pfx_wish *w, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;
/* Opens what was written with GnuTLS: MAC, bags, leaf, chain, and that the key belongs to the leaf. */
enum err pfx_check(struct bytes pfx, const struct pfx_wish *w, struct arena *a, struct error *e) MUST_CHECK;

#endif
