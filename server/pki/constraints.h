/* constraints - may this certificate stand below a CA with these name constraints? RFC 5280, 4.2.1.10 and 6.1.4. */
#ifndef PKI_CONSTRAINTS_H
#define PKI_CONSTRAINTS_H

#include "pki/cert.h"

/* `value` is the extension of the CA. Looks at the subject and at every alternative name; a name of a kind that is constrained
   but not understood here is not allowed. False: *why is a word for the name that is at fault. */
bool constraints_allow(struct bytes value, const struct cert *below, const char **why);

#endif
