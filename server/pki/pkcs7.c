#include "pki/pkcs7.h"

#include "pki/der.h"

/* DER would sort the certificates, as a SET OF; but readers show and use them in the order that stands there. */
struct bytes pkcs7_certs(struct arena *a, const struct bytes *certs, size_t len)
{
    struct der_writer w;
    size_t guess = 64, mark;

    for (size_t i = 0; i < len; i++)
        guess += certs[i].len;
    der_begin(&w, guess);
    der_wrap(&w, 0, DER_SET);                    /* signerInfos: nobody signs */
    mark = der_mark(&w);
    for (size_t i = len; i > 0; i--)
        der_raw(&w, certs[i - 1]);
    der_wrap(&w, mark, DER_CONTEXT_CONS(0));
    mark = der_mark(&w);
    der_oid(&w, "1.2.840.113549.1.7.1");         /* data, of which there is none */
    der_wrap(&w, mark, DER_SEQUENCE);
    der_wrap(&w, der_mark(&w), DER_SET);         /* digestAlgorithms: none */
    der_int(&w, 1);
    der_wrap(&w, 0, DER_SEQUENCE);
    der_wrap(&w, 0, DER_CONTEXT_CONS(0));
    der_oid(&w, "1.2.840.113549.1.7.2");         /* signedData */
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}
