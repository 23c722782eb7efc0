#include "store/find.h"

#include "base/buf.h"
#include "base/text.h"
#include "store/query.h"

#include <sqlite3.h>
#include <stdlib.h>

static enum err collect(struct query *q, struct found *out, struct error *e)
{
    query_int(q, ":limit", FOUND_MAX + 1);
    while (query_next(q)) {
        if (out->len == FOUND_MAX) {
            out->is_more = true;
            return ERR_NONE;
        }
        out->at[out->len++] = query_get_int(q, 0);
    }
    return query_end(q, e);
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* high: one more than low in its last digit; 16 carries over. All f: behind everything. */
static void next_prefix(struct digits *d)
{
    uint16_t carry = d->nibbles % 2 ? 0x10 : 1;
    size_t len = (d->nibbles + 1) / 2;

    memcpy(d->high, d->low, sizeof(d->high));
    for (size_t i = len; i-- > 0 && carry > 0;) {
        carry = (uint16_t)(carry + d->high[i]);
        d->high[i] = (uint8_t)carry;
        carry >>= 8;
    }
    if (carry > 0)
        memset(d->high, 0xff, sizeof(d->high));
}

bool digits_parse(const char *text, struct digits *out)
{
    struct digits d = { 0 };

    while (*text != '\0') {
        int value = nibble(*text);

        if (value >= 0 && d.nibbles < DIGITS_MAX) {
            d.low[d.nibbles / 2] |= (uint8_t)(d.nibbles % 2 ? value : value << 4);
            d.nibbles++;
            text++;
        } else if (value < 0 && text_separator(text) > 0) {
            text += text_separator(text);
        } else {
            return false;
        }
    }
    next_prefix(&d);
    *out = d;
    return d.nibbles > 0;
}

bool digits_match(const struct digits *d, struct bytes value)
{
    size_t whole = d->nibbles / 2;

    if (value.len * 2 < d->nibbles || memcmp(value.at, d->low, whole) != 0)
        return false;
    return d->nibbles % 2 == 0 || (value.at[whole] & 0xf0) == d->low[whole];
}

enum err store_find_digits(const struct db *db, const struct digits *d, struct found *out, struct error *e)
{
    static const enum query_id ways[] = { Q_FIND_SERIAL, Q_FIND_FOREIGN_SERIAL, Q_FIND_SHA1, Q_FIND_SHA256 };
    size_t len = (d->nibbles + 1) / 2;
    bool is_last = d->high[sizeof(d->high) - 1] == 0xff;

    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        CLEANUP(query_done) struct query q = query_begin(db, ways[i]);
        enum err r;

        query_blob(&q, ":low", bytes_of(d->low, len));
        query_blob(&q, ":high", bytes_of(d->high, is_last ? sizeof(d->high) : len));
        r = collect(&q, out, e);
        if (r)
            return r;
    }
    return ERR_NONE;
}

static enum err find_between(const struct db *db, const char *low, const char *high, struct found *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_FIND_NAME);

    query_text(&q, ":low", low);
    query_text(&q, ":high", high);
    return collect(&q, out, e);
}

static char *backwards(const char *text, const char *tail, struct arena *a)
{
    size_t len = strlen(text);
    char *out = arena_take(a, len + strlen(tail) + 1);

    for (size_t i = 0; i < len; i++)
        out[i] = text[len - 1 - i];
    strcpy(out + len, tail);
    return out;
}

enum err store_find_name(const struct db *db, const char *pattern, struct found *out, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    bool is_below = strncmp(pattern, "*.", 2) == 0;
    enum err r;

    if (is_below)                                  /* "*.lan": from "nal." up to what follows it, '/' being the character behind '.' */
        return find_between(db, backwards(pattern + 2, ".", a), backwards(pattern + 2, "/", a), out, e);
    r = find_between(db, backwards(pattern, "", a), backwards(pattern, "\x01", a), out, e);
    if (r == ERR_NONE && !out->is_more)
        r = find_between(db, pattern, arena_printf(a, "%s\x01", pattern), out, e);       /* addresses stand as they are */
    return r;
}

