/* dn - a distinguished name: its DER read strictly, its text as RFC 4514 writes it. */
#ifndef PKI_DN_H
#define PKI_DN_H

#include "base/arena.h"
#include "base/error.h"

/* `name` is a whole Name. *text is clean UTF-8, most specific part first; what cannot be shown as text stands there as #hex.
   *common_name is the last CN, "" when there is none or it is not clean text. Either may be NULL. */
enum err dn_read(struct bytes name, struct arena *a, const char **text, const char **common_name, struct error *e) MUST_CHECK;

#endif
