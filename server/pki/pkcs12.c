#include "pki/pkcs12.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "base/own.h"
#include "base/random.h"
#include "base/text.h"
#include "pki/der.h"
#include "pki/hash.h"
#include "pki/utf16.h"

#define DATA "1.2.840.113549.1.7.1"
#define ENCRYPTED_DATA "1.2.840.113549.1.7.6"
#define SHROUDED_KEY_BAG "1.2.840.113549.1.12.10.1.2"
#define CERT_BAG "1.2.840.113549.1.12.10.1.3"
#define X509_CERTIFICATE "1.2.840.113549.1.9.22.1"
#define FRIENDLY_NAME "1.2.840.113549.1.9.20"
#define LOCAL_KEY_ID "1.2.840.113549.1.9.21"

enum { CERTS_MOST = 16, NAME_MOST = 256, MAC_SALT = 16 };

/* Three derivations a file. .NET's loader takes 300,000 for each and a million in all, Windows 600,000: the first stays below. */
const struct pfx_profile pfx_profiles[] = {
    { "windows", "Windows 10, Server 2019 and later, Java, OpenSSL, NSS (AES-256, SHA-256)", PBE_AES256_SHA256, 100000, true },
    { "legacy", "Server 2016 and earlier, older appliances (3DES, SHA-1)", PBE_3DES_SHA1, 2048, false },
    { "strict", "As windows, with 250,000 iterations", PBE_AES256_SHA256, 250000, true },
};
const size_t pfx_profiles_len = sizeof(pfx_profiles) / sizeof(*pfx_profiles);

const struct pfx_profile *pfx_profile(const char *slug)
{
    for (size_t i = 0; i < pfx_profiles_len; i++)
        if (strcmp(pfx_profiles[i].slug, slug) == 0)
            return &pfx_profiles[i];
    return NULL;
}

/* attributes -------------------------------------------------------------------------------------------- */

static struct bytes attribute(const char *oid, uint8_t tag, struct bytes value, struct arena *a)
{
    struct der_writer w;

    der_begin(&w, value.len + 32);
    der_prim(&w, tag, value);
    der_wrap(&w, 0, DER_SET);
    der_oid(&w, oid);
    der_wrap(&w, 0, DER_SEQUENCE);
    return der_take(&w, a);
}

/* The same on leaf and key, so that readers find them together. A SET OF stands sorted (X.690, 11.6). */
static struct bytes attributes(const struct pfx_wish *w, struct arena *a)
{
    struct bytes name = { 0 }, id;
    uint8_t sha1[SHA1_LEN];
    struct der_writer out;
    bool name_first;

    hash_sha1(w->certs[0], sha1);
    id = attribute(LOCAL_KEY_ID, DER_OCTET_STRING, bytes_of(sha1, sizeof(sha1)), a);
    if (w->friendly_name != NULL && w->friendly_name[0] != '\0')
        name = attribute(FRIENDLY_NAME, DER_BMP, utf16_of(w->friendly_name, a), a);
    name_first = name.len > 0 && memcmp(name.at, id.at, name.len < id.len ? name.len : id.len) < 0;
    der_begin(&out, name.len + id.len + 8);
    der_raw(&out, name_first ? id : name);
    der_raw(&out, name_first ? name : id);
    der_wrap(&out, 0, DER_SET);
    return der_take(&out, a);
}

/* bags -------------------------------------------------------------------------------------------------- */

/* SafeContents of all certificates, leaf first. */
static struct bytes cert_bags(const struct pfx_wish *w, struct bytes attributes_of_leaf, struct arena *a)
{
    struct der_writer out;
    size_t guess = 512, mark;

    for (size_t i = 0; i < w->certs_len; i++)
        guess += w->certs[i].len + 64;
    der_begin(&out, guess);
    for (size_t i = w->certs_len; i > 0; i--) {
        size_t bag = der_mark(&out);

        if (i == 1)
            der_raw(&out, attributes_of_leaf);
        mark = der_mark(&out);
        der_prim(&out, DER_OCTET_STRING, w->certs[i - 1]);
        der_wrap(&out, mark, DER_CONTEXT_CONS(0));
        der_oid(&out, X509_CERTIFICATE);
        der_wrap(&out, mark, DER_SEQUENCE);
        der_wrap(&out, mark, DER_CONTEXT_CONS(0));
        der_oid(&out, CERT_BAG);
        der_wrap(&out, bag, DER_SEQUENCE);
    }
    der_wrap(&out, 0, DER_SEQUENCE);
    return der_take(&out, a);
}

/* ContentInfo of plain data: SafeContents with the one key, which is encrypted already. */
static void write_key_safe(struct der_writer *out, const struct pfx_wish *w, struct bytes attributes_of_leaf)
{
    size_t safe = der_mark(out), mark;

    der_raw(out, attributes_of_leaf);
    mark = der_mark(out);
    der_raw(out, w->key);
    der_wrap(out, mark, DER_CONTEXT_CONS(0));
    der_oid(out, SHROUDED_KEY_BAG);
    der_wrap(out, safe, DER_SEQUENCE);
    der_wrap(out, safe, DER_SEQUENCE);
    der_wrap(out, safe, DER_OCTET_STRING);
    der_wrap(out, safe, DER_CONTEXT_CONS(0));
    der_oid(out, DATA);
    der_wrap(out, safe, DER_SEQUENCE);
}

