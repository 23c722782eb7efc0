/* certreq - the .inf by which certreq.exe makes a like request on a Windows machine, with a key of that machine. */
#ifndef PKI_CERTREQ_H
#define PKI_CERTREQ_H

#include "pki/cert.h"

struct certreq {
    struct bytes subject;          /* Name, whole DER; what certreq has no word for is left out */
    struct names names;
    enum key_type key_type;
    uint32_t usage, purposes;
    bool is_exportable;
};
/* NULL for keys that certreq does not make. Lines end in CR LF. */
const char *certreq_inf(const struct certreq *from, struct arena *a);

#endif
