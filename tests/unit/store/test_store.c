#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "store.h"
#include "store/journal.h"
#include "store/query.h"

/* The disk, as SQLite sees it: its calls come here first. */
static volatile int is_full, is_sync_broken, writes;

ssize_t pwrite64(int fd, const void *at, size_t len, off64_t where)
{
    writes++;
    if (is_full) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_pwrite64, fd, at, len, where);
}

int fdatasync(int fd)
{
    if (is_sync_broken) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fdatasync, fd);
}

static enum err put(struct tx *tx, const char *name, const char *value, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_META_PUT);

    query_text(&q, ":name", name);
    query_text(&q, ":value", value);
    return query_run(&q, NULL, e);
}

static bool has(struct place *p, const char *name)
{
    CLEANUP(look_done) struct look look = { 0 };
    CLEANUP(query_done) struct query q = { 0 };
    struct error e = { 0 };

    if (store_look(p->store, &look, &e) != ERR_NONE)
        return false;
    q = query_begin(look_db(&look), Q_META_GET);
    query_text(&q, ":name", name);
    return query_next(&q);
}

/* One fact and one note of it. */
static enum err put_and_tell(struct tx *tx, void *arg, struct error *e)
{
    enum err r = put(tx, arg, "1", e);

    if (r == ERR_NONE)
        tx_note(tx, "test.put", "test", NULL, NULL);
    return r;
}

static enum err put_then_fail(struct tx *tx, void *arg, struct error *e)
{
    enum err r = put_and_tell(tx, arg, e);

    return r ? r : fail(e, ERR_INVALID, "no, after all");
}

static int64_t journal_rows(struct place *p)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct error e = { 0 };
    int64_t last = -1;

    assert_ok(store_look(p->store, &look, &e));
    assert_ok(journal_verify(look_db(&look), 0, &last, &e));
    return last;
}

static void what_was_written_is_seen_by_the_next_look(void **state)
{
    struct place *p = *state;
    struct error e = { 0 };

    assert_false(has(p, "a"));
    assert_ok(store_write(p->store, &p->who, put_and_tell, (char[]){ "a" }, &e));
    assert_true(has(p, "a"));
    assert_int_equal(journal_rows(p), 1);
}

static void a_function_that_fails_leaves_nothing_and_says_why(void **state)
{
    struct place *p = *state;
    struct error e = { 0 };

    assert_int_equal(store_write(p->store, &p->who, put_then_fail, (char[]){ "a" }, &e), ERR_INVALID);
    assert_says("no, after all");
    assert_false(has(p, "a"));
    assert_int_equal(journal_rows(p), 0);
}

static void a_reader_cannot_write(void **state)
{
    struct place *p = *state;
    CLEANUP(look_done) struct look look = { 0 };
    CLEANUP(query_done) struct query q = { 0 };
    struct error e = { 0 };

    assert_ok(store_look(p->store, &look, &e));
    q = query_begin(look_db(&look), Q_META_PUT);
    query_text(&q, ":name", "x");
    query_text(&q, ":value", "y");
    assert_int_not_equal(query_run(&q, NULL, &e), ERR_NONE);
}

static void a_statement_can_be_used_twice_at_once(void **state)
{
    struct place *p = *state;
    CLEANUP(look_done) struct look look = { 0 };
    struct error e = { 0 };

    assert_ok(store_write(p->store, &p->who, put_and_tell, (char[]){ "a" }, &e));
    assert_ok(store_look(p->store, &look, &e));
    for (int round = 0; round < 2; round++) {
        CLEANUP(query_done) struct query outer = query_begin(look_db(&look), Q_META_GET);
        CLEANUP(query_done) struct query inner = query_begin(look_db(&look), Q_META_GET);

        query_text(&outer, ":name", "a");
        query_text(&inner, ":name", "b");
        assert_true(query_next(&outer));
        assert_false(query_next(&inner));
        assert_int_equal(query_fail(&inner, &e, "no fact named %s", "b"), ERR_ABSENT);
        assert_says("no fact named b");
    }
}

