#include "keeper/private.h"

#include <gnutls/x509.h>
#include <stdlib.h>

#include "base/own.h"
#include "keeper/make_ec.h"

/* The NIST curves are for make_ec. */
static const struct {
    enum key_type type;
    gnutls_pk_algorithm_t pk;
    unsigned bits;
} makes[] = {
    { KEY_ED25519,  GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519) },
    { KEY_RSA_2048, GNUTLS_PK_RSA,           2048 },
    { KEY_RSA_3072, GNUTLS_PK_RSA,           3072 },
    { KEY_RSA_4096, GNUTLS_PK_RSA,           4096 },
};

static const gnutls_sign_algorithm_t sign_with[] = {
    [SIG_ECDSA_SHA256] = GNUTLS_SIGN_ECDSA_SHA256, [SIG_ECDSA_SHA384] = GNUTLS_SIGN_ECDSA_SHA384, [SIG_ECDSA_SHA512] = GNUTLS_SIGN_ECDSA_SHA512,
    [SIG_ED25519] = GNUTLS_SIGN_EDDSA_ED25519,
    [SIG_RSA_SHA256] = GNUTLS_SIGN_RSA_SHA256, [SIG_RSA_SHA384] = GNUTLS_SIGN_RSA_SHA384, [SIG_RSA_SHA512] = GNUTLS_SIGN_RSA_SHA512,
};

static void datum_wipe(gnutls_datum_t *d)
{
    own_wipe(d->data, d->size);
    gnutls_free(d->data);
}

static void x509_drop(gnutls_x509_privkey_t *key)
{
    if (*key != NULL)
        gnutls_x509_privkey_deinit(*key);
}

static enum err write_pkcs8(gnutls_x509_privkey_t from, struct buf *out, struct error *e)
{
    gnutls_datum_t der = { 0 };
    int rc;

    rc = gnutls_x509_privkey_export2_pkcs8(from, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &der);
    if (rc < 0)
        return fail(e, ERR_BUG, "the key was not written: %s", gnutls_strerror(rc));
    buf_add(out, der.data, der.size);
    datum_wipe(&der);
    return ERR_NONE;
}

static enum err write_spki(gnutls_privkey_t from, struct private *out, struct error *e)
{
    gnutls_pubkey_t pub = NULL;
    gnutls_datum_t der = { 0 };
    int rc;

    rc = gnutls_pubkey_init(&pub);
    if (rc == 0)
        rc = gnutls_pubkey_import_privkey(pub, from, 0, 0);
    if (rc == 0)
        rc = gnutls_pubkey_export2(pub, GNUTLS_X509_FMT_DER, &der);
    if (pub != NULL)
        gnutls_pubkey_deinit(pub);
    if (rc < 0)
        return fail(e, ERR_BUG, "the public key was not written: %s", gnutls_strerror(rc));
    out->spki = own_alloc(der.size);
    memcpy(out->spki, der.data, der.size);
    out->spki_len = der.size;
    gnutls_free(der.data);
    return ERR_NONE;
}

/* Takes the x509 key, and reads from its public half what kind it is. */
static enum err wrap(gnutls_x509_privkey_t *from, struct private *out, struct error *e)
{
    struct private p = { 0 };
    struct spki spki;
    enum err r;
    int rc;

    rc = gnutls_privkey_init(&p.key);
    if (rc == 0)
        rc = gnutls_privkey_import_x509(p.key, *from, GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE);
    if (rc < 0) {
        private_done(&p);
        return fail(e, ERR_BUG, "the key cannot be used: %s", gnutls_strerror(rc));
    }
    *from = NULL;
    r = write_spki(p.key, &p, e);
    if (r == ERR_NONE)
        r = spki_parse(private_spki(&p), &spki, e);
    if (r) {
        private_done(&p);
        return r;
    }
    p.type = spki.type;
    *out = p;
    return ERR_NONE;
}

static enum err make_other(enum key_type type, struct buf *pkcs8, struct buf *spki, struct error *e)
{
    CLEANUP(x509_drop) gnutls_x509_privkey_t key = NULL;
    struct private p = { 0 };
    enum err r;
    size_t i = 0;
    int rc;

    while (i < sizeof(makes) / sizeof(*makes) && makes[i].type != type)
        i++;
    if (i == sizeof(makes) / sizeof(*makes))
        return fail(e, ERR_INVALID, "keys of type %s are not made here", key_type_text(type));
    rc = gnutls_x509_privkey_init(&key);
    if (rc == 0)
        rc = gnutls_x509_privkey_generate2(key, makes[i].pk, makes[i].bits, 0, NULL, 0);
    if (rc < 0)
        return fail(e, ERR_IO, "no key was made: %s", gnutls_strerror(rc));

    r = write_pkcs8(key, pkcs8, e);
    if (r == ERR_NONE)
        r = wrap(&key, &p, e);
    if (r)
        return r;
    buf_add(spki, p.spki, p.spki_len);
    private_done(&p);
    return ERR_NONE;
}

