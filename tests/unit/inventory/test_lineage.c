#include "check.h"

#include "coming.h"
#include "inventory/lineage.h"
#include "sql.h"
#include "store/shown.h"

/* What stands in the way, or took place. */
struct outcome { struct users users; struct findings faults; enum err code; struct error e; };

static struct outcome archive(struct place *p, const struct id *certificate, bool is_archived, struct arena *a)
{
    struct outcome o = { .users = { 0 } };

    findings_init(&o.faults, a);
    o.code = inventory_archive(p->store, &p->who, certificate, is_archived, a, &o.users, &o.faults, &o.e);
    return o;
}

static struct outcome remove_(struct place *p, const struct id *certificate, const char *name, struct arena *a)
{
    struct outcome o = { .users = { 0 } };

    findings_init(&o.faults, a);
    o.code = inventory_delete(p->store, &p->who, certificate, name, a, &o.users, &o.faults, &o.e);
    return o;
}

static struct inventory_counts counts(struct place *p)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct inventory_counts all;
    struct error e = { 0 };

    assert_ok(inventory_count(p->store, &p->who, a, &all, &e));
    return all;
}

static int64_t current_n(struct place *p, const struct id *certificate, struct arena *a)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct inventory_item item;
    struct error e = { 0 };

    assert_ok(store_look(p->store, &look, &e));
    assert_ok(inventory_show(look_db(&look), certificate, 0, a, &item, &e));
    return item.n;
}

/* Who uses it, by kind: "web-server web-server-previous". */
static const char *users_of(struct place *p, const struct id *certificate, struct arena *a)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct users users = { 0 };
    struct error e = { 0 };
    const char *text = "";

    assert_ok(store_look(p->store, &look, &e));
    assert_ok(inventory_users(look_db(&look), certificate, a, &users, &e));
    for (size_t i = 0; i < users.len; i++)
        text = arena_printf(a, "%s%s%s", text, i > 0 ? " " : "", users.at[i].by);
    return text;
}

struct use { struct shown shown; struct id certificate; const char *by; };

static enum err record_shown(struct tx *tx, void *arg, struct error *e)
{
    struct use *u = arg;

    return store_shown_put(tx, &u->shown, &u->certificate, 1, e);
}

static enum err record_use(struct tx *tx, void *arg, struct error *e)
{
    struct use *u = arg;

    return store_use_put(tx, u->by, &u->certificate, "", e);
}

static void show_it(struct place *p, const struct id *certificate, const char *sni, int64_t previous_n, struct arena *a)
{
    struct shown_row row = { .sni = sni, .version_n = current_n(p, certificate, a), .previous_n = previous_n };
    struct use u = { .shown = { &row, 1 }, .certificate = *certificate };
    struct error e = { 0 };

    assert_ok(store_write(p->store, &p->who, record_shown, &u, &e));
}

static void what_nobody_uses_is_put_away_counts_nowhere_and_comes_back(void **state)
{
    IN_PLACE;
    struct error e = { 0 };
    struct making m = { .common_name = "away.lan", .names = { "away.lan" } };

    assert_ok(make(p, &m, &e));
    assert_string_equal(users_of(p, &m.certificate, a), "");
    assert_int_equal(counts(p).total, 1);
    assert_int_equal(archive(p, &m.certificate, true, a).code, ERR_NONE);
    assert_int_equal(archive(p, &m.certificate, true, a).code, ERR_NONE);      /* once more: nothing happens */
    assert_int_equal(counts(p).total, 0);
    assert_int_equal(archive(p, &m.certificate, false, a).code, ERR_NONE);
    assert_int_equal(counts(p).total, 1);
    assert_int_equal(counts(p).valid, 1);
}

