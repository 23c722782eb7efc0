#include "check.h"

#include <sqlite3.h>

#include "../store/store.h"
#include "jobs/work.h"
#include "sql.h"

static void run_sql(struct place *p, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 2000);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* More than one closure takes: 500 rows each. */
static void what_is_over_goes_and_what_is_not_stays(void **state)
{
    struct place *p = *state;
    struct app app = { .store = p->store };
    struct error e = { 0 };

    run_sql(p, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1203)"
               " INSERT INTO idempotency SELECT x'01', 'key-' || x, x'02', 201, '/', CASE WHEN x > 1200 THEN 99999999999 ELSE 1000 END FROM c");
    run_sql(p, "INSERT INTO principal VALUES (x'01', 'user', 'a', NULL, 'active', 1, NULL, 1);"
               "INSERT INTO session VALUES (x'0a', x'01', 1, 1, 1000, 1, '', ''), (x'0b', x'01', 1, 1, 99999999999, 1, '', '')");
    run_sql(p, "INSERT INTO request (id, kind, state, body, subject, key_type, spki_sha256, common_name, dns_names, ip_addresses, profile, valid_days,"
               " label, comment, asked_by_name, asked_at, settled_at) SELECT randomblob(16), 'sign', 'denied', x'30', '', '', x'00', '', '', '', '', 0, '',"
               " '', '', 1, value FROM json_each('[1000, 99999999999, null]')");
    assert_ok(job_tidy(&app, &e));
    assert_int_equal(sql_count(p->path, "SELECT COUNT(*) FROM request"), 2);
    assert_int_equal(sql_count(p->path, "SELECT COUNT(*) FROM idempotency"), 3);
    assert_int_equal(sql_count(p->path, "SELECT COUNT(*) FROM session"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(what_is_over_goes_and_what_is_not_stays),
    };

    return tests_of(tests);
}
