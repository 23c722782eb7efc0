#include "inventory/inventory.h"

#include "base/text.h"
#include "base/time.h"
#include "inventory/describe.h"
#include "inventory/rows.h"
#include "pki/hash.h"
#include "store/certificates.h"
#include "store/find.h"
#include "store/pages.h"

enum { COMMON_NAME_MAX = 255 /* keys of sort indexes stay small, whatever a foreign certificate says */, TEXT_MAX = 8000 };

/* A line for each thing that the search box finds. */
static const char *search_text(const char *label, const struct cert *c, struct arena *a)
{
    char *text = arena_printf(a, "%s\n%s", label, c->common_name);
    size_t room = TEXT_MAX;

    for (size_t i = 0; i < c->names.len && strlen(text) < room; i++)
        text = arena_printf(a, "%s\n%s", text, c->names.at[i].text);
    if (strlen(text) < room)
        text = arena_printf(a, "%s\n%s", text, c->subject_text);
    return text_lower(a, text);
}

static enum err add_names(struct tx *tx, int64_t n, const struct names *names, struct error *e)
{
    for (size_t i = 0; i < names->len; i++) {
        struct name_row row = { names->at[i].text, names->at[i].kind == NAME_IP };
        enum err r = store_name_add(tx, n, (int)i, &row, e);

        if (r)
            return r;
    }
    return ERR_NONE;
}

static enum err add_row(struct tx *tx, const struct version_add *add, const struct lineage *to, struct arena *a, struct error *e)
{
    const struct cert *c = &add->cert;
    uint8_t spki[SHA256_LEN];

    hash_sha256(c->key.der, spki);
    return store_version_add(tx, &(struct version_row){
        .n = to->next_version_n, .certificate_n = to->n, .number = to->next_number, .is_issued = add->is_issued,
        .store = add->store, .issuer = add->issuer, .serial = c->serial, .common_name = text_cut(a, c->common_name, COMMON_NAME_MAX), .subject = c->subject_text,
        .not_before = c->not_before, .not_after = c->not_after, .key_type = key_type_text(c->key.type), .key = add->key,
        .spki_sha256 = bytes_of(spki, sizeof(spki)), .ski = c->ski, .sha1 = bytes_of(c->sha1, sizeof(c->sha1)), .sha256 = bytes_of(c->sha256, sizeof(c->sha256)),
        .profile = add->profile != NULL ? add->profile : "", .source = add->source, .requested_by = add->requested_by,
        .flags = add->flags | (id_is_none(&add->key) ? 0 : VERSION_HAS_KEY),
    }, c->der, e);
}

/* The row's share of the facets: what the trigger version_counts_after does when a row changes. For a new row a trigger would be half as dear
   as the row: five counts at a time, and a copy of each page, because a statement that writes several rows may have to be undone. */
static void count_row(struct tx *tx, const struct version_add *add, struct arena *a)
{
    int64_t day = add->cert.not_after / DAYS;
    struct { const char *facet, *value; int64_t day; } shares[] = {
        { "expiry", "good", day }, { "issuer", text_hex_in(a, id_bytes(&add->issuer)), 0 }, { "key", key_type_text(add->cert.key.type), 0 },
        { "source", add->source, 0 }, { "has", id_is_none(&add->key) ? "" : "key", 0 },
    };

    tx_tally(tx, "expiry", "good", day, 1);
    for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++)
        tx_tally(tx, arena_printf(a, "%s/%s", add->store, shares[i].facet), shares[i].value, shares[i].day, 1);
}

/* A lineage that was tagged before it had this version: what stops being current took the count of its tags with it. */
static enum err count_tags(struct tx *tx, const struct version_add *add, int64_t certificate_n, struct arena *a, struct error *e)
{
    char *facet = arena_printf(a, "%s/tag", add->store);
    struct row_texts tags = { 0 };
    enum err r = add->is_new ? ERR_NONE : store_page_tags(tx_db(tx), &certificate_n, 1, a, &tags, e);

    for (size_t i = 0; r == ERR_NONE && i < tags.len; i++)
        tx_tally(tx, facet, tags.at[i], 0, 1);
    return r;
}

/* Fills the rest of `to`: the lineage as it is, or a fresh one. */
static enum err find_lineage(struct tx *tx, const struct version_add *add, struct arena *a, struct lineage *to, struct error *e)
{
    enum err r = ERR_NONE;