static size_t char_len(const char *at)
{
    size_t len = 1;

    while (((unsigned char)at[len] & 0xc0) == 0x80)
        len++;
    return len;
}

/* "abcd" -> "abc" AND "bcd": with detail=none the index knows single trigrams only. Each costs a walk of its list, and those of a
   common domain are as long as the store: the few that look rarest lead to almost the same. */
enum { TRIGRAMS_MAX = 6, WORD_TRIGRAMS = 200 };
struct trigram { const char *at; size_t len; int weight; };

static int weight_of(const char *at, size_t len)
{
    int weight = 0;

    for (size_t i = 0; i < len; i++)
        weight += at[i] >= '0' && at[i] <= '9' ? 6 : strchr("jkqvwxyz-_", at[i]) != NULL ? 4 : strchr("aeinorst.", at[i]) != NULL ? 1 : 2;
    return weight;
}

static int by_weight(const void *a, const void *b)
{
    const struct trigram *x = a, *y = b;

    return x->weight != y->weight ? y->weight - x->weight : x->at < y->at ? -1 : x->at > y->at;
}

static size_t cut_trigrams(const char *word, struct trigram *out)
{
    size_t n = 0;

    for (const char *at = word; *at != '\0' && n < WORD_TRIGRAMS; at += char_len(at)) {
        const char *end = at;

        for (int i = 0; i < TRIGRAM; i++) {
            if (*end == '\0')
                return n;
            end += char_len(end);
        }
        out[n++] = (struct trigram){ at, (size_t)(end - at), weight_of(at, (size_t)(end - at)) };
    }
    return n;
}

static void put_trigrams(struct buf *b, const char *word, size_t most)
{
    struct trigram list[WORD_TRIGRAMS];
    size_t len = cut_trigrams(word, list);

    qsort(list, len, sizeof(*list), by_weight);
    for (size_t i = 0; i < len && i < most; i++) {
        buf_text(b, i > 0 ? " AND \"" : "\"");
        for (size_t k = 0; k < list[i].len; k++) {
            if (list[i].at[k] == '"')
                buf_byte(b, '"');
            buf_byte(b, (uint8_t)list[i].at[k]);
        }
        buf_byte(b, '"');
    }
}

static enum err bind_trigrams(struct query *q, struct buf *trigrams, const char *word, size_t most, struct error *e)
{
    buf_init(trigrams, 8192);
    put_trigrams(trigrams, word, most);
    buf_byte(trigrams, '\0');
    if (trigrams->is_over || trigrams->len < 4)
        return fail(e, ERR_INVALID, "a word to search for has 3 to 200 characters");
    query_text(q, ":trigrams", (const char *)trigrams->at);
    return ERR_NONE;
}

static enum err step_to_current(const struct db *db, int64_t *n, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_FIND_CURRENT);

    query_int(&q, ":n", *n);
    if (!query_next(&q))
        return query_fail(&q, e, "there is no such certificate");
    *n = query_get_int(&q, 0);
    return ERR_NONE;
}

enum err store_find_lineages(const struct db *db, const int64_t *certificates, size_t len, struct found *out, struct error *e)
{
    for (size_t i = 0; i < len && !out->is_more; i++) {
        enum err r;

        if (out->len == FOUND_MAX) {
            out->is_more = true;
            return ERR_NONE;
        }
        out->at[out->len] = certificates[i];
        r = step_to_current(db, &out->at[out->len++], e);
        if (r)
            return r;
    }
    return ERR_NONE;
}

/* A word that more have than are taken costs no look at any of them. */
enum err store_find_words(const struct db *db, const char *word, struct found *out, int64_t *span, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_FIND_WORDS);
    CLEANUP(buf_done) struct buf trigrams;
    size_t from = out->len;
    enum err r = bind_trigrams(&q, &trigrams, word, TRIGRAMS_MAX, e);

    if (r == ERR_NONE)
        r = collect(&q, out, e);
    *span = r == ERR_NONE && out->len > from ? out->at[out->len - 1] - out->at[from] + 1 : 0;
    for (size_t i = from; r == ERR_NONE && !out->is_more && i < out->len; i++)
        r = step_to_current(db, &out->at[i], e);
    return r;
}

