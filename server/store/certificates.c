#include "store/certificates.h"

#include "store/rows.h"
#include "store/tx.h"
#include "store/version_row.h"

/* A host name from its last label: "www.lab.lan" -> "nal.bal.www" letter by letter, so that a suffix is a prefix. */
static const char *reversed(const char *text, struct arena *a)
{
    size_t len = strlen(text);
    char *out = arena_take(a, len + 1);

    for (size_t i = 0; i < len; i++)
        out[i] = text[len - 1 - i];
    return out;
}

const char *store_name_key(const struct name_row *name, struct arena *a)
{
    return name->is_ip ? name->text : reversed(name->text, a);
}

/* lineages ---------------------------------------------------------------------------------------------------- */

static enum err next_version(const struct db *db, int64_t *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_VERSION_NEXT);

    if (!query_next(&q))
        return query_fail(&q, e, "the versions cannot be counted");
    *out = query_get_int(&q, 0);
    return ERR_NONE;
}

/* Two statements rather than one with RETURNING: SQLite runs that as a trigger, and what a large unit has changed so far is walked at its end. */
enum err store_certificate_add(struct tx *tx, const struct id *id, const char *label, int64_t *n, int64_t *version_n, struct error *e)
{
    CLEANUP(query_done) struct query q = { 0 };
    int64_t next;
    enum err r;

    r = next_version(tx->db, &next, e);
    if (r)
        return r;
    q = query_begin(tx->db, Q_CERTIFICATE_ADD);
    query_ident(&q, ":id", id);
    query_text(&q, ":label", label);
    query_int(&q, ":current", next);
    query_int(&q, ":now", tx->now);
    r = query_run(&q, NULL, e);
    if (r)
        return r;

    *n = query_last_rowid(&q);
    *version_n = next;
    return ERR_NONE;
}

enum err store_certificate_find(const struct db *db, const struct id *id, struct arena *a, struct lineage *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_CERTIFICATE_FIND);

    query_ident(&q, ":id", id);
    if (!query_next(&q))
        return query_fail(&q, e, "there is no certificate of that id");
    *out = (struct lineage){
        .n = query_get_int(&q, 0),
        .current = query_get_int(&q, 1),
        .current_not_after = query_get_int(&q, 2),
        .current_state = query_get_text(&q, 3, a),
        .is_archived = query_get_int(&q, 4) != 0,
        .row_version = query_get_int(&q, 5),
        .next_number = (int)query_get_int(&q, 6),
        .next_version_n = query_get_int(&q, 7),
    };
    return ERR_NONE;
}

static enum err run_on(struct tx *tx, enum query_id id, const char *parameter, int64_t n, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, id);

    query_int(&q, parameter, n);
    return query_run(&q, NULL, e);
}

enum err store_certificate_advance(struct tx *tx, const struct lineage *from, int64_t version_n, bool is_added, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_CERTIFICATE_ADVANCE);
    enum err r;

    query_int(&q, ":n", from->n);
    query_int(&q, ":version", version_n);
    query_int(&q, ":more", is_added);
    r = query_run(&q, NULL, e);
    if (r == ERR_NONE)
        r = run_on(tx, Q_VERSION_STEP_BACK, ":n", from->current, e);
    if (r == ERR_NONE)
        r = run_on(tx, Q_NAME_CLEAR, ":version", from->current, e);
    return r;
}

enum err store_version_step_forward(struct tx *tx, int64_t version_n, struct error *e)
{
    return run_on(tx, Q_VERSION_STEP_FORWARD, ":n", version_n, e);
}

/* versions ---------------------------------------------------------------------------------------------------- */

static enum err add_row(struct tx *tx, const struct version_row *row, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_VERSION_ADD);

    query_int(&q, ":n", row->n);
    query_int(&q, ":certificate", row->certificate_n);
    query_int(&q, ":number", row->number);
    query_int(&q, ":is_issued", row->is_issued);
    query_text(&q, ":store", row->store);
    query_ident(&q, ":issuer", &row->issuer);
    query_blob(&q, ":serial", row->serial);
    query_text(&q, ":common_name", row->common_name);
    query_text(&q, ":subject", row->subject);
    query_int(&q, ":not_before", row->not_before);
    query_int(&q, ":not_after", row->not_after);
    query_text(&q, ":key_type", row->key_type);
    query_ident(&q, ":key", &row->key);
    query_blob(&q, ":spki_sha256", row->spki_sha256);
    query_blob(&q, ":ski", row->ski);
    query_blob(&q, ":sha1", row->sha1);
    query_blob(&q, ":sha256", row->sha256);
    query_text(&q, ":profile", row->profile);
    query_text(&q, ":source", row->source);
    query_ident(&q, ":requested_by", &row->requested_by);
    query_int(&q, ":flags", row->flags);
    query_int(&q, ":now", tx->now);
    return query_run(&q, NULL, e);
}

