/* test_facets - how many there are: of each value that narrows a list, of each status, on each day; and of what the caller sees alone. */
#include "check.h"

#include "access/rights.h"
#include "base/text.h"
#include "filled.h"
#include "inventory/counts.h"
#include "sql.h"

static struct inventory_counts count(struct place *p, int64_t now)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct moment at = { now, now + 30 * DAYS };
    struct inventory_counts counts;
    struct error e = { 0 };

    assert_ok(store_look(p->store, &look, &e));
    assert_ok(counts_whole(look_db(&look), &at, &counts, &e));
    return counts;
}

static void counters_are_exact_to_the_second(void **state)
{
    static const int64_t times_of_day[] = { 43200, 1, 86399 };     /* a day is counted from its nearer end */
    struct place *p = *state;

    for (int i = 0; i < 3; i++) {
        int64_t end = (clock_now() / DAYS + 100 + i) * DAYS + times_of_day[i];
        struct making m = { .common_name = "noon.lan", .names = { "noon.lan" }, .not_after = end };
        struct inventory_counts before, then, after;
        struct error e = { 0 };

        assert_ok(make(p, &m, &e));
        before = count(p, end - 30 * DAYS);
        assert_int_equal(before.total, 6 + i);
        assert_int_equal(before.valid + before.expiring + before.expired + before.revoked, before.total);
        then = count(p, end);
        after = count(p, end + 1);
        assert_int_equal(then.expiring, 1);
        assert_int_equal(after.expiring, 0);
        assert_int_equal(after.expired, then.expired + 1);
        assert_int_equal(count(p, end - 30 * DAYS + 1).expiring, before.expiring + 1);
    }
}

static struct inventory_days days_of(struct place *p, const struct actor *who, struct arena *a)
{
    struct inventory_days days = { 0 };
    struct error e = { 0 };

    assert_ok(inventory_timeline(p->store, who, clock_now() / DAYS - 30, clock_now() / DAYS + 4000, a, &days, &e));
    return days;
}

static void the_counts_equal_a_full_count_after_renewals(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;
    struct inventory_page page = page_of(p, &p->who, &(struct inventory_ask){ .filter = "store:personal" }, a);
    struct inventory_days days;
    struct error e = { 0 };
    int64_t sum = 0;

    for (size_t i = 0; i < page.len; i++) {
        struct making m = { .common_name = "again.lan", .names = { "again.lan" }, .certificate = page.items[i].id, .issuer_id = page.items[i].issuer_id,
                            .not_after = clock_now() + 200 * DAYS };

        assert_ok(make(p, &m, &e));
    }
    assert_int_equal(page_of(p, &p->who, &(struct inventory_ask){ 0 }, a).len, 5);
    assert_int_equal(count(p, clock_now()).valid, 5);
    days = days_of(p, &p->who, a);
    for (size_t i = 0; i < days.len; i++)
        sum += days.at[i].count;
    assert_int_equal(sum, 5);
    assert_int_equal(days.len, 2);
    assert_int_equal(days.at[0].count, 4);
}

/* facets ------------------------------------------------------------------------------------------------------ */

static const struct inventory_facet *facet_of(const struct inventory_facets *all, const char *name)
{
    for (size_t i = 0; i < all->len; i++)
        if (strcmp(all->at[i].name, name) == 0)
            return &all->at[i];
    fail_msg("no facet %s", name);
    return NULL;
}

static int64_t counted(const struct inventory_facets *all, const char *name, const char *value)
{
    const struct inventory_facet *f = facet_of(all, name);

    for (size_t i = 0; i < f->len; i++)
        if (strcmp(f->values[i].value, value) == 0)
            return f->values[i].count;
    return 0;
}

static struct inventory_facets facets_of(struct place *p, const struct actor *who, const char *filter, struct arena *a)
{
    struct inventory_facet_ask ask = { .store = "personal", .filter = filter };
    struct inventory_facets out = { 0 };
    struct error e = { 0 };

    assert_ok(inventory_facets(p->store, who, &ask, a, &out, &e));
    return out;
}

