/* kdf - keys from passwords: PBKDF2 (RFC 8018, 5.2) and the way of PKCS#12 (RFC 7292, B.2), over the digests that files really use. */
#ifndef PKI_KDF_H
#define PKI_KDF_H

#include "base/bytes.h"
#include "base/error.h"

enum kdf_hash { KDF_SHA1, KDF_SHA224, KDF_SHA256, KDF_SHA384, KDF_SHA512, KDF_HASH_COUNT };
enum { KDF_DIGEST_MAX = 64, KDF_SALT_MAX = 1024, KDF_PASSWORD_MAX = 2050, KDF_ITERATIONS_MAX = 2000000 };
enum { KDF_FOR_KEY = 1, KDF_FOR_IV = 2, KDF_FOR_MAC = 3 };

size_t kdf_digest_len(enum kdf_hash h);
/* `bmp`: the password as big-endian UTF-16 with two zeros behind it; empty: there is none. */
enum err kdf_pkcs12(enum kdf_hash h, unsigned use, unsigned iterations, struct bytes bmp, struct bytes salt,
                    uint8_t *out, size_t out_len, struct error *e) MUST_CHECK;
enum err kdf_pbkdf2(enum kdf_hash h, unsigned iterations, struct bytes password, struct bytes salt, uint8_t *out, size_t out_len, struct error *e) MUST_CHECK;
void kdf_hmac(enum kdf_hash h, struct bytes key, struct bytes body, uint8_t out[KDF_DIGEST_MAX]);

#endif
