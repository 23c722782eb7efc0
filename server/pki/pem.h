/* pem - RFC 7468: blocks of base64 between lines. Lax about text around, strict inside. */
#ifndef PKI_PEM_H
#define PKI_PEM_H

#include "base/arena.h"
#include "base/error.h"

char *pem_text(struct arena *a, const char *label, struct bytes der);        /* 64 columns, ends with a newline */
/* The next block from *at on: label and DER in the arena, *at moved behind it. ERR_ABSENT: no further block. One that is encrypted in the old
   way, by headers inside it (RFC 1421), is refused. */
enum err pem_next(const char **at, const char *end, struct arena *a, const char **label, struct bytes *der, struct error *e) MUST_CHECK;
/* Takes those too: `scheme` is what stands behind "DEK-Info:", NULL where the block is not encrypted. */
struct pem_block { const char *label, *scheme; struct bytes content; };
enum err pem_next_block(const char **at, const char *end, struct arena *a, struct pem_block *out, struct error *e) MUST_CHECK;

#endif