static void facets_count_what_the_filter_leaves(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;
    struct inventory_page page = page_of(p, &p->who, &(struct inventory_ask){ .filter = "san:b.lan" }, a);
    struct inventory_facets all = facets_of(p, &p->who, NULL, a), part;
    struct error e = { 0 };

    assert_true(all.is_exact);
    assert_int_equal(counted(&all, "state", "valid"), 2);
    assert_int_equal(counted(&all, "source", "rest"), 3);
    assert_ok(store_write(p->store, &p->who, hang_beside, &page.items[0].id, &e));
    part = facets_of(p, &p->who, "source:cli", a);
    assert_true(part.is_exact);
    assert_int_equal(counted(&part, "state", "valid"), 1);
    assert_int_equal(counted(&part, "state", "expired"), 0);
    assert_int_equal(counted(&part, "source", "rest"), 0);
    assert_int_equal(counted(&part, "tag", "blue"), 1);
    assert_int_equal(counted(&part, "has", "no-key"), 1);
    assert_int_equal(counted(&part, "expires", "1y"), 1);
    assert_int_equal(counted(&part, "expires", "30d"), 0);
    assert_string_equal(facet_of(&part, "issuer")->values[0].label, "Lab Root CA");
    part = facets_of(p, &p->who, "expires<30d", a);
    assert_int_equal(counted(&part, "state", "expiring"), 1);
    assert_int_equal(counted(&part, "state", "expired"), 1);
    part = facets_of(p, &p->who, "-tag:blue", a);             /* every row a look: the same as all but one */
    assert_int_equal(counted(&part, "source", "rest"), 3);
    assert_int_equal(counted(&part, "source", "cli"), 0);
}

static void who_sees_some_has_facets_of_those(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;
    struct inventory_page page = page_of(p, &p->who, &(struct inventory_ask){ .filter = "san:a.lan" }, a);
    struct grant one = { .rights = RIGHT_BIT(RIGHT_READ), .scope = "certificate", .scope_id = page.items[0].id };
    struct actor narrow = { .kind = ACTOR_TOKEN, .name = "reader", .grants = &one, .grants_len = 1 };
    struct inventory_facets part = facets_of(p, &narrow, NULL, a);

    assert_int_equal(counted(&part, "state", "expiring"), 1);
    assert_int_equal(counted(&part, "state", "valid"), 0);
    assert_int_equal(facet_of(&part, "source")->len, 1);
    assert_int_equal(facet_of(&part, "source")->values[0].count, 1);
}

/* From outside, as nothing here revokes. */
static void is_revoked(struct place *p, const char *sql)
{
    assert_true(sql_count(p->path, sql) > 0);
}

static void what_is_revoked_expires_in_no_facet_whole_or_filtered(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;
    struct inventory_facets whole, part;
    const struct inventory_facet *ends;

    is_revoked(p, "UPDATE version SET state = 'revoked' WHERE common_name = 'a.lan' RETURNING n");
    whole = facets_of(p, &p->who, NULL, a);
    part = facets_of(p, &p->who, "issuer:\"Lab Root CA\"", a);
    assert_int_equal(counted(&whole, "state", "revoked"), 1);
    assert_int_equal(counted(&part, "state", "revoked"), 1);
    assert_int_equal(counted(&whole, "expires", "30d"), 0);
    assert_int_equal(counted(&part, "expires", "30d"), 0);
    ends = facet_of(&part, "expires");
    assert_true(ends->len > 0);
    for (size_t i = 0; i < ends->len; i++) {
        struct inventory_page page = page_of(p, &p->who, &(struct inventory_ask){ .filter = arena_printf(a, "store:personal %s", ends->values[i].filter) }, a);

        assert_int_equal(counted(&whole, "expires", ends->values[i].value), ends->values[i].count);
        assert_int_equal(page.len, ends->values[i].count);         /* what the facet says is what it leads to */
    }
}

static struct inventory_counts totals_of(struct place *p, const struct actor *who, struct arena *a)
{
    struct inventory_counts n = { 0 };
    struct error e = { 0 };

    assert_ok(inventory_count(p->store, who, a, &n, &e));
    assert_int_equal(n.valid + n.expiring + n.expired + n.revoked, n.total);
    return n;
}

