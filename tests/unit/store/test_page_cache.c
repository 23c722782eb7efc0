#include "check.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/page_cache.h"

static sqlite3_pcache_methods2 plain;
static int walks;                  /* through a whole cache: xTruncate is nothing else */

static void counting_truncate(sqlite3_pcache *cache, unsigned first_gone)
{
    walks++;
    plain.xTruncate(cache, first_gone);
}

static int count_walks(void **state)
{
    sqlite3_pcache_methods2 counting;

    (void)state;
    sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &plain);
    counting = plain;
    counting.xTruncate = counting_truncate;
    sqlite3_config(SQLITE_CONFIG_PCACHE2, &counting);
    page_cache_add();
    return sqlite3_initialize();
}

struct file { char dir[64], path[80]; sqlite3 *db; };

static void run(struct file *f, const char *sql)
{
    char *why = NULL;

    if (sqlite3_exec(f->db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
}

static int file_make(void **state)
{
    struct file *f = calloc(1, sizeof(*f));

    if (f == NULL)
        return -1;
    strcpy(f->dir, "/tmp/signet-unit-XXXXXX");
    if (mkdtemp(f->dir) == NULL)
        return -1;
    snprintf(f->path, sizeof(f->path), "%s/cache.db", f->dir);
    if (sqlite3_open(f->path, &f->db) != SQLITE_OK)
        return -1;
    run(f, "PRAGMA journal_mode = WAL; CREATE TABLE t (a BLOB); CREATE INDEX t_a ON t(a);");
    *state = f;
    return 0;
}

static int file_remove(void **state)
{
    struct file *f = *state;

    sqlite3_close(f->db);          /* and with the last connection its log */
    unlink(f->path);
    rmdir(f->dir);
    free(f);
    return 0;
}

static int64_t number(struct file *f, const char *sql)
{
    sqlite3_stmt *s;
    int64_t out;

    assert_int_equal(sqlite3_prepare_v2(f->db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    out = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return out;
}

static void is_whole(struct file *f)
{
    sqlite3_stmt *s;

    assert_int_equal(sqlite3_prepare_v2(f->db, "PRAGMA integrity_check", -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(s, 0), "ok");
    sqlite3_finalize(s);
}

static void add_thousand(struct file *f)
{
    for (int i = 0; i < 1000; i++)
        run(f, "INSERT INTO t VALUES (randomblob(300))");
}

static void commits_that_split_leaves_walk_through_no_cache(void **state)
{
    struct file *f = *state;

    walks = 0;
    for (int i = 0; i < 20; i++) {
        run(f, "BEGIN");
        add_thousand(f);
        run(f, "COMMIT");
    }
    assert_int_equal(walks, 0);
    is_whole(f);
}

static void what_a_file_loses_its_cache_loses(void **state)
{
    struct file *f = *state;
    int64_t before;

    run(f, "BEGIN");
    add_thousand(f);
    run(f, "COMMIT");
    before = number(f, "PRAGMA page_count");
    run(f, "BEGIN");
    for (int i = 0; i < 5; i++)
        add_thousand(f);
    run(f, "SAVEPOINT s");
    add_thousand(f);
    run(f, "ROLLBACK TO s");
    is_whole(f);
    run(f, "ROLLBACK");
    assert_int_equal(number(f, "PRAGMA page_count"), before);
    is_whole(f);

    walks = 0;
    run(f, "DELETE FROM t WHERE rowid % 10 <> 0");
    run(f, "VACUUM");
    assert_true(walks > 0);
    assert_true(number(f, "PRAGMA page_count") < before / 2);
    run(f, "BEGIN");
    for (int i = 0; i < 5; i++)
        add_thousand(f);
    run(f, "COMMIT");
    is_whole(f);
    assert_int_equal(number(f, "SELECT count(*) FROM t"), 5100);
}

#define on_file(test) cmocka_unit_test_setup_teardown(test, file_make, file_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_file(commits_that_split_leaves_walk_through_no_cache),
        on_file(what_a_file_loses_its_cache_loses),
    };

    return cmocka_run_group_tests(tests, count_walks, NULL);
}
