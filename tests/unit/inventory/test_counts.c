/* test_counts - the counts of the facets against the rows themselves, asked as migration 4 asked when it began to count. */
#include "check.h"

#include <sqlite3.h>

#include "coming.h"
#include "inventory/describe.h"
#include "inventory/lineage.h"
#include "store/matches.h"

/* Wherever a count and its rows differ, in a form that a person reads; NULL: nowhere. */
static const char differing[] =
    "WITH counted AS (SELECT * FROM version WHERE is_current = 1 AND (flags & 512) = 0), truth (facet, value, day, n) AS ("
    " SELECT store || '/expiry', CASE state WHEN 'revoked' THEN 'revoked' ELSE 'good' END, not_after / 86400, count(*) FROM counted GROUP BY 1, 2, 3"
    " UNION ALL SELECT 'expiry', CASE state WHEN 'revoked' THEN 'revoked' ELSE 'good' END, not_after / 86400, count(*) FROM counted GROUP BY 1, 2, 3"
    " UNION ALL SELECT store || '/issuer', lower(hex(issuer)), 0, count(*) FROM counted GROUP BY 1, 2"
    " UNION ALL SELECT store || '/key', key_type, 0, count(*) FROM counted GROUP BY 1, 2"
    " UNION ALL SELECT store || '/source', source, 0, count(*) FROM counted GROUP BY 1, 2"
    " UNION ALL SELECT store || '/has', CASE WHEN flags & 256 THEN 'key' ELSE '' END, 0, count(*) FROM counted GROUP BY 1, 2"
    " UNION ALL SELECT store || '/tag', tag, 0, count(*) FROM tag JOIN counted ON counted.certificate = tag.certificate GROUP BY 1, 2)"
    "SELECT group_concat(format('%s=%s on %d: %d', facet, value, day, n), '; ') FROM ("
    " SELECT facet, value, day, sum(n) AS n FROM (SELECT facet, value, day, n FROM tally UNION ALL SELECT facet, value, day, -n FROM truth)"
    " GROUP BY facet, value, day HAVING sum(n) <> 0)";

static void counts_hold(struct place *p, const char *after)
{
    const char *text;
    sqlite3_stmt *stmt = NULL;
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, differing, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    text = (const char *)sqlite3_column_text(stmt, 0);
    if (text != NULL)
        fail_msg("after %s the counts are not those of the rows: %s", after, text);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

struct step_back { struct id certificate; int to; int64_t seen_n; };

static enum err make_current(struct tx *tx, void *arg, struct error *e)
{
    struct step_back *s = arg;

    return inventory_make_current(tx, &s->certificate, s->to, s->seen_n, e);
}

static void go_back(struct place *p, const struct id *certificate, int to, struct arena *a)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct step_back s = { .certificate = *certificate, .to = to };
    struct inventory_item now;
    struct error e = { 0 };

    assert_ok(store_look(p->store, &look, &e));
    assert_ok(inventory_show(look_db(&look), certificate, 0, a, &now, &e));
    look_done(&look);
    look = (struct look){ 0 };
    s.seen_n = now.n;
    assert_ok(store_write(p->store, &p->who, make_current, &s, &e));
}

static void put_away(struct place *p, const struct id *certificate, bool is_archived, struct arena *a)
{
    struct findings faults;
    struct users users;
    struct error e = { 0 };

    findings_init(&faults, a);
    assert_ok(inventory_archive(p->store, &p->who, certificate, is_archived, a, &users, &faults, &e));
}

static void remove_(struct place *p, const struct id *certificate, const char *name, struct arena *a)
{
    struct findings faults;
    struct users users;
    struct error e = { 0 };

    findings_init(&faults, a);
    assert_ok(inventory_delete(p->store, &p->who, certificate, name, a, &users, &faults, &e));
}

