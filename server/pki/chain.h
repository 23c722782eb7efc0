/* chain - from a leaf to a root: order, validity, key use, path length, names, constraints. RFC 5280, 6. The clock is given. */
#ifndef PKI_CHAIN_H
#define PKI_CHAIN_H

#include "pki/cert.h"

/* Builds leaf-first from a heap of certificates by issuer name, key identifier and signature; the best path to one of `roots`.
   Bounded: whatever the heap holds, no more than a hundred signatures are verified. */
struct chain { const struct cert *at[10]; size_t len; bool is_complete; /* ends in a root of the list */ };
void chain_build(const struct cert *leaf, const struct cert *const *heap, size_t heap_len,
                 const struct cert *const *roots, size_t roots_len, struct chain *out);
/* Every fault goes to `out` with the place in the chain as pointer "/chain/1". purposes: FOR_*, 0 none asked. name: NULL none asked;
   with a name the leaf is judged as browsers judge what serves it, so alternative names and purposes must be there.
   Rules: untrusted broken-chain expired not-yet-valid unknown-critical weak-key weak-signature bad-signature not-a-ca path-length
   wrong-purpose wrong-usage name-mismatch name-constraints bad-profile. */
void chain_check(const struct chain *c, uint32_t purposes, const struct name *name, int64_t at, struct findings *out);

#endif
