#include "pki/constraints.h"

#include <strings.h>

#include "pki/der.h"

enum { PAIRS_MOST = 100000 };   /* names times constraints: beyond this it is an attack on those who compare */

static bool ends_with(struct bytes text, struct bytes end)
{
    return text.len >= end.len && strncasecmp((const char *)text.at + text.len - end.len, (const char *)end.at, end.len) == 0;
}

static bool same_text(struct bytes x, struct bytes y)
{
    return x.len == y.len && ends_with(x, y);
}

/* DNS --------------------------------------------------------------------------------------------------- */

/* "example.com" holds itself and all below it; ".example.com" only what is below; "" everything. */
static bool dns_within(struct bytes name, struct bytes base)
{
    if (base.len == 0)
        return true;
    if (base.at[0] == '.')
        return name.len > base.len && ends_with(name, base);
    return same_text(name, base) || (name.len > base.len && name.at[name.len - base.len - 1] == '.' && ends_with(name, base));
}

/* A wildcard also stands for a name that is excluded below it: *.example.com against bad.example.com. */
static bool wildcard_reaches(struct bytes name, struct bytes base)
{
    struct bytes rest;

    if (name.len < 3 || name.at[0] != '*' || name.at[1] != '.')
        return false;
    rest = bytes_of(name.at + 1, name.len - 1);   /* ".example.com" */
    return base.len > rest.len && ends_with(base, rest) && memchr(base.at, '.', base.len - rest.len) == NULL;
}

/* addresses --------------------------------------------------------------------------------------------- */

static bool ip_within(struct bytes ip, struct bytes base)
{
    if (base.len != 2 * ip.len)
        return false;   /* the other family */
    for (size_t i = 0; i < ip.len; i++)
        if ((ip.at[i] & base.at[ip.len + i]) != (base.at[i] & base.at[ip.len + i]))
            return false;
    return true;
}

/* A mailbox, a host, or with a period in front everything below a domain. */
static bool email_within(struct bytes email, struct bytes base)
{
    const uint8_t *at = memrchr(email.at, '@', email.len);
    struct bytes host;

    if (at == NULL)
        return false;
    if (base.len > 0 && memchr(base.at, '@', base.len) != NULL)
        return same_text(email, base);
    host = bytes_of(at + 1, email.len - (size_t)(at + 1 - email.at));
    if (base.len > 0 && base.at[0] == '.')
        return dns_within(host, base);
    return base.len == 0 || same_text(host, base);
}

/* distinguished names ----------------------------------------------------------------------------------- */

/* The next character of a string value with its blanks folded: RFC 4518, 2.6, as far as ASCII goes. */
static int folded(struct bytes v, size_t *at)
{
    if (*at >= v.len)
        return -1;
    if (v.at[*at] == ' ') {
        while (*at < v.len && v.at[*at] == ' ')
            ++*at;
        return *at < v.len ? ' ' : -1;
    }
    ++*at;
    return v.at[*at - 1] >= 'A' && v.at[*at - 1] <= 'Z' ? v.at[*at - 1] + 32 : v.at[*at - 1];
}

static size_t leading_blanks(struct bytes v)
{
    size_t n = 0;

    while (n < v.len && v.at[n] == ' ')
        n++;
    return n;
}

static bool is_simple_string(uint8_t tag)
{
    return tag == DER_UTF8 || tag == DER_PRINTABLE || tag == DER_IA5;
}

static bool same_value(uint8_t tag_x, struct bytes x, uint8_t tag_y, struct bytes y)
{
    size_t i = leading_blanks(x), k = leading_blanks(y);
    int c, d;

    if (!is_simple_string(tag_x) || !is_simple_string(tag_y))
        return tag_x == tag_y && bytes_equal(x, y);
    do {
        c = folded(x, &i);
        d = folded(y, &k);
    } while (c == d && c >= 0);
    return c == d;
}

