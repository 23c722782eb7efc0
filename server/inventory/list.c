#include "inventory/ask.h"
#include "inventory/cursor.h"
#include "store/pages.h"

static enum err fill_items(const struct plan *plan, const struct planned *found, struct arena *a, struct inventory_page *out, struct error *e)
{
    struct version_row *rows = arena_take(a, (found->len + 1) * sizeof(*rows));
    int64_t *versions = arena_take(a, (found->len + 1) * sizeof(*versions));
    enum err r;

    for (size_t i = 0; i < found->len; i++)
        versions[i] = found->rows[i].n;
    out->items = arena_take(a, (found->len + 1) * sizeof(*out->items));
    out->len = found->len;
    r = store_page_versions(plan->db, versions, found->len, a, rows, e);
    return r ? r : items_of(plan->db, rows, found->len, &plan->at, a, out->items, e);
}

enum err inventory_list(struct store *store, const struct actor *who, const struct inventory_ask *ask, struct arena *a, struct inventory_page *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct inventory_page page = { 0 };
    struct planned rows = { 0 };
    struct plan plan = { 0 };
    enum err r;

    r = store_look(store, &look, e);
    if (r == ERR_NONE)
        r = ask_plan(store, who, ask, look_db(&look), a, &plan, e);
    if (r == ERR_NONE)
        r = plan_run(&plan, a, &rows, e);
    if (r == ERR_NONE)
        r = fill_items(&plan, &rows, a, &page, e);
    if (r)
        return r;

    if (rows.has_more)
        page.next_cursor = cursor_write(store, ask, plan.order, &rows.last, a);
    *out = page;
    return ERR_NONE;
}
