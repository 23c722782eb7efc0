/* sha256_loop - what key derivations do a hundred thousand times, with SHA-256: one compression of a block, no set-up around it. */
#ifndef PKI_SHA256_LOOP_H
#define PKI_SHA256_LOOP_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* digest: replaced by its own digest `times` times (RFC 7292, B.2, step 6A). */
void sha256_loop_digest(uint8_t digest[32], unsigned times);
/* One block of PBKDF2 with HMAC-SHA-256 (RFC 8018, 5.2): salted is the salt with the number of the block behind it. */
void sha256_loop_pbkdf2(struct bytes password, struct bytes salted, unsigned iterations, uint8_t out[32]);

#endif
