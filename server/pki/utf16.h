/* utf16 - text as PKCS#12 wants it: big-endian UTF-16, which everybody reads a BMPString as. */
#ifndef PKI_UTF16_H
#define PKI_UTF16_H

#include "base/arena.h"
#include "base/bytes.h"

/* `text` is UTF-8 that is known to be clean. Two zeros stand behind what is returned and are not counted. */
struct bytes utf16_of(const char *text, struct arena *a);

#endif
