#include "inventory/ask.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/time.h"
#include "inventory/counts.h"
#include "store/issuers.h"
#include "store/pages.h"

enum { VALUES_MAX = 50, STATES = STATUS_COUNT };

struct facets { const struct db *db; const char *store; struct arena *arena; struct inventory_facet *at; size_t len; };

static struct inventory_facet *open_facet(struct facets *f, const char *name, size_t room)
{
    struct inventory_facet *facet = &f->at[f->len++];

    *facet = (struct inventory_facet){ .name = name, .values = arena_take(f->arena, (room + 1) * sizeof(*facet->values)) };
    return facet;
}

static void add_value(struct inventory_facet *f, const char *value, const char *label, const char *filter, int64_t count)
{
    if (count > 0)
        f->values[f->len++] = (struct inventory_value){ value, label, filter, count };
}

static const struct { int days; const char *value, *label, *filter; } spans[] = {
    { 7, "7d", "in 7 days", "expires>0d expires<7d -state:revoked" }, { 30, "30d", "in 30 days", "expires>0d expires<30d -state:revoked" },
    { 90, "90d", "in 90 days", "expires>0d expires<90d -state:revoked" }, { 365, "1y", "in a year", "expires>0d expires<365d -state:revoked" },
};
enum { SPANS = sizeof(spans) / sizeof(*spans) };

static void add_states(struct facets *f, const int64_t counts[STATES])
{
    static const struct { enum status status; const char *label, *filter; } states[] = {
        { STATUS_VALID, "Valid", "state:valid" }, { STATUS_EXPIRING, "Expiring", "state:expiring" }, { STATUS_EXPIRED, "Expired", "state:expired" },
        { STATUS_NOT_YET, "Not yet valid", "state:not-yet-valid" }, { STATUS_REVOKED, "Revoked", "state:revoked" },
    };
    struct inventory_facet *facet = open_facet(f, "state", STATES);

    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
        add_value(facet, status_text(states[i].status), states[i].label, states[i].filter, counts[states[i].status]);
}

static void add_spans(struct facets *f, const int64_t counts[SPANS])
{
    struct inventory_facet *facet = open_facet(f, "expires", SPANS);

    for (size_t i = 0; i < SPANS; i++)
        add_value(facet, spans[i].value, spans[i].label, spans[i].filter, counts[i]);
}

/* As the grammar reads it back. */
static const char *quoted(struct arena *a, const char *text)
{
    char *out = arena_take(a, 2 * strlen(text) + 3), *p = out;

    *p++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            *p++ = '\\';
        *p++ = *text;
    }
    *p++ = '"';
    *p = '\0';
    return out;
}

static enum err issuer_value(struct facets *f, const struct value_row *row, struct inventory_facet *facet, struct error *e)
{
    const char *label = NULL;
    char text[ID_TEXT];
    struct id id;
    size_t len;
    enum err r;

    if (!text_unhex(row->value, id.b, sizeof(id.b), &len) || len != sizeof(id.b))
        return fail(e, ERR_BUG, "a count of no issuer");
    id_text(&id, text);
    r = store_issuer_label(f->db, &id, f->arena, &label, e);
    if (r)
        return r == ERR_ABSENT ? ERR_NONE : r;
    add_value(facet, arena_text(f->arena, text), label, arena_printf(f->arena, "issuer:%s", text), row->count);
    return ERR_NONE;
}

static const struct counted { const char *name, *prefix; } counted[] = {
    { "issuer", "issuer:" }, { "key", "key:" }, { "has", "has:" }, { "source", "source:" }, { "tag", "tag:" },
};
enum { COUNTED = sizeof(counted) / sizeof(*counted) };

/* As the filter wants it: "rsa" there is all of RSA. */
static const char *asked_as(struct arena *a, const char *facet, const char *value)
{
    if (strcmp(facet, "tag") == 0)
        return quoted(a, value);
    return strcmp(facet, "key") == 0 && strcmp(value, "rsa") == 0 ? "rsa-other" : value;
}

static enum err add_counted(struct facets *f, const struct counted *c, const struct value_row *rows, size_t len, struct error *e)
{
    struct inventory_facet *facet = open_facet(f, c->name, VALUES_MAX);
    enum err r = ERR_NONE;

    for (size_t i = 0; r == ERR_NONE && i < len; i++) {
        const char *value = rows[i].value;

        if (strcmp(c->name, "issuer") == 0)
            r = issuer_value(f, &rows[i], facet, e);
        else if (value[0] == '\0')
            add_value(facet, "no-key", "no private key", "-has:key", rows[i].count);
        else
            add_value(facet, value, value, arena_printf(f->arena, "%s%s", c->prefix, asked_as(f->arena, c->name, value)), rows[i].count);
    }
    return r;
}

/* a whole store: from the counts that follow the rows ------------------------------------------------------------ */

static enum err whole_ends(struct facets *f, const struct moment *at, struct error *e)
{
    int64_t instants[2 + SPANS] = { at->now, at->expiring_at }, within[SPANS];
    struct inventory_counts n;
    struct ends ends;
    enum err r;

    for (size_t i = 0; i < SPANS; i++)
        instants[2 + i] = at->now + spans[i].days * DAYS;
    r = counts_ends(f->db, arena_printf(f->arena, "%s/expiry", f->store), f->store, instants, 2 + SPANS, &ends, e);
    if (r)
        return r;
    n = counts_of(&ends);
    add_states(f, (const int64_t[STATES]){ [STATUS_VALID] = n.valid, [STATUS_EXPIRING] = n.expiring, [STATUS_EXPIRED] = n.expired, [STATUS_REVOKED] = n.revoked });
    for (size_t i = 0; i < SPANS; i++)
        within[i] = ends.at[2 + i].before - ends.at[0].before;
    add_spans(f, within);
    return ERR_NONE;
}

