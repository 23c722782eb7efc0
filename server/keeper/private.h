/* private - one private key in memory, over GnuTLS. Only the keeper's process includes this. */
#ifndef KEEPER_PRIVATE_H
#define KEEPER_PRIVATE_H

#include <gnutls/abstract.h>

#include "base/buf.h"
#include "base/error.h"
#include "pki/key.h"

struct private {
    gnutls_privkey_t key;              /* read only once made: threads may sign with it together */
    enum key_type type;
    uint8_t *spki;
    size_t spki_len;
};

enum { PKCS8_MAX = 6 * 1024, SPKI_MAX = 2 * 1024 };

/* pkcs8: a buffer that the caller wipes. */
enum err private_make(enum key_type type, struct buf *pkcs8, struct buf *spki, struct error *e) MUST_CHECK;
enum err private_load(struct bytes pkcs8, struct private *out, struct error *e) MUST_CHECK;
/* The same for a key that comes from outside: checked, and written anew into `pkcs8`. */
enum err private_import(struct bytes from, struct private *out, struct buf *pkcs8, struct error *e) MUST_CHECK;
void private_done(struct private *p);                                    /* wipes; fine on a zeroed one */
struct bytes private_spki(const struct private *p);

enum err private_sign(const struct private *p, struct bytes body, struct buf *out, struct error *e) MUST_CHECK;
/* What TLS asks for; alg is a gnutls_sign_algorithm_t. */
enum err private_sign_hash(const struct private *p, unsigned alg, struct bytes hash, struct buf *out, struct error *e) MUST_CHECK;
enum err private_sign_data(const struct private *p, unsigned alg, struct bytes body, struct buf *out, struct error *e) MUST_CHECK;

#endif