static void tag(struct place *p, const struct id *certificate, const char *const *tags, size_t len, struct arena *a)
{
    struct description wish = { .tags = tags, .tags_len = len, .sets_tags = true };
    struct findings faults;
    struct error e = { 0 };

    findings_init(&faults, a);
    assert_ok(inventory_describe(p->store, &p->who, certificate, &wish, &faults, &e));
}

static void what_comes_is_counted_with_and_without_a_key_flagged_and_self_signed_long_over_too(void **state)
{
    IN_PLACE;
    struct bytes early = making_spki(a), late = making_spki(a);
    struct making rest = { .common_name = "rest.lan", .names = { "rest.lan" }, .key = id_new() };
    struct coming old = { .common_name = "old.lan", .names = { "old.lan" } };
    struct cert ancient = coming_cert(&old, a);
    struct error e = { 0 };

    counts_hold(p, "nothing");
    bring_key(p, early, a);
    bring(p, (struct coming){ .spki = early }, a);
    counts_hold(p, "a certificate whose key is here");
    bring(p, (struct coming){ .common_name = "late.lan", .names = { "late.lan" }, .spki = late }, a);
    bring(p, (struct coming){ .common_name = "late.lan", .names = { "late.lan" }, .spki = late, .begins = -1 }, a);
    counts_hold(p, "two without");
    bring_key(p, late, a);
    counts_hold(p, "their key");
    bring(p, (struct coming){ .is_flagged = true, .store = "untrusted" }, a);
    bring(p, (struct coming){ .common_name = "Root", .is_ca = true }, a);
    bring(p, (struct coming){ .common_name = "Sub", .issuer = "Root", .is_ca = true }, a);
    counts_hold(p, "a flagged one and authorities");
    ancient.not_before = -20 * 365 * DAYS;
    ancient.not_after = -3 * DAYS - 5;
    bring_cert(p, ancient, &old, a);
    counts_hold(p, "one that ended before 1970");
    assert_int_not_equal(make(p, &rest, &e), ERR_NONE);  /* no such key: nothing of it stays */
    counts_hold(p, "one that was refused");
}

static void versions_come_go_back_are_put_away_and_go(void **state)
{
    static const char *const tags[] = { "blue", "amber" };
    IN_PLACE;
    struct bytes spki = making_spki(a);
    struct imported one, other;

    bring_key(p, spki, a);
    one = bring(p, (struct coming){ .days = 10 }, a);
    says(bring(p, (struct coming){ .begins = 1, .days = 200 }, a), "joined", "personal", 2);
    counts_hold(p, "the next version");
    other = bring(p, (struct coming){ .common_name = "other.lan", .names = { "other.lan" } }, a);
    says(bring(p, (struct coming){ .common_name = "other.lan", .names = { "other.lan" }, .spki = spki, .begins = 1, .issuer = "CA" }, a), "joined", "personal", 2);
    counts_hold(p, "the next version, with a key");
    tag(p, &one.certificate, tags, 2, a);
    tag(p, &other.certificate, tags, 1, a);
    counts_hold(p, "tags");
    says(bring(p, (struct coming){ .begins = 2, .days = 300 }, a), "joined", "personal", 3);
    counts_hold(p, "the next version of what has tags");
    go_back(p, &one.certificate, 1, a);
    go_back(p, &other.certificate, 1, a);
    counts_hold(p, "going back");
    bring_key(p, making_spki(a), a);
    put_away(p, &one.certificate, true, a);
    counts_hold(p, "archiving");
    put_away(p, &one.certificate, false, a);
    go_back(p, &one.certificate, 2, a);
    counts_hold(p, "bringing back");
    tag(p, &one.certificate, NULL, 0, a);
    put_away(p, &one.certificate, true, a);
    remove_(p, &one.certificate, NULL, a);
    counts_hold(p, "deleting what was archived");
    remove_(p, &other.certificate, "other.lan", a);
    counts_hold(p, "deleting what was not");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(what_comes_is_counted_with_and_without_a_key_flagged_and_self_signed_long_over_too),
        in_place(versions_come_go_back_are_put_away_and_go),
    };

    return tests_of(tests);
}
