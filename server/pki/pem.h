/* pem - RFC 7468: blocks of base64 between lines. Lax about text around, strict inside. */
#ifndef PKI_PEM_H
#define PKI_PEM_H

#include "base/arena.h"
#include "base/error.h"

char *pem_text(struct arena *a, const char *label, struct bytes der);        /* 64 columns, ends with a newline */
/* The next block from *at on: label and DER in the arena, *at moved behind it. ERR_ABSENT: no further block. */
enum err pem_next(const char **at, const char *end, struct arena *a, const char **label, struct bytes *der, struct error *e) MUST_CHECK;

#endif
