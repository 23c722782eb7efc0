#include "inventory/plan.h"

#include <stdlib.h>

#include "base/text.h"

static bool may_see(const struct sight *s, const struct walk_row *row)
{
    if (s->is_all)
        return true;
    for (size_t i = 0; i < s->issuers_len; i++)
        if (id_equal(&s->issuers[i], &row->issuer))
            return true;
    for (size_t i = 0; i < s->certificates_len; i++)
        if (s->certificates[i] == row->certificate_n)
            return true;
    return false;
}

static struct walk_row kept_row(const struct plan *p, const struct walk_row *row, struct arena *a)
{
    struct walk_row kept = { .n = row->n, .certificate_n = row->certificate_n, .not_after = row->not_after, .common_name = arena_text(a, row->common_name) };

    if (!p->keeps_all)
        return kept;
    kept = *row;
    kept.state = arena_text(a, row->state);
    kept.key_type = arena_text(a, row->key_type);
    kept.store = arena_text(a, row->store);
    kept.source = arena_text(a, row->source);
    kept.common_name = arena_text(a, row->common_name);
    return kept;
}

/* along the order ---------------------------------------------------------------------------------------------- */

struct walking {
    const struct plan *plan;
    struct planned *out;
    struct arena *arena;
    unsigned cost;
    enum err r;
    struct error *e;
};

static bool take_row(void *arg, const struct walk_row *row)
{
    struct walking *w = arg;
    bool passes = false;

    if (w->out->len == w->plan->limit || w->cost >= w->plan->examine) {
        w->out->has_more = true;
        return false;
    }
    w->cost++;
    if (may_see(&w->plan->sight, row))
        w->r = filter_test(&w->plan->filter, w->plan->db, &w->plan->at, row, &w->cost, &passes, w->e);
    if (w->r)
        return false;
    if (passes)
        w->out->rows[w->out->len++] = kept_row(w->plan, row, w->arena);
    if (passes || w->cost >= w->plan->examine)
        w->out->last = passes ? w->out->rows[w->out->len - 1] : kept_row(w->plan, row, w->arena);
    return true;
}

/* A word that is in more names than go straight, but in few of all: one walk through its list in the index, which is in order, spares
   looking at the text of each row on the way. A word that every sixteenth has is found soon enough as it is. */
static bool is_sparse(const struct found *found, int64_t span)
{
    return found->is_more && span > 16 * (int64_t)found->len;
}

static bool has_trigrams(const struct term *t)
{
    return strlen(t->text) >= TRIGRAM && text_is_printable_ascii(t->text);          /* the index folds other letters in its own way */
}

static enum err learn_rows(const struct plan *p, struct term *t, struct arena *a, struct error *e)
{
    enum err r;

    if (t->kind != TERM_WORD || t->is_not || !t->is_sparse)
        return ERR_NONE;
    r = store_word_rows(p->db, t->text, a, &t->rows, e);
    if (r == ERR_NONE && t->rows.len == WORD_ROWS_MAX)
        t->rows = (struct word_rows){ 0 };
    return r;
}

static enum err walk_along(struct plan *p, struct arena *a, struct planned *out, struct error *e)
{
    struct walk walk = { .order = p->order, .from = p->from, .wants = filter_wants(&p->filter) | (p->sight.is_all ? 0 : WANT_ISSUER) | (p->keeps_all ? WANT_ALL & ~WANT_NAME : 0),
                         .is_superseded = p->filter.is_superseded };
    struct walking w = { .plan = p, .out = out, .arena = a, .e = e };
    enum err r = ERR_NONE;

    for (size_t i = 0; r == ERR_NONE && i < p->filter.len; i++)
        r = learn_rows(p, &p->filter.at[i], a, e);
    if (r)
        return r;
    filter_span(&p->filter, &p->at, &walk.min, &walk.max);
    r = store_walk(p->db, &walk, take_row, &w, e);
    return r ? r : w.r;
}

/* straight to them --------------------------------------------------------------------------------------------- */

static enum err find_issuers(const struct plan *p, const struct id *issuers, size_t len, struct found *out, struct error *e)
{
    for (size_t i = 0; i < len && !out->is_more; i++) {
        enum err r = store_find_issuer(p->db, &issuers[i], out, e);

        if (r)
            return r;
    }
    return ERR_NONE;
}

