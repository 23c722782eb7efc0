/* pkcs8 - the older forms of a private key (PKCS#1, SEC 1) wrapped as a PrivateKeyInfo (RFC 5208): what the keeper reads. */
#ifndef PKI_PKCS8_H
#define PKI_PKCS8_H

#include "base/arena.h"
#include "base/error.h"

/* The first private key among the PEM blocks of `text`. Encrypted ones are refused with what to do. The caller's arena is wiped. */
enum err pkcs8_of_pem(struct bytes text, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;

#endif
