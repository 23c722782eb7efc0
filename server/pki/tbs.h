/* tbs - the TBSCertificate that we sign (RFC 5280, 4.1), written by our own DER writer, and the certificate around it;
   the body of a PKCS#10 request too. */
#ifndef PKI_TBS_H
#define PKI_TBS_H

#include "pki/cert.h"

struct tbs {
    uint8_t serial[20];
    enum sig_alg alg;                    /* of the issuer's key */
    struct bytes issuer;                 /* Name, whole DER */
    struct bytes subject;                /* Name, whole DER: dn_build */
    int64_t not_before, not_after;
    struct bytes spki;                   /* whole DER */
    struct names names;                  /* SAN, non-critical unless the subject is empty; none for CAs */
    bool is_ca;
    int path_len;                        /* -1: no limit */
    uint32_t usage, purposes;            /* USE_*, FOR_*; usage critical */
    uint8_t ski[20], aki[20];
    bool has_aki;                        /* all but self-signed */
    const char *crl_url, *issuer_url, *ocsp_url;   /* NULL: none. CRL distribution point, AIA caIssuers, AIA OCSP */
};

/* RFC 5280 4.1.2.2: 20 octets, first 0x40..0x7f: positive, never short. The sixteenth of a second it is (which begins anew every two years),
   then 128 random bits: what is issued one after another stands side by side in the index of serial numbers, which a large store would
   else change on another page each time. */
void serial_make(uint8_t out[20]);
/* Name with organization and common name as UTF8String; NULL or "" parts are left out. */
struct bytes dn_build(struct arena *a, const char *organization, const char *common_name);
/* The same with what other authorities want to read; country: two capital letters. */
struct dn_parts { const char *country, *state, *locality, *organization, *unit, *common_name; };
struct bytes dn_build_parts(struct arena *a, const struct dn_parts *parts);
enum err tbs_build(const struct tbs *t, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;
/* CertificationRequestInfo (RFC 2986, 4.1) of subject, spki, names, usage and purposes; what else is in `t` stays out. */
enum err tbs_request(const struct tbs *t, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;
/* SEQUENCE { tbs, alg, BIT STRING signature }: certificates, CRLs and requests alike. */
struct bytes signed_build(struct arena *a, struct bytes tbs, enum sig_alg alg, struct bytes signature);

#endif
