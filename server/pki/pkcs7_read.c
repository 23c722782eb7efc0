#include "pki/pkcs7_read.h"

#include "pki/ber.h"
#include "pki/der.h"
#include "pki/dn.h"

#define SIGNED "1.2.840.113549.1.7.2"
#define MALFORMED(what) fail(e, ERR_INVALID, "the PKCS#7 file is malformed: " what)

enum { SIGNERS_MAX = 64 };

bool pkcs7_is_one(struct bytes der)
{
    struct der d = der_of(der), in;
    struct bytes oid;

    return der_enter(&d, DER_SEQUENCE, &in) && der_get_oid(&in, &oid) && oid.len == 9 && memcmp(oid.at, "\x2a\x86\x48\x86\xf7\x0d\x01\x07", 8) == 0;
}

/* signers: not trusted, but what is malformed is no file to take certificates from --------------------- */

static bool algorithm(struct der *d)
{
    struct der in;
    struct bytes oid;

    return der_enter(d, DER_SEQUENCE, &in) && der_get_oid(&in, &oid);
}

static bool signer_id(struct der *in, int64_t version, struct arena *a)
{
    struct bytes name, serial;
    struct der id;

    if (version == 3)                                                       /* by key identifier */
        return der_get(in, DER_CONTEXT(0), &serial);
    return der_enter(in, DER_SEQUENCE, &id) && der_get_whole(&id, DER_SEQUENCE, &name) && dn_read(name, a, NULL, NULL, NULL) == ERR_NONE &&
           der_get(&id, DER_INTEGER, &serial) && serial.len > 0 && der_end(&id);
}

/* SignerInfo: RFC 5652, 5.3. */
static bool signer(struct der *d, struct arena *a)
{
    struct der in, attributes;
    struct bytes signature;
    int64_t version;
    bool is_there;

    return der_enter(d, DER_SEQUENCE, &in) && der_get_int(&in, &version) && (version == 1 || version == 3) && signer_id(&in, version, a) &&
           algorithm(&in) && der_optional(&in, DER_CONTEXT_CONS(0), &attributes, &is_there) && algorithm(&in) &&
           der_get(&in, DER_OCTET_STRING, &signature) && der_optional(&in, DER_CONTEXT_CONS(1), &attributes, &is_there) && der_end(&in);
}

static bool signers(struct der *d, struct arena *a)
{
    struct der in;

    if (!der_enter(d, DER_SET, &in))
        return false;
    for (size_t i = 0; !der_end(&in); i++)
        if (i == SIGNERS_MAX || !signer(&in, a))
            return false;
    return true;
}

/* ------------------------------------------------------------------------------------------------------- */

/* Certificates and lists are SEQUENCEs; the old forms beside them are context tags, and passed over. */
static enum err take(struct der set, enum item_kind kind, struct items *found, struct error *e)
{
    struct item item = { .kind = kind };
    struct bytes content;
    enum err r = ERR_NONE;
    uint8_t tag;

    while (r == ERR_NONE && !der_end(&set)) {
        if (!der_next(&set, &tag, &content, &item.der))
            return MALFORMED("a certificate in it");
        if (tag == DER_SEQUENCE)
            r = items_add(found, &item, e);
    }
    return r;
}

static enum err read_signed(struct der content, struct items *found, struct error *e)
{
    struct der in, set, info, certs, lists;
    bool has_certs, has_lists;
    int64_t version;
    struct bytes oid;
    enum err r = ERR_NONE;

    if (!der_enter(&content, DER_SEQUENCE, &in) || !der_end(&content) || !der_get_int(&in, &version) || version < 1 || version > 5 ||
        !der_enter(&in, DER_SET, &set) || !der_enter(&in, DER_SEQUENCE, &info) || !der_get_oid(&info, &oid) ||
        !der_optional(&in, DER_CONTEXT_CONS(0), &certs, &has_certs) || !der_optional(&in, DER_CONTEXT_CONS(1), &lists, &has_lists))
        return MALFORMED("its head");
    if (!signers(&in, found->arena) || !der_end(&in))
        return MALFORMED("its signers");
    if (has_certs)
        r = take(certs, ITEM_CERTIFICATE, found, e);
    if (r == ERR_NONE && has_lists)
        r = take(lists, ITEM_CRL, found, e);
    return r;
}

enum err pkcs7_read(struct bytes der, struct items *out, struct error *e)
{
    struct items found;
    struct der d, in, content;
    struct bytes sound, oid;
    enum err r;

    items_init(&found, out->arena);
    r = ber_to_der(der, out->arena, &sound, e);
    if (r)
        return r;
    d = der_of(sound);
    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_get_oid(&in, &oid))
        return MALFORMED("its head");
    if (!der_oid_is(oid, SIGNED))
        return fail(e, ERR_INVALID, "the PKCS#7 file holds no certificates: it is of the kind %s", der_oid_text(out->arena, oid));
    if (!der_enter(&in, DER_CONTEXT_CONS(0), &content) || !der_end(&in))
        return MALFORMED("it has no content");
    r = read_signed(content, &found, e);
    if (r)
        return r;
    if (found.len == 0)
        return fail(e, ERR_INVALID, "the PKCS#7 file holds no certificate");
    for (size_t i = 0; r == ERR_NONE && i < found.len; i++)
        r = items_add(out, &found.at[i], e);
    return r;
}
