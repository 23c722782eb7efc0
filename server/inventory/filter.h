/* filter - what a list shows, as a person writes it: status:valid expires<30d issuer:"Lab CA" -store:root san:*.lan words.
   Parsed to fixed terms; no SQL is composed. */
#ifndef INVENTORY_FILTER_H
#define INVENTORY_FILTER_H

#include "inventory/rows.h"
#include "store/find.h"
#include "store/walk.h"

enum term_kind { TERM_STATUS, TERM_EXPIRES, TERM_ISSUER, TERM_KEY, TERM_HAS_KEY, TERM_IS, TERM_SOURCE, TERM_STORE, TERM_SAN, TERM_DIGITS, TERM_WORD,
                 TERM_TAG, TERM_OWNER, TERM_ACCOUNT, TERM_USED };
struct term {
    enum term_kind kind;
    bool is_not;
    const char *text;              /* lower case but for labels, tags, owners and accounts */
    enum status status;
    int64_t from, to;              /* TERM_EXPIRES: not_after in [from, to) */
    unsigned flag;                 /* TERM_IS */
    struct digits digits;          /* TERM_DIGITS; TERM_WORD: nibbles is 0 when the word is no number */
    struct id issuers[LABELLED_MAX];       /* TERM_ISSUER; TERM_WORD: whose label holds it. Filled by filter_resolve */
    size_t issuers_len;
    bool is_sparse;                /* TERM_WORD: too many have it to go straight, but few of all; the plan finds out */
    struct word_rows rows;         /* TERM_WORD: those that may hold it; at NULL: not known */
};

enum { TERMS_MAX = 24, FILTER_TEXT_MAX = 1000 };
struct filter {
    struct term at[TERMS_MAX];
    size_t len;
    bool is_superseded;            /* is:superseded: earlier versions, instead of the current ones */
    bool asks_archived;            /* is:archived stands in it, or -is:archived; else what is archived is not shown */
};

/* Every AND of it must hold. Errors name "/filter" or "/q", and the character where it went wrong. NULL and "" add nothing. */
enum err filter_parse(const char *text, int64_t now, struct arena *a, struct filter *out, struct error *e) MUST_CHECK;
enum err filter_parse_q(const char *q, struct arena *a, struct filter *out, struct error *e) MUST_CHECK;
enum err filter_resolve(struct filter *f, const struct db *db, struct error *e) MUST_CHECK;    /* labels of issuers */

/* filter_rows.c */
unsigned filter_wants(const struct filter *f);                     /* columns that the test needs: WANT_* */
/* What not_after must be within, by the terms that are not negated: [*from, *to). */
void filter_span(const struct filter *f, const struct moment *at, int64_t *from, int64_t *to);
/* Does the row pass? Words, numbers and names are fetched only when all else holds; *cost grows by what that takes. */
enum err filter_test(const struct filter *f, const struct db *db, const struct moment *at, const struct walk_row *row,
                     unsigned *cost, bool *passes, struct error *e) MUST_CHECK;

#endif