static void a_parameter_that_is_not_there_comes_out_at_the_end(void **state)
{
    struct place *p = *state;
    CLEANUP(look_done) struct look look = { 0 };
    CLEANUP(query_done) struct query q = { 0 };
    struct error e = { 0 };

    assert_ok(store_look(p->store, &look, &e));
    q = query_begin(look_db(&look), Q_META_GET);
    query_text(&q, ":nome", "a");
    assert_false(query_next(&q));
    assert_int_equal(query_end(&q, &e), ERR_BUG);
}

/* ---- many callers ---- */

struct caller { struct place *p; pthread_t thread; int number, failed; };
enum { CALLERS = 16, EACH = 60 };

static void *call(void *arg)
{
    struct caller *c = arg;

    for (int i = 0; i < EACH; i++) {
        struct error e = { 0 };
        char name[32];
        bool is_bad = (c->number + i) % 5 == 0;
        enum err r;

        snprintf(name, sizeof(name), "%d.%d", c->number, i);
        r = store_write(c->p->store, &c->p->who, is_bad ? put_then_fail : put_and_tell, name, &e);
        c->failed += r != (is_bad ? ERR_INVALID : ERR_NONE) || has(c->p, name) == is_bad;
    }
    return NULL;
}

struct heard { int64_t last; int gaps; };

static void hear(void *arg, const struct note *notes, size_t len)
{
    struct heard *h = arg;

    for (size_t i = 0; i < len; i++) {
        h->gaps += notes[i].seq != h->last + 1;
        h->last = notes[i].seq;
    }
}

static void many_callers_each_get_their_own_result_and_the_journal_has_no_gap(void **state)
{
    static struct heard heard;
    struct place *p = *state;
    struct caller callers[CALLERS];
    int good = 0;

    heard = (struct heard){ 0 };
    store_watch(p->store, hear, &heard);
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){ .p = p, .number = i };
        assert_int_equal(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
    }
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
        assert_int_equal(callers[i].failed, 0);
        for (int k = 0; k < EACH; k++)
            good += (i + k) % 5 != 0;
    }
    assert_int_equal(journal_rows(p), good);
    assert_int_equal(heard.last, good);
    assert_int_equal(heard.gaps, 0);
}

static void what_was_written_is_there_after_opening_again(void **state)
{
    struct place *p = *state;
    struct error e = { 0 };

    assert_ok(store_write(p->store, &p->who, put_and_tell, (char[]){ "a" }, &e));
    store_close(p->store);
    assert_non_null(place_open(p, &e));
    assert_true(has(p, "a"));
    assert_ok(store_write(p->store, &p->who, put_and_tell, (char[]){ "b" }, &e));
    assert_int_equal(journal_rows(p), 2);
}

/* ---- the disk ---- */

static enum err put_much(struct tx *tx, void *arg, struct error *e)
{
    static char big[64 * 1024];
    char name[64];

    memset(big, 'x', sizeof(big) - 1);
    for (int i = 0; i < 640; i++) {                /* more than the page cache holds: it must be written before the commit */
        enum err r;

        snprintf(name, sizeof(name), "%s.%d", (const char *)arg, i);
        r = put(tx, name, big, e);
        if (r)
            return r;
    }
    return ERR_NONE;
}

static void a_full_disk_fails_with_words_and_is_got_over(void **state)
{
    struct place *p = *state;
    struct error e = { 0 };

    assert_ok(store_write(p->store, &p->who, put_and_tell, (char[]){ "before" }, &e));
    is_full = 1;
    assert_int_equal(store_write(p->store, &p->who, put_and_tell, (char[]){ "small" }, &e), ERR_IO);
    assert_says("disk is full");
    assert_int_equal(store_write(p->store, &p->who, put_much, (char[]){ "big" }, &e), ERR_IO);
    assert_int_equal(store_health(p->store, &e), ERR_IO);
    is_full = 0;
    assert_ok(store_health(p->store, &e));
    assert_ok(store_write(p->store, &p->who, put_and_tell, (char[]){ "after" }, &e));
    assert_true(has(p, "before") && has(p, "after"));
    assert_false(has(p, "small") || has(p, "big.0"));
    assert_int_equal(journal_rows(p), 2);
}

