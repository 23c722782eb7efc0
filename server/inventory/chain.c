#include "inventory/rows.h"

enum { CHAIN_MAX = 10 };

/* The first candidate of that name; the store hands the authority's own certificate first. */
static bool pick(const struct cert *child, const struct bytes *candidates, size_t len, struct arena *a, struct cert *out)
{
    for (size_t i = 0; i < len; i++) {
        struct cert c;

        if (cert_parse(candidates[i], a, &c, NULL) != ERR_NONE)
            continue;
        if (bytes_equal(c.subject, child->issuer) && (child->aki.len == 0 || c.ski.len == 0 || bytes_equal(c.ski, child->aki))) {
            *out = c;
            return true;
        }
    }
    return false;
}

enum err inventory_chain(const struct db *db, int64_t version_n, bool with_root, struct arena *a, struct bytes **out, size_t *len, struct error *e)
{
    struct bytes *list = arena_take(a, CHAIN_MAX * sizeof(*list)), candidates[ISSUERS_MAX];
    struct version_row row;
    struct id issuer, none = { { 0 } };
    struct cert at;
    size_t n = 0, found;
    enum err r;

    r = store_version(db, version_n, a, &row, e);
    if (r == ERR_NONE)
        r = store_der(db, version_n, a, &list[0], e);
    if (r == ERR_NONE)
        r = cert_parse(list[0], a, &at, e);
    if (r)
        return r;

    issuer = row.issuer;
    for (n = 1; n < CHAIN_MAX && !cert_is_self_issued(&at); n++) {
        r = store_issuers_of(db, &issuer, at.aki, a, candidates, &found, e);
        if (r)
            return r;
        if (!pick(&at, candidates, found, a, &at) || (cert_is_self_issued(&at) && !with_root))
            break;
        list[n] = at.der;
        issuer = none;                 /* above the first step the key identifier leads */
    }
    *out = list;
    *len = n;
    return ERR_NONE;
}
