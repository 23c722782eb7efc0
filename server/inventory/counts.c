#include "inventory/counts.h"

#include "base/time.h"
#include "inventory/ask.h"

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
                                      .total = ends->good + ends->revoked, .is_exact = true };
}

enum err counts_whole(const struct db *db, const struct moment *at, struct inventory_counts *out, struct error *e)
{
    struct ends ends;
    enum err r = counts_ends(db, "expiry", NULL, (const int64_t[]){ at->now, at->expiring_at }, 2, &ends, e);

    if (r)
        return r;
    *out = counts_of(&ends);
    return ERR_NONE;
}

/* As counts_whole counts: what is not valid yet goes by its end, too. */
static struct inventory_counts count_rows(const struct moment *at, const struct planned *found)
{
    struct inventory_counts n = { .total = (int64_t)found->len, .is_exact = !found->has_more };

    for (size_t i = 0; i < found->len; i++) {
        const struct walk_row *row = &found->rows[i];

        if (strcmp(row->state, "revoked") == 0)
            n.revoked++;
        else if (row->not_after < at->now)
            n.expired++;
        else if (row->not_after < at->expiring_at)
            n.expiring++;
        else
            n.valid++;
    }
    return n;
}

enum err inventory_count(struct store *store, const struct actor *who, struct arena *a, struct inventory_counts *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct planned found = { 0 };
    struct plan plan = { 0 };
    enum err r = store_look(store, &look, e);

    if (r == ERR_NONE)
        r = ask_plan(store, who, &(struct inventory_ask){ .sort = "not_after" }, look_db(&look), a, &plan, e);
    if (r)
        return r;
    if (plan.sight.is_all)
        return counts_whole(look_db(&look), &plan.at, out, e);
    r = ask_rows(&plan, a, &found, e);
    if (r)
        return r;

    *out = count_rows(&plan.at, &found);
    return ERR_NONE;
}

static enum err whole_days(const struct db *db, int64_t from_day, int64_t to_day, struct arena *a, struct inventory_days *out, struct error *e)
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

    *out = (struct inventory_days){ days, n, true };
    return ERR_NONE;
}

/* The rows come in the order of their ends. */
static struct inventory_days days_of_rows(const struct planned *found, struct arena *a)
{
    struct inventory_days out = { .at = arena_take(a, (found->len + 1) * sizeof(*out.at)), .is_exact = !found->has_more };

    for (size_t i = 0; i < found->len; i++) {
        int64_t day = found->rows[i].not_after / DAYS;

        if (out.len == 0 || out.at[out.len - 1].day != day)
            out.at[out.len++] = (struct inventory_day){ .day = day };
        out.at[out.len - 1].count++;
    }
    return out;
}

enum err inventory_timeline(struct store *store, const struct actor *who, int64_t from_day, int64_t to_day, struct arena *a,
                            struct inventory_days *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct planned found = { 0 };
    struct plan plan = { 0 };
    enum err r = store_look(store, &look, e);

    if (r == ERR_NONE)
        r = ask_plan(store, who, &(struct inventory_ask){ .sort = "not_after", .filter = "-state:revoked" }, look_db(&look), a, &plan, e);
    if (r)
        return r;
    if (plan.sight.is_all)
        return whole_days(look_db(&look), from_day, to_day, a, out, e);
    plan.filter.at[plan.filter.len++] = (struct term){ .kind = TERM_EXPIRES, .from = from_day * DAYS, .to = (to_day + 1) * DAYS };
    r = ask_rows(&plan, a, &found, e);
    if (r)
        return r;

    *out = days_of_rows(&found, a);
    return ERR_NONE;
}