static enum err put_pages(struct tx *tx, void *arg, struct error *e)
{
    static char pages[16 * 4096];

    memset(pages, 'x', sizeof(pages) - 1);
    return put(tx, arg, pages, e);
}

static void the_pages_of_a_commit_go_to_the_log_in_one_piece(void **state)
{
    struct place *p = *state;
    struct error e = { 0 };

    assert_ok(store_write(p->store, &p->who, put_and_tell, (char[]){ "before" }, &e));
    writes = 0;
    assert_ok(store_write(p->store, &p->who, put_pages, (char[]){ "pages" }, &e));
    assert_int_equal(writes, 1);
    assert_true(has(p, "pages"));
}

static enum err put_much_and_look(struct tx *tx, void *arg, struct error *e)
{
    enum err r = put_much(tx, arg, e);
    char name[64];

    for (int i = 0; r == ERR_NONE && i < 640; i++) {
        CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_META_GET);

        snprintf(name, sizeof(name), "%s.%d", (const char *)arg, i);
        query_text(&q, ":name", name);
        if (!query_next(&q))
            return query_fail(&q, e, "%s is gone", name);
    }
    return r;
}

static void what_the_cache_cannot_hold_is_read_back_in_the_same_unit(void **state)
{
    struct place *p = *state;
    struct error e = { 0 };

    assert_ok(store_write(p->store, &p->who, put_much_and_look, (char[]){ "much" }, &e));
    assert_true(has(p, "much.0") && has(p, "much.639"));
    store_close(p->store);
    assert_non_null(place_open(p, &e));
    assert_true(has(p, "much.0") && has(p, "much.639"));
}

/* Fills the disk in the middle of a batch, as another program would. */
static enum err fill_the_disk(struct tx *tx, void *arg, struct error *e)
{
    enum err r;

    is_full = 1;
    r = put_much(tx, arg, e);
    is_full = 0;
    return r;
}

static enum err wait_a_little(struct tx *tx, void *arg, struct error *e)
{
    (void)e;
    tx_note(tx, "test.slow", "test", NULL, NULL);
    usleep(*(int *)arg);
    return ERR_NONE;
}

struct one { struct place *p; store_fn fn; void *arg; enum err result; struct error e; pthread_t thread; };

static void *write_one(void *arg)
{
    struct one *o = arg;

    o->result = store_write(o->p->store, &o->p->who, o->fn, o->arg, &o->e);
    return NULL;
}

static bool sees(const struct look *look, const char *name)
{
    CLEANUP(query_done) struct query q = query_begin(look_db(look), Q_META_GET);

    query_text(&q, ":name", name);
    return query_next(&q);
}

static void a_look_sees_one_moment(void **state)
{
    struct place *p = *state;
    struct one other = { .p = p, .fn = put_and_tell, .arg = (char[]){ "a" } };
    CLEANUP(look_done) struct look look = { 0 };
    struct error e = { 0 };

    assert_ok(store_look(p->store, &look, &e));
    assert_false(sees(&look, "a"));
    assert_int_equal(pthread_create(&other.thread, NULL, write_one, &other), 0);
    pthread_join(other.thread, NULL);
    assert_int_equal(other.result, ERR_NONE);
    assert_false(sees(&look, "a"));
    look_done(&look);
    assert_true(has(p, "a"));
}

static void of_a_lost_batch_only_the_guilty_fails(void **state)
{
    struct place *p = *state;
    struct one all[] = {
        { .p = p, .fn = wait_a_little, .arg = &(int){ 8000 } },    /* the others queue up behind it */
        { .p = p, .fn = put_and_tell, .arg = (char[]){ "one" } },
        { .p = p, .fn = fill_the_disk, .arg = (char[]){ "guilty" } },
        { .p = p, .fn = put_and_tell, .arg = (char[]){ "two" } },
    };

    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&all[i].thread, NULL, write_one, &all[i]), 0);
        usleep(i == 0 ? 3000 : 500);
    }
    for (size_t i = 0; i < 4; i++)
        pthread_join(all[i].thread, NULL);
    assert_int_equal(all[0].result, ERR_NONE);
    assert_int_equal(all[1].result, ERR_NONE);
    assert_int_equal(all[2].result, ERR_IO);
    assert_int_equal(all[3].result, ERR_NONE);
    assert_true(has(p, "one") && has(p, "two"));
    assert_false(has(p, "guilty.0"));
    assert_int_equal(journal_rows(p), 3);
}