static enum err find_word(const struct plan *p, struct term *t, struct found *out, bool *leads, struct error *e)
{
    int64_t span;
    enum err r;

    *leads = has_trigrams(t);
    if (!*leads)
        return ERR_NONE;
    r = store_find_words(p->db, t->text, out, &span, e);
    t->is_sparse = r == ERR_NONE && is_sparse(out, span);
    if (r == ERR_NONE && t->digits.nibbles > 0 && !out->is_more)
        r = store_find_digits(p->db, &t->digits, out, e);
    if (r == ERR_NONE)
        r = find_issuers(p, t->issuers, t->issuers_len, out, e);
    return r;
}

/* *leads: the condition has an index of its own. */
static enum err find(const struct plan *p, struct term *t, struct found *out, bool *leads, struct error *e)
{
    *leads = !t->is_not;
    switch (*leads ? t->kind : TERM_STATUS) {
    case TERM_WORD:
        return find_word(p, t, out, leads, e);
    case TERM_DIGITS:
        return store_find_digits(p->db, &t->digits, out, e);
    case TERM_SAN:
        return store_find_name(p->db, t->text, out, e);
    case TERM_ISSUER:
        return find_issuers(p, t->issuers, t->issuers_len, out, e);
    case TERM_STORE:
        *leads = strcmp(t->text, "personal") != 0;
        return *leads ? store_find_by(p->db, BY_STORE, t->text, out, e) : ERR_NONE;
    case TERM_TAG:
        return store_find_by(p->db, BY_TAG, t->text, out, e);
    case TERM_OWNER:
        *leads = t->text[0] != '\0';
        return *leads ? store_find_by(p->db, BY_OWNER, t->text, out, e) : ERR_NONE;
    case TERM_ACCOUNT:
        *leads = t->text[0] != '\0';
        return *leads ? store_find_by(p->db, BY_ACCOUNT, t->text, out, e) : ERR_NONE;
    case TERM_USED:
        return store_find_in_use(p->db, out, e);
    case TERM_STATUS:
    case TERM_EXPIRES:
    case TERM_KEY:
    case TERM_HAS_KEY:
    case TERM_IS:
    case TERM_SOURCE:
        break;
    }
    *leads = false;
    return ERR_NONE;
}

/* Keeps the smaller of both; one that was cut off is no answer. */
static void keep(struct found *best, bool *has_best, const struct found *one)
{
    if (one->is_more || (*has_best && best->len <= one->len))
        return;
    *best = *one;
    *has_best = true;
}

static enum err find_span(const struct plan *p, struct found *out, bool *leads, struct error *e)
{
    int64_t from, to;

    filter_span(&p->filter, &p->at, &from, &to);
    *leads = (from != INT64_MIN || to != INT64_MAX) && p->order != WALK_EXPIRY_UP && p->order != WALK_EXPIRY_DOWN;
    return *leads ? store_find_ending(p->db, from, to, out, e) : ERR_NONE;
}

/* Who may see but a few goes straight to those. */
static enum err find_sight(const struct plan *p, struct found *out, bool *leads, struct error *e)
{
    enum err r;

    *leads = !p->sight.is_all;
    if (!*leads)
        return ERR_NONE;
    r = store_find_lineages(p->db, p->sight.certificates, p->sight.certificates_len, out, e);
    return r ? r : find_issuers(p, p->sight.issuers, p->sight.issuers_len, out, e);
}

static enum err find_best(struct plan *p, struct found *best, bool *has_best, struct arena *a, struct error *e)
{
    struct found *one = arena_take(a, sizeof(*one));
    bool leads;
    enum err r;

    *has_best = false;
    for (size_t i = 0; i < p->filter.len + 2; i++) {
        one->len = 0;
        one->is_more = false;
        if (i < p->filter.len)
            r = find(p, &p->filter.at[i], one, &leads, e);
        else
            r = i == p->filter.len ? find_span(p, one, &leads, e) : find_sight(p, one, &leads, e);
        if (r)
            return r;
        if (leads)
            keep(best, has_best, one);
        if (*has_best && best->len <= p->limit)
            return ERR_NONE;                       /* few enough: no need to ask on */
    }
    return ERR_NONE;
}

