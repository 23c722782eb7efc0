#include "check.h"

#include <sqlite3.h>

#include "base/text.h"
#include "store.h"
#include "base/time.h"
#include "store/certificates.h"
#include "store/jobs.h"
#include "store/journal.h"
#include "store/settings.h"
#include "store/tally.h"

static struct look look_at(struct place *p)
{
    struct look look = { 0 };
    struct error e = { 0 };

    assert_ok(store_look(p->store, &look, &e));
    return look;
}

/* journal ---------------------------------------------------------------------------------------------------- */

struct saying { const char *act; struct id subject; int count; };

static enum err say(struct tx *tx, void *arg, struct error *e)
{
    struct saying *s = arg;

    (void)e;
    for (int i = 0; i < s->count; i++)
        tx_note(tx, s->act, "thing", &s->subject, "{\"a\":1}");
    return ERR_NONE;
}

static void the_journal_is_read_by_number_and_by_thing(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    CLEANUP(look_done) struct look look = { 0 };
    struct saying one = { "thing.made", id_new(), 1 }, other = { "thing.changed", id_new(), 3 };
    struct place *p = *state;
    struct error e = { 0 };
    struct notes notes;
    int64_t last;

    assert_ok(store_write(p->store, &p->who, say, &one, &e));
    assert_ok(store_write(p->store, &p->who, say, &other, &e));
    look = look_at(p);
    assert_ok(journal_after(look_db(&look), 1, 2, a, &notes, &e));
    assert_int_equal(notes.len, 2);
    assert_int_equal(notes.at[0].seq, 2);
    assert_string_equal(notes.at[0].act, "thing.changed");
    assert_string_equal(notes.at[0].actor_name, p->who.name);
    assert_string_equal(notes.at[0].detail, "{\"a\":1}");
    assert_ok(journal_of(look_db(&look), "thing", &other.subject, 4, 10, a, &notes, &e));
    assert_int_equal(notes.len, 2);
    assert_int_equal(notes.at[0].seq, 3);
    assert_ok(journal_last(look_db(&look), &last, &e));
    assert_int_equal(last, 4);
}

static void tamper(struct place *p, const char *sql)
{
    struct error e = { 0 };
    sqlite3 *db = NULL;

    store_close(p->store);
    assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_non_null(place_open(p, &e));
}

static void a_row_that_was_changed_or_taken_out_shows(void **state)
{
    static const struct { const char *sql; const char *says; int64_t good; } rows[] = {
        { "UPDATE journal SET detail = '{}' WHERE seq = 3", "row 3 does not follow", 2 },
        { "UPDATE journal SET detail = '{\"a\":1}' WHERE seq = 3; UPDATE journal SET actor_name = 'nobody' WHERE seq = 2", "row 2 does not follow", 1 },
        { "DELETE FROM journal WHERE seq = 2", "row 2 is missing", 1 },
    };
    struct saying s = { "thing.made", id_new(), 5 };
    struct place *p = *state;
    struct error e = { 0 };

    assert_ok(store_write(p->store, &p->who, say, &s, &e));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        CLEANUP(look_done) struct look look = { 0 };
        int64_t last;

        tamper(p, rows[i].sql);
        look = look_at(p);
        assert_int_equal(journal_verify(look_db(&look), 0, &last, &e), ERR_CONFLICT);
        assert_says(rows[i].says);
        assert_int_equal(last, rows[i].good);
        look_done(&look);
    }
}

/* idempotency ------------------------------------------------------------------------------------------------ */

static enum err make_thing(struct tx *tx, void *arg, struct error *e)
{
    (void)e;
    tx_made(tx, arg, 201);
    return ERR_NONE;
}

static void a_key_is_settled_once_and_a_repeat_finds_what_it_made(void **state)
{
    struct idempotency found;
    struct place *p = *state;
    struct error e = { 0 };

    strcpy(p->who.idempotency_key, "k1");
    memset(p->who.idempotency_sha256, 7, 32);
    assert_ok(store_idempotency(p->store, &p->who, &found, &e));
    assert_false(found.is_found);
    assert_ok(store_write(p->store, &p->who, make_thing, (char[]){ "/things/1" }, &e));
    assert_ok(store_idempotency(p->store, &p->who, &found, &e));
    assert_true(found.is_found && found.is_same);
    assert_int_equal(found.status, 201);
    assert_string_equal(found.location, "/things/1");
    assert_int_equal(store_write(p->store, &p->who, make_thing, (char[]){ "/things/2" }, &e), ERR_CONFLICT);
    assert_string_equal(e.kind, "idempotency");
    p->who.idempotency_sha256[0] = 8;
    assert_ok(store_idempotency(p->store, &p->who, &found, &e));
    assert_true(found.is_found && !found.is_same);
    p->who.id = id_new();
    assert_ok(store_idempotency(p->store, &p->who, &found, &e));
    assert_false(found.is_found);
}

