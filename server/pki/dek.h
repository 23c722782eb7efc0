/* dek - keys as OpenSSL encrypted them up to 1.0: the scheme stands in a header of the PEM block (DEK-Info), MD5 makes the key of the password.
   Opened for those who come with old files, never written. */
#ifndef PKI_DEK_H
#define PKI_DEK_H

#include "base/arena.h"
#include "base/error.h"

/* `scheme`: what stands behind "DEK-Info:". Kinds "unsupported-algorithm" "wrong-password"; as the padding alone tells of a wrong password, the
   caller looks at what came out too. */
enum err dek_open(const char *scheme, struct bytes sealed, const char *password, struct arena *a, struct bytes *plain, struct error *e) MUST_CHECK;

#endif
