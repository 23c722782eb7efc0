/* truststore - a PKCS#12 file of certificates that Java trusts: javax.net.ssl.trustStore, keytool. */
#ifndef PKI_TRUSTSTORE_H
#define PKI_TRUSTSTORE_H

#include "base/arena.h"
#include "base/error.h"

struct truststore_entry {
    const char *alias;         /* ASCII */
    struct bytes der;
};
/* The same entries and password give the same bytes: nothing in it is secret. */
enum err truststore_write(const struct truststore_entry *entries, size_t len, const char *password, struct arena *a, struct bytes *out,
                          struct error *e) MUST_CHECK;

#endif
