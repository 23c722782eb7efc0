/* keeper - the process that holds private keys, and how to ask it. Every call blocks; any thread may call.
   Forked first, before any thread, socket or lock. It parses no PKCS#12, PEM or JSON; it reads the shape of what it signs.
   If it dies, every call answers ERR_IO at once and keeper_watch's function runs. */
#ifndef KEEPER_KEEPER_H
#define KEEPER_KEEPER_H

#include <gnutls/abstract.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/id.h"
#include "pki/key.h"
#include "pki/pbe.h"

struct keeper;
struct keeper_key;             /* a key loaded into the keeper; counted; dropped there with the last reference */

enum purpose { PURPOSE_CA = 1, PURPOSE_OCSP = 2, PURPOSE_SUBJECT = 3, PURPOSE_SEAL = 4, PURPOSE_SECRET = 5 };
enum signed_shape { SHAPE_CERTIFICATE = 1, SHAPE_CRL = 2, SHAPE_REQUEST = 3, SHAPE_OCSP_RESPONSE = 4, SHAPE_SEAL_LINE = 5 };
enum keeper_state { KEEPER_OPEN, KEEPER_SEALED, KEEPER_DEAD };

struct keeper_options {
    const char *ring_path;     /* DIR/keeper.ring, 0600; made at first run */
    const char *credential;    /* systemd credential's path, or NULL; else $CREDENTIALS_DIRECTORY/signet-ring is used when there */
    unsigned hand;             /* channels for TLS signatures: one a network thread */
    unsigned work;             /* for signing: one for each that may ask at once, since waiting for one costs two switches of threads */
};

struct key_spec {
    enum purpose purpose;
    enum key_type type;
    struct id id;
    bool is_exportable;        /* refused for ca, ocsp, seal */
    struct bytes name;         /* ca: the subject Name it signs as, whole DER: bound in the blob */
    bool may_make_cas;         /* ca: may sign CA certificates */
    int path_len;              /* ca: its own path length; CAs below must be smaller; -1 none */
    int64_t not_after;         /* ca: nothing signed may end later */
};
struct sealed_key {
    struct bytes blob;         /* self-describing: clear authenticated head, then AES-256-GCM(PKCS#8) */
    struct bytes spki;
    uint32_t kek;              /* which wrapping key */
};
struct blob_head {             /* what the clear head of a blob says; authenticated only inside the keeper */
    enum purpose purpose;
    enum key_type type;
    struct id id;
    bool is_exportable;
    uint32_t kek;
    uint8_t spki_sha256[32];
};

enum err keeper_start(const struct keeper_options *how, struct keeper **out, struct error *e) MUST_CHECK;
void keeper_stop(struct keeper *k);                                /* closes its sockets and waits for it; keys are given back before; NULL is fine */
enum keeper_state keeper_state(struct keeper *k);                  /* cheap: remembered, not asked */
/* Runs once, on a thread of the keeper's own, when the process has died. */
void keeper_watch(struct keeper *k, void (*fn)(void *arg), void *arg);
/* ERR_DENIED: wrong passphrase; ERR_LIMIT: one try a second; ERR_CONFLICT: it is not sealed. */
enum err keeper_unseal(struct keeper *k, const char *passphrase, struct error *e) MUST_CHECK;
/* Ring on disk is wrapped anew under the passphrase; "" makes it bare again. Before the daemon serves; used by `signet keeper passphrase`. */
enum err keeper_ring_passphrase(const char *ring_path, const char *old_passphrase, const char *new_passphrase, struct error *e) MUST_CHECK;

enum err keeper_make(struct keeper *k, const struct key_spec *spec, struct arena *a, struct sealed_key *out, struct error *e) MUST_CHECK;
/* A key from outside: subject keys only, checked; spec->type KEY_NONE takes what it is. */
enum err keeper_seal(struct keeper *k, const struct key_spec *spec, struct bytes pkcs8, struct arena *a, struct sealed_key *out, struct error *e) MUST_CHECK;
bool keeper_blob_head(struct bytes blob, struct blob_head *out);

enum err keeper_load(struct keeper *k, struct bytes blob, struct keeper_key **out, struct error *e) MUST_CHECK;
struct keeper_key *keeper_key_ref(struct keeper_key *key);
void keeper_key_unref(struct keeper_key *key);                     /* NULL is fine */
enum key_type keeper_key_type(const struct keeper_key *key);
struct bytes keeper_key_spki(const struct keeper_key *key);        /* lives as long as the key */

/* tbs -> raw signature bytes (DER ECDSA-Sig-Value, PKCS#1 v1.5, or 64 bytes of Ed25519): the content of the BIT STRING. */
enum err keeper_sign(struct keeper *k, const struct keeper_key *key, enum signed_shape shape, struct bytes tbs, struct arena *a, struct bytes *signature, struct error *e) MUST_CHECK;
/* The same with a subject key straight from its blob, for requests and self-signed certificates of its own key: no LOAD round trip. */
enum err keeper_sign_once(struct keeper *k, struct bytes blob, enum signed_shape shape, struct bytes tbs, struct arena *a, struct bytes *signature, struct error *e) MUST_CHECK;
/* A gnutls key that signs in the keeper (subject keys only); holds a reference on `key`. The calling network thread waits on its own hand channel. */
enum err keeper_tls_key(struct keeper *k, struct keeper_key *key, gnutls_privkey_t *out, struct error *e) MUST_CHECK;

struct export_scheme { bool is_bare; enum pbe scheme; unsigned iterations; };
/* Subject keys marked exportable only. bare: PKCS#8 PrivateKeyInfo; else EncryptedPrivateKeyInfo. Two at a time; others wait. */
enum err keeper_export(struct keeper *k, struct bytes blob, const struct export_scheme *how, const char *password, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;
/* Small secrets of the daemon (MAC keys, SMTP passwords): can never open a private key. */
enum err keeper_secret_seal(struct keeper *k, struct bytes secret, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;
enum err keeper_secret_open(struct keeper *k, struct bytes blob, struct arena *a, struct bytes *out, struct error *e) MUST_CHECK;
long keeper_pid(const struct keeper *k);

#endif
