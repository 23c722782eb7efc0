#include "pki/truststore.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "pki/der.h"
#include "pki/hash.h"
#include "pki/pbe.h"

#define DATA "1.2.840.113549.1.7.1"
#define CERT_BAG "1.2.840.113549.1.12.10.1.3"
#define X509_CERTIFICATE "1.2.840.113549.1.9.22.1"
#define FRIENDLY_NAME "1.2.840.113549.1.9.20"
#define JAVA_TRUSTED_KEY_USAGE "2.16.840.1.113894.746875.1.1"
#define ANY_USAGE "2.5.29.37.0"
#define SHA1 "1.3.14.3.2.26"

/* The password is public, so the MAC only says that the file is whole: in the form that the oldest Java reads, too. */
enum { ITERATIONS = 2048, SALT_LEN = 16 };

static void put_name(struct der_writer *w, const char *alias)
{
    for (size_t i = strlen(alias); i > 0; i--) {
        der_raw(w, bytes_of(&alias[i - 1], 1));
        der_raw(w, bytes_of("", 1));
    }
    der_wrap(w, 0, DER_BMP);
    der_wrap(w, 0, DER_SET);
    der_oid(w, FRIENDLY_NAME);
    der_wrap(w, 0, DER_SEQUENCE);
}

/* Without this attribute Java takes the certificate for part of somebody's chain, not for an anchor. */
static void put_trust(struct der_writer *w)
{
    der_oid(w, ANY_USAGE);
    der_wrap(w, 0, DER_SET);
    der_oid(w, JAVA_TRUSTED_KEY_USAGE);
    der_wrap(w, 0, DER_SEQUENCE);
}

/* A SET OF, sorted by the DER of its members: which of the two is first hangs on the length of the alias. */
static void put_attributes(struct der_writer *w, const char *alias)
{
    CLEANUP(der_done) struct der_writer name = { 0 }, trust = { 0 };
    struct bytes n, t;
    size_t all = der_mark(w);
    bool name_first;

    der_begin(&name, 64);
    put_name(&name, alias);
    n = der_written(&name);
    der_begin(&trust, 64);
    put_trust(&trust);
    t = der_written(&trust);
    name_first = memcmp(n.at, t.at, n.len < t.len ? n.len : t.len) < 0;
    der_raw(w, name_first ? t : n);
    der_raw(w, name_first ? n : t);
    der_wrap(w, all, DER_SET);
}

static void put_bag(struct der_writer *w, const struct truststore_entry *entry)
{
    size_t bag = der_mark(w), mark;

    put_attributes(w, entry->alias);
    mark = der_mark(w);
    der_prim(w, DER_OCTET_STRING, entry->der);
    der_wrap(w, mark, DER_CONTEXT_CONS(0));
    der_oid(w, X509_CERTIFICATE);
    der_wrap(w, mark, DER_SEQUENCE);
    der_wrap(w, mark, DER_CONTEXT_CONS(0));
    der_oid(w, CERT_BAG);
    der_wrap(w, bag, DER_SEQUENCE);
}

/* ContentInfo of plain data around what was written since `mark`. */
static void wrap_data(struct der_writer *w, size_t mark)
{
    der_wrap(w, mark, DER_OCTET_STRING);
    der_wrap(w, mark, DER_CONTEXT_CONS(0));
    der_oid(w, DATA);
    der_wrap(w, mark, DER_SEQUENCE);
}

static enum err put_mac(struct der_writer *w, struct bytes content, const char *password, struct error *e)
{
    uint8_t digest[SHA256_LEN], key[SHA1_LEN], mac[SHA1_LEN];
    struct bytes salt = { digest, SALT_LEN };
    size_t mark, algorithm;
    enum err r;
    int rc;

    hash_sha256(content, digest);
    r = pbe_pkcs12_kdf(false, 3, ITERATIONS, password, salt, key, sizeof(key), e);
    if (r)
        return r;
    rc = gnutls_hmac_fast(GNUTLS_MAC_SHA1, key, sizeof(key), content.at, content.len, mac);
    if (rc < 0)
        return fail(e, ERR_BUG, "the MAC of the trust store cannot be computed: %s", gnutls_strerror(rc));
    der_int(w, ITERATIONS);
    der_prim(w, DER_OCTET_STRING, salt);
    mark = der_mark(w);
    der_prim(w, DER_OCTET_STRING, bytes_of(mac, sizeof(mac)));
    algorithm = der_mark(w);
    der_null(w);
    der_oid(w, SHA1);
    der_wrap(w, algorithm, DER_SEQUENCE);
    der_wrap(w, mark, DER_SEQUENCE);
    der_wrap(w, 0, DER_SEQUENCE);
    return ERR_NONE;
}

enum err truststore_write(const struct truststore_entry *entries, size_t len, const char *password, struct arena *a, struct bytes *out,
                          struct error *e)
{
    CLEANUP(der_done) struct der_writer safes = { 0 }, pfx = { 0 };
    size_t mark;
    enum err r;

    der_begin(&safes, 4096);
    for (size_t i = len; i > 0; i--)
        put_bag(&safes, &entries[i - 1]);
    der_wrap(&safes, 0, DER_SEQUENCE);
    wrap_data(&safes, 0);
    der_wrap(&safes, 0, DER_SEQUENCE);

    der_begin(&pfx, 4096);
    r = put_mac(&pfx, der_written(&safes), password, e);
    if (r)
        return r;
    mark = der_mark(&pfx);
    der_raw(&pfx, der_written(&safes));
    wrap_data(&pfx, mark);
    der_int(&pfx, 3);
    der_wrap(&pfx, 0, DER_SEQUENCE);
    *out = arena_bytes(a, der_written(&pfx));
    return ERR_NONE;
}
