#include "store/describe.h"

#include "store/query.h"
#include "store/tx.h"

/* lineages ---------------------------------------------------------------------------------------------------- */

enum err store_describe(struct tx *tx, int64_t certificate_n, const char *label, const char *owner, const char *notes, const char *account, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_DESCRIBE);

    query_text(&q, ":label", label);
    query_text(&q, ":owner", owner);
    query_text(&q, ":notes", notes);
    query_text(&q, ":account", account);
    query_int(&q, ":n", certificate_n);
    return query_run(&q, NULL, e);
}

enum err store_tags(const struct db *db, int64_t certificate_n, struct arena *a, const char *const **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_TAG_OF);
    const char *found[100], **list;
    size_t n = 0;
    enum err r;

    query_int(&q, ":certificate", certificate_n);
    while (n < sizeof(found) / sizeof(*found) && query_next(&q))
        found[n++] = query_get_text(&q, 0, a);
    r = query_end(&q, e);
    if (r)
        return r;
    list = arena_take(a, (n + 1) * sizeof(*list));
    memcpy(list, found, n * sizeof(*list));

    *out = list;
    *len = n;
    return ERR_NONE;
}

static enum err add_tag(struct tx *tx, int64_t certificate_n, const char *tag, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_TAG_ADD);

    query_text(&q, ":tag", tag);
    query_int(&q, ":certificate", certificate_n);
    return query_run(&q, NULL, e);
}

enum err store_tags_put(struct tx *tx, int64_t certificate_n, const char *const *tags, size_t len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_TAG_CLEAR);
    enum err r;

    query_int(&q, ":certificate", certificate_n);
    r = query_run(&q, NULL, e);
    for (size_t i = 0; r == ERR_NONE && i < len; i++)
        r = add_tag(tx, certificate_n, tags[i], e);
    return r;
}

/* collections ------------------------------------------------------------------------------------------------- */

static struct collection_row read_collection(const struct query *q, struct arena *a)
{
    return (struct collection_row){
        .id = query_get_ident(q, 0), .name = query_get_text(q, 1, a), .store = query_get_text(q, 2, a), .q = query_get_text(q, 3, a),
        .filter = query_get_text(q, 4, a), .sort = query_get_text(q, 5, a), .created_at = query_get_int(q, 6), .version = query_get_int(q, 7),
    };
}

enum err store_collections(const struct db *db, struct arena *a, struct collection_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_COLLECTION_LIST);
    struct collection_row *list = arena_take(a, COLLECTIONS_MAX * sizeof(*list));
    size_t n = 0;
    enum err r;

    while (n < COLLECTIONS_MAX && query_next(&q))
        list[n++] = read_collection(&q, a);
    r = query_end(&q, e);
    if (r)
        return r;

    *out = list;
    *len = n;
    return ERR_NONE;
}

enum err store_collection(const struct db *db, const struct id *id, struct arena *a, struct collection_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_COLLECTION_BY_ID);

    query_ident(&q, ":id", id);
    if (!query_next(&q))
        return query_fail(&q, e, "there is no collection of that id");
    *out = read_collection(&q, a);
    return ERR_NONE;
}

enum err store_collection_named(const struct db *db, const char *name, struct arena *a, struct collection_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_COLLECTION_BY_NAME);

    query_text(&q, ":name", name);
    if (!query_next(&q))
        return query_fail(&q, e, "there is no collection of that name");
    *out = read_collection(&q, a);
    return ERR_NONE;
}

static void bind_collection(struct query *q, const struct collection_row *row)
{
    query_ident(q, ":id", &row->id);
    query_text(q, ":name", row->name);
    query_text(q, ":store", row->store);
    query_text(q, ":q", row->q);
    query_text(q, ":filter", row->filter);
    query_text(q, ":sort", row->sort);
}

static enum err run_collection(struct query *q, const struct collection_row *row, struct error *e)
{
    enum err r;

    bind_collection(q, row);
    r = query_run(q, NULL, e);
    return r == ERR_CONFLICT ? fail_at(e, "/name", "there is a collection of that name already") : r;
}

static enum err check_room(struct tx *tx, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_COLLECTION_COUNT);

    if (!query_next(&q))
        return query_fail(&q, e, "collections were not counted");
    return query_get_int(&q, 0) < COLLECTIONS_MAX ? ERR_NONE : fail(e, ERR_LIMIT, "there are %d collections: remove one first", COLLECTIONS_MAX);
}

enum err store_collection_add(struct tx *tx, const struct collection_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = { 0 };
    enum err r = check_room(tx, e);

    if (r)
        return r;
    q = query_begin(tx->db, Q_COLLECTION_ADD);
    query_ident(&q, ":made_by", &tx->by->id);
    query_int(&q, ":now", tx->now);
    return run_collection(&q, row, e);
}

enum err store_collection_change(struct tx *tx, const struct collection_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_COLLECTION_CHANGE);

    return run_collection(&q, row, e);
}

enum err store_collection_remove(struct tx *tx, const struct id *id, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_COLLECTION_REMOVE);

    query_ident(&q, ":id", id);
    return query_run(&q, NULL, e);
}
