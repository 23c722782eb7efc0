#include "store/connection.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/page_cache.h"
#include "store/wal.h"

#define Q(name, text) [Q_##name] = text,
const char *const query_sql[Q_COUNT] = {
#include "queries.inc"
};
#undef Q

/* No memory mapping and no checkpoint on a reader: SQLite before 3.51.3 may damage a file whose WAL two connections reset at once. */
static const char pragmas[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA mmap_size = 0;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA journal_size_limit = 268435456;"     /* its length stays while there is work: a file that grows is dearer to sync. The writer cuts it off when it rests */
    "PRAGMA wal_autocheckpoint = 0;";            /* the writer looks after the WAL between two batches, not inside a COMMIT */
/* Hashes fall on pages at random: under load a small cache would cost twice the work, and a unit of an import into a large store changes
   more than 8 MB of them. It is given back when nothing is asked. */
static const char writer_pragmas[] = "PRAGMA cache_size = -32768;";
static const char reader_pragmas[] = "PRAGMA cache_size = -8192; PRAGMA query_only = ON;";

enum { BUSY_MS = 5000 };

static const char *vfs[] = { [CONNECTION_WRITER] = NULL, [CONNECTION_READER] = NULL };    /* NULL: SQLite's own */

static void configure_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);    /* else every allocation takes one lock */
    page_cache_add();
    sqlite3_initialize();
    vfs[CONNECTION_WRITER] = wal_add();
}

/* Made by us, so that nobody else reads it: the WAL takes the same mode. */
static enum err make_file(const char *path, struct error *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return fail(e, ERR_IO, "%s: cannot be opened for writing: %m", path);
    close(fd);
    return ERR_NONE;
}

static enum err set_up(struct db *db, enum connection_kind kind, struct error *e)
{
    int rc;

    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, kind == CONNECTION_WRITER, NULL);     /* counts follow the rows */
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, kind == CONNECTION_READER, NULL);
    rc = connection_run(db, pragmas);
    if (rc == SQLITE_OK)
        rc = connection_run(db, kind == CONNECTION_WRITER ? writer_pragmas : reader_pragmas);
    return rc == SQLITE_OK ? ERR_NONE : connection_fail(db, rc, e);
}

enum err connection_open(const char *path, enum connection_kind kind, struct db *out, struct error *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct db db = { 0 };
    enum err r;
    int rc;

    pthread_once(&once, configure_library);
    if (kind == CONNECTION_WRITER) {
        r = make_file(path, e);
        if (r)
            return r;
    }
    rc = sqlite3_open_v2(path, &db.handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs[kind]);
    r = rc == SQLITE_OK ? set_up(&db, kind, e) : connection_fail(&db, rc, e);
    if (r) {
        connection_close(&db);
        return r;
    }

    *out = db;
    return ERR_NONE;
}

void connection_close(struct db *db)
{
    for (size_t i = 0; i < Q_COUNT; i++)
        sqlite3_finalize(db->kept[i]);
    sqlite3_close_v2(db->handle);
    memset(db, 0, sizeof(*db));
}

int connection_run(const struct db *db, const char *sql)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
}

enum err connection_fail(const struct db *db, int rc, struct error *e)
{
    const char *text = db->handle != NULL ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc);

    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
        if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_ROWID)
            return fail(e, ERR_CONFLICT, "there is such a thing already (%s)", text);
        if (rc == SQLITE_CONSTRAINT_FOREIGNKEY)
            return fail(e, ERR_CONFLICT, "something else refers to it, or what it refers to is gone");
        return fail(e, ERR_BUG, "the database refused a row: %s", text);
    case SQLITE_FULL:
        return fail(e, ERR_IO, "the disk is full: make room in the data directory");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail_kind(e, ERR_IO, "busy", "the database is busy; if this stays, another program holds its file");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return fail(e, ERR_IO, "the database is damaged (%s): stop the server and restore a backup", text);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
        return fail(e, ERR_IO, "the database cannot be used (%s): look at the disk and the rights of the data directory", text);
    default:
        return fail(e, ERR_BUG, "the database said: %s", text);
    }
}
