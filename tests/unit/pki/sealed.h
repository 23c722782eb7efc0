/* sealed - PFX files and keys made on the spot, good and bad, with few iterations. */
#ifndef SEALED_H
#define SEALED_H

#include <gnutls/x509.h>

#include "made.h"
#include "pki/dn.h"
#include "pki/kdf.h"
#include "pki/pkcs12.h"
#include "pki/der.h"

static const struct pfx_profile quick[] = {
    { "windows", "", PBE_AES256_SHA256, 3, true },
    { "legacy", "", PBE_3DES_SHA1, 3, false },
};

/* As PKCS#8, or in the older form of its kind. */
static inline struct bytes sealed_key_der(struct arena *a, const struct made_key *k, bool is_old_form)
{
    gnutls_x509_privkey_t x;
    gnutls_datum_t der;
    struct bytes out;

    assert_int_equal(gnutls_privkey_export_x509(k->key, &x), 0);
    if (is_old_form)
        assert_int_equal(gnutls_x509_privkey_export2(x, GNUTLS_X509_FMT_DER, &der), 0);
    else
        assert_int_equal(gnutls_x509_privkey_export2_pkcs8(x, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &der), 0);
    out = arena_bytes(a, bytes_of(der.data, der.size));
    gnutls_free(der.data);
    gnutls_x509_privkey_deinit(x);
    return out;
}

static inline struct bytes sealed_cert(struct arena *a, const struct made_key *k, const char *name)
{
    struct tbs t = made_tbs(a, k, k, name, name, false);
    struct bytes body;

    assert_int_equal(tbs_build(&t, a, &body, NULL), ERR_NONE);
    return made_signed(a, k, body);
}

static inline struct bytes sealed_pfx(struct arena *a, const struct pfx_profile *profile, const char *password, struct made_key *k, struct bytes *cert)
{
    struct pfx_wish w = { .profile = profile, .friendly_name = "Bücher 🔑", .certs = cert, .certs_len = 1, .password = password };
    struct bytes out;

    *k = made_key(a, KEY_EC_P256);
    *cert = sealed_cert(a, k, "www.example.net");
    assert_int_equal(pbe_encrypt_key(profile->scheme, profile->iterations, password, sealed_key_der(a, k, false), a, &w.key, NULL), ERR_NONE);
    assert_int_equal(pfx_write(&w, a, &out, NULL), ERR_NONE);
    return out;
}

/* What a bad PFX is put together of. */
struct bad_pfx {
    const char *mac;               /* OID of its digest; NULL: SHA-256 */
    int64_t mac_iterations;
    unsigned bags;                 /* sealed keys */
    int64_t bag_iterations;
    const char *cipher;            /* of an encrypted part; NULL: none */
    int64_t part_iterations;
    bool has_no_content, is_open;  /* is_open: one certificate in the clear, `certificate` */
    struct bytes certificate;
    struct bytes bmp;              /* the password of the MAC, which then is right */
    bool has_right_mac;
};

static inline void bad_scheme(struct der_writer *w, const char *oid, int64_t iterations)
{
    size_t mark = der_mark(w);

    der_int(w, iterations);
    der_prim(w, DER_OCTET_STRING, bytes_text("saltsalt"));
    der_wrap(w, mark, DER_SEQUENCE);
    der_oid(w, oid);
    der_wrap(w, mark, DER_SEQUENCE);
}

static inline void bad_bag(struct der_writer *w, const struct bad_pfx *b)
{
    size_t bag = der_mark(w), mark = bag;

    der_prim(w, DER_OCTET_STRING, bytes_text("sixteen octets.."));
    bad_scheme(w, "1.2.840.113549.1.12.1.3", b->bag_iterations);
    der_wrap(w, mark, DER_SEQUENCE);
    der_wrap(w, mark, DER_CONTEXT_CONS(0));
    der_oid(w, "1.2.840.113549.1.12.10.1.2");
    der_wrap(w, bag, DER_SEQUENCE);
}