enum err store_word_rows(const struct db *db, const char *word, struct arena *a, struct word_rows *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_FIND_WORDS);
    CLEANUP(buf_done) struct buf trigrams;
    enum err r = bind_trigrams(&q, &trigrams, word, 1, e);

    *out = (struct word_rows){ .at = arena_take(a, WORD_ROWS_MAX * sizeof(*out->at)) };
    if (r)
        return r;
    query_int(&q, ":limit", WORD_ROWS_MAX);
    while (query_next(&q))
        out->at[out->len++] = query_get_int(&q, 0);
    return query_end(&q, e);
}

static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

bool store_word_rows_may(const struct word_rows *rows, int64_t certificate_n)
{
    return rows->at == NULL || bsearch(&certificate_n, rows->at, rows->len, sizeof(*rows->at), by_number) != NULL;
}

enum err store_find_issuer(const struct db *db, const struct id *issuer, struct found *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_FIND_ISSUER);

    query_ident(&q, ":issuer", issuer);
    return collect(&q, out, e);
}

enum err store_find_by(const struct db *db, enum find_by what, const char *text, struct found *out, struct error *e)
{
    static const enum query_id ways[] = { [BY_STORE] = Q_FIND_STORE, [BY_TAG] = Q_FIND_TAG, [BY_OWNER] = Q_FIND_OWNER, [BY_ACCOUNT] = Q_FIND_ACCOUNT };
    CLEANUP(query_done) struct query q = query_begin(db, ways[what]);

    query_text(&q, ":text", text);
    return collect(&q, out, e);
}

enum err store_find_ending(const struct db *db, int64_t from, int64_t to, struct found *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_FIND_ENDING);

    query_int(&q, ":from", from);
    query_int(&q, ":to", to);
    return collect(&q, out, e);
}

enum err store_find_in_use(const struct db *db, struct found *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_FIND_IN_USE);

    return collect(&q, out, e);
}

enum err store_has(const struct db *db, enum has what, const char *text, int64_t certificate_n, bool *out, struct error *e)
{
    static const enum query_id ways[] = { [HAS_TAG] = Q_HAS_TAG, [HAS_OWNER] = Q_HAS_OWNER, [HAS_ACCOUNT] = Q_HAS_ACCOUNT, [HAS_USE] = Q_HAS_USE };
    CLEANUP(query_done) struct query q = query_begin(db, ways[what]);

    if (what != HAS_USE)
        query_text(&q, ":text", text);
    query_int(&q, ":n", certificate_n);
    *out = query_next(&q);
    return query_end(&q, e);
}

static enum err read_issuers(struct query *q, struct id out[LABELLED_MAX], size_t *len, struct error *e)
{
    *len = 0;
    while (*len < LABELLED_MAX && query_next(q))
        out[(*len)++] = query_get_ident(q, 0);
    return query_end(q, e);
}

enum err store_issuers_named(const struct db *db, const char *word, struct id out[LABELLED_MAX], size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_ISSUER_NAMED);

    query_text(&q, ":word", word);
    return read_issuers(&q, out, len, e);
}

enum err store_issuers_labelled(const struct db *db, const char *label, struct id out[LABELLED_MAX], size_t *len, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_ISSUER_LABELLED);

    query_text(&q, ":label", label);
    return read_issuers(&q, out, len, e);
}

enum err store_text(const struct db *db, int64_t certificate_n, struct arena *a, const char **out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_TEXT_GET);

    query_int(&q, ":n", certificate_n);
    *out = query_next(&q) ? query_get_text(&q, 0, a) : "";
    return query_end(&q, e);
}

enum err store_text_holds(const struct db *db, int64_t certificate_n, const char *word, bool *out, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(db, Q_TEXT_HOLDS);

    query_text(&q, ":word", word);
    query_int(&q, ":n", certificate_n);
    *out = query_next(&q) && query_get_int(&q, 0) != 0;
    return query_end(&q, e);
}
