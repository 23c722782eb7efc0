/* csr - a PKCS#10 request (RFC 2986): read strictly, its signature verified. It is a wish: only names and key are taken. */
#ifndef PKI_CSR_H
#define PKI_CSR_H

#include "base/findings.h"
#include "pki/key.h"
#include "pki/name.h"

struct csr {
    struct bytes der;          /* copied to the arena */
    struct spki key;           /* checked by spki_check */
    struct bytes subject_der;  /* Name, whole */
    const char *subject;       /* RFC 4514 text, for show */
    const char *common_name;   /* as it stands in the request; "" when none */
    struct names names;        /* usable SANs, or the lent common name; never empty */
};

enum { CSR_MAX = 64 * 1024 };
/* PEM (one block, "CERTIFICATE REQUEST" or "NEW CERTIFICATE REQUEST") or DER. Refuses: bad version, malformed or doubled or critical
   unknown extensions and attributes, weak digests, weak keys, a signature that does not verify, no usable name. Warnings (dropped
   common name, dropped SAN types) go to `notes`. kind is "badCSR", or "badPublicKey", "badSignatureAlgorithm". Everything lives in `a`. */
enum err csr_parse(struct bytes from, struct arena *a, struct csr *out, struct findings *notes, struct error *e) MUST_CHECK;

#endif