/* jobs ------------------------------------------------------------------------------------------------------- */

struct working { const char *kind; struct id subject; int64_t at; struct arena *arena; struct job_row row; bool found; int attempts_max; const char *by; };

static enum err ask_for(struct tx *tx, void *arg, struct error *e)
{
    struct working *w = arg;

    (void)e;
    tx_job(tx, w->kind, &w->subject, tx_now(tx) + w->at, NULL);
    return ERR_NONE;
}

static enum err claim(struct tx *tx, void *arg, struct error *e)
{
    struct working *w = arg;

    return store_job_claim(tx, w->kind, w->by, w->at, w->arena, &w->row, &w->found, e);
}

static enum err finish(struct tx *tx, void *arg, struct error *e)
{
    struct working *w = arg;

    return store_job_finish(tx, w->row.n, w->by, e);
}

static enum err give_up(struct tx *tx, void *arg, struct error *e)
{
    struct working *w = arg;

    return store_job_fail(tx, w->row.n, w->by, "it rained", w->attempts_max, e);
}

static int64_t next_due(struct place *p)
{
    CLEANUP(look_done) struct look look = look_at(p);
    struct error e = { 0 };
    int64_t at = 0;

    assert_ok(store_job_next(look_db(&look), &at, &e));
    return at;
}

static void a_job_is_queued_once_and_the_earlier_time_wins(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct working w = { .kind = "crl", .subject = id_new(), .at = 100, .arena = a, .by = "me" };
    struct place *p = *state;
    struct error e = { 0 };
    int64_t now = clock_now();

    assert_true(next_due(p) == INT64_MAX);
    assert_ok(store_write(p->store, &p->who, ask_for, &w, &e));
    w.at = 50;
    assert_ok(store_write(p->store, &p->who, ask_for, &w, &e));
    assert_in_range(next_due(p), now + 50, now + 52);
    assert_ok(store_write(p->store, &p->who, claim, &w, &e));
    assert_false(w.found);
    w.at = 0;
    assert_ok(store_write(p->store, &p->who, ask_for, &w, &e));
    w.at = 60;
    assert_ok(store_write(p->store, &p->who, claim, &w, &e));
    assert_true(w.found);
    assert_string_equal(w.row.state, "running");
    assert_int_equal(w.row.attempts, 1);
    assert_ok(store_write(p->store, &p->who, finish, &w, &e));
    assert_true(next_due(p) == INT64_MAX);
}

static void a_job_asked_for_while_it_runs_runs_again(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct working w = { .kind = "crl", .subject = id_new(), .arena = a, .by = "me" };
    struct place *p = *state;
    struct error e = { 0 };

    assert_ok(store_write(p->store, &p->who, ask_for, &w, &e));
    w.at = 60;
    assert_ok(store_write(p->store, &p->who, claim, &w, &e));
    w.at = 0;
    assert_ok(store_write(p->store, &p->who, ask_for, &w, &e));
    assert_ok(store_write(p->store, &p->who, finish, &w, &e));
    w.at = 60;
    assert_ok(store_write(p->store, &p->who, claim, &w, &e));
    assert_true(w.found);
    assert_ok(store_write(p->store, &p->who, finish, &w, &e));
    assert_ok(store_write(p->store, &p->who, claim, &w, &e));
    assert_false(w.found);
}

static void a_lease_that_ran_out_goes_to_another_and_the_first_is_told(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct working w = { .kind = "crl", .subject = id_new(), .arena = a, .by = "first" }, other;
    struct place *p = *state;
    struct error e = { 0 };

    assert_ok(store_write(p->store, &p->who, ask_for, &w, &e));
    w.at = -10;                                    /* a lease that is over as it begins */
    assert_ok(store_write(p->store, &p->who, claim, &w, &e));
    other = w;
    other.by = "second";
    other.at = 60;
    assert_ok(store_write(p->store, &p->who, claim, &other, &e));
    assert_true(other.found);
    assert_int_equal(other.row.attempts, 2);
    assert_int_equal(store_write(p->store, &p->who, finish, &w, &e), ERR_CONFLICT);
    assert_ok(store_write(p->store, &p->who, finish, &other, &e));
}

static void a_job_that_fails_waits_longer_each_time_and_then_no_more(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    CLEANUP(look_done) struct look look = { 0 };
    struct working w = { .kind = "crl", .subject = id_new(), .arena = a, .by = "me", .attempts_max = 2 };
    struct place *p = *state;
    struct job_row row;
    struct error e = { 0 };
    int64_t now = clock_now();

    assert_ok(store_write(p->store, &p->who, ask_for, &w, &e));
    w.at = 60;
    assert_ok(store_write(p->store, &p->who, claim, &w, &e));
    assert_ok(store_write(p->store, &p->who, give_up, &w, &e));
    assert_in_range(next_due(p), now + 30, now + 33);
    w.at = 0;
    assert_ok(store_write(p->store, &p->who, ask_for, &w, &e));        /* asked for now: at once */
    w.at = 60;
    assert_ok(store_write(p->store, &p->who, claim, &w, &e));
    assert_true(w.found);
    assert_ok(store_write(p->store, &p->who, give_up, &w, &e));
    look = look_at(p);
    assert_ok(store_job_show(look_db(&look), &w.row.id, a, &row, &e));
    assert_string_equal(row.state, "failed");
    assert_string_equal(row.problem, "it rained");
    assert_int_equal(row.attempts, 2);
}

