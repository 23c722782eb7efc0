#include "store/journal.h"

#include "base/buf.h"
#include "pki/hash.h"
#include "store/tx.h"

enum { LIMIT_MAX = 1000, CANONICAL_MAX = 1 << 20 };

static void put_number(struct buf *b, int64_t value)
{
    uint8_t octets[8];

    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
    buf_add(b, octets, sizeof(octets));
}

/* Each part with its length in front, so that no two rows have the same bytes. */
static void put_part(struct buf *b, struct bytes part)
{
    put_number(b, (int64_t)part.len);
    buf_add(b, part.at, part.len);
}

/* SHA-256 of the hash before and all that the row says. */
static enum err row_hash(const uint8_t before[32], const struct note *n, const struct id *request_id, uint8_t out[32], struct error *e)
{
    CLEANUP(buf_done) struct buf b;

    buf_init(&b, CANONICAL_MAX);
    buf_room(&b, strlen(n->detail) + 512);
    buf_add(&b, before, 32);
    put_number(&b, n->seq);
    put_number(&b, n->at);
    put_part(&b, bytes_text(n->act));
    put_part(&b, bytes_text(n->subject));
    put_part(&b, id_bytes(&n->subject_id));
    put_part(&b, id_bytes(&n->actor));
    put_part(&b, bytes_text(n->actor_name));
    put_part(&b, bytes_text(n->source));
    put_part(&b, id_bytes(request_id));
    put_part(&b, bytes_text(n->detail));
    if (b.is_over)
        return fail(e, ERR_LIMIT, "what is to be written into the journal is larger than 1 MB");

    hash_sha256(buf_bytes(&b), out);
    return ERR_NONE;
}

static enum err insert(struct tx *tx, const struct note *n, const uint8_t hash[32], struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx->db, Q_JOURNAL_ADD);

    query_int(&q, ":seq", n->seq);
    query_int(&q, ":at", n->at);
    query_text(&q, ":act", n->act);
    query_text(&q, ":subject", n->subject);
    query_blob(&q, ":subject_id", id_bytes(&n->subject_id));
    query_ident(&q, ":actor", &n->actor);
    query_text(&q, ":actor_name", n->actor_name);
    query_text(&q, ":source", n->source);
    query_ident(&q, ":request_id", &tx->by->request_id);
    query_text(&q, ":detail", n->detail);
    query_blob(&q, ":hash", bytes_of(hash, 32));
    return query_run(&q, NULL, e);
}

enum err journal_write(struct tx *tx, size_t from, struct error *e)
{
    struct journal_head *head = &tx->done.head;

    for (size_t i = from; i < tx->done.notes_len; i++) {
        struct note *n = &tx->notes[i];
        uint8_t hash[32];
        enum err r;

        n->seq = head->seq + 1;
        r = row_hash(head->hash, n, &tx->by->request_id, hash, e);
        if (r == ERR_NONE)
            r = insert(tx, n, hash, e);
        if (r)
            return r;
        head->seq = n->seq;
        memcpy(head->hash, hash, sizeof(hash));
    }
    return ERR_NONE;
}

static enum err read_hash(const struct query *q, int column, uint8_t out[32], struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct bytes hash = query_get_blob(q, column, a);

    if (hash.len != 32)
        return fail(e, ERR_CONFLICT, "journal row %lld: its hash has %zu bytes", (long long)query_get_int(q, 0), hash.len);
    memcpy(out, hash.at, 32);
    return ERR_NONE;
}

enum err journal_head_load(const struct db *db, struct journal_head *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_JOURNAL_HEAD);
    struct journal_head head = { 0 };
    enum err r;

    if (query_next(&q)) {
        head.seq = query_get_int(&q, 0);
        r = read_hash(&q, 1, head.hash, e);
    } else {
        r = query_end(&q, e);
    }
    if (r)
        return r;

    *out = head;
    return ERR_NONE;
}

