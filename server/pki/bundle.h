/* bundle - a file of whatever form (PEM blocks, DER, PKCS#7, PKCS#12, keys), made one flat list of items. */
#ifndef PKI_BUNDLE_H
#define PKI_BUNDLE_H

#include "pki/item.h"

enum { BUNDLE_MAX = 8 * 1024 * 1024 };
/* Errors name "/data" or "/password"; their kinds are those of p12_read and key_read. What is no certificate is passed over in PEM (curve
   parameters, public keys), as long as something is left. Certificates are not parsed here, only found. */
enum err bundle_read(struct bytes file, const char *password, struct items *out, struct error *e) MUST_CHECK;

#endif