/* settings --------------------------------------------------------------------------------------------------- */

static void settings_change_all_or_none_and_survive(void **state)
{
    static const struct setting_change good[] = { { "limits.per_address", "7" }, { "server.hostnames", "a.lan, b.lan ,," }, { "server.hsts", "yes" } };
    static const struct setting_change bad[] = { { "limits.per_address", "8" }, { "limits.connections", "many" } };
    static const struct setting_change unknown[] = { { "limits.dreams", "8" } }, back[] = { { "limits.per_address", NULL } };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct settings *s = NULL;
    const char *const *names;
    struct place *p = *state;
    struct error e = { 0 };

    assert_ok(settings_open(p->store, &s, &e));
    assert_int_equal(settings_number(s, "limits.per_address"), 500);
    assert_ok(settings_change(s, &p->who, good, 3, &e));
    assert_int_equal(settings_number(s, "limits.per_address"), 7);
    assert_true(settings_flag(s, "server.hsts"));
    assert_int_equal(settings_list(s, "server.hostnames", a, &names), 2);
    assert_string_equal(names[1], "b.lan");
    assert_int_equal(settings_change(s, &p->who, bad, 2, &e), ERR_INVALID);
    assert_string_equal(e.field, "/limits.connections");
    assert_int_equal(settings_number(s, "limits.per_address"), 7);
    assert_int_equal(settings_change(s, &p->who, unknown, 1, &e), ERR_INVALID);
    settings_close(s);
    assert_ok(settings_open(p->store, &s, &e));
    assert_int_equal(settings_number(s, "limits.per_address"), 7);
    assert_ok(settings_change(s, &p->who, back, 1, &e));
    assert_int_equal(settings_number(s, "limits.per_address"), 500);
    settings_close(s);
}

static void every_setting_has_a_good_default_and_words(void **state)
{
    struct place *p = *state;
    struct settings *s = NULL;
    struct error e = { 0 };

    assert_ok(settings_open(p->store, &s, &e));
    for (size_t i = 0; i < settings_table_len; i++) {
        const struct setting *row = &settings_table[i];
        struct setting_change change = { row->name, row->otherwise };

        assert_ok(settings_change(s, &p->who, &change, 1, &e));
        assert_true(strlen(row->help) > 20 && row->min <= row->max);
    }
    settings_close(s);
}

/* counts ----------------------------------------------------------------------------------------------------- */

static enum err count_some(struct tx *tx, void *arg, struct error *e)
{
    const int *by = arg;

    tx_tally(tx, "expiry", "good", 100, *by);
    tx_tally(tx, "expiry", "revoked", 100, 1);
    return *by == 13 ? fail(e, ERR_INVALID, "not thirteen") : ERR_NONE;
}

static void counts_add_up_and_what_failed_does_not_count(void **state)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct place *p = *state;
    struct error e = { 0 };
    struct ends ends = { .len = 2, .at = { { .day = 100 }, { .day = 200 } } };

    assert_ok(store_write(p->store, &p->who, count_some, &(int){ 2 }, &e));
    assert_int_equal(store_write(p->store, &p->who, count_some, &(int){ 13 }, &e), ERR_INVALID);
    assert_ok(store_write(p->store, &p->who, count_some, &(int){ 3 }, &e));
    look = look_at(p);
    assert_ok(store_tally_ends(look_db(&look), "expiry", &ends, &e));
    assert_int_equal(ends.good, 5);
    assert_int_equal(ends.revoked, 2);
    assert_int_equal(ends.at[0].before, 0);
    assert_int_equal(ends.at[0].on, 5);
    assert_int_equal(ends.at[1].before, 5);
    assert_int_equal(ends.at[1].on, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(the_journal_is_read_by_number_and_by_thing),
        in_place(a_row_that_was_changed_or_taken_out_shows),
        in_place(a_key_is_settled_once_and_a_repeat_finds_what_it_made),
        in_place(a_job_is_queued_once_and_the_earlier_time_wins),
        in_place(a_job_asked_for_while_it_runs_runs_again),
        in_place(a_lease_that_ran_out_goes_to_another_and_the_first_is_told),
        in_place(a_job_that_fails_waits_longer_each_time_and_then_no_more),
        in_place(settings_change_all_or_none_and_survive),
        in_place(every_setting_has_a_good_default_and_words),
        in_place(counts_add_up_and_what_failed_does_not_count),
    };

    return tests_of(tests);
}
