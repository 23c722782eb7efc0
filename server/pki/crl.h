/* crl - certificate revocation lists (RFC 5280, 5): our own linear writer, and a strict reader. */
#ifndef PKI_CRL_H
#define PKI_CRL_H

#include "pki/cert.h"

struct crl_entry { struct bytes serial; int64_t at; int reason; /* CRLReason; 0 is left out */ };
struct crl_body {
    enum sig_alg alg;
    struct bytes issuer;             /* Name, whole DER */
    int64_t this_update, next_update;
    uint8_t aki[20];
    int64_t number;
    const struct crl_entry *entries;
    size_t entries_len;
};
enum err crl_build(const struct crl_body *b, struct arena *a, struct bytes *out_tbs, struct error *e) MUST_CHECK;

struct crl {
    struct bytes der, tbs, signature, signature_algorithm, issuer, aki;
    const char *issuer_text;
    struct bytes times[2];               /* thisUpdate and nextUpdate as they stand, whole; the second empty when there is none */
    int64_t this_update, next_update;    /* next_update 0: none */
    struct bytes number;                 /* magnitude; empty when there is none */
    const struct extension *extensions;
    size_t extensions_len;
    bool has_list;                       /* revokedCertificates is there, be it empty */
    struct bytes entries;                /* its content: read with crl_next */
    size_t entries_len;
};
enum { CRL_MAX = 64 * 1024 * 1024 };
/* Not DER, a version or an algorithm that nobody knows, doubled extensions, a malformed entry: ERR_INVALID with the reason.
   `der` is lent: it must live as long as *out. */
enum err crl_parse(struct bytes der, struct arena *a, struct crl *out, struct error *e) MUST_CHECK;
struct crl_line { struct bytes serial, time; int64_t at; int reason; bool has_reason, has_unknown_critical; };
bool crl_next(struct der *d, struct crl_line *out);   /* the next entry; false: malformed. The walk ends at der_end */
bool crl_lists(const struct crl *c, struct bytes serial, int64_t *at, int *reason);

#endif