static bool same_rdn(struct der x, struct der y)
{
    while (!der_end(&x) && !der_end(&y)) {
        struct bytes oid_x, oid_y, value_x, value_y, whole;
        struct der pair_x, pair_y;
        uint8_t tag_x, tag_y;

        if (!der_enter(&x, DER_SEQUENCE, &pair_x) || !der_get_oid(&pair_x, &oid_x) || !der_next(&pair_x, &tag_x, &value_x, &whole))
            return false;
        if (!der_enter(&y, DER_SEQUENCE, &pair_y) || !der_get_oid(&pair_y, &oid_y) || !der_next(&pair_y, &tag_y, &value_y, &whole))
            return false;
        if (!bytes_equal(oid_x, oid_y) || !same_value(tag_x, value_x, tag_y, value_y))
            return false;
    }
    return der_end(&x) && der_end(&y);
}

/* A name is within another that it begins with. */
static bool directory_within(struct bytes name, struct bytes base)
{
    struct der d = der_of(name), b = der_of(base), rdns, prefix, rdn, part;

    if (!der_enter(&d, DER_SEQUENCE, &rdns) || !der_enter(&b, DER_SEQUENCE, &prefix))
        return false;
    while (!der_end(&prefix))
        if (!der_enter(&prefix, DER_SET, &part) || !der_enter(&rdns, DER_SET, &rdn) || !same_rdn(rdn, part))
            return false;
    return true;
}

/* all kinds --------------------------------------------------------------------------------------------- */

struct trees {
    struct der permitted, excluded;
    size_t pairs;      /* compared so far */
    const char *why;
};

static const char *const kinds[] = { "another name", "an e-mail address", "a DNS name", "an X.400 address", "a directory name",
                                     "an EDI party name", "a URI", "an IP address", "a registered id" };

static bool is_within(const struct general *g, struct bytes base, bool is_excluded)
{
    switch (g->kind) {
    case GENERAL_DNS:
        return dns_within(g->content, base) || (is_excluded && wildcard_reaches(g->content, base));
    case GENERAL_IP:
        return ip_within(g->content, base);
    case GENERAL_EMAIL:
        return email_within(g->content, base);
    case GENERAL_DIRECTORY:
        return directory_within(g->content, base);
    default:
        return is_excluded;   /* constrained, and we cannot tell how */
    }
}

static bool allows(struct trees *t, const struct general *g)
{
    bool is_constrained = false, is_permitted = false, has_bounds;
    struct der permitted = t->permitted, excluded = t->excluded;
    struct general base;

    t->why = kinds[g->kind];
    while (!der_end(&excluded) && ext_subtree(&excluded, &base, &has_bounds))
        if (++t->pairs > PAIRS_MOST || (base.kind == g->kind && is_within(g, base.content, true)))
            return false;
    while (!der_end(&permitted) && ext_subtree(&permitted, &base, &has_bounds)) {
        if (++t->pairs > PAIRS_MOST)
            return false;
        if (base.kind != g->kind)
            continue;
        is_constrained = true;
        is_permitted |= is_within(g, base.content, false);
    }
    return !is_constrained || is_permitted;
}

bool constraints_allow(struct bytes value, const struct cert *below, const char **why)
{
    const struct extension *san = ext_find(below->extensions, below->extensions_len, EXT_SAN);
    struct general g = { .kind = GENERAL_DIRECTORY, .content = below->subject };
    struct trees t = { .why = "malformed constraints" };
    struct der names;
    bool is_fine;

    is_fine = ext_constraints(value, &t.permitted, &t.excluded);
    if (is_fine && below->subject.len > 2)
        is_fine = allows(&t, &g);
    if (is_fine && san != NULL && ext_generals(san->value, &names))
        while (is_fine && !der_end(&names) && ext_general(&names, &g))
            is_fine = allows(&t, &g);
    *why = t.why;
    return is_fine;
}
