/* hash - digests of bytes, and comparing secrets. Over GnuTLS; cannot fail but by a bug. */
#ifndef PKI_HASH_H
#define PKI_HASH_H

#include "base/bytes.h"

enum { SHA1_LEN = 20, SHA256_LEN = 32, SHA384_LEN = 48, SHA512_LEN = 64 };
void hash_sha1(struct bytes from, uint8_t out[SHA1_LEN]);
void hash_sha256(struct bytes from, uint8_t out[SHA256_LEN]);
void hash_sha384(struct bytes from, uint8_t out[SHA384_LEN]);
void hash_sha512(struct bytes from, uint8_t out[SHA512_LEN]);
void hash_hmac_sha256(struct bytes key, struct bytes from, uint8_t out[SHA256_LEN]);
bool hash_same(struct bytes a, struct bytes b);   /* constant time for equal lengths: for secrets */

#endif
