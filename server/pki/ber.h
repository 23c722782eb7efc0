/* ber - what some programs still write into PFX and PKCS#7 (lengths left open, strings in pieces) made DER, so that one strict reader does. */
#ifndef PKI_BER_H
#define PKI_BER_H

#include "base/arena.h"
#include "base/error.h"

enum { BER_DEPTH = 32 };
/* One element with nothing behind it. DER comes back as it is. Not well-formed or too deep: ERR_INVALID; an end that is missing has
   the kind "truncated". */
enum err ber_to_der(struct bytes from, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;

#endif
