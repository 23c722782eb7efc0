/* csr_asked - what stands in a request beside names and key, told to a person. Nothing of it is taken; who asked shall see that. */
#ifndef PKI_CSR_ASKED_H
#define PKI_CSR_ASKED_H

#include "pki/csr.h"

struct asked {
    const char *field;         /* as a certificate's details call it: "Key Usage"; an attribute's name, or its OID */
    const char *value;
    bool is_critical;
    bool is_attribute;         /* else an extension */
};
/* Of a request that csr_parse has read: extensions in the order of the request, then attributes. Secrets in it are not shown. */
size_t csr_asked(const struct csr *c, struct arena *a, struct asked **out);

#endif