static void what_a_listener_shows_is_protected_and_each_user_says_how_to_be_rid_of_it(void **state)
{
    IN_PLACE;
    struct error e = { 0 };
    struct making shown = { .common_name = "shown.lan", .names = { "shown.lan" } }, before = { .common_name = "before.lan", .names = { "before.lan" } };
    struct outcome o;

    assert_ok(make(p, &shown, &e));
    assert_ok(make(p, &before, &e));
    show_it(p, &shown.certificate, "ca.lab.lan", current_n(p, &before.certificate, a), a);
    assert_string_equal(users_of(p, &shown.certificate, a), "web-server");
    assert_string_equal(users_of(p, &before.certificate, a), "web-server-previous");

    o = archive(p, &shown.certificate, true, a);
    assert_int_equal(o.code, ERR_CONFLICT);
    assert_string_equal(o.e.kind, "in-use");
    assert_int_equal(o.users.len, 1);
    assert_int_equal(o.users.at[0].version, 1);
    assert_string_equal(o.users.at[0].name, "ca.lab.lan");
    assert_string_equal(o.users.at[0].text, "This web server shows it to those who ask for ca.lab.lan: select another certificate for that name first");
    assert_string_equal(o.faults.at[0].text, o.users.at[0].text);
    assert_int_equal(remove_(p, &before.certificate, "before.lan", a).code, ERR_CONFLICT);
    assert_int_equal(counts(p).total, 2);
}

static void the_default_name_is_told_without_one_and_an_unknown_user_by_its_word(void **state)
{
    IN_PLACE;
    struct error e = { 0 };
    struct making m = { .common_name = "x.lan", .names = { "x.lan" } };
    struct use u = { .by = "probe" };
    struct outcome o;

    assert_ok(make(p, &m, &e));
    show_it(p, &m.certificate, "", 0, a);
    u.certificate = m.certificate;
    assert_ok(store_write(p->store, &p->who, record_use, &u, &e));
    o = archive(p, &m.certificate, true, a);
    assert_int_equal(o.users.len, 2);
    for (size_t i = 0; i < o.users.len; i++)
        assert_string_equal(o.users.at[i].text, strcmp(o.users.at[i].by, "probe") == 0 ? "The trust probe shows it, to find out who trusts the root"
                                                                                       : "This web server shows it: select another certificate first");
}

static void only_what_is_archived_or_called_by_its_name_is_deleted(void **state)
{
    IN_PLACE;
    struct error e = { 0 };
    struct making named = { .common_name = "named.lan", .names = { "named.lan" } }, put_away = { .common_name = "away.lan", .names = { "away.lan" } };
    struct outcome o;

    assert_ok(make(p, &named, &e));
    assert_ok(make(p, &put_away, &e));
    o = remove_(p, &named.certificate, NULL, a);
    assert_int_equal(o.code, ERR_CONFLICT);
    assert_string_equal(o.e.kind, "not-archived");
    o = remove_(p, &named.certificate, "away.lan", a);
    assert_int_equal(o.code, ERR_INVALID);
    assert_string_equal(o.e.field, "/confirm");
    assert_int_equal(remove_(p, &named.certificate, "named.lan", a).code, ERR_NONE);
    assert_int_equal(remove_(p, &named.certificate, "named.lan", a).code, ERR_ABSENT);
    assert_int_equal(archive(p, &put_away.certificate, true, a).code, ERR_NONE);
    assert_int_equal(remove_(p, &put_away.certificate, NULL, a).code, ERR_NONE);
    assert_int_equal(counts(p).total, 0);
}