static enum err whole(struct facets *f, const struct moment *at, struct error *e)
{
    enum err r = whole_ends(f, at, e);

    for (size_t i = 0; r == ERR_NONE && i < COUNTED; i++) {
        struct value_row *rows;
        size_t len;

        r = store_tally_values(f->db, arena_printf(f->arena, "%s/%s", f->store, counted[i].name), VALUES_MAX, f->arena, &rows, &len, e);
        if (r == ERR_NONE)
            r = add_counted(f, &counted[i], rows, len, e);
    }
    return r;
}

/* a part of it: from its rows, a bounded way ---------------------------------------------------------------------- */

static void part_ends(struct facets *f, const struct moment *at, const struct planned *found)
{
    int64_t states[STATES] = { 0 }, within[SPANS] = { 0 };

    for (size_t i = 0; i < found->len; i++) {
        const struct walk_row *row = &found->rows[i];

        enum status status = status_at(at->now, at->expiring_at, row->not_before, row->not_after, strcmp(row->state, "revoked") == 0);

        states[status]++;
        for (size_t k = 0; status != STATUS_REVOKED && k < SPANS; k++)
            within[k] += row->not_after >= at->now && row->not_after < at->now + spans[k].days * DAYS;
    }
    add_states(f, states);
    add_spans(f, within);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_count(const void *a, const void *b)
{
    const struct value_row *x = a, *y = b;

    return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->value, y->value);
}

/* The most first, VALUES_MAX at most. Puts the texts into an order of its own. */
static size_t tally_texts(const char **texts, size_t len, struct arena *a, struct value_row **out)
{
    struct value_row *rows = arena_take(a, (len + 1) * sizeof(*rows));
    size_t n = 0;

    qsort(texts, len, sizeof(*texts), by_text);
    for (size_t i = 0; i < len; i++) {
        if (n == 0 || strcmp(rows[n - 1].value, texts[i]) != 0)
            rows[n++] = (struct value_row){ .value = texts[i] };
        rows[n - 1].count++;
    }
    qsort(rows, n, sizeof(*rows), by_count);
    *out = rows;
    return n < VALUES_MAX ? n : VALUES_MAX;
}

static const char *value_of(const struct counted *c, const struct walk_row *row, struct arena *a)
{
    switch (c->name[0]) {
    case 'i':
        return text_hex_in(a, bytes_of(row->issuer.b, sizeof(row->issuer.b)));
    case 'k':
        return row->key_type;
    case 'h':
        return (row->flags & VERSION_HAS_KEY) != 0 ? "key" : "";
    default:
        return row->source;
    }
}

static enum err part_tags(struct facets *f, const struct planned *found, const char ***out, size_t *len, struct error *e)
{
    struct row_texts *tags = arena_take(f->arena, (found->len + 1) * sizeof(*tags));
    int64_t *certificates = arena_take(f->arena, (found->len + 1) * sizeof(*certificates));
    size_t all = 0, n = 0;
    enum err r;

    for (size_t i = 0; i < found->len; i++)
        certificates[i] = found->rows[i].certificate_n;
    r = store_page_tags(f->db, certificates, found->len, f->arena, tags, e);
    if (r)
        return r;
    for (size_t i = 0; i < found->len; i++)
        all += tags[i].len;
    *out = arena_take(f->arena, (all + 1) * sizeof(**out));
    for (size_t i = 0; i < found->len; i++)
        for (size_t k = 0; k < tags[i].len; k++)
            (*out)[n++] = tags[i].at[k];
    *len = n;
    return ERR_NONE;
}

static enum err part(struct facets *f, const struct moment *at, const struct planned *found, struct error *e)
{
    enum err r = ERR_NONE;

    part_ends(f, at, found);
    for (size_t i = 0; r == ERR_NONE && i < COUNTED; i++) {
        const char **texts = arena_take(f->arena, (found->len + 1) * sizeof(*texts));
        struct value_row *rows;
        size_t len = found->len;

        if (strcmp(counted[i].name, "tag") == 0)
            r = part_tags(f, found, &texts, &len, e);
        else
            for (size_t k = 0; k < len; k++)
                texts[k] = value_of(&counted[i], &found->rows[k], f->arena);
        if (r == ERR_NONE) {
            len = tally_texts(texts, len, f->arena, &rows);
            r = add_counted(f, &counted[i], rows, len, e);
        }
    }
    return r;
}

enum err inventory_facets(struct store *store, const struct actor *who, const struct inventory_facet_ask *ask, struct arena *a,
                          struct inventory_facets *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct inventory_ask list = { .q = ask->q, .sort = "not_after",
                                  .filter = arena_printf(a, "%s store:%s", ask->filter != NULL ? ask->filter : "", ask->store) };
    struct facets f = { .store = ask->store, .arena = a, .at = arena_take(a, 8 * sizeof(*f.at)) };
    struct planned found = { 0 };
    struct plan plan = { 0 };
    enum err r = store_look(store, &look, e);

    f.db = look_db(&look);
    if (r == ERR_NONE)
        r = ask_plan(store, who, &list, f.db, a, &plan, e);
    if (r)
        return r;
    if (plan.sight.is_all && plan.filter.len == 1 && !plan.filter.is_superseded) {
        r = whole(&f, &plan.at, e);
    } else {
        r = ask_rows(&plan, a, &found, e);
        if (r == ERR_NONE)
            r = part(&f, &plan.at, &found, e);
    }
    if (r)
        return r;

    *out = (struct inventory_facets){ f.at, f.len, !found.has_more };
    return ERR_NONE;
}
