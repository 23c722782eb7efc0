/* pkcs7_read - certificates and revocation lists out of a SignedData (RFC 2315, RFC 5652). Signatures in it are not looked at, only read. */
#ifndef PKI_PKCS7_READ_H
#define PKI_PKCS7_READ_H

#include "pki/item.h"

bool pkcs7_is_one(struct bytes der);
/* None in it: ERR_INVALID. */
enum err pkcs7_read(struct bytes der, struct items *out, struct error *e) MUST_CHECK;

#endif
