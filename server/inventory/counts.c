#include "base/text.h"
#include "base/time.h"
#include "inventory/rows.h"

/* The day that an instant lies in is asked for from its nearer end: a day of a large store has a thousand. */
static enum err add_part(const struct db *db, const char *store, int64_t at, struct ends_at *out, struct error *e)
{
    int64_t from = out->day * DAYS, to = from + DAYS, n = 0;
    bool is_early = at - from <= to - at;
    enum err r = is_early ? store_ending(db, store, from, at, &n, e) : store_ending(db, store, at, to, &n, e);

    out->before += is_early ? n : out->on - n;
    return r;
}

/* How many that are not revoked end before each of these instants: whole days from the counts, in one walk through them. */
static enum err count_ends(const struct db *db, const char *facet, const char *store, const int64_t *at, size_t len, struct ends *out, struct error *e)
{
    enum err r;

    *out = (struct ends){ .len = len };
    for (size_t i = 0; i < len; i++)
        out->at[i].day = at[i] >= 0 ? at[i] / DAYS : (at[i] - DAYS + 1) / DAYS;
    r = store_tally_ends(db, facet, out, e);
    for (size_t i = 0; r == ERR_NONE && i < len; i++)
        r = add_part(db, store, at[i], &out->at[i], e);
    return r;
}

/* ends: before now, and before what ends then is "expiring". */
static struct inventory_counts counts_of(const struct ends *ends)
{
    int64_t expired = ends->at[0].before, soon = ends->at[1].before;

    return (struct inventory_counts){ .valid = ends->good - soon, .expiring = soon - expired, .expired = expired, .revoked = ends->revoked,
                                      .total = ends->good + ends->revoked };
}

enum err inventory_count(const struct db *db, int64_t now, struct inventory_counts *out, struct error *e)
{
    int64_t days = 0;
    struct ends ends;
    enum err r = store_setting_number(db, "certificates.expiring_days", &days, e);

    if (r == ERR_NONE)
        r = count_ends(db, "expiry", NULL, (const int64_t[]){ now, now + days * DAYS }, 2, &ends, e);
    if (r)
        return r;

    *out = counts_of(&ends);
    return ERR_NONE;
}

/* facets ------------------------------------------------------------------------------------------------------- */

enum { VALUES_MAX = 50 };
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
    { 7, "7d", "in 7 days", "expires>0d expires<7d" }, { 30, "30d", "in 30 days", "expires>0d expires<30d" },
    { 90, "90d", "in 90 days", "expires>0d expires<90d" }, { 365, "1y", "in a year", "expires>0d expires<365d" },
};
enum { SPANS = sizeof(spans) / sizeof(*spans) };

static void add_states(struct facets *f, const struct ends *ends)
{
    struct inventory_facet *facet = open_facet(f, "state", 4);
    struct inventory_counts n = counts_of(ends);

    add_value(facet, "valid", "Valid", "state:valid", n.valid);
    add_value(facet, "expiring", "Expiring", "state:expiring", n.expiring);
    add_value(facet, "expired", "Expired", "state:expired", n.expired);
    add_value(facet, "revoked", "Revoked", "state:revoked", n.revoked);
}

static enum err add_ends(struct facets *f, int64_t now, struct error *e)
{
    struct inventory_facet *facet;
    int64_t at[2 + SPANS], days = 0;
    struct ends ends;
    enum err r = store_setting_number(f->db, "certificates.expiring_days", &days, e);

    at[0] = now;
    at[1] = now + days * DAYS;
    for (size_t i = 0; i < SPANS; i++)
        at[2 + i] = now + spans[i].days * DAYS;
    if (r == ERR_NONE)
        r = count_ends(f->db, arena_printf(f->arena, "%s/expiry", f->store), f->store, at, 2 + SPANS, &ends, e);
    if (r)
        return r;

    add_states(f, &ends);
    facet = open_facet(f, "expires", SPANS);
    for (size_t i = 0; i < SPANS; i++)
        add_value(facet, spans[i].value, spans[i].label, spans[i].filter, ends.at[2 + i].before - ends.at[0].before);
    return ERR_NONE;
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

static enum err add_counted(struct facets *f, const char *name, const char *counted, const char *prefix, struct error *e)
{
    struct inventory_facet *facet = open_facet(f, name, VALUES_MAX);
    struct value_row *rows;
    size_t len;
    enum err r = store_tally_values(f->db, counted, VALUES_MAX, f->arena, &rows, &len, e);

    for (size_t i = 0; r == ERR_NONE && i < len; i++) {
        if (strcmp(name, "issuer") == 0)
            r = issuer_value(f, &rows[i], facet, e);
        else if (rows[i].value[0] == '\0')
            add_value(facet, "no-key", "no private key", "-has:key", rows[i].count);
        else
            add_value(facet, rows[i].value, rows[i].value,
                      arena_printf(f->arena, "%s%s", prefix, strcmp(name, "tag") == 0 ? quoted(f->arena, rows[i].value) : rows[i].value), rows[i].count);
    }
    return r;
}

enum err inventory_facets(const struct db *db, const char *store, int64_t now, struct arena *a, struct inventory_facet **out, size_t *len, struct error *e)
{
    static const struct { const char *name, *prefix; } counted[] = {
        { "issuer", "issuer:" }, { "key", "key:" }, { "has", "has:" }, { "source", "source:" }, { "tag", "tag:" },
    };
    struct facets f = { .db = db, .store = store, .arena = a, .at = arena_take(a, 8 * sizeof(*f.at)) };
    enum err r = add_ends(&f, now, e);

    for (size_t i = 0; r == ERR_NONE && i < sizeof(counted) / sizeof(*counted); i++)
        r = add_counted(&f, counted[i].name, strcmp(counted[i].name, "tag") == 0 ? "tag" : arena_printf(a, "%s/%s", store, counted[i].name), counted[i].prefix, e);
    if (r)
        return r;

    *out = f.at;
    *len = f.len;
    return ERR_NONE;
}

enum err inventory_timeline(const struct db *db, int64_t from_day, int64_t to_day, struct arena *a, struct inventory_day **out, size_t *len, struct error *e)
{
    struct inventory_day *days;
    struct day_row *rows;
    size_t n;
    enum err r = store_tally_days(db, from_day, to_day, a, &rows, &n, e);

    if (r)
        return r;
    days = arena_take(a, (n + 1) * sizeof(*days));
    for (size_t i = 0; i < n; i++)
        days[i] = (struct inventory_day){ rows[i].day, rows[i].count };

    *out = days;
    *len = n;
    return ERR_NONE;
}
