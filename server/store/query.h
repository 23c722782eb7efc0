/* query - one named statement being run. Binding mistakes are remembered and come out at the first step, so bodies stay straight.
   Only files of store/ include this. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "store/store.h"

#define Q(name, text) Q_##name,
enum query_id {
#include "queries.inc"
    Q_COUNT
};
#undef Q
extern const char *const query_sql[Q_COUNT];

struct query {
    const struct db *db;
    void *stmt;                /* sqlite3_stmt */
    enum query_id id;
    int rc;                    /* first thing that went wrong */
    int placed;                /* the parameter that was bound last */
};

struct query query_begin(const struct db *db, enum query_id id);
void query_done(struct query *q);                                  /* CLEANUP(query_done): resets, returns the statement */
void query_int(struct query *q, const char *name, int64_t value);
void query_text(struct query *q, const char *name, const char *value);          /* NULL binds NULL; the text must outlive the query */
void query_blob(struct query *q, const char *name, struct bytes value);         /* at == NULL binds NULL */
void query_ident(struct query *q, const char *name, const struct id *value);       /* NULL or none binds NULL */
void query_null(struct query *q, const char *name);
bool query_next(struct query *q);                                  /* a row is there */
/* Runs a statement that returns nothing; *changed may be NULL. A unique key hit: ERR_CONFLICT. */
enum err query_run(struct query *q, int64_t *changed, struct error *e) MUST_CHECK;
/* After query_next said no: ERR_ABSENT with the sentence, or ERR_IO when the database failed. */
enum err query_fail(const struct query *q, struct error *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* After a loop over query_next: ERR_NONE, or what stopped it. */
enum err query_end(const struct query *q, struct error *e) MUST_CHECK;

/* Columns by position, in the order of the SELECT. Texts and blobs are copied to the arena. */
int64_t query_get_int(const struct query *q, int column);
bool query_is_null(const struct query *q, int column);
const char *query_get_text(const struct query *q, int column, struct arena *a);      /* "" for NULL */
struct bytes query_get_blob(const struct query *q, int column, struct arena *a);     /* {0} for NULL */
struct id query_get_ident(const struct query *q, int column);                           /* none for NULL */
int64_t query_last_rowid(const struct query *q);

#endif