enum err private_make(enum key_type type, struct buf *pkcs8, struct buf *spki, struct error *e)
{
    if (make_ec(type, pkcs8, spki))
        return ERR_NONE;
    return make_other(type, pkcs8, spki, e);
}

enum err private_load(struct bytes pkcs8, struct private *out, struct error *e)
{
    CLEANUP(x509_drop) gnutls_x509_privkey_t key = NULL;
    gnutls_datum_t der = { (void *)(uintptr_t)pkcs8.at, (unsigned)pkcs8.len };
    int rc;

    rc = gnutls_x509_privkey_init(&key);
    if (rc == 0)
        rc = gnutls_x509_privkey_import_pkcs8(key, &der, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN);
    if (rc < 0)
        return fail(e, ERR_INVALID, "not a private key in PKCS#8: %s", gnutls_strerror(rc));
    return wrap(&key, out, e);
}

/* Whether a key is good enough to be used is asked where it is used: an old one must be able to come in, and to be found and replaced.
   Beyond these bounds it is no key that anybody has. */
enum { RSA_LEAST = 512, RSA_MOST = 8192 };

static enum err check_kind(const struct spki *s, struct error *e)
{
    if (s->type == KEY_NONE)
        return fail(e, ERR_INVALID, "private keys of this kind are not supported: RSA, P-256, P-384, P-521 and Ed25519 are");
    if (s->modulus.len > 0 && (s->bits < RSA_LEAST || s->bits > RSA_MOST))
        return fail_kind(e, ERR_INVALID, "badPublicKey", "the RSA key has %u bits: %d to %d are taken", s->bits, RSA_LEAST, RSA_MOST);
    return ERR_NONE;
}

static enum err check_import(const struct private *p, struct error *e)
{
    gnutls_x509_privkey_t x = NULL;
    struct spki spki;
    enum err r;
    int rc;

    r = spki_parse(private_spki(p), &spki, e);
    if (r == ERR_NONE)
        r = check_kind(&spki, e);
    if (r)
        return r;
    rc = gnutls_privkey_export_x509(p->key, &x);
    if (rc == 0)
        rc = gnutls_x509_privkey_verify_params(x);
    if (x != NULL)
        gnutls_x509_privkey_deinit(x);
    if (rc < 0)
        return fail(e, ERR_INVALID, "the private key is not sound, its parts contradict each other: %s", gnutls_strerror(rc));
    return ERR_NONE;
}

enum err private_import(struct bytes from, struct private *out, struct buf *pkcs8, struct error *e)
{
    struct private p = { 0 };
    gnutls_x509_privkey_t x = NULL;
    enum err r;
    int rc;

    r = private_load(from, &p, e);
    if (r)
        return r;
    r = check_import(&p, e);
    if (r == ERR_NONE) {
        rc = gnutls_privkey_export_x509(p.key, &x);
        r = rc < 0 ? fail(e, ERR_BUG, "the key was not written: %s", gnutls_strerror(rc)) : write_pkcs8(x, pkcs8, e);
    }
    if (x != NULL)
        gnutls_x509_privkey_deinit(x);
    if (r) {
        private_done(&p);
        return r;
    }
    *out = p;
    return ERR_NONE;
}

void private_done(struct private *p)
{
    if (p->key != NULL)
        gnutls_privkey_deinit(p->key);   /* GnuTLS zeroizes the numbers in it */
    free(p->spki);
    memset(p, 0, sizeof(*p));
}

struct bytes private_spki(const struct private *p)
{
    return bytes_of(p->spki, p->spki_len);
}

static enum err give(int rc, gnutls_datum_t *signature, struct buf *out, struct error *e)
{
    if (rc < 0)
        return fail(e, ERR_INVALID, "not signed: %s", gnutls_strerror(rc));
    buf_add(out, signature->data, signature->size);
    gnutls_free(signature->data);
    return ERR_NONE;
}

enum err private_sign(const struct private *p, struct bytes body, struct buf *out, struct error *e)
{
    return private_sign_data(p, sign_with[sig_alg_for(p->type)], body, out, e);
}

enum err private_sign_data(const struct private *p, unsigned alg, struct bytes body, struct buf *out, struct error *e)
{
    gnutls_datum_t in = { (void *)(uintptr_t)body.at, (unsigned)body.len }, signature = { 0 };

    return give(gnutls_privkey_sign_data2(p->key, (gnutls_sign_algorithm_t)alg, 0, &in, &signature), &signature, out, e);
}

enum err private_sign_hash(const struct private *p, unsigned alg, struct bytes hash, struct buf *out, struct error *e)
{
    gnutls_datum_t in = { (void *)(uintptr_t)hash.at, (unsigned)hash.len }, signature = { 0 };
    /* TLS before 1.3 with RSA: the DigestInfo was made by the caller. */
    unsigned flags = alg == GNUTLS_SIGN_RSA_RAW ? GNUTLS_PRIVKEY_SIGN_FLAG_TLS1_RSA : 0;

    return give(gnutls_privkey_sign_hash2(p->key, (gnutls_sign_algorithm_t)alg, flags, &in, &signature), &signature, out, e);
}
