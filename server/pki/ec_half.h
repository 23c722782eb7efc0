/* ec_half - an EC private key completed by its public half. Java's keytool, among others, leaves it out (RFC 5915, 3: it is optional), and
   GnuTLS reads no key without. */
#ifndef PKI_EC_HALF_H
#define PKI_EC_HALF_H

#include "base/arena.h"
#include "base/error.h"

/* `parameters`: of the PKCS#8 around it; `key`: the ECPrivateKey. *out is PKCS#8 with both halves: the file's own public half where it has one.
   Kind "unsupported-algorithm" names the curve that is none of ours. */
enum err ec_half_complete(struct bytes parameters, struct bytes key, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;

#endif
