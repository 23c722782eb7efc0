/* connection - one SQLite connection with its prepared statements; used by one thread at a time. Only files of store/ include this. */
#ifndef STORE_CONNECTION_H
#define STORE_CONNECTION_H

#include <sqlite3.h>

#include "store/query.h"

struct db {
    sqlite3 *handle;
    sqlite3_stmt *kept[Q_COUNT];      /* prepared at the first use, for the life of the connection */
    bool is_lent[Q_COUNT];            /* a second use at the same time gets a statement of its own */
};

enum connection_kind { CONNECTION_WRITER, CONNECTION_READER };
enum err connection_open(const char *path, enum connection_kind kind, struct db *out, struct error *e) MUST_CHECK;
void connection_close(struct db *db);                              /* fine on a zeroed one */
/* SQL that is no named statement: BEGIN, SAVEPOINT, PRAGMA. Returns SQLite's extended code. */
int connection_run(const struct db *db, const char *sql);
/* SQLite's code as ours, with a sentence for the operator. */
enum err connection_fail(const struct db *db, int rc, struct error *e);

#endif
