/* utf16 - text as PKCS#12 has it: big-endian UTF-16, which everybody reads a BMPString as. */
#ifndef PKI_UTF16_H
#define PKI_UTF16_H

#include "base/arena.h"
#include "base/bytes.h"

/* `text` is UTF-8 that is known to be clean. Two zeros stand behind what is returned and are not counted. */
struct bytes utf16_of(const char *text, struct arena *a);
/* The way back, of anybody's making: "" for what is no clean text. */
const char *utf16_text(struct bytes from, struct arena *a);

#endif
