/* key - public keys: their kinds, and which of them we accept. Private keys live in keeper/. */
#ifndef PKI_KEY_H
#define PKI_KEY_H

#include "base/arena.h"
#include "base/error.h"

enum key_type { KEY_NONE, KEY_EC_P256, KEY_EC_P384, KEY_EC_P521, KEY_ED25519, KEY_RSA_2048, KEY_RSA_3072, KEY_RSA_4096, KEY_RSA_OTHER };

const char *key_type_text(enum key_type t);                        /* "ec-p256" "ec-p384" "ec-p521" "ed25519" "rsa-2048" ... "rsa" */
bool key_type_parse(const char *text, enum key_type *out);         /* the seven that we make; P-521 and rsa only come in */
bool key_type_is_made(enum key_type t);                            /* the keeper makes P-256, P-384, Ed25519, RSA 2048/3072/4096 */

struct spki {                  /* SubjectPublicKeyInfo, read strictly */
    struct bytes der;
    enum key_type type;
    unsigned bits;
    struct bytes key;          /* content of the BIT STRING */
    struct bytes modulus, exponent;   /* RSA only */
};
enum err spki_parse(struct bytes der, struct spki *out, struct error *e) MUST_CHECK;
/* Policy for keys that come from outside: RSA 2048..8192, modulus divisible by 8 bits, odd exponent >= 65537 and < 2^256, no factor
   below 752, not ROCA, Fermat 110 rounds; EC on the curve and P-256/384/521; Ed25519; anything else refused with the reason. */
enum err spki_check(const struct spki *s, struct error *e) MUST_CHECK;
void spki_identifier(const struct spki *s, uint8_t out[20]);       /* SHA-1 of the BIT STRING: RFC 5280, 4.2.1.2 (1) */

/* AlgorithmIdentifiers of signatures, as DER. */
enum sig_alg { SIG_NONE, SIG_ECDSA_SHA256, SIG_ECDSA_SHA384, SIG_ECDSA_SHA512, SIG_ED25519, SIG_RSA_SHA256, SIG_RSA_SHA384, SIG_RSA_SHA512,
               SIG_RSA_PSS, SIG_WEAK /* MD2/4/5, SHA-1, SHA-224 */, SIG_UNKNOWN };
enum sig_alg sig_alg_for(enum key_type signer);                    /* what a key of this kind signs with */
struct bytes sig_alg_der(enum sig_alg alg);                        /* constant AlgorithmIdentifier */
enum sig_alg sig_alg_read(struct bytes algorithm_identifier);
/* Verifies with GnuTLS. `spki` is the signer's. */
enum err sig_verify(const struct spki *s, struct bytes algorithm_identifier, struct bytes body, struct bytes signature, struct error *e) MUST_CHECK;

#endif
