/* describe - what an administrator says of a lineage: its name, whose it is, notes, tags; and named questions. */
#ifndef STORE_DESCRIBE_H
#define STORE_DESCRIBE_H

#include "store/store.h"

enum err store_describe(struct tx *tx, int64_t certificate_n, const char *label, const char *owner, const char *notes, const char *account, struct error *e) MUST_CHECK;
enum { TAGS_MAX = 20 };
enum err store_tags(const struct db *db, int64_t certificate_n, struct arena *a, const char *const **out, size_t *len, struct error *e) MUST_CHECK;
enum err store_tags_put(struct tx *tx, int64_t certificate_n, const char *const *tags, size_t len, struct error *e) MUST_CHECK;

struct collection_row { struct id id; const char *name, *store, *q, *filter, *sort; int64_t created_at, version; };
enum { COLLECTIONS_MAX = 500 };
enum err store_collections(const struct db *db, struct arena *a, struct collection_row **out, size_t *len, struct error *e) MUST_CHECK;   /* by name */
enum err store_collection(const struct db *db, const struct id *id, struct arena *a, struct collection_row *out, struct error *e) MUST_CHECK;
enum err store_collection_named(const struct db *db, const char *name, struct arena *a, struct collection_row *out, struct error *e) MUST_CHECK;
/* ERR_CONFLICT: there is one of that name. ERR_LIMIT: there are enough. */
enum err store_collection_add(struct tx *tx, const struct collection_row *row, struct error *e) MUST_CHECK;
enum err store_collection_change(struct tx *tx, const struct collection_row *row, struct error *e) MUST_CHECK;
enum err store_collection_remove(struct tx *tx, const struct id *id, struct error *e) MUST_CHECK;

#endif
