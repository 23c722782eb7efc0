/* make_ec - a fresh key on a NIST curve. Only the keeper's process includes this. */
#ifndef KEEPER_MAKE_EC_H
#define KEEPER_MAKE_EC_H

#include "base/buf.h"
#include "pki/key.h"

/* P-256 and P-384. Both as DER; the caller wipes pkcs8. False: another kind, and nothing is written. */
bool make_ec(enum key_type type, struct buf *pkcs8, struct buf *spki);

#endif