static void a_failed_sync_is_told_as_unknown_and_the_file_is_opened_again(void **state)
{
    struct place *p = *state;
    struct error e = { 0 };

    assert_ok(store_write(p->store, &p->who, put_and_tell, (char[]){ "before" }, &e));
    is_sync_broken = 1;
    assert_int_equal(store_write(p->store, &p->who, put_and_tell, (char[]){ "unsure" }, &e), ERR_IO);
    assert_says("not known");
    is_sync_broken = 0;
    assert_ok(store_write(p->store, &p->who, put_and_tell, (char[]){ "after" }, &e));
    assert_true(has(p, "before") && has(p, "after"));
    assert_int_equal(journal_rows(p), has(p, "unsure") ? 3 : 2);
}

/* ---- files ---- */

static void run_outside(const char *path, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void only_the_owner_may_read_the_file(void **state)
{
    struct place *p = *state;
    struct stat st;

    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void the_file_of_a_newer_program_is_refused_with_both_versions(void **state)
{
    struct place *p = *state;
    struct error e = { 0 };

    store_close(p->store);
    p->store = NULL;
    run_outside(p->path, "PRAGMA user_version = 9000");
    assert_null(place_open(p, &e));
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_says("version 9000");
    assert_says("up to ");
}

static void the_file_of_another_program_is_refused_and_not_touched(void **state)
{
    struct place *p = *state;
    struct error e = { 0 };

    store_close(p->store);
    p->store = NULL;
    unlink(p->path);
    run_outside(p->path, "CREATE TABLE cookies (a)");
    assert_null(place_open(p, &e));
    assert_says("another program");
    unlink(p->path);
    run_outside(p->path, "CREATE TABLE cookies (a)");
}

static void a_wal_is_taken_in_when_the_store_closes(void **state)
{
    struct place *p = *state;
    struct error e = { 0 };
    char wal[128];

    assert_ok(store_write(p->store, &p->who, put_much, (char[]){ "big" }, &e));
    store_close(p->store);
    p->store = NULL;
    snprintf(wal, sizeof(wal), "%s-wal", p->path);
    assert_int_not_equal(access(wal, F_OK), 0);
}

static void health_is_well_on_a_good_disk(void **state)
{
    struct place *p = *state;
    struct error e = { 0 };

    assert_ok(store_health(p->store, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(what_was_written_is_seen_by_the_next_look),
        in_place(a_function_that_fails_leaves_nothing_and_says_why),
        in_place(a_look_sees_one_moment),
        in_place(a_reader_cannot_write),
        in_place(a_statement_can_be_used_twice_at_once),
        in_place(a_parameter_that_is_not_there_comes_out_at_the_end),
        in_place(many_callers_each_get_their_own_result_and_the_journal_has_no_gap),
        in_place(what_was_written_is_there_after_opening_again),
        in_place(the_pages_of_a_commit_go_to_the_log_in_one_piece),
        in_place(what_the_cache_cannot_hold_is_read_back_in_the_same_unit),
        in_place(a_full_disk_fails_with_words_and_is_got_over),
        in_place(of_a_lost_batch_only_the_guilty_fails),
        in_place(a_failed_sync_is_told_as_unknown_and_the_file_is_opened_again),
        in_place(only_the_owner_may_read_the_file),
        in_place(the_file_of_a_newer_program_is_refused_with_both_versions),
        in_place(the_file_of_another_program_is_refused_and_not_touched),
        in_place(a_wal_is_taken_in_when_the_store_closes),
        in_place(health_is_well_on_a_good_disk),
    };

    return tests_of(tests);
}
