/* ext_policy - name constraints and policies: RFC 5280, 4.2.1.4, 4.2.1.5, 4.2.1.10, 4.2.1.11, 4.2.1.14. */
#include "pki/ext.h"

/* A base of addresses is an address and a mask: RFC 5280, 4.2.1.10. */
bool ext_subtree(struct der *d, struct general *base, bool *has_bounds)
{
    struct der in;

    if (!der_enter(d, DER_SEQUENCE, &in) || !ext_general(&in, base))
        return false;
    *has_bounds = !der_end(&in);
    return base->kind != GENERAL_IP || base->content.len == 8 || base->content.len == 32;
}

static bool all_subtrees(struct der d)
{
    struct general base;
    bool has_bounds;

    while (!der_end(&d))
        if (!ext_subtree(&d, &base, &has_bounds))
            return false;
    return true;
}

bool ext_constraints(struct bytes value, struct der *permitted, struct der *excluded)
{
    struct der in;
    bool has_permitted, has_excluded;

    *permitted = *excluded = der_of(bytes_of("", 0));
    return ext_sequence(value, &in) && der_optional(&in, DER_CONTEXT_CONS(0), permitted, &has_permitted) &&
           der_optional(&in, DER_CONTEXT_CONS(1), excluded, &has_excluded) && der_end(&in) &&
           all_subtrees(*permitted) && all_subtrees(*excluded);
}

bool ext_policy(struct der *d, struct bytes *oid, struct der *qualifiers)
{
    struct der in;
    bool is_there;

    *qualifiers = der_of(bytes_of("", 0));
    return der_enter(d, DER_SEQUENCE, &in) && der_get_oid(&in, oid) &&
           der_optional(&in, DER_SEQUENCE, qualifiers, &is_there) && der_end(&in);
}

static bool qualifiers_are_fine(struct der d)
{
    struct bytes oid, content, whole;
    struct der in;
    uint8_t tag;

    while (!der_end(&d))
        if (!der_enter(&d, DER_SEQUENCE, &in) || !der_get_oid(&in, &oid) ||
            !der_next(&in, &tag, &content, &whole) || !der_end(&in))
            return false;
    return true;
}

bool ext_policies(struct bytes value, struct der *out)
{
    struct der d, qualifiers;
    struct bytes oid;

    if (!ext_sequence(value, out) || der_end(out))
        return false;
    for (d = *out; !der_end(&d); )
        if (!ext_policy(&d, &oid, &qualifiers) || !qualifiers_are_fine(qualifiers))
            return false;
    return true;
}

/* SkipCerts: an INTEGER that is not negative, here under an implicit tag. */
static bool skip_certs(struct der *in, uint8_t tag, bool *is_there)
{
    struct bytes c;
    uint8_t next;

    *is_there = der_peek(in, &next) && next == tag;
    return !*is_there || (der_get(in, tag, &c) && c.len > 0 && c.len < 5 && c.at[0] < 0x80);
}

bool ext_policy_constraints(struct bytes value, bool *is_empty)
{
    struct der in;
    bool has_explicit, has_inhibit;

    if (!ext_sequence(value, &in) || !skip_certs(&in, DER_CONTEXT(0), &has_explicit) ||
        !skip_certs(&in, DER_CONTEXT(1), &has_inhibit) || !der_end(&in))
        return false;
    *is_empty = !has_explicit && !has_inhibit;
    return true;
}

bool ext_policy_maps(struct bytes value, struct der *out)
{
    struct bytes from, to;
    struct der d, in;

    if (!ext_sequence(value, out) || der_end(out))
        return false;
    for (d = *out; !der_end(&d); )
        if (!der_enter(&d, DER_SEQUENCE, &in) || !der_get_oid(&in, &from) || !der_get_oid(&in, &to) || !der_end(&in))
            return false;
    return true;
}

bool ext_inhibit(struct bytes value)
{
    struct der d = der_of(value);
    struct bytes skip;

    return der_get_uint(&d, &skip) && der_end(&d);
}
