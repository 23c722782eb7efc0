/* filled - a place with five certificates of one authority, the root among them, and a question of them. */
#ifndef TEST_FILLED_H
#define TEST_FILLED_H

#include "inventory.h"
#include "store/certificates.h"
#include "store/describe.h"
#include "store/query.h"

static inline struct inventory_page page_of(struct place *p, const struct actor *who, const struct inventory_ask *ask, struct arena *a)
{
    struct inventory_page page = { 0 };
    struct error e = { 0 };

    assert_ok(inventory_list(p->store, who, ask, a, &page, &e));
    return page;
}

/* a.lan ends first, b.lan has the same end as c.lan, old.lan is over; and a root. */
static inline int fill(void **state)
{
    static const struct { const char *name, *alias; int days; const char *source; bool has_key; } rows[] = {
        { "c.lan", "10.0.0.3", 90, "rest", false }, { "a.lan", "x.y.z.lan", 10, "rest", false }, { "b.lan", "mail.example", 90, "cli", false },
        { "old.lan", "legacy.example", -5, "rest", false },
    };
    struct making root = { .common_name = "Lab Root CA", .is_ca = true, .store = "root", .is_self_signed = true };
    struct error e = { 0 };
    int64_t now = clock_now();

    if (place_make(state) != 0)
        return -1;
    root.not_after = now + 3650 * DAYS;
    assert_ok(make(*state, &root, &e));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct making m = { .common_name = rows[i].name, .names = { rows[i].name, rows[i].alias }, .source = rows[i].source, .issuer = &root,
                            .not_before = now - 10 * DAYS, .not_after = now + rows[i].days * DAYS };

        assert_ok(make(*state, &m, &e));
    }
    return 0;
}
#define with_rows(test) cmocka_unit_test_setup_teardown(test, fill, place_remove)

/* Two tags, and that the web server uses it. arg: its id. */
static inline enum err hang_beside(struct tx *tx, void *arg, struct error *e)
{
    static const char *const tags[] = { "blue", "amber" };
    const struct id *certificate = arg;
    CLEANUP(arena_drop) struct arena *a = arena_new();
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_USE_ADD);
    static const struct id by = { { 1 } };
    struct lineage lineage;
    enum err r = store_certificate_find(tx_db(tx), certificate, a, &lineage, e);

    if (r == ERR_NONE)
        r = store_tags_put(tx, lineage.n, tags, 2, e);
    query_text(&q, ":by", "web-server");
    query_ident(&q, ":by_id", &by);
    query_text(&q, ":note", "");
    query_ident(&q, ":certificate", certificate);
    return r ? r : query_run(&q, NULL, e);
}

#endif