static void all_versions_go_and_the_key_too_unless_another_certificate_has_it(void **state)
{
    static const char *const keys = "SELECT count(*) FROM key WHERE length(blob) > 0";
    IN_PLACE;
    struct bytes shared = making_spki(a), own = making_spki(a);
    struct imported one, other, alone;

    bring_key(p, shared, a);
    bring_key(p, own, a);
    one = bring(p, (struct coming){ .spki = shared }, a);
    other = bring(p, (struct coming){ .spki = shared, .begins = -1 }, a);      /* older: stands beside it */
    alone = bring(p, (struct coming){ .common_name = "alone.lan", .names = { "alone.lan" }, .spki = own }, a);
    bring(p, (struct coming){ .common_name = "alone.lan", .names = { "alone.lan" }, .spki = own, .begins = 1 }, a);
    assert_false(id_equal(&one.certificate, &other.certificate));
    assert_int_equal(sql_count(p->path, "SELECT count(*) FROM version"), 4);
    assert_int_equal(sql_count(p->path, keys), 2);

    assert_int_equal(remove_(p, &one.certificate, "www.lan", a).code, ERR_NONE);
    assert_int_equal(sql_count(p->path, keys), 2);
    assert_int_equal(remove_(p, &alone.certificate, "alone.lan", a).code, ERR_NONE);
    assert_int_equal(sql_count(p->path, keys), 1);
    assert_int_equal(remove_(p, &other.certificate, "www.lan", a).code, ERR_NONE);
    assert_int_equal(sql_count(p->path, keys), 0);
    assert_int_equal(sql_count(p->path, "SELECT count(*) FROM version"), 0);
}

static void who_has_seen_an_older_row_changes_nothing(void **state)
{
    IN_PLACE;
    struct error e = { 0 };
    struct making m = { .common_name = "seen.lan", .names = { "seen.lan" } };

    assert_ok(make(p, &m, &e));
    p->who.if_match = 7;
    assert_string_equal(archive(p, &m.certificate, true, a).e.kind, "precondition");
    assert_string_equal(remove_(p, &m.certificate, "seen.lan", a).e.kind, "precondition");
    p->who.if_match = 1;
    assert_int_equal(archive(p, &m.certificate, true, a).code, ERR_NONE);
    assert_string_equal(remove_(p, &m.certificate, NULL, a).e.kind, "precondition");     /* archiving it was a change */
    p->who.if_match = 2;
    assert_int_equal(remove_(p, &m.certificate, NULL, a).code, ERR_NONE);
}

struct returning { struct id certificate; int to; int64_t seen_n; };

static enum err make_current(struct tx *tx, void *arg, struct error *e)
{
    struct returning *r = arg;

    return inventory_make_current(tx, &r->certificate, r->to, r->seen_n, e);
}

static void an_earlier_version_comes_back_only_over_the_one_that_was_seen(void **state)
{
    IN_PLACE;
    struct error e = { 0 };
    struct making m = { .common_name = "back.lan", .names = { "one.lan" } };
    struct returning r;
    int64_t first;

    assert_ok(make(p, &m, &e));
    first = m.n;
    m.names[0] = "two.lan";
    assert_ok(make(p, &m, &e));
    r = (struct returning){ m.certificate, 1, first };
    assert_int_equal(store_write(p->store, &p->who, make_current, &r, &e), ERR_CONFLICT);
    assert_string_equal(e.kind, "stale");
    r.seen_n = m.n;
    r.to = 2;
    assert_int_equal(store_write(p->store, &p->who, make_current, &r, &e), ERR_CONFLICT);
    assert_says("is the current one already");
    r.to = 3;
    assert_int_equal(store_write(p->store, &p->who, make_current, &r, &e), ERR_ABSENT);
    r.to = 1;
    assert_ok(store_write(p->store, &p->who, make_current, &r, &e));
    assert_int_equal(current_n(p, &m.certificate, a), first);
    assert_int_equal(counts(p).total, 1);
    m.names[0] = "three.lan";
    assert_ok(make(p, &m, &e));
    assert_int_equal(m.number, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(what_nobody_uses_is_put_away_counts_nowhere_and_comes_back),
        in_place(what_a_listener_shows_is_protected_and_each_user_says_how_to_be_rid_of_it),
        in_place(the_default_name_is_told_without_one_and_an_unknown_user_by_its_word),
        in_place(only_what_is_archived_or_called_by_its_name_is_deleted),
        in_place(all_versions_go_and_the_key_too_unless_another_certificate_has_it),
        in_place(who_has_seen_an_older_row_changes_nothing),
        in_place(an_earlier_version_comes_back_only_over_the_one_that_was_seen),
    };

    return tests_of(tests);
}
