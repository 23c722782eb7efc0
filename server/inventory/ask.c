#include "inventory/ask.h"

#include "inventory/cursor.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 500, CERTIFICATES_SEEN_MAX = 2000, COUNTED_MAX = 2000, COUNTED_COST = 5000 };

static const struct { const char *text; enum walk_order order; } sorts[] = {
    { "-created", WALK_NEWEST }, { "created", WALK_OLDEST }, { "not_after", WALK_EXPIRY_UP }, { "-not_after", WALK_EXPIRY_DOWN },
    { "common_name", WALK_NAME_UP }, { "-common_name", WALK_NAME_DOWN },
};

static enum err read_order(const char *sort, enum walk_order *out, struct error *e)
{
    if (sort == NULL || *sort == '\0')
        sort = sorts[0].text;
    for (size_t i = 0; i < sizeof(sorts) / sizeof(*sorts); i++) {
        if (strcmp(sorts[i].text, sort) == 0) {
            *out = sorts[i].order;
            return ERR_NONE;
        }
    }
    return fail_at(e, "/sort", "sort by not_after, common_name or created, with - in front for the other way round");
}

/* Grants on authorities and single certificates; what else may be granted shows nothing here. */
static enum err look_around(const struct actor *who, const struct db *db, struct arena *a, struct sight *out, struct error *e)
{
    struct id *issuers = arena_take(a, (who->grants_len + 1) * sizeof(*issuers));
    int64_t *certificates = arena_take(a, (who->grants_len + 1) * sizeof(*certificates));
    uint64_t read = UINT64_C(1) << INVENTORY_RIGHT_READ;

    *out = (struct sight){ .is_all = (who->rights & read) != 0, .issuers = issuers, .certificates = certificates };
    for (size_t i = 0; i < who->grants_len && !out->is_all; i++) {
        const struct grant *g = &who->grants[i];
        struct lineage lineage;
        enum err r;

        if ((g->rights & read) == 0)
            continue;
        if (strcmp(g->scope, "*") == 0)
            out->is_all = true;
        if (strcmp(g->scope, "authority") == 0)
            issuers[out->issuers_len++] = g->scope_id;
        if (strcmp(g->scope, "certificate") != 0 || out->certificates_len == CERTIFICATES_SEEN_MAX)
            continue;
        r = store_certificate_find(db, &g->scope_id, a, &lineage, e);
        if (r == ERR_NONE)
            certificates[out->certificates_len++] = lineage.n;
        else if (r != ERR_ABSENT)
            return r;
    }
    return ERR_NONE;
}

enum err ask_plan(struct store *store, const struct actor *who, const struct inventory_ask *ask, const struct db *db, struct arena *a,
                  struct plan *plan, struct error *e)
{
    enum err r;

    plan->db = db;
    plan->limit = ask->limit == 0 ? LIMIT_DEFAULT : ask->limit;
    if (plan->limit > LIMIT_MAX)
        return fail_at(e, "/limit", "at most %d at once", LIMIT_MAX);
    r = read_order(ask->sort, &plan->order, e);
    if (r == ERR_NONE)
        r = moment_now(db, &plan->at, e);
    if (r == ERR_NONE)
        r = filter_parse_q(ask->q, a, &plan->filter, e);
    if (r == ERR_NONE)
        r = filter_parse(ask->filter, plan->at.now, a, &plan->filter, e);
    if (r == ERR_NONE)
        r = cursor_read(store, ask, plan->order, a, &plan->from, e);
    if (r == ERR_NONE)
        r = filter_resolve(&plan->filter, db, e);
    if (r == ERR_NONE)
        r = look_around(who, db, a, &plan->sight, e);
    return r;
}

enum err ask_rows(struct plan *plan, struct arena *a, struct planned *out, struct error *e)
{
    plan->limit = COUNTED_MAX;
    plan->examine = COUNTED_COST;
    plan->keeps_all = true;
    return plan_run(plan, a, out, e);
}
