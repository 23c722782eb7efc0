/* migrate - brings a file to the schema of this program; what it carries is append only, its number is PRAGMA user_version. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/connection.h"

/* A file that a newer program wrote, or that is not ours at all, is refused and not touched. */
enum err migrate(const struct db *db, struct error *e) MUST_CHECK;

#endif
