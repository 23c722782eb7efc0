/* The terms of a filter held against a row: first by what the walked index holds, then by what must be fetched. */
#include "inventory/filter.h"

#include "base/text.h"

unsigned filter_wants(const struct filter *f)
{
    static const unsigned wants[] = {
        [TERM_STATUS] = WANT_STATE, [TERM_ISSUER] = WANT_ISSUER, [TERM_KEY] = WANT_KEY_TYPE, [TERM_SOURCE] = WANT_SOURCE,
        [TERM_STORE] = WANT_STORE, [TERM_WORD] = WANT_ISSUER, [TERM_USED] = 0,
    };
    unsigned all = 0;

    for (size_t i = 0; i < f->len; i++)
        all |= wants[f->at[i].kind];
    return all;
}

static void narrow(int64_t *from, int64_t *to, int64_t low, int64_t high)
{
    *from = low > *from ? low : *from;
    *to = high < *to ? high : *to;
}

void filter_span(const struct filter *f, const struct moment *at, int64_t *from, int64_t *to)
{
    *from = INT64_MIN;
    *to = INT64_MAX;
    for (size_t i = 0; i < f->len; i++) {
        const struct term *t = &f->at[i];

        if (t->is_not)
            continue;
        if (t->kind == TERM_EXPIRES)
            narrow(from, to, t->from, t->to);
        else if (t->kind == TERM_STATUS && t->status == STATUS_EXPIRED)
            narrow(from, to, INT64_MIN, at->now);
        else if (t->kind == TERM_STATUS && t->status == STATUS_EXPIRING)
            narrow(from, to, at->now, at->expiring_at);
        else if (t->kind == TERM_STATUS && t->status == STATUS_VALID)
            narrow(from, to, at->expiring_at, INT64_MAX);
    }
}

static bool is_one_of(const struct term *t, const struct id *issuer)
{
    for (size_t i = 0; i < t->issuers_len; i++)
        if (id_equal(&t->issuers[i], issuer))
            return true;
    return false;
}

static bool is_fetched(enum term_kind kind)
{
    return kind >= TERM_SAN;
}

static bool is_key_of(const char *type, const char *asked)
{
    if (strcmp(asked, "rsa") == 0)
        return text_starts(type, "rsa");
    if (strcmp(asked, "ec") == 0)
        return text_starts(type, "ec-");
    return strcmp(type, strcmp(asked, "rsa-other") == 0 ? "rsa" : asked) == 0;
}

/* By what the index holds. */
static bool test_here(const struct term *t, const struct moment *at, const struct walk_row *row)
{
    switch (t->kind) {
    case TERM_STATUS:
        return status_at(at->now, at->expiring_at, row->not_before, row->not_after, strcmp(row->state, "revoked") == 0) == t->status;
    case TERM_EXPIRES:
        return row->not_after >= t->from && row->not_after < t->to;
    case TERM_ISSUER:
        return is_one_of(t, &row->issuer);
    case TERM_KEY:
        return is_key_of(row->key_type, t->text);
    case TERM_HAS_KEY:
        return (row->flags & VERSION_HAS_KEY) != 0;
    case TERM_IS:
        return (row->flags & t->flag) != 0;
    case TERM_SOURCE:
        return t->text[0] == '\0' ? strcmp(row->source, "import") != 0 : strcmp(row->source, t->text) == 0;
    case TERM_STORE:
        return strcmp(row->store, t->text) == 0;
    case TERM_SAN:
    case TERM_DIGITS:
    case TERM_WORD:
    case TERM_TAG:
    case TERM_OWNER:
    case TERM_ACCOUNT:
    case TERM_USED:
        break;
    }
    return !t->is_not;             /* fetched, later */
}

static bool name_matches(const char *pattern, const char *name)
{
    return text_starts(pattern, "*.") ? text_ends(name, pattern + 1) : strcmp(name, pattern) == 0;
}

static enum err test_names(const struct term *t, const struct db *db, int64_t n, struct arena *a, bool *out, struct error *e)
{
    struct name_row *names;
    size_t len;
    enum err r = store_names(db, n, a, &names, &len, e);

    *out = false;
    for (size_t i = 0; r == ERR_NONE && i < len && !*out; i++)
        *out = name_matches(t->text, names[i].text);
    return r;
}

static enum err test_digits(const struct digits *d, const struct db *db, int64_t n, struct arena *a, bool *out, struct error *e)
{
    struct version_row row;
    enum err r = store_version(db, n, a, &row, e);

    *out = r == ERR_NONE && (digits_match(d, row.serial) || digits_match(d, row.sha1) || digits_match(d, row.sha256));
    return r;
}

static enum err test_word(const struct term *t, const struct db *db, const struct walk_row *row, struct arena *a, bool *out, struct error *e)
{
    enum err r;

    *out = is_one_of(t, &row->issuer);
    if (*out)
        return ERR_NONE;
    r = store_text_holds(db, row->certificate_n, t->text, out, e);
    if (r == ERR_NONE && !*out && t->digits.nibbles > 0)
        r = test_digits(&t->digits, db, row->n, a, out, e);
    return r;
}

static enum err test_there(const struct term *t, const struct db *db, const struct walk_row *row, bool *out, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = t->kind == TERM_SAN || t->digits.nibbles > 0 ? arena_new() : NULL;

    switch (t->kind) {
    case TERM_SAN:
        return test_names(t, db, row->n, a, out, e);
    case TERM_DIGITS:
        return test_digits(&t->digits, db, row->n, a, out, e);
    case TERM_TAG:
        return store_has(db, HAS_TAG, t->text, row->certificate_n, out, e);
    case TERM_OWNER:
        return store_has(db, HAS_OWNER, t->text, row->certificate_n, out, e);
    case TERM_ACCOUNT:
        return store_has(db, HAS_ACCOUNT, t->text, row->certificate_n, out, e);
    case TERM_USED:
        return store_has(db, HAS_USE, NULL, row->certificate_n, out, e);
    default:
        return test_word(t, db, row, a, out, e);
    }
}

/* Where the index has said already which rows may hold the word. */
static bool surely_not(const struct term *t, const struct walk_row *row)
{
    return t->kind == TERM_WORD && !t->is_not && t->digits.nibbles == 0 && !is_one_of(t, &row->issuer) && !store_word_rows_may(&t->rows, row->certificate_n);
}

enum err filter_test(const struct filter *f, const struct db *db, const struct moment *at, const struct walk_row *row,
                     unsigned *cost, bool *passes, struct error *e)
{
    *passes = false;
    if ((row->flags & VERSION_ARCHIVED) != 0 && !f->asks_archived)
        return ERR_NONE;
    for (size_t i = 0; i < f->len; i++)
        if (test_here(&f->at[i], at, row) == f->at[i].is_not || surely_not(&f->at[i], row))
            return ERR_NONE;
    for (size_t i = 0; i < f->len; i++) {
        bool holds;
        enum err r;

        if (!is_fetched(f->at[i].kind))
            continue;
        *cost += 8;
        r = test_there(&f->at[i], db, row, &holds, e);
        if (r)
            return r;
        if (holds == f->at[i].is_not)
            return ERR_NONE;
    }
    *passes = true;
    return ERR_NONE;
}