enum err store_version_add(struct tx *tx, const struct version_row *row, struct bytes der, struct error *e)
{
    CLEANUP(query_done) struct query q = { 0 };
    enum err r = add_row(tx, row, e);

    if (r == ERR_CONFLICT)
        return fail(e, ERR_CONFLICT, "a certificate with this thumbprint, or this serial number of the same issuer, is recorded already");
    if (r)
        return r;
    q = query_begin(tx->db, Q_DER_ADD);
    query_int(&q, ":n", row->n);
    query_blob(&q, ":body", der);
    return query_run(&q, NULL, e);
}

enum err store_name_add(struct tx *tx, int64_t version_n, int place, const struct name_row *name, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_NAME_ADD);

    query_text(&q, ":reversed", store_name_key(name, tx->arena));
    query_int(&q, ":version", version_n);
    query_text(&q, ":kind", name->is_ip ? "ip" : "dns");
    query_int(&q, ":place", place);
    return query_run(&q, NULL, e);
}

struct version_row version_row_read(const struct query *q, struct arena *a)
{
    return (struct version_row){
        .n = query_get_int(q, 0),
        .certificate_n = query_get_int(q, 1),
        .certificate = query_get_ident(q, 2),
        .issuer = query_get_ident(q, 3),
        .key = query_get_ident(q, 4),
        .requested_by = query_get_ident(q, 5),
        .label = query_get_text(q, 6, a),
        .store = query_get_text(q, 7, a),
        .state = query_get_text(q, 8, a),
        .common_name = query_get_text(q, 9, a),
        .subject = query_get_text(q, 10, a),
        .key_type = query_get_text(q, 11, a),
        .profile = query_get_text(q, 12, a),
        .source = query_get_text(q, 13, a),
        .issuer_name = query_get_blob(q, 14, a),
        .serial = query_get_blob(q, 15, a),
        .spki_sha256 = query_get_blob(q, 16, a),
        .ski = query_get_blob(q, 17, a),
        .sha1 = query_get_blob(q, 18, a),
        .sha256 = query_get_blob(q, 19, a),
        .not_before = query_get_int(q, 20),
        .not_after = query_get_int(q, 21),
        .issued_at = query_get_int(q, 22),
        .number = (int)query_get_int(q, 23),
        .versions = (int)query_get_int(q, 24),
        .flags = (unsigned)query_get_int(q, 25),
        .is_current = query_get_int(q, 26) != 0,
        .is_issued = query_get_int(q, 27) != 0,
        .has_key = query_get_int(q, 28) != 0,
        .is_exportable = query_get_int(q, 29) != 0,
        .row_version = query_get_int(q, 30),
        .is_archived = query_get_int(q, 31) != 0,
        .owner = query_get_text(q, 32, a),
        .notes = query_get_text(q, 33, a),
        .account = query_get_text(q, 34, a),
    };
}

static enum err one_version(struct query *q, struct arena *a, struct version_row *out, const char *what, struct error *e)
{
    if (!query_next(q))
        return query_fail(q, e, "there is no %s", what);
    *out = version_row_read(q, a);
    return ERR_NONE;
}

enum err store_version(const struct db *db, int64_t n, struct arena *a, struct version_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_VERSION_BY_N);

    query_int(&q, ":n", n);
    return one_version(&q, a, out, "such version of a certificate", e);
}

enum err store_version_of(const struct db *db, const struct id *certificate, int number, struct arena *a,
                          struct version_row *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, number > 0 ? Q_VERSION_NUMBERED : Q_VERSION_CURRENT);

    query_ident(&q, ":id", certificate);
    if (number > 0)
        query_int(&q, ":number", number);
    return one_version(&q, a, out, number > 0 ? "version of that number, or no certificate of that id" : "certificate of that id", e);
}

