#include "pki/pkcs8.h"

#include "pki/der.h"
#include "pki/pem.h"

#define RSA "1.2.840.113549.1.1.1"
#define EC "1.2.840.10045.2.1"

/* PrivateKeyInfo { 0, { oid, parameters }, OCTET STRING key } */
static struct bytes wrap(const char *oid, struct bytes parameters, struct bytes key, struct arena *a)
{
    CLEANUP(der_done) struct der_writer w = { 0 };
    size_t mark;

    der_begin(&w, key.len + parameters.len + 32);
    der_prim(&w, DER_OCTET_STRING, key);
    mark = der_mark(&w);
    der_raw(&w, parameters);
    der_oid(&w, oid);
    der_wrap(&w, mark, DER_SEQUENCE);
    der_int(&w, 0);
    der_wrap(&w, 0, DER_SEQUENCE);
    return arena_bytes(a, der_written(&w));
}

static enum err wrap_rsa(struct bytes der, struct arena *a, struct bytes *out, struct error *e)
{
    (void)e;
    *out = wrap(RSA, bytes_of("\x05\x00", 2), der, a);
    return ERR_NONE;
}

/* ECPrivateKey { 1, OCTET STRING, [0] curve, [1] public key }: RFC 5915, 3. In PKCS#8 the curve stands outside. */
static enum err wrap_ec(struct bytes der, struct arena *a, struct bytes *out, struct error *e)
{
    struct der d = der_of(der), in, named;
    struct bytes key, curve;
    int64_t version;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_get_int(&in, &version) || !der_get(&in, DER_OCTET_STRING, &key))
        return fail(e, ERR_INVALID, "the EC private key is not well-formed");
    if (!der_enter(&in, DER_CONTEXT_CONS(0), &named) || !der_get_whole(&named, DER_OID, &curve))
        return fail(e, ERR_INVALID, "the EC private key does not name its curve: convert it with \"openssl pkcs8 -topk8 -nodes\"");
    *out = wrap(EC, curve, der, a);
    return ERR_NONE;
}

static enum err take(struct bytes der, struct arena *a, struct bytes *out, struct error *e)
{
    (void)a;
    (void)e;
    *out = der;
    return ERR_NONE;
}

static enum err refuse(struct bytes der, struct arena *a, struct bytes *out, struct error *e)
{
    (void)der;
    (void)a;
    (void)out;
    return fail(e, ERR_INVALID, "the private key is encrypted: decrypt it first with \"openssl pkey\"");
}

static const struct {
    const char *label;
    enum err (*read)(struct bytes der, struct arena *a, struct bytes *out, struct error *e);
} forms[] = {
    { "PRIVATE KEY", take }, { "RSA PRIVATE KEY", wrap_rsa }, { "EC PRIVATE KEY", wrap_ec }, { "ENCRYPTED PRIVATE KEY", refuse },
};

enum err pkcs8_of_pem(struct bytes text, struct arena *a, struct bytes *out, struct error *e)
{
    const char *at = (const char *)text.at, *end = at + text.len, *label;
    struct bytes der;

    for (;;) {
        enum err r = pem_next(&at, end, a, &label, &der, e);

        if (r == ERR_ABSENT)
            return fail(e, ERR_INVALID, "there is no private key in PEM (\"-----BEGIN PRIVATE KEY-----\")");
        if (r)
            return r;
        for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
            if (strcmp(forms[i].label, label) == 0)
                return forms[i].read(der, a, out, e);
    }
}
