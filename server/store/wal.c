#include "store/wal.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_MAX = 31 * (24 + 4096) };    /* frames; SQLite's own xWrite takes less than 128 KiB at a time */

struct log_file {
    sqlite3_file as_seen;          /* first: SQLite knows this much */
    uint8_t *held;                 /* taken at the first write, given back when the log is cut off */
    sqlite3_int64 at;              /* where held[0] belongs */
    int len;
    sqlite3_file *real;            /* behind this struct */
};

static struct log_file *of(sqlite3_file *f)
{
    return (struct log_file *)f;
}

/* What cannot be written is forgotten: SQLite hears of it, and takes back the transaction whose frames they were. */
static int let_go(struct log_file *log)
{
    int len = log->len;

    log->len = 0;
    return len == 0 ? SQLITE_OK : log->real->pMethods->xWrite(log->real, log->held, len, log->at);
}

static void give_back(struct log_file *log)
{
    free(log->held);
    log->held = NULL;
}

/* methods of the log ----------------------------------------------------------------------------------------- */

static int log_write(sqlite3_file *f, const void *bytes, int len, sqlite3_int64 at)
{
    struct log_file *log = of(f);

    if (log->len > 0 && (at != log->at + log->len || len > HELD_MAX - log->len)) {
        int rc = let_go(log);

        if (rc != SQLITE_OK)
            return rc;
    }
    if (log->held == NULL)
        log->held = malloc(HELD_MAX);
    if (log->held == NULL || len > HELD_MAX)
        return log->real->pMethods->xWrite(log->real, bytes, len, at);
    if (log->len == 0)
        log->at = at;
    memcpy(log->held + log->len, bytes, (size_t)len);
    log->len += len;
    return SQLITE_OK;
}

/* A frame that left the cache in the middle of a transaction may be read again. That it is gone must end the transaction: only IOERR does. */
static int log_read(sqlite3_file *f, void *out, int len, sqlite3_int64 at)
{
    struct log_file *log = of(f);

    if (let_go(log) != SQLITE_OK)
        return SQLITE_IOERR_WRITE;
    return log->real->pMethods->xRead(log->real, out, len, at);
}

static int log_sync(sqlite3_file *f, int flags)
{
    struct log_file *log = of(f);
    int rc = let_go(log);

    return rc == SQLITE_OK ? log->real->pMethods->xSync(log->real, flags) : rc;
}

static int log_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct log_file *log = of(f);
    int rc = let_go(log);

    give_back(log);
    return rc == SQLITE_OK ? log->real->pMethods->xTruncate(log->real, size) : rc;
}

static int log_size(sqlite3_file *f, sqlite3_int64 *out)
{
    struct log_file *log = of(f);
    int rc = let_go(log);

    return rc == SQLITE_OK ? log->real->pMethods->xFileSize(log->real, out) : rc;
}

/* What is held now belongs to no commit: one that was answered has been synced. */
static int log_close(sqlite3_file *f)
{
    struct log_file *log = of(f);

    give_back(log);
    return log->real->pMethods->xClose(log->real);
}

static int log_lock(sqlite3_file *f, int kind)
{
    return of(f)->real->pMethods->xLock(of(f)->real, kind);
}

static int log_unlock(sqlite3_file *f, int kind)
{
    return of(f)->real->pMethods->xUnlock(of(f)->real, kind);
}

static int log_is_reserved(sqlite3_file *f, int *out)
{
    return of(f)->real->pMethods->xCheckReservedLock(of(f)->real, out);
}

static int log_control(sqlite3_file *f, int op, void *arg)
{
    return of(f)->real->pMethods->xFileControl(of(f)->real, op, arg);
}

static int log_sector(sqlite3_file *f)
{
    return of(f)->real->pMethods->xSectorSize(of(f)->real);
}

static int log_device(sqlite3_file *f)
{
    return of(f)->real->pMethods->xDeviceCharacteristics(of(f)->real);
}

static const sqlite3_io_methods log_methods = {
    .iVersion = 1, .xClose = log_close, .xRead = log_read, .xWrite = log_write, .xTruncate = log_truncate, .xSync = log_sync,
    .xFileSize = log_size, .xLock = log_lock, .xUnlock = log_unlock, .xCheckReservedLock = log_is_reserved, .xFileControl = log_control,
    .xSectorSize = log_sector, .xDeviceCharacteristics = log_device,
};

/* the way in ------------------------------------------------------------------------------------------------- */

static sqlite3_vfs *plain;         /* SQLite's own; set once by wal_add */

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
    struct log_file *log = of(f);
    int rc;

    (void)vfs;
    if ((flags & SQLITE_OPEN_WAL) == 0)
        return plain->xOpen(plain, name, f, flags, out_flags);
    memset(log, 0, sizeof(*log));
    log->real = (sqlite3_file *)(log + 1);
    rc = plain->xOpen(plain, name, log->real, flags, out_flags);
    if (log->real->pMethods != NULL)
        log->as_seen.pMethods = &log_methods;
    return rc;
}

const char *wal_add(void)
{
    static sqlite3_vfs ours;

    plain = sqlite3_vfs_find(NULL);
    if (plain == NULL)
        return NULL;
    ours = *plain;                 /* all else is done by the same functions */
    ours.zName = "signet-wal";
    ours.pNext = NULL;
    ours.szOsFile = (int)sizeof(struct log_file) + plain->szOsFile;
    ours.xOpen = open_file;
    return sqlite3_vfs_register(&ours, 0) == SQLITE_OK ? ours.zName : NULL;
}