enum err store_versions(const struct db *db, const struct id *certificate, struct arena *a, struct version_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_VERSION_ALL);
    struct version_row *list = NULL, row;
    size_t n = 0;
    enum err r;

    query_ident(&q, ":id", certificate);
    while (query_next(&q)) {
        row = version_row_read(&q, a);
        if (list == NULL)
            list = arena_take(a, (size_t)row.versions * sizeof(*list));
        if (n < (size_t)row.versions)
            list[n++] = row;
    }
    r = query_end(&q, e);
    if (r)
        return r;
    if (n == 0)
        return fail(e, ERR_ABSENT, "there is no certificate of that id");

    *out = list;
    *len = n;
    return ERR_NONE;
}

enum err store_der(const struct db *db, int64_t version_n, struct arena *a, struct bytes *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_DER_GET);

    query_int(&q, ":n", version_n);
    if (!query_next(&q))
        return query_fail(&q, e, "the certificate itself is not kept any more");
    *out = query_get_blob(&q, 0, a);
    return ERR_NONE;
}

struct name_row name_row_read(const struct query *q, int column, struct arena *a)
{
    const char *text = query_get_text(q, column, a);
    bool is_ip = strcmp(query_get_text(q, column + 1, a), "ip") == 0;

    return (struct name_row){ is_ip ? text : reversed(text, a), is_ip };
}

enum err store_names(const struct db *db, int64_t version_n, struct arena *a, struct name_row **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_NAME_OF);
    struct name_row *list = NULL;
    size_t n = 0, room = 0;
    enum err r;

    query_int(&q, ":version", version_n);
    while (query_next(&q)) {
        list = rows_room(a, list, &room, n, sizeof(*list));
        list[n++] = name_row_read(&q, 0, a);
    }
    r = query_end(&q, e);
    if (r)
        return r;

    *out = list;
    *len = n;
    return ERR_NONE;
}

enum err store_uses(const struct db *db, int64_t certificate_n, struct arena *a, const char *const **out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_USE_BY);
    const char **list = NULL;
    size_t n = 0;
    enum err r;

    query_int(&q, ":certificate", certificate_n);
    while (query_next(&q)) {
        if (list == NULL)
            list = arena_take(a, 50 * sizeof(*list));
        list[n++] = query_get_text(&q, 0, a);
    }
    r = query_end(&q, e);
    if (r)
        return r;

    *out = list;
    *len = n;
    return ERR_NONE;
}

static enum err collect_ders(struct query *q, struct arena *a, struct bytes *out, size_t *len, struct error *e)
{
    while (*len < ISSUERS_MAX && query_next(q))
        out[(*len)++] = query_get_blob(q, 0, a);
    return query_end(q, e);
}

enum err store_issuers_of(const struct db *db, const struct id *issuer, struct bytes key_identifier, struct arena *a,
                          struct bytes *out, size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query ours = query_begin(db, Q_ISSUER_CERTIFICATE);
    CLEANUP(query_done) struct query others = query_begin(db, Q_ISSUER_CANDIDATES);
    enum err r;

    *len = 0;
    query_ident(&ours, ":issuer", issuer);
    r = collect_ders(&ours, a, out, len, e);
    if (r || key_identifier.len == 0)
        return r;
    query_blob(&others, ":ski", key_identifier);
    return collect_ders(&others, a, out, len, e);
}

/* search ------------------------------------------------------------------------------------------------------ */

static enum err get_text(const struct db *db, int64_t n, struct arena *a, const char **out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_TEXT_GET);

    query_int(&q, ":n", n);
    *out = query_next(&q) ? query_get_text(&q, 0, a) : NULL;
    return query_end(&q, e);
}

enum err store_text_put(struct tx *tx, int64_t certificate_n, const char *body, bool is_new, struct error *e)
{
    CLEANUP(query_done) struct query q = { 0 };
    const char *before = NULL;
    enum err r = is_new ? ERR_NONE : get_text(tx->db, certificate_n, tx->arena, &before, e);

    if (r)
        return r;
    if (before != NULL && strcmp(before, body) == 0)
        return ERR_NONE;
    q = query_begin(tx->db, Q_TEXT_PUT);
    query_int(&q, ":n", certificate_n);
    query_text(&q, ":body", body);
    r = query_run(&q, NULL, e);
    if (r == ERR_NONE)
        tx_search(tx, certificate_n, before, body);
    return r;
}

enum err store_text_drop(struct tx *tx, int64_t certificate_n, struct error *e)
{
    const char *before = NULL;
    enum err r = get_text(tx->db, certificate_n, tx->arena, &before, e);

    if (r == ERR_NONE && before != NULL)
        tx_search(tx, certificate_n, before, NULL);
    return r;
}
