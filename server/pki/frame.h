/* frame - what stands where in a certificate, before anybody judges it: well-formed DER in the order of RFC 5280, 4.1, no more.
   cert.c demands more of it, lint.c says what is wrong with it. All of it is lent but the list of extensions. */
#ifndef PKI_FRAME_H
#define PKI_FRAME_H

#include "pki/ext.h"

struct frame {
    struct bytes der, tbs;                      /* der: empty when only a TBSCertificate was read */
    struct bytes signature_algorithm, signature;
    int64_t version;                            /* 0 is v1, 2 is v3 */
    bool is_version_explicit;
    struct bytes serial;                        /* content of the INTEGER, as it stands */
    struct bytes tbs_algorithm, issuer, subject, spki;   /* whole */
    struct bytes not_before, not_after;         /* whole: UTCTime or GeneralizedTime, whatever is in them */
    bool has_unique;                            /* an issuerUniqueID or subjectUniqueID */
    struct extension *extensions;
    size_t extensions_len;
};

enum err frame_read(struct bytes der, struct arena *a, struct frame *out, struct error *e) MUST_CHECK;
enum err frame_read_tbs(struct bytes tbs, struct arena *a, struct frame *out, struct error *e) MUST_CHECK;

#endif