static int compare(enum walk_order order, const struct walk_row *x, const struct walk_row *y)
{
    int by_n = x->n < y->n ? -1 : x->n > y->n;
    int by_end = x->not_after < y->not_after ? -1 : x->not_after > y->not_after;

    switch (order) {
    case WALK_OLDEST:
        return by_n;
    case WALK_NEWEST:
        return -by_n;
    case WALK_EXPIRY_UP:
        return by_end != 0 ? by_end : by_n;
    case WALK_EXPIRY_DOWN:
        return by_end != 0 ? -by_end : -by_n;
    case WALK_NAME_UP:
    case WALK_NAME_DOWN:
    case WALK_ORDERS:
        break;
    }
    by_end = strcmp(x->common_name, y->common_name);
    by_end = by_end != 0 ? by_end : by_n;
    return order == WALK_NAME_UP ? by_end : -by_end;
}

static int compare_for_sort(const void *x, const void *y, void *arg)
{
    return compare(*(const enum walk_order *)arg, x, y);
}

static bool is_behind(const struct plan *p, const struct walk_row *row)
{
    struct walk_row from = { .n = p->from.n, .not_after = p->from.not_after, .common_name = p->from.common_name };

    return !p->from.is_set || compare(p->order, row, &from) > 0;
}

static enum err test_found(const struct plan *p, const struct found *found, struct walk_row *rows, size_t *len, struct arena *a, struct error *e)
{
    for (size_t i = 0; i < found->len; i++) {
        CLEANUP(arena_drop) struct arena *scratch = arena_new();
        struct walk_row row;
        unsigned cost = 0;
        bool passes = false;
        enum err r = store_walk_one(p->db, found->at[i], scratch, &row, e);

        if (r == ERR_ABSENT)
            continue;
        if (r == ERR_NONE && may_see(&p->sight, &row) && is_behind(p, &row))
            r = filter_test(&p->filter, p->db, &p->at, &row, &cost, &passes, e);
        if (r)
            return r;
        if (passes)
            rows[(*len)++] = kept_row(p, &row, a);
    }
    return ERR_NONE;
}

static enum err go_straight(const struct plan *p, const struct found *found, struct arena *a, struct planned *out, struct error *e)
{
    struct walk_row *rows = arena_take(a, (found->len + 1) * sizeof(*rows));
    enum walk_order order = p->order;
    size_t len = 0, kept = 0;
    enum err r = test_found(p, found, rows, &len, a, e);

    if (r)
        return r;
    qsort_r(rows, len, sizeof(*rows), compare_for_sort, &order);
    for (size_t i = 0; i < len; i++) {             /* a certificate may have been found by its name and by its number */
        if (i > 0 && rows[i].n == rows[i - 1].n)
            continue;
        if (kept == p->limit) {
            out->has_more = true;
            break;
        }
        out->rows[kept++] = rows[i];
    }
    out->len = kept;
    if (kept > 0)
        out->last = out->rows[kept - 1];
    return ERR_NONE;
}

/* What leads straight leads to current versions; on the way it is learned which words are sparse. */
static enum err run(struct plan *p, struct arena *a, struct planned *out, struct error *e)
{
    struct found *best = arena_take(a, sizeof(*best));
    bool has_best = false;
    enum err r = find_best(p, best, &has_best, a, e);

    if (r)
        return r;
    return has_best && !p->filter.is_superseded ? go_straight(p, best, a, out, e) : walk_along(p, a, out, e);
}

enum err plan_run(const struct plan *plan, struct arena *a, struct planned *out, struct error *e)
{
    struct planned result = { .rows = arena_take(a, plan->limit * sizeof(*result.rows)) };
    struct plan *own = arena_take(a, sizeof(*own));
    enum err r;

    *own = *plan;
    if (own->examine == 0)
        own->examine = EXAMINED_MAX;
    r = run(own, a, &result, e);
    if (r)
        return r;

    *out = result;
    return ERR_NONE;
}
