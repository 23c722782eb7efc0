/* lint - is this certificate what RFC 5280 and our profile of it demand? Every fault, with the zlint name of its rule where zlint has one. */
#ifndef PKI_LINT_H
#define PKI_LINT_H

#include "pki/cert.h"

/* LEVEL_ERROR findings must stop signing; the inventory shows all. Of a certificate that is signed already, what the public web alone demands is
   a warning. The certificate need not pass cert_parse, only be well-formed DER in the right order: otherwise ERR_INVALID. */
enum err lint_cert(struct bytes der, struct arena *a, struct findings *out, struct error *e) MUST_CHECK;
enum err lint_tbs(struct bytes tbs, struct arena *a, struct findings *out, struct error *e) MUST_CHECK;
/* Also by the rules that are switched off here, as a public CA would be judged. */
enum err lint_cert_all(struct bytes der, struct arena *a, struct findings *out, struct error *e) MUST_CHECK;
/* A list that does not read at all is one finding, "crl-malformed". */
enum err lint_crl(struct bytes der, struct arena *a, struct findings *out, struct error *e) MUST_CHECK;

#endif
