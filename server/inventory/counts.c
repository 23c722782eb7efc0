#include "base/text.h"
#include "base/time.h"
#include "inventory/rows.h"

enum { DAY_FIRST = -719162, DAY_LAST = 2932896 };      /* year 1 to 9999 */

/* How many that are not revoked end before an instant: whole days from the counts, the day it lies in by asking. */
static enum err ending_before(const struct db *db, const char *facet, const char *store, int64_t at, int64_t *out, struct error *e)
{
    int64_t day = at >= 0 ? at / DAYS : (at - DAYS + 1) / DAYS, whole = 0, part = 0;
    enum err r;

    r = store_tally_sum(db, facet, false, DAY_FIRST, day - 1, &whole, e);
    if (r == ERR_NONE)
        r = store_ending(db, store, day * DAYS, at, &part, e);
    *out = whole + part;
    return r;
}

static enum err count(const struct db *db, const char *facet, const char *store, int64_t now, struct inventory_counts *out, struct error *e)
{
    int64_t good = 0, revoked = 0, expired = 0, soon = 0, days = 0;
    enum err r;

    r = store_setting_number(db, "certificates.expiring_days", &days, e);
    if (r == ERR_NONE)
        r = store_tally_sum(db, facet, false, DAY_FIRST, DAY_LAST, &good, e);
    if (r == ERR_NONE)
        r = store_tally_sum(db, facet, true, DAY_FIRST, DAY_LAST, &revoked, e);
    if (r == ERR_NONE)
        r = ending_before(db, facet, store, now, &expired, e);
    if (r == ERR_NONE)
        r = ending_before(db, facet, store, now + days * DAYS, &soon, e);
    if (r)
        return r;

    *out = (struct inventory_counts){ .valid = good - soon, .expiring = soon - expired, .expired = expired, .revoked = revoked, .total = good + revoked };
    return ERR_NONE;
}

enum err inventory_count(const struct db *db, int64_t now, struct inventory_counts *out, struct error *e)
{
    return count(db, "expiry", NULL, now, out, e);
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

static enum err add_states(struct facets *f, int64_t now, struct error *e)
{
    struct inventory_facet *facet = open_facet(f, "state", 4);
    struct inventory_counts n;
    enum err r = count(f->db, arena_printf(f->arena, "%s/expiry", f->store), f->store, now, &n, e);

    if (r)
        return r;
    add_value(facet, "valid", "Valid", "state:valid", n.valid);
    add_value(facet, "expiring", "Expiring", "state:expiring", n.expiring);
    add_value(facet, "expired", "Expired", "state:expired", n.expired);
    add_value(facet, "revoked", "Revoked", "state:revoked", n.revoked);
    return ERR_NONE;
}

/* By the beginning of the day in which the span ends, but for now itself: the counts are by days. */
static enum err add_spans(struct facets *f, int64_t now, struct error *e)
{
    static const struct { int days; const char *value, *label, *filter; } spans[] = {
        { 7, "7d", "in 7 days", "expires>0d expires<7d" }, { 30, "30d", "in 30 days", "expires>0d expires<30d" },
        { 90, "90d", "in 90 days", "expires>0d expires<90d" }, { 365, "1y", "in a year", "expires>0d expires<365d" },
    };
    struct inventory_facet *facet = open_facet(f, "expires", sizeof(spans) / sizeof(*spans));
    const char *name = arena_printf(f->arena, "%s/expiry", f->store);
    int64_t over = 0, until = 0;
    enum err r = ending_before(f->db, name, f->store, now, &over, e);

    for (size_t i = 0; r == ERR_NONE && i < sizeof(spans) / sizeof(*spans); i++) {
        r = ending_before(f->db, name, f->store, now + spans[i].days * DAYS, &until, e);
        if (r == ERR_NONE)
            add_value(facet, spans[i].value, spans[i].label, spans[i].filter, until - over);
    }
    return r;
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
    enum err r = add_states(&f, now, e);

    if (r == ERR_NONE)
        r = add_spans(&f, now, e);
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
