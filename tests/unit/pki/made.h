/* made - keys, and certificates signed with them, for tests: the key is GnuTLS's, all else is ours. */
#ifndef MADE_H
#define MADE_H

#include <gnutls/abstract.h>

#include "base/time.h"
#include "pki/crl.h"
#include "pki/tbs.h"

struct made_key {
    gnutls_privkey_t key;
    enum sig_alg alg;
    struct bytes spki;
    uint8_t id[20];
};

static inline struct made_key made_key(struct arena *a, enum key_type type)
{
    static const struct { enum key_type type; gnutls_pk_algorithm_t pk; unsigned bits; } kinds[] = {
        { KEY_EC_P256, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1) },
        { KEY_EC_P384, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP384R1) },
        { KEY_ED25519, GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519) },
        { KEY_RSA_2048, GNUTLS_PK_RSA, 2048 },
    };
    struct made_key k = { .alg = sig_alg_for(type) };
    gnutls_pubkey_t pub;
    gnutls_datum_t der;
    struct spki spki;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (kinds[i].type != type)
            continue;
        assert_int_equal(gnutls_privkey_init(&k.key), 0);
        assert_int_equal(gnutls_privkey_generate(k.key, kinds[i].pk, kinds[i].bits, 0), 0);
    }
    assert_int_equal(gnutls_pubkey_init(&pub), 0);
    assert_int_equal(gnutls_pubkey_import_privkey(pub, k.key, 0, 0), 0);
    assert_int_equal(gnutls_pubkey_export2(pub, GNUTLS_X509_FMT_DER, &der), 0);
    k.spki = arena_bytes(a, bytes_of(der.data, der.size));
    gnutls_free(der.data);
    gnutls_pubkey_deinit(pub);
    assert_int_equal(spki_parse(k.spki, &spki, NULL), ERR_NONE);
    spki_identifier(&spki, k.id);
    return k;
}

static inline void made_key_done(struct made_key *k)
{
    gnutls_privkey_deinit(k->key);
}

static inline struct bytes made_signed(struct arena *a, const struct made_key *signer, struct bytes tbs)
{
    static const gnutls_sign_algorithm_t how[] = {
        [SIG_ECDSA_SHA256] = GNUTLS_SIGN_ECDSA_SHA256, [SIG_ECDSA_SHA384] = GNUTLS_SIGN_ECDSA_SHA384,
        [SIG_ED25519] = GNUTLS_SIGN_EDDSA_ED25519, [SIG_RSA_SHA256] = GNUTLS_SIGN_RSA_SHA256,
    };
    gnutls_datum_t body = { (unsigned char *)tbs.at, (unsigned)tbs.len }, sig;
    struct bytes out;

    assert_int_equal(gnutls_privkey_sign_data2(signer->key, how[signer->alg], 0, &body, &sig), 0);
    out = signed_build(a, tbs, signer->alg, bytes_of(sig.data, sig.size));
    gnutls_free(sig.data);
    return out;
}

/* A subject with all that its kind wants; the caller changes what it is about. NULL issuer: self-signed. */
static inline struct tbs made_tbs(struct arena *a, const struct made_key *own, const struct made_key *issuer, const char *issuer_name,
                                  const char *name, bool is_ca)
{
    static struct name dns;
    struct tbs t = { .alg = (issuer != NULL ? issuer : own)->alg, .spki = own->spki, .is_ca = is_ca, .path_len = -1 };

    serial_make(t.serial);
    t.subject = dn_build(a, is_ca ? "Example" : NULL, name);
    t.issuer = issuer != NULL ? dn_build(a, "Example", issuer_name) : t.subject;
    t.not_before = clock_now() - HOURS;
    t.not_after = t.not_before + 300 * DAYS;
    memcpy(t.ski, own->id, 20);
    if (issuer != NULL) {
        memcpy(t.aki, issuer->id, 20);
        t.has_aki = true;
        t.crl_url = "http://ca.example.net/crl/1.crl";
        t.issuer_url = "http://ca.example.net/ca/1.cer";
    }
    if (is_ca) {
        t.usage = USE_CERT_SIGN | USE_CRL_SIGN;
        return t;
    }
    dns = (struct name){ .kind = NAME_DNS, .text = name };
    t.names = (struct names){ &dns, 1 };
    t.usage = USE_DIGITAL_SIGNATURE;
    t.purposes = FOR_SERVER;
    return t;
}

static inline struct bytes made_cert(struct arena *a, const struct tbs *t, const struct made_key *signer)
{
    struct error e = { 0 };
    struct bytes tbs;

    assert_ok(tbs_build(t, a, &tbs, &e));
    return made_signed(a, signer, tbs);
}

#endif
