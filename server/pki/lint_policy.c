#include "pki/der.h"
#include "pki/lint_rules.h"

#include "base/text.h"

enum { POLICIES_MOST = 64, TEXT_LONGEST = 200 };

static const uint8_t any_policy[] = { 0x55, 0x1d, 0x20, 0 }, individual_validated[] = { 0x67, 0x81, 0x0c, 1, 2, 3 };
static const uint8_t id_user_notice[] = { 0x2b, 6, 1, 5, 5, 7, 2, 2 };

static bool is_critical(const struct extension *x)
{
    return x != NULL && x->is_critical;
}

/* places ------------------------------------------------------------------------------------------------ */

static bool names_responder(struct bytes value)
{
    struct ext_access x;
    struct der d;

    if (!ext_accesses(value, &d))
        return false;
    while (!der_end(&d) && ext_access(&d, &x))
        if (bytes_equal(x.method, ext_oid_ocsp) && x.at.kind == GENERAL_URI)
            return true;
    return false;
}

static bool is_http(struct bytes uri)
{
    return uri.len > 7 && strncasecmp((const char *)uri.at, "http://", 7) == 0;
}

static void check_points(struct look *l, const struct extension *x)
{
    bool has_url = false;
    struct ext_point p;
    struct der d;

    mark_if(l, x == NULL && l->is_sub_ca, RULE_SUB_CA_CRL_MISSING);
    if (x == NULL)
        return;
    mark_if(l, x->is_critical, RULE_CRL_CRITICAL);
    mark_if(l, x->is_critical && l->is_sub_ca, RULE_SUB_CA_CRL_CRITICAL);
    mark_if(l, x->is_critical && l->is_sub_cert, RULE_SUB_CRL_CRITICAL);
    if (!ext_points(x->value, &d))
        return;
    while (!der_end(&d) && ext_point(&d, &p)) {
        has_url |= is_http(p.uri);
        mark_if(l, !p.has_name && !p.has_issuer, RULE_CRL_INCOMPLETE);
        mark_if(l, p.has_name && p.uri.len == 0, RULE_CRL_NO_URI);
    }
    mark_if(l, !has_url && l->is_sub_ca, RULE_SUB_CA_CRL_URL);
    mark_if(l, !has_url && l->is_sub_cert, RULE_SUB_CRL_URL);
}

void lint_places(struct look *l)
{
    const struct extension *aia = look_ext(l, EXT_AIA);

    mark_if(l, is_critical(aia), RULE_AIA_CRITICAL);
    mark_if(l, is_critical(aia) && l->is_sub_cert, RULE_SUB_AIA_CRITICAL);
    mark_if(l, l->is_sub_cert && (aia == NULL || !names_responder(aia->value)), RULE_SUB_AIA_OCSP);
    mark_if(l, is_critical(look_ext(l, EXT_SIA)), RULE_SIA_CRITICAL);
    mark_if(l, is_critical(look_ext(l, EXT_FRESHEST)), RULE_FRESHEST_CRITICAL);
    mark_if(l, is_critical(look_ext(l, EXT_DIRECTORY)), RULE_DIRECTORY_CRITICAL);
    check_points(l, look_ext(l, EXT_POINTS));
}

/* name constraints -------------------------------------------------------------------------------------- */

static void check_trees(struct look *l, struct der trees)
{
    struct general base;
    bool has_bounds;

    while (!der_end(&trees) && ext_subtree(&trees, &base, &has_bounds)) {
        mark_if(l, has_bounds, RULE_CONSTRAINTS_BOUNDS);
        mark_if(l, base.kind == GENERAL_X400, RULE_CONSTRAINTS_X400);
        mark_if(l, base.kind == GENERAL_EDI, RULE_CONSTRAINTS_EDI);
        mark_if(l, base.kind == GENERAL_OID, RULE_CONSTRAINTS_OID);
    }
}

static void check_constraints(struct look *l, const struct extension *x)
{
    struct der permitted, excluded;

    if (x == NULL)
        return;
    mark_if(l, !l->is_ca, RULE_CONSTRAINTS_NO_CA);
    mark_if(l, !x->is_critical, RULE_CONSTRAINTS_CRITICAL);
    if (!ext_constraints(x->value, &permitted, &excluded))
        return;
    mark_if(l, der_end(&permitted) && der_end(&excluded), RULE_CONSTRAINTS_EMPTY);
    check_trees(l, permitted);
    check_trees(l, excluded);
}

