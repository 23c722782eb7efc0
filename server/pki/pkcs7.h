/* pkcs7 - certs-only SignedData (RFC 2315 / 5652): empty digestAlgorithms, order kept. */
#ifndef PKI_PKCS7_H
#define PKI_PKCS7_H

#include "base/arena.h"

/* The whole ContentInfo as DER, in the arena. */
struct bytes pkcs7_certs(struct arena *a, const struct bytes *certs, size_t len);

#endif