enum err journal_last(const struct db *db, int64_t *seq, struct error *e)
{
    struct journal_head head;
    enum err r = journal_head_load(db, &head, e);

    if (r)
        return r;
    *seq = head.seq;
    return ERR_NONE;
}

/* Columns of every statement that reads notes: seq at act subject subject_id actor actor_name source detail. */
static struct note read_note(const struct query *q, struct arena *a)
{
    return (struct note){
        .seq = query_get_int(q, 0),
        .at = query_get_int(q, 1),
        .act = query_get_text(q, 2, a),
        .subject = query_get_text(q, 3, a),
        .subject_id = query_get_ident(q, 4),
        .actor = query_get_ident(q, 5),
        .actor_name = query_get_text(q, 6, a),
        .source = query_get_text(q, 7, a),
        .detail = query_get_text(q, 8, a),
    };
}

static enum err read_notes(struct query *q, unsigned limit, struct arena *a, struct notes *out, struct error *e)
{
    struct notes list = { .at = arena_take(a, (limit > 0 ? limit : 1) * sizeof(struct note)) };
    enum err r;

    while (list.len < limit && query_next(q))
        list.at[list.len++] = read_note(q, a);
    r = query_end(q, e);
    if (r)
        return r;

    *out = list;
    return ERR_NONE;
}

enum err journal_after(const struct db *db, int64_t seq, unsigned limit, struct arena *a, struct notes *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_JOURNAL_AFTER);

    limit = limit > LIMIT_MAX ? LIMIT_MAX : limit;
    query_int(&q, ":seq", seq);
    query_int(&q, ":limit", limit);
    return read_notes(&q, limit, a, out, e);
}

enum err journal_of(const struct db *db, const char *subject, const struct id *subject_id, int64_t before, unsigned limit,
                    struct arena *a, struct notes *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_JOURNAL_OF);

    limit = limit > LIMIT_MAX ? LIMIT_MAX : limit;
    query_text(&q, ":subject", subject);
    query_blob(&q, ":subject_id", id_bytes(subject_id));
    query_int(&q, ":before", before > 0 ? before : INT64_MAX);
    query_int(&q, ":limit", limit);
    return read_notes(&q, limit, a, out, e);
}

/* The hash that the first row after seq builds on. */
static enum err hash_at(const struct db *db, int64_t seq, uint8_t out[32], struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_JOURNAL_HASH);

    memset(out, 0, 32);
    if (seq == 0)
        return ERR_NONE;
    query_int(&q, ":seq", seq);
    if (!query_next(&q))
        return query_fail(&q, e, "the journal has no row %lld", (long long)seq);
    return read_hash(&q, 0, out, e);
}

static enum err verify_row(const struct query *q, int64_t seq, uint8_t hash[32], struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct note n = read_note(q, a);
    struct id request_id = query_get_ident(q, 9);
    uint8_t stored[32], reckoned[32];
    enum err r;

    if (n.seq != seq)
        return fail(e, ERR_CONFLICT, "journal row %lld is missing: the journal was changed from outside", (long long)seq);
    r = read_hash(q, 10, stored, e);
    if (r == ERR_NONE)
        r = row_hash(hash, &n, &request_id, reckoned, e);
    if (r)
        return r;
    if (memcmp(stored, reckoned, sizeof(stored)) != 0)
        return fail(e, ERR_CONFLICT, "journal row %lld does not follow from the row before it: the journal was changed from outside", (long long)seq);

    memcpy(hash, stored, sizeof(stored));
    return ERR_NONE;
}

enum err journal_verify(const struct db *db, int64_t after, int64_t *last, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_JOURNAL_CHAIN);
    uint8_t hash[32];
    enum err r;

    *last = after;
    r = hash_at(db, after, hash, e);
    if (r)
        return r;
    query_int(&q, ":seq", after);
    while (query_next(&q)) {
        r = verify_row(&q, *last + 1, hash, e);
        if (r)
            return r;
        (*last)++;
    }
    return query_end(&q, e);
}