    if (!add->is_new) {
        r = store_certificate_find(tx_db(tx), &add->certificate, a, to, e);
        return r == ERR_NONE && to->is_archived ? fail_kind(e, ERR_CONFLICT, "archived", "it is archived: bring it back first") : r;
    }
    *to = (struct lineage){ .next_number = 1 };
    return store_certificate_add(tx, &add->certificate, add->label, &to->n, &to->next_version_n, e);
}

/* Whoever uses the lineage follows: one job looks at all of them. */
static enum err call_users(struct tx *tx, const struct id *certificate, int64_t certificate_n, struct arena *a, struct error *e)
{
    const char *const *users;
    size_t len;
    enum err r = store_uses(tx_db(tx), certificate_n, a, &users, &len, e);

    if (r == ERR_NONE && len > 0)
        tx_job(tx, "follow", certificate, tx_now(tx), NULL);
    return r;
}

static enum err step_to(struct tx *tx, const struct id *certificate, const struct lineage *from, int64_t version_n, bool is_added, struct arena *a, struct error *e)
{
    enum err r = store_certificate_advance(tx, from, version_n, is_added, e);

    if (r)
        return r;
    tx_tally(tx, "expiry", from->current_state, from->current_not_after / DAYS, -1);
    return call_users(tx, certificate, from->n, a, e);
}

/* What people say of it stays. */
static enum err put_text(struct tx *tx, const char *label, const struct cert *c, int64_t certificate_n, bool is_new, struct arena *a, struct error *e)
{
    const char *text = search_text(label, c, a), *before = "";
    enum err r = is_new ? ERR_NONE : store_text(tx_db(tx), certificate_n, a, &before, e);

    return r ? r : store_text_put(tx, certificate_n, description_kept(a, text, before), is_new, e);
}

enum err inventory_add_version(struct tx *tx, const struct version_add *add, int64_t *n, int *number, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct lineage to;
    enum err r;

    r = find_lineage(tx, add, a, &to, e);
    if (r == ERR_NONE && !add->is_new)
        r = step_to(tx, &add->certificate, &to, to.next_version_n, true, a, e);
    if (r == ERR_NONE)
        r = add_row(tx, add, &to, a, e);
    if (r == ERR_NONE)
        r = add_names(tx, to.next_version_n, &add->cert.names, e);
    if (r == ERR_NONE)
        r = put_text(tx, add->label, &add->cert, to.n, add->is_new, a, e);
    if (r == ERR_NONE)
        r = count_tags(tx, add, to.n, a, e);
    if (r)
        return r;

    count_row(tx, add, a);
    *n = to.next_version_n;
    *number = to.next_number;
    return ERR_NONE;
}

static enum err find_version(struct tx *tx, const struct id *certificate, int number, int64_t seen_n, struct arena *a, struct lineage *from,
                             struct version_row *row, struct cert *c, struct error *e)
{
    struct bytes der;
    enum err r = store_certificate_find(tx_db(tx), certificate, a, from, e);

    if (r == ERR_NONE)
        r = store_version_of(tx_db(tx), certificate, number, a, row, e);
    if (r)
        return r;
    if (from->is_archived)
        return fail_kind(e, ERR_CONFLICT, "archived", "it is archived: bring it back first");
    if (from->current != seen_n)
        return fail_kind(e, ERR_CONFLICT, "stale", "another version has become the current one meanwhile: look again");
    if (row->is_current)
        return fail(e, ERR_CONFLICT, "version %d is the current one already", number);
    r = store_der(tx_db(tx), row->n, a, &der, e);
    return r ? r : cert_parse(der, a, c, e);
}

enum err inventory_make_current(struct tx *tx, const struct id *certificate, int number, int64_t seen_n, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct version_row row;
    struct lineage from;
    struct cert c;
    enum err r;

    r = find_version(tx, certificate, number, seen_n, a, &from, &row, &c, e);
    if (r == ERR_NONE)
        r = step_to(tx, certificate, &from, row.n, false, a, e);
    if (r == ERR_NONE)
        r = store_version_step_forward(tx, row.n, e);
    if (r == ERR_NONE)
        r = add_names(tx, row.n, &c.names, e);
    if (r == ERR_NONE)
        r = put_text(tx, row.label, &c, from.n, false, a, e);
    if (r)
        return r;
    tx_tally(tx, "expiry", row.state, row.not_after / DAYS, 1);
    return ERR_NONE;
}
