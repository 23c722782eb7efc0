#include "store/lineages.h"

#include "base/text.h"
#include "store/rows.h"
#include "store/shown.h"
#include "store/tx.h"

struct users { struct arena *arena; struct user_row *at; size_t len, room; };

static void add(struct users *u, const struct user_row *row)
{
    u->at = rows_room(u->arena, u->at, &u->room, u->len, sizeof(*u->at));
    u->at[u->len++] = *row;
}

static enum err read_users(const struct db *db, const struct lineage *of, const struct id *certificate, struct users *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_USER_OF);

    query_int(&q, ":n", of->n);
    query_ident(&q, ":id", certificate);
    while (query_next(&q))
        add(out, &(struct user_row){ .by = query_get_text(&q, 0, out->arena), .name = query_get_text(&q, 1, out->arena),
                                     .version = (int)query_get_int(&q, 2), .id = query_get_ident(&q, 3) });
    return query_end(&q, e);
}

static bool is_there(const struct users *u, const char *name)
{
    for (size_t i = 0; i < u->len; i++)
        if (text_starts(u->at[i].by, "web-server") && strcmp(u->at[i].name, name) == 0)
            return true;
    return false;
}

/* The way back of the web server leads to what was shown before its last change. */
static enum err read_way_back(const struct db *db, const struct lineage *of, struct users *out, struct error *e)
{
    struct swap_row last;
    enum err r = store_swap_last(db, out->arena, &last, e);

    if (r)
        return r == ERR_ABSENT ? ERR_NONE : r;
    for (size_t i = 0; i < last.before.len; i++) {
        struct version_row row;

        r = store_version(db, last.before.at[i].version_n, out->arena, &row, e);
        if (r != ERR_NONE && r != ERR_ABSENT)
            return r;
        if (r == ERR_NONE && row.certificate_n == of->n && !is_there(out, last.before.at[i].sni))
            add(out, &(struct user_row){ .by = "web-server-previous", .name = last.before.at[i].sni, .version = row.number });
    }
    return ERR_NONE;
}

enum err store_users(const struct db *db, const struct lineage *of, const struct id *certificate, struct arena *a,
                     struct user_row **out, size_t *len, struct error *e)
{
    struct users users = { .arena = a };
    enum err r = read_users(db, of, certificate, &users, e);

    if (r == ERR_NONE)
        r = read_way_back(db, of, &users, e);
    if (r)
        return r;

    *out = users.at;
    *len = users.len;
    return ERR_NONE;
}

enum err store_lineage_archive(struct tx *tx, int64_t certificate_n, bool is_archived, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_LINEAGE_ARCHIVE);

    query_int(&q, ":n", certificate_n);
    query_int(&q, ":is_archived", is_archived);
    return query_run(&q, NULL, e);
}

enum err store_version_mark(struct tx *tx, int64_t version_n, unsigned bits, unsigned mask, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_VERSION_MARK);

    query_int(&q, ":n", version_n);
    query_int(&q, ":bits", bits);
    query_int(&q, ":mask", mask);
    return query_run(&q, NULL, e);
}

static enum err end_keys(struct tx *tx, int64_t n, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_LINEAGE_KEYS_END);

    query_int(&q, ":n", n);
    query_int(&q, ":now", tx->now);
    return query_run(&q, NULL, e);
}

static enum err end_grants(struct tx *tx, const struct id *certificate, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_LINEAGE_GRANTS_END);

    query_ident(&q, ":id", certificate);
    return query_run(&q, NULL, e);
}

enum err store_lineage_end(struct tx *tx, int64_t certificate_n, const struct id *certificate, struct error *e)
{
    /* What refers goes before what is referred to. */
    static const enum query_id steps[] = {
        Q_LINEAGE_NAMES_END, Q_LINEAGE_DERS_END, Q_LINEAGE_TAGS_END, Q_LINEAGE_TEXT_END, Q_LINEAGE_VERSIONS_END, Q_LINEAGE_END,
    };
    enum err r = store_text_drop(tx, certificate_n, e);

    if (r == ERR_NONE)
        r = end_keys(tx, certificate_n, e);
    if (r == ERR_NONE)
        r = end_grants(tx, certificate, e);
    for (size_t i = 0; r == ERR_NONE && i < sizeof(steps) / sizeof(*steps); i++) {
        CLEANUP(query_done) struct query q = query_begin(tx->db, steps[i]);

        query_int(&q, ":n", certificate_n);
        r = query_run(&q, NULL, e);
    }
    return r;
}