static inline void open_bag(struct der_writer *w, struct bytes certificate)
{
    size_t bag = der_mark(w);

    der_prim(w, DER_OCTET_STRING, certificate);
    der_wrap(w, bag, DER_CONTEXT_CONS(0));
    der_oid(w, "1.2.840.113549.1.9.22.1");
    der_wrap(w, bag, DER_SEQUENCE);
    der_wrap(w, bag, DER_CONTEXT_CONS(0));
    der_oid(w, "1.2.840.113549.1.12.10.1.3");
    der_wrap(w, bag, DER_SEQUENCE);
}

static inline struct bytes bad_safes(struct arena *a, const struct bad_pfx *b)
{
    struct der_writer w;
    size_t part, mark;

    der_begin(&w, 4096);
    if (b->cipher != NULL) {
        part = der_mark(&w);
        der_prim(&w, DER_CONTEXT(0), bytes_text("sixteen octets.."));
        bad_scheme(&w, b->cipher, b->part_iterations);
        der_oid(&w, "1.2.840.113549.1.7.1");
        der_wrap(&w, part, DER_SEQUENCE);
        der_int(&w, 0);
        der_wrap(&w, part, DER_SEQUENCE);
        der_wrap(&w, part, DER_CONTEXT_CONS(0));
        der_oid(&w, "1.2.840.113549.1.7.6");
        der_wrap(&w, part, DER_SEQUENCE);
    }
    mark = der_mark(&w);
    for (unsigned i = 0; i < b->bags; i++)
        bad_bag(&w, b);
    if (b->is_open)
        open_bag(&w, b->certificate);
    der_wrap(&w, mark, DER_SEQUENCE);
    der_wrap(&w, mark, DER_OCTET_STRING);
    der_wrap(&w, mark, DER_CONTEXT_CONS(0));
    der_oid(&w, "1.2.840.113549.1.7.1");
    der_wrap(&w, mark, DER_SEQUENCE);
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

static inline void bad_mac(struct der_writer *w, const struct bad_pfx *b, struct bytes content)
{
    size_t mark = der_mark(w), info, algorithm;
    uint8_t key[32], mac[KDF_DIGEST_MAX] = { 0 };

    if (b->has_right_mac) {
        assert_int_equal(kdf_pkcs12(KDF_SHA256, KDF_FOR_MAC, 1, b->bmp, bytes_text("saltsalt"), key, sizeof(key), NULL), ERR_NONE);
        kdf_hmac(KDF_SHA256, bytes_of(key, sizeof(key)), content, mac);
    }
    der_int(w, b->mac_iterations == 0 ? 1 : b->mac_iterations);
    der_prim(w, DER_OCTET_STRING, bytes_text("saltsalt"));
    info = der_mark(w);
    der_prim(w, DER_OCTET_STRING, bytes_of(mac, 32));
    algorithm = der_mark(w);
    der_oid(w, b->mac == NULL ? "2.16.840.1.101.3.4.2.1" : b->mac);
    der_wrap(w, algorithm, DER_SEQUENCE);
    der_wrap(w, info, DER_SEQUENCE);
    der_wrap(w, mark, DER_SEQUENCE);
}

static inline struct bytes bad_pfx(struct arena *a, const struct bad_pfx *b)
{
    struct bytes safes = bad_safes(a, b);
    struct der_writer w;
    size_t mark;

    der_begin(&w, safes.len + 256);
    bad_mac(&w, b, safes);
    mark = der_mark(&w);
    if (!b->has_no_content) {
        der_prim(&w, DER_OCTET_STRING, safes);
        der_wrap(&w, mark, DER_CONTEXT_CONS(0));
    }
    der_oid(&w, "1.2.840.113549.1.7.1");
    der_wrap(&w, mark, DER_SEQUENCE);
    der_int(&w, 3);
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

#endif