/* policies ---------------------------------------------------------------------------------------------- */

static size_t characters(struct bytes text, uint8_t tag)
{
    size_t n = 0;

    if (tag != DER_UTF8)
        return tag == DER_BMP ? text.len / 2 : text.len;
    for (size_t i = 0; i < text.len; i++)
        n += (text.at[i] & 0xc0) != 0x80;
    return n;
}

/* UserNotice: a reference, which is a SEQUENCE, and a text, which is a string. */
static void check_notice(struct look *l, struct der *qualifier)
{
    struct bytes content, whole;
    struct der notice;
    uint8_t tag;

    if (!der_enter(qualifier, DER_SEQUENCE, &notice))
        return;
    while (!der_end(&notice) && der_next(&notice, &tag, &content, &whole)) {
        if (tag == DER_SEQUENCE) {
            mark(l, RULE_POLICY_NOTICE);
            continue;
        }
        mark_if(l, tag == DER_IA5, RULE_POLICY_TEXT_IA5);
        mark_if(l, tag != DER_UTF8, RULE_POLICY_TEXT_UTF8);
        mark_if(l, characters(content, tag) > TEXT_LONGEST, RULE_POLICY_TEXT_LONG);
    }
}

static void check_qualifiers(struct look *l, struct der qualifiers)
{
    struct bytes oid;
    struct der in;

    while (!der_end(&qualifiers) && der_enter(&qualifiers, DER_SEQUENCE, &in) && der_get_oid(&in, &oid))
        if (bytes_equal(oid, bytes_of(id_user_notice, sizeof(id_user_notice))))
            check_notice(l, &in);
}

static void check_policies(struct look *l, const struct extension *x)
{
    struct bytes seen[POLICIES_MOST], oid;
    struct der d, qualifiers;
    size_t n = 0;

    if (x == NULL)
        return;
    mark_if(l, x->is_critical && l->is_sub_ca, RULE_SUB_CA_POLICIES_CRITICAL);
    mark_if(l, x->is_critical && l->is_sub_cert, RULE_SUB_POLICIES_CRITICAL);
    if (!ext_policies(x->value, &d))
        return;
    while (!der_end(&d) && ext_policy(&d, &oid, &qualifiers)) {
        for (size_t i = 0; i < n; i++)
            mark_if(l, bytes_equal(seen[i], oid), RULE_POLICY_DOUBLED);
        if (n < POLICIES_MOST)
            seen[n++] = oid;
        mark_if(l, bytes_equal(oid, bytes_of(individual_validated, sizeof(individual_validated))) && !l->has_country, RULE_POLICY_IV_COUNTRY);
        check_qualifiers(l, qualifiers);
    }
}

static void check_maps(struct look *l, const struct extension *x)
{
    struct bytes any = bytes_of(any_policy, sizeof(any_policy)), from, to;
    struct der d, in;

    if (x == NULL)
        return;
    mark_if(l, !x->is_critical, RULE_POLICY_MAP_CRITICAL);
    if (!ext_policy_maps(x->value, &d))
        return;
    while (!der_end(&d) && der_enter(&d, DER_SEQUENCE, &in) && der_get_oid(&in, &from) && der_get_oid(&in, &to))
        mark_if(l, bytes_equal(from, any) || bytes_equal(to, any), RULE_POLICY_MAP_ANY);
}

static void check_policy_constraints(struct look *l, const struct extension *x)
{
    bool is_empty;

    if (x == NULL)
        return;
    mark_if(l, !x->is_critical, RULE_POLICY_CONSTRAINTS_CRITICAL);
    mark_if(l, ext_policy_constraints(x->value, &is_empty) && is_empty, RULE_POLICY_CONSTRAINTS_EMPTY);
}

void lint_policy(struct look *l)
{
    const struct extension *inhibit = look_ext(l, EXT_INHIBIT);

    check_constraints(l, look_ext(l, EXT_CONSTRAINTS));
    check_policies(l, look_ext(l, EXT_POLICIES));
    check_maps(l, look_ext(l, EXT_POLICY_MAP));
    check_policy_constraints(l, look_ext(l, EXT_POLICY_CONSTRAINTS));
    mark_if(l, inhibit != NULL && !inhibit->is_critical, RULE_INHIBIT_CRITICAL);
}
