/* plan - how the rows of a page are found: straight to them where a condition leads to few, else along the sort order, a bounded way. */
#ifndef INVENTORY_PLAN_H
#define INVENTORY_PLAN_H

#include "inventory/filter.h"

/* What the actor may see. */
struct sight {
    bool is_all;
    const struct id *issuers; size_t issuers_len;
    const int64_t *certificates; size_t certificates_len;
};

struct plan {
    const struct db *db;
    struct filter filter;
    struct sight sight;
    struct moment at;
    enum walk_order order;
    struct walk_from from;
    unsigned limit;
    unsigned examine;              /* what it may cost to walk: a row 1, a look at its text 8; 0: EXAMINED_MAX */
    bool keeps_all;                /* of each row all that the index has; else what a cursor needs */
};
enum { EXAMINED_MAX = 20000 };
/* rows: room for limit. has_more: the list goes on behind `last`, which may be a row that did not pass. */
struct planned { struct walk_row *rows; size_t len; bool has_more; struct walk_row last; };
enum err plan_run(const struct plan *plan, struct arena *a, struct planned *out, struct error *e) MUST_CHECK;

#endif
