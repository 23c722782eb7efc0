#include "inventory/rows.h"

#include "pki/frame.h"
#include "store/issuers.h"

enum { CHAIN_MAX = 10 };

/* What of a certificate says who stands above it. They were parsed when they came in: parsing each again, whole, was a fifth of
   showing one. */
struct link { struct bytes der, issuer, subject, ski, aki; };

static bool read_link(struct bytes der, struct arena *a, struct link *out)
{
    const struct extension *ski, *aki;
    struct ext_aki above = { 0 };
    struct frame f = { 0 };

    if (frame_read(der, a, &f, NULL) != ERR_NONE)
        return false;
    *out = (struct link){ .der = der, .issuer = f.issuer, .subject = f.subject };
    ski = ext_find(f.extensions, f.extensions_len, EXT_SKI);
    aki = ext_find(f.extensions, f.extensions_len, EXT_AKI);
    if (aki != NULL && ext_aki(aki->value, &above) && above.has_id)
        out->aki = above.id;
    return ski == NULL || ext_ski(ski->value, &out->ski);
}

static bool is_self_issued(const struct link *l)
{
    return bytes_equal(l->issuer, l->subject);
}

/* The first candidate of that name. */
static bool pick(const struct link *child, const struct bytes *candidates, size_t len, struct arena *a, struct link *out)
{
    for (size_t i = 0; i < len; i++) {
        struct link c;

        if (!read_link(candidates[i], a, &c))
            continue;
        if (bytes_equal(c.subject, child->issuer) && (child->aki.len == 0 || c.ski.len == 0 || bytes_equal(c.ski, child->aki))) {
            *out = c;
            return true;
        }
    }
    return false;
}

/* The authority's own certificate when it fits, else whatever has that key. */
static enum err find_above(const struct db *db, const struct id *issuer, const struct link *child, struct arena *a, struct link *out,
                           bool *is_found, struct error *e)
{
    struct bytes candidates[ISSUERS_MAX];
    size_t len = 0;
    enum err r = ERR_NONE;

    if (!id_is_none(issuer))
        r = store_issuers_of(db, issuer, bytes_of(NULL, 0), a, candidates, &len, e);
    *is_found = r == ERR_NONE && pick(child, candidates, len, a, out);
    if (r || *is_found)
        return r;
    r = store_issuers_of(db, issuer, child->aki, a, candidates, &len, e);
    *is_found = r == ERR_NONE && pick(child, candidates, len, a, out);
    return r;
}

struct pool { const struct bytes *at; size_t len; };      /* candidates that are not stored (yet) */

/* From the leaf up. */
static enum err climb(const struct db *db, struct bytes leaf, struct id issuer, const struct pool *more, bool with_root, struct arena *a,
                      struct bytes **out, size_t *len, struct error *e)
{
    struct bytes *list = arena_take(a, CHAIN_MAX * sizeof(*list));
    struct id none = { { 0 } };
    struct link at, above;
    bool is_found;
    size_t n = 0;

    list[0] = leaf;
    if (!read_link(leaf, a, &at))
        return fail(e, ERR_IO, "the certificate that is kept cannot be read: the database is damaged, restore a backup");
    for (n = 1; n < CHAIN_MAX && !is_self_issued(&at); n++) {
        enum err r = find_above(db, &issuer, &at, a, &above, &is_found, e);

        if (r)
            return r;
        if (!is_found)
            is_found = pick(&at, more->at, more->len, a, &above);
        if (!is_found || (is_self_issued(&above) && !with_root))
            break;
        at = above;
        list[n] = at.der;
        issuer = none;                 /* above the first step the key identifier leads */
    }
    *out = list;
    *len = n;
    return ERR_NONE;
}

enum err inventory_chain(const struct db *db, int64_t version_n, bool with_root, struct arena *a, struct bytes **out, size_t *len, struct error *e)
{
    static const struct pool nothing;
    struct version_row row;
    struct bytes der;
    enum err r;

    r = store_version(db, version_n, a, &row, e);
    if (r == ERR_NONE)
        r = store_der(db, version_n, a, &der, e);
    return r ? r : climb(db, der, row.issuer, &nothing, with_root, a, out, len, e);
}

enum err inventory_chain_of(const struct db *db, const struct cert *leaf, const struct bytes *more, size_t more_len, struct arena *a,
                            struct bytes **out, size_t *len, struct error *e)
{
    struct pool pool = { more, more_len };
    struct issuer_row row = { 0 };
    enum err r = store_issuer_by_name(db, leaf->issuer, leaf->aki, a, &row, NULL);

    if (r != ERR_NONE && r != ERR_ABSENT)
        return fail(e, r, "the issuers cannot be read");
    return climb(db, leaf->der, row.id, &pool, true, a, out, len, e);
}
