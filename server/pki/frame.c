#include "pki/frame.h"

static bool read_version(struct der *d, struct frame *f)
{
    struct der in;

    if (!der_optional(d, DER_CONTEXT_CONS(0), &in, &f->is_version_explicit))
        return false;
    return !f->is_version_explicit || (der_get_int(&in, &f->version) && der_end(&in));
}

static bool read_validity(struct der *d, struct frame *f)
{
    struct der in;

    if (!der_enter(d, DER_SEQUENCE, &in))
        return false;
    for (int i = 0; i < 2; i++) {
        struct bytes *at = i == 0 ? &f->not_before : &f->not_after;

        if (!der_get_whole(&in, DER_UTC_TIME, at) && !der_get_whole(&in, DER_TIME, at))
            return false;
    }
    return der_end(&in);
}

/* [1] and [2], IMPLICIT BIT STRING: nobody uses them, and nobody should. */
static bool skip_unique(struct der *d, struct frame *f)
{
    uint8_t tag;

    for (unsigned n = 1; n <= 2; n++) {
        struct bytes bits;

        if (!der_peek(d, &tag) || tag != DER_CONTEXT(n))
            continue;
        if (!der_get(d, DER_CONTEXT(n), &bits) || bits.len == 0 || bits.at[0] > 7)
            return false;
        f->has_unique = true;
    }
    return true;
}

enum err frame_read_tbs(struct bytes tbs, struct arena *a, struct frame *out, struct error *e)
{
    struct der d = der_of(tbs), in, list;
    struct frame f = { .tbs = tbs };
    bool has_list;

    if (!der_enter(&d, DER_SEQUENCE, &in) || !der_end(&d))
        return fail(e, ERR_INVALID, "not a certificate: its signed part is no DER sequence");
    if (!read_version(&in, &f))
        return fail(e, ERR_INVALID, "not a certificate: the version cannot be read");
    if (!der_get(&in, DER_INTEGER, &f.serial) || f.serial.len == 0)
        return fail(e, ERR_INVALID, "not a certificate: the serial number cannot be read");
    if (!der_get_whole(&in, DER_SEQUENCE, &f.tbs_algorithm) || !der_get_whole(&in, DER_SEQUENCE, &f.issuer))
        return fail(e, ERR_INVALID, "not a certificate: the signature algorithm or the issuer cannot be read");
    if (!read_validity(&in, &f))
        return fail(e, ERR_INVALID, "not a certificate: the validity cannot be read");
    if (!der_get_whole(&in, DER_SEQUENCE, &f.subject) || !der_get_whole(&in, DER_SEQUENCE, &f.spki))
        return fail(e, ERR_INVALID, "not a certificate: the subject or the public key cannot be read");
    if (!skip_unique(&in, &f))
        return fail(e, ERR_INVALID, "not a certificate: a unique identifier cannot be read");
    if (!der_optional(&in, DER_CONTEXT_CONS(3), &list, &has_list) || !der_end(&in))
        return fail(e, ERR_INVALID, "not a certificate: something foreign follows the public key");
    if (has_list && (!ext_list(&list, a, &f.extensions, &f.extensions_len) || !der_end(&list)))
        return fail(e, ERR_INVALID, "not a certificate: the extensions cannot be read, or are more than %d", EXT_MOST);

    *out = f;
    return ERR_NONE;
}

enum err frame_read(struct bytes der, struct arena *a, struct frame *out, struct error *e)
{
    struct bytes tbs, algorithm, signature;
    struct der d = der_of(der), in;
    unsigned unused;
    enum err r;

    if (!der_enter(&d, DER_SEQUENCE, &in))
        return fail(e, ERR_INVALID, "not a certificate: it is no DER sequence, or cut off");
    if (!der_end(&d))
        return fail(e, ERR_INVALID, "not a certificate: %zu octets follow it", (size_t)(d.end - d.at));
    if (!der_get_whole(&in, DER_SEQUENCE, &tbs) || !der_get_whole(&in, DER_SEQUENCE, &algorithm) ||
        !der_get_bits(&in, &signature, &unused) || unused != 0 || !der_end(&in))
        return fail(e, ERR_INVALID, "not a certificate: it is not three parts with a signature at the end");
    r = frame_read_tbs(tbs, a, out, e);
    if (r)
        return r;

    out->der = der;
    out->signature_algorithm = algorithm;
    out->signature = signature;
    return ERR_NONE;
}
