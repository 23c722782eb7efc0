#include <gnutls/x509.h>
#include <stdlib.h>

#include "base/own.h"
#include "keeper/ask.h"

/* What GnuTLS holds for a key that is elsewhere. */
struct remote {
    struct keeper_key *key;
    gnutls_pk_algorithm_t pk;
    unsigned bits;
};

static int sign(const struct remote *r, enum verb verb, gnutls_sign_algorithm_t alg, const gnutls_datum_t *from, gnutls_datum_t *out)
{
    CLEANUP(ask_done) struct answer got;
    struct bytes signature;

    if (ask_tls(r->key, verb, alg, bytes_of(from->data, from->size), &got, &signature, NULL) != ERR_NONE)
        return GNUTLS_E_PK_SIGN_FAILED;
    out->data = gnutls_malloc(signature.len);
    if (out->data == NULL)
        return GNUTLS_E_MEMORY_ERROR;
    memcpy(out->data, signature.at, signature.len);
    out->size = (unsigned)signature.len;
    return 0;
}

static int sign_hash(gnutls_privkey_t key, gnutls_sign_algorithm_t alg, void *arg, unsigned flags, const gnutls_datum_t *hash, gnutls_datum_t *out)
{
    (void)key;
    (void)flags;
    return sign(arg, VERB_TLS_HASH, alg, hash, out);
}

static int sign_data(gnutls_privkey_t key, gnutls_sign_algorithm_t alg, void *arg, unsigned flags, const gnutls_datum_t *body, gnutls_datum_t *out)
{
    (void)key;
    (void)flags;
    return sign(arg, VERB_TLS_DATA, alg, body, out);
}

static int about(gnutls_privkey_t key, unsigned flags, void *arg)
{
    const struct remote *r = arg;

    (void)key;
    if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO)
        return (int)r->pk;
    if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS)
        return (int)r->bits;
    if (flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO)
        return gnutls_sign_supports_pk_algorithm(GNUTLS_FLAGS_TO_SIGN_ALGO(flags), r->pk);
    return -1;
}

static void forget(gnutls_privkey_t key, void *arg)
{
    struct remote *r = arg;

    (void)key;
    keeper_key_unref(r->key);
    free(r);
}

static int read_kind(struct bytes spki, struct remote *out)
{
    gnutls_datum_t der = { (void *)(uintptr_t)spki.at, (unsigned)spki.len };
    gnutls_pubkey_t pub = NULL;
    int rc;

    rc = gnutls_pubkey_init(&pub);
    if (rc < 0)
        return rc;
    rc = gnutls_pubkey_import(pub, &der, GNUTLS_X509_FMT_DER);
    if (rc == 0) {
        rc = gnutls_pubkey_get_pk_algorithm(pub, &out->bits);
        out->pk = (gnutls_pk_algorithm_t)rc;
    }
    gnutls_pubkey_deinit(pub);
    return rc;
}

enum err keeper_tls_key(struct keeper *k, struct keeper_key *key, gnutls_privkey_t *out, struct error *e)
{
    struct remote *r = own_alloc(sizeof(*r));
    gnutls_privkey_t made = NULL;
    int rc;

    (void)k;
    rc = read_kind(keeper_key_spki(key), r);
    if (rc >= 0)
        rc = gnutls_privkey_init(&made);
    if (rc >= 0)
        rc = gnutls_privkey_import_ext4(made, r, sign_data, sign_hash, NULL, forget, about, 0);
    if (rc < 0) {
        free(r);
        if (made != NULL)
            gnutls_privkey_deinit(made);
        return fail(e, ERR_BUG, "the key cannot be shown to TLS: %s", gnutls_strerror(rc));
    }
    r->key = keeper_key_ref(key);
    *out = made;
    return ERR_NONE;
}
