#include "base/time.h"
#include "inventory/counts.h"

/* The day that an instant lies in is asked for from its nearer end: a day of a large store has a thousand. */
static enum err add_part(const struct db *db, const char *store, int64_t at, struct ends_at *out, struct error *e)
{
    int64_t from = out->day * DAYS, to = from + DAYS, n = 0;
    bool is_early = at - from <= to - at;
    enum err r = is_early ? store_ending(db, store, from, at, &n, e) : store_ending(db, store, at, to, &n, e);

    out->before += is_early ? n : out->on - n;
    return r;
}

/* Whole days from the counts, in one walk through them. */
enum err counts_ends(const struct db *db, const char *facet, const char *store, const int64_t *at, size_t len, struct ends *out, struct error *e)
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

struct inventory_counts counts_of(const struct ends *ends)
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
        r = counts_ends(db, "expiry", NULL, (const int64_t[]){ now, now + days * DAYS }, 2, &ends, e);
    if (r)
        return r;

    *out = counts_of(&ends);
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