static void who_sees_some_has_totals_and_days_of_those(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;
    struct inventory_page page = page_of(p, &p->who, &(struct inventory_ask){ .filter = "san:a.lan" }, a);
    struct grant grant = { .rights = RIGHT_BIT(RIGHT_READ), .scope = "certificate", .scope_id = page.items[0].id };
    struct actor narrow = { .kind = ACTOR_TOKEN, .name = "reader", .grants = &grant, .grants_len = 1 }, nobody = { .kind = ACTOR_TOKEN };
    struct inventory_counts n = totals_of(p, &narrow, a);
    struct inventory_days days = days_of(p, &narrow, a);

    assert_true(n.is_exact && days.is_exact);
    assert_int_equal(n.total, 1);
    assert_int_equal(n.expiring, 1);
    assert_int_equal(days.len, 1);
    assert_int_equal(days.at[0].day, page.items[0].not_after / DAYS);
    assert_int_equal(days.at[0].count, 1);
    assert_int_equal(totals_of(p, &p->who, a).total, 5);
    assert_int_equal(totals_of(p, &nobody, a).total, 0);
    assert_int_equal(days_of(p, &nobody, a).len, 0);
}

static void who_sees_an_authority_counts_as_who_sees_all_counts_them(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;
    struct inventory_page page = page_of(p, &p->who, &(struct inventory_ask){ .filter = "san:a.lan" }, a);
    struct grant grant = { .rights = RIGHT_BIT(RIGHT_READ), .scope = "authority", .scope_id = page.items[0].issuer_id };
    struct actor narrow = { .kind = ACTOR_TOKEN, .name = "reader", .grants = &grant, .grants_len = 1 };
    struct inventory_counts all = totals_of(p, &p->who, a), some = totals_of(p, &narrow, a);
    struct inventory_days days = days_of(p, &p->who, a), seen = days_of(p, &narrow, a);

    assert_int_equal(some.total, all.total);                   /* all of them are the root's, the root too */
    assert_int_equal(some.valid, all.valid);
    assert_int_equal(some.expiring, all.expiring);
    assert_int_equal(some.expired, all.expired);
    assert_true(some.is_exact && all.is_exact);
    assert_int_equal(days.len, seen.len);
    for (size_t i = 0; i < days.len; i++) {
        assert_int_equal(days.at[i].day, seen.at[i].day);
        assert_int_equal(days.at[i].count, seen.at[i].count);
    }
    is_revoked(p, "UPDATE version SET state = 'revoked' WHERE common_name = 'a.lan' RETURNING n");
    some = totals_of(p, &narrow, a);
    assert_int_equal(some.revoked, 1);
    assert_int_equal(some.expiring, 0);
    assert_int_equal(days_of(p, &narrow, a).len, seen.len - 1);
}

static void counts_that_were_cut_short_say_so(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct place *p = *state;
    struct inventory_facets part;
    struct error e = { 0 };

    for (int i = 0; i < 100; i++) {
        struct making m = { .common_name = "many.lan", .names = { "many.lan" }, .not_after = clock_now() + 50 * DAYS };

        assert_ok(make(p, &m, &e));
    }
    part = facets_of(p, &p->who, "-tag:a -tag:b -tag:c -tag:d -tag:e -tag:f -tag:g -tag:h", a);    /* eight looks at every row */
    assert_false(part.is_exact);
    assert_in_range(counted(&part, "state", "valid"), 50, 90);
    part = facets_of(p, &p->who, NULL, a);
    assert_true(part.is_exact);
    assert_int_equal(counted(&part, "state", "valid"), 102);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_rows(counters_are_exact_to_the_second),
        with_rows(the_counts_equal_a_full_count_after_renewals),
        with_rows(facets_count_what_the_filter_leaves),
        with_rows(who_sees_some_has_facets_of_those),
        with_rows(what_is_revoked_expires_in_no_facet_whole_or_filtered),
        with_rows(who_sees_some_has_totals_and_days_of_those),
        with_rows(who_sees_an_authority_counts_as_who_sees_all_counts_them),
        with_rows(counts_that_were_cut_short_say_so),
    };

    return tests_of(tests);
}
