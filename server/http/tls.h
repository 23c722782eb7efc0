/* tls - all that a listener shows and trusts: a generation. Frozen, counted, replaced whole. */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include <gnutls/abstract.h>

#include "base/bytes.h"
#include "base/error.h"

struct tls_identity;
struct tls_slot;               /* where a listener finds the current one */

struct tls_entry {
    const char *sni;               /* lower-case; "" is the default; "*.x.lan" covers one label */
    const struct bytes *chain;     /* DER, leaf first, root left out */
    size_t chain_len;
    gnutls_privkey_t key;          /* taken */
};
/* Builds credentials and checks that each key belongs to its leaf. One entry must be the default. Takes the keys in every case. */
enum err tls_identity_new(const struct tls_entry *entries, size_t len, uint64_t generation, struct tls_identity **out, struct error *e) MUST_CHECK;
struct tls_identity *tls_identity_ref(struct tls_identity *t);
void tls_identity_unref(struct tls_identity *t);               /* NULL is fine; freed when its last connection closes */
uint64_t tls_identity_generation(const struct tls_identity *t);

struct tls_slot *tls_slot_new(void);
void tls_slot_free(struct tls_slot *s);
void tls_slot_put(struct tls_slot *s, struct tls_identity *fresh);         /* takes; drops the old one's reference */
struct tls_identity *tls_slot_get(struct tls_slot *s);                     /* with a reference; NULL before the first */
/* What a server session needs, for the listener and for the canary alike: priorities, the hello function that takes the current
   identity by SNI, no tickets. The conn's TLS hook calls the same. */
enum err tls_session_prepare(gnutls_session_t session, struct error *e) MUST_CHECK;
/* Sets the credentials of `t` for the SNI of the session: to be called from a post-client-hello function. Returns the name it shows. */
const char *tls_identity_use(struct tls_identity *t, gnutls_session_t session);

#endif
