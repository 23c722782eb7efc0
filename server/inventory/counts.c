#include "base/time.h"
#include "inventory/rows.h"

enum { DAY_FIRST = -719162, DAY_LAST = 2932896 };      /* year 1 to 9999 */

/* How many that are not revoked end before an instant: whole days from the counts, the day it lies in by asking. */
static enum err ending_before(const struct db *db, int64_t at, int64_t *out, struct error *e)
{
    int64_t day = at >= 0 ? at / DAYS : (at - DAYS + 1) / DAYS, whole = 0, part = 0;
    enum err r;

    r = store_tally_sum(db, false, DAY_FIRST, day - 1, &whole, e);
    if (r == ERR_NONE)
        r = store_ending(db, day * DAYS, at, &part, e);
    *out = whole + part;
    return r;
}

enum err inventory_count(const struct db *db, int64_t now, struct inventory_counts *out, struct error *e)
{
    int64_t good = 0, revoked = 0, expired = 0, soon = 0, days = 0;
    enum err r;

    r = store_setting_number(db, "certificates.expiring_days", &days, e);
    if (r == ERR_NONE)
        r = store_tally_sum(db, false, DAY_FIRST, DAY_LAST, &good, e);
    if (r == ERR_NONE)
        r = store_tally_sum(db, true, DAY_FIRST, DAY_LAST, &revoked, e);
    if (r == ERR_NONE)
        r = ending_before(db, now, &expired, e);
    if (r == ERR_NONE)
        r = ending_before(db, now + days * DAYS, &soon, e);
    if (r)
        return r;

    *out = (struct inventory_counts){ .valid = good - soon, .expiring = soon - expired, .expired = expired, .revoked = revoked, .total = good + revoked };
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