/* ContentInfo of EncryptedData: RFC 2315, 13. */
static enum err write_cert_safe(struct der_writer *out, const struct pfx_wish *w, struct bytes bags, struct arena *a, struct error *e)
{
    size_t safe = der_mark(out);
    struct bytes algorithm, sealed;
    enum err r;

    r = pbe_encrypt(w->profile->scheme, w->profile->iterations, w->password, bags, a, &algorithm, &sealed, e);
    if (r)
        return r;
    der_prim(out, DER_CONTEXT(0), sealed);
    der_raw(out, algorithm);
    der_oid(out, DATA);
    der_wrap(out, safe, DER_SEQUENCE);
    der_int(out, 0);
    der_wrap(out, safe, DER_SEQUENCE);
    der_wrap(out, safe, DER_CONTEXT_CONS(0));
    der_oid(out, ENCRYPTED_DATA);
    der_wrap(out, safe, DER_SEQUENCE);
    return ERR_NONE;
}

/* MacData: RFC 7292, 4 and 5.1. */
static enum err write_mac(struct der_writer *out, const struct pfx_wish *w, struct bytes content, struct error *e)
{
    bool is_sha256 = w->profile->mac_is_sha256;
    size_t len = is_sha256 ? SHA256_LEN : SHA1_LEN, all = der_mark(out), digest, algorithm;
    uint8_t salt[MAC_SALT], key[SHA256_LEN], mac[SHA256_LEN];
    enum err r;
    int rc;

    random_fill(salt, sizeof(salt));
    r = pbe_pkcs12_kdf(is_sha256, 3, w->profile->iterations, w->password, bytes_of(salt, sizeof(salt)), key, len, e);
    if (r)
        return r;
    rc = gnutls_hmac_fast(is_sha256 ? GNUTLS_MAC_SHA256 : GNUTLS_MAC_SHA1, key, len, content.at, content.len, mac);
    own_wipe(key, sizeof(key));
    if (rc < 0)
        return fail(e, ERR_BUG, "the MAC of the PFX cannot be computed: %s", gnutls_strerror(rc));

    der_int(out, w->profile->iterations);
    der_prim(out, DER_OCTET_STRING, bytes_of(salt, sizeof(salt)));
    digest = der_mark(out);
    der_prim(out, DER_OCTET_STRING, bytes_of(mac, len));
    algorithm = der_mark(out);
    der_null(out);
    der_oid(out, is_sha256 ? "2.16.840.1.101.3.4.2.1" : "1.3.14.3.2.26");
    der_wrap(out, algorithm, DER_SEQUENCE);
    der_wrap(out, digest, DER_SEQUENCE);
    der_wrap(out, all, DER_SEQUENCE);
    return ERR_NONE;
}

static enum err wish_check(const struct pfx_wish *w, struct error *e)
{
    enum err r = pbe_password_check(w->password, e);

    if (r)
        return r;
    if (w->certs_len == 0 || w->certs_len > CERTS_MOST || w->key.len == 0)
        return fail(e, ERR_BUG, "a PFX needs a key and 1 to %d certificates", CERTS_MOST);
    if (w->friendly_name != NULL && (strlen(w->friendly_name) > NAME_MOST || !text_is_clean(bytes_text(w->friendly_name))))
        return fail_at(e, "/friendly_name", "the friendly name has control characters or more than %d octets", NAME_MOST);
    return ERR_NONE;
}

enum err pfx_write(const struct pfx_wish *w, struct arena *a, struct bytes *out, struct error *e)
{
    CLEANUP(der_done) struct der_writer safes = { 0 }, pfx = { 0 };
    struct bytes leaf_attributes, content;
    size_t mark;
    enum err r;

    r = wish_check(w, e);
    if (r)
        return r;
    leaf_attributes = attributes(w, a);
    der_begin(&safes, 8192);
    write_key_safe(&safes, w, leaf_attributes);
    r = write_cert_safe(&safes, w, cert_bags(w, leaf_attributes, a), a, e);
    if (r)
        return r;
    der_wrap(&safes, 0, DER_SEQUENCE);
    content = der_written(&safes);

    der_begin(&pfx, content.len + 256);
    r = write_mac(&pfx, w, content, e);
    if (r)
        return r;
    mark = der_mark(&pfx);
    der_prim(&pfx, DER_OCTET_STRING, content);
    der_wrap(&pfx, mark, DER_CONTEXT_CONS(0));
    der_oid(&pfx, DATA);
    der_wrap(&pfx, mark, DER_SEQUENCE);
    der_int(&pfx, 3);
    der_wrap(&pfx, 0, DER_SEQUENCE);
    *out = arena_bytes(a, der_written(&pfx));
    return ERR_NONE;
}
