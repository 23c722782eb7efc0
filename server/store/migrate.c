#include "store/migrate.h"

#include <stdio.h>
#include <stdlib.h>

#define MIGRATION(n, symbol) extern const char symbol[], symbol##_end[];
#include "migrations.inc"
#undef MIGRATION
#define MIGRATION(n, symbol) { n, symbol },
static const struct migration {
    int number;
    const char *sql;               /* a NUL stands behind it */
} migrations[] = {
#include "migrations.inc"
};
#undef MIGRATION

enum { MIGRATIONS = sizeof(migrations) / sizeof(*migrations), APPLICATION_ID = 0x5369676e /* "Sign" */ };

static int pragma_number(const struct db *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int value = -1;

    if (sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
        value = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

static enum err apply(const struct db *db, const struct migration *m, struct error *e)
{
    char stamp[96];
    enum err r;
    int rc;

    snprintf(stamp, sizeof(stamp), "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT", APPLICATION_ID, m->number);
    rc = connection_run(db, "BEGIN EXCLUSIVE");
    if (rc == SQLITE_OK)
        rc = connection_run(db, m->sql);
    if (rc == SQLITE_OK)
        rc = connection_run(db, stamp);
    if (rc == SQLITE_OK)
        return ERR_NONE;

    r = fail(e, (rc & 0xff) == SQLITE_ERROR ? ERR_BUG : ERR_IO, "the database could not be brought to version %d: %s", m->number, sqlite3_errmsg(db->handle));
    connection_run(db, "ROLLBACK");
    return r;
}

enum err migrate(const struct db *db, struct error *e)
{
    int newest = migrations[MIGRATIONS - 1].number;
    int version = pragma_number(db, "PRAGMA user_version");
    int application = pragma_number(db, "PRAGMA application_id");

    if (version < 0 || application < 0)
        return connection_fail(db, sqlite3_extended_errcode(db->handle), e);
    if (application != APPLICATION_ID && (version != 0 || pragma_number(db, "SELECT count(*) FROM sqlite_schema") != 0))
        return fail(e, ERR_IO, "%s is a database of another program: name another data directory", sqlite3_db_filename(db->handle, "main"));
    if (version > newest)
        return fail(e, ERR_CONFLICT, "the database has version %d, this program knows versions up to %d: start the newer program that wrote it", version, newest);

    for (size_t i = 0; i < MIGRATIONS; i++) {
        enum err r = migrations[i].number > version ? apply(db, &migrations[i], e) : ERR_NONE;

        if (r)
            return r;
    }
    return ERR_NONE;
}
