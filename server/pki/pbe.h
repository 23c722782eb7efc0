/* pbe - encryption under a password: PBES2 (RFC 8018) and the PKCS#12 schemes (RFC 7292, B). Used by the keeper for keys, by pkcs12 for bags. */
#ifndef PKI_PBE_H
#define PKI_PBE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

enum pbe { PBE_AES256_SHA256, PBE_3DES_SHA1 };

/* An EncryptedPrivateKeyInfo: SEQUENCE { AlgorithmIdentifier, OCTET STRING }. PBES2 takes the password as UTF-8, 3DES as BMPString. */
enum err pbe_encrypt(enum pbe scheme, unsigned iterations, const char *password, struct bytes plain,
                     struct arena *a, struct bytes *algorithm, struct bytes *sealed, struct error *e) MUST_CHECK;
enum err pbe_encrypt_key(enum pbe scheme, unsigned iterations, const char *password, struct bytes pkcs8,
                         struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;
/* RFC 7292, B.2; id 1 key, 2 IV, 3 MAC. `hash_is_sha256` else SHA-1. */
enum err pbe_pkcs12_kdf(bool hash_is_sha256, unsigned id, unsigned iterations, const char *password, struct bytes salt,
                        uint8_t *out, size_t out_len, struct error *e) MUST_CHECK;
/* Never empty, printable ASCII, 4 to 128 characters; says why not. */
enum err pbe_password_check(const char *password, struct error *e) MUST_CHECK;

#endif
