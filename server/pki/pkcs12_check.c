/* What was written is read again by a library that others use, with the same password: nothing leaves that would not open. */
#include "pki/pkcs12.h"

#include <gnutls/pkcs12.h>

#include "base/own.h"

#define BROKEN(...) fail(e, ERR_BUG, "the PFX that was made does not open again: " __VA_ARGS__)

static void pkcs12_drop(gnutls_pkcs12_t *p)
{
    if (*p != NULL)
        gnutls_pkcs12_deinit(*p);
}

static void bag_drop(gnutls_pkcs12_bag_t *b)
{
    if (*b != NULL)
        gnutls_pkcs12_bag_deinit(*b);
}

static void privkey_drop(gnutls_x509_privkey_t *k)
{
    if (*k != NULL)
        gnutls_x509_privkey_deinit(*k);
}

static void crt_drop(gnutls_x509_crt_t *c)
{
    if (*c != NULL)
        gnutls_x509_crt_deinit(*c);
}

struct seen {
    size_t certs, keys;
};

/* The key opens, and is that of the leaf. */
static enum err check_key(const gnutls_datum_t *sealed, const struct pfx_wish *w, struct error *e)
{
    CLEANUP(privkey_drop) gnutls_x509_privkey_t key = NULL;
    CLEANUP(crt_drop) gnutls_x509_crt_t leaf = NULL;
    gnutls_datum_t der = { (unsigned char *)w->certs[0].at, (unsigned)w->certs[0].len };
    uint8_t of_key[64], of_leaf[64];
    size_t key_len = sizeof(of_key), leaf_len = sizeof(of_leaf);
    int rc;

    if (gnutls_x509_privkey_init(&key) < 0 || gnutls_x509_crt_init(&leaf) < 0)
        return BROKEN("no memory");
    rc = gnutls_x509_privkey_import_pkcs8(key, sealed, GNUTLS_X509_FMT_DER, w->password, 0);
    if (rc < 0)
        return BROKEN("its key: %s", gnutls_strerror(rc));
    rc = gnutls_x509_crt_import(leaf, &der, GNUTLS_X509_FMT_DER);
    if (rc < 0)
        return BROKEN("its certificate: %s", gnutls_strerror(rc));
    if (gnutls_x509_privkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, of_key, &key_len) < 0 ||
        gnutls_x509_crt_get_key_id(leaf, GNUTLS_KEYID_USE_SHA256, of_leaf, &leaf_len) < 0 ||
        !bytes_equal(bytes_of(of_key, key_len), bytes_of(of_leaf, leaf_len)))
        return BROKEN("its key is not that of the certificate");
    return ERR_NONE;
}

static enum err check_item(gnutls_pkcs12_bag_t bag, unsigned i, const struct pfx_wish *w, struct seen *seen, struct error *e)
{
    gnutls_datum_t data;

    if (gnutls_pkcs12_bag_get_data(bag, i, &data) < 0)
        return BROKEN("a bag is empty");
    switch (gnutls_pkcs12_bag_get_type(bag, i)) {
    case GNUTLS_BAG_CERTIFICATE:
        if (seen->certs >= w->certs_len || !bytes_equal(bytes_of(data.data, data.size), w->certs[seen->certs]))
            return BROKEN("certificate %zu is another one", seen->certs + 1);
        seen->certs++;
        return ERR_NONE;
    case GNUTLS_BAG_PKCS8_ENCRYPTED_KEY:
        seen->keys++;
        return check_key(&data, w, e);
    default:
        return BROKEN("it holds something else");
    }
}

static enum err check_bag(gnutls_pkcs12_t pfx, int index, const struct pfx_wish *w, struct seen *seen, struct error *e)
{
    CLEANUP(bag_drop) gnutls_pkcs12_bag_t bag = NULL;
    int rc;

    if (gnutls_pkcs12_bag_init(&bag) < 0)
        return BROKEN("no memory");
    rc = gnutls_pkcs12_get_bag(pfx, index, bag);
    if (rc >= 0 && gnutls_pkcs12_bag_get_type(bag, 0) == GNUTLS_BAG_ENCRYPTED)
        rc = gnutls_pkcs12_bag_decrypt(bag, w->password);
    if (rc < 0)
        return BROKEN("bag %d: %s", index + 1, gnutls_strerror(rc));
    for (int i = 0; i < gnutls_pkcs12_bag_get_count(bag); i++) {
        enum err r = check_item(bag, (unsigned)i, w, seen, e);

        if (r)
            return r;
    }
    return ERR_NONE;
}

enum err pfx_check(struct bytes pfx, const struct pfx_wish *w, struct arena *a, struct error *e)
{
    CLEANUP(pkcs12_drop) gnutls_pkcs12_t p = NULL;
    gnutls_datum_t in = { (unsigned char *)pfx.at, (unsigned)pfx.len };
    struct seen seen = { 0 };
    int rc;

    (void)a;
    if (gnutls_pkcs12_init(&p) < 0)
        return BROKEN("no memory");
    rc = gnutls_pkcs12_import(p, &in, GNUTLS_X509_FMT_DER, 0);
    if (rc >= 0)
        rc = gnutls_pkcs12_verify_mac(p, w->password);
    if (rc < 0)
        return BROKEN("%s", gnutls_strerror(rc));
    for (int i = 0; i < 2; i++) {
        enum err r = check_bag(p, i, w, &seen, e);

        if (r)
            return r;
    }
    if (seen.keys != 1 || seen.certs != w->certs_len)
        return BROKEN("%zu keys and %zu certificates are in it", seen.keys, seen.certs);
    return ERR_NONE;
}
