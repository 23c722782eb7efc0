#include "check.h"

#include "inventory.h"
#include "store/certificates.h"
#include "store/jobs.h"
#include "store/query.h"

static void add_and_show(struct place *p, struct making *m, struct arena *a, struct inventory_item *out)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct error e = { 0 };

    assert_ok(make(p, m, &e));
    assert_ok(store_look(p->store, &look, &e));
    assert_ok(inventory_show(look_db(&look), &m->certificate, 0, a, out, &e));
}

static void what_was_added_is_shown(void **state)
{
    struct making m = { .common_name = "www.lab.lan", .names = { "www.lab.lan", "10.1.2.3", "*.lab.lan", "::1" }, .is_self_signed = true };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct inventory_item item;

    add_and_show(*state, &m, a, &item);
    assert_int_equal(m.number, 1);
    assert_true(id_equal(&item.id, &m.certificate));
    assert_string_equal(item.common_name, "www.lab.lan");
    assert_string_equal(item.subject, "CN=www.lab.lan");
    assert_string_equal(item.issuer_text, "CN=www.lab.lan");
    assert_string_equal(item.key_type, "ec-p256");
    assert_string_equal(item.status, "valid");
    assert_string_equal(item.profile, "web-server");
    assert_int_equal(item.dns_len, 2);
    assert_string_equal(item.dns_names[0], "www.lab.lan");
    assert_string_equal(item.dns_names[1], "*.lab.lan");
    assert_int_equal(item.ip_len, 2);
    assert_string_equal(item.ip_addresses[0], "10.1.2.3");
    assert_string_equal(item.ip_addresses[1], "::1");
    assert_int_equal(item.serial.len, 20);
    assert_true(item.der.len > 100);
    assert_true(item.is_self_signed && item.is_current && !item.has_private_key);
    assert_int_equal(item.row_version, 1);
}

static void a_renewal_adds_a_version_and_the_earlier_one_can_still_be_seen(void **state)
{
    struct making m = { .common_name = "www.lab.lan", .names = { "old.lab.lan" } };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct inventory_item item, *all;
    struct place *p = *state;
    struct error e = { 0 };
    size_t len;

    add_and_show(p, &m, a, &item);
    m.names[0] = "new.lab.lan";
    add_and_show(p, &m, a, &item);
    assert_int_equal(m.number, 2);
    assert_string_equal(item.dns_names[0], "new.lab.lan");
    assert_int_equal(item.versions, 2);
    assert_int_equal(item.row_version, 2);

    CLEANUP(look_done) struct look look = { 0 };
    assert_ok(store_look(p->store, &look, &e));
    assert_ok(inventory_show(look_db(&look), &m.certificate, 1, a, &item, &e));
    assert_string_equal(item.dns_names[0], "old.lab.lan");
    assert_false(item.is_current);
    assert_ok(inventory_versions(look_db(&look), &m.certificate, a, &all, &len, &e));
    assert_int_equal(len, 2);
    assert_int_equal(all[0].number, 2);
    assert_ok(inventory_by_version(look_db(&look), all[1].n, a, &item, &e));
    assert_int_equal(item.number, 1);
}

static void what_is_not_there_is_absent(void **state)
{
    CLEANUP(look_done) struct look look = { 0 };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct inventory_item item;
    struct place *p = *state;
    struct error e = { 0 };
    struct id id = id_new();

    assert_ok(store_look(p->store, &look, &e));
    assert_int_equal(inventory_show(look_db(&look), &id, 0, a, &item, &e), ERR_ABSENT);
    assert_int_equal(inventory_show(look_db(&look), &id, 7, a, &item, &e), ERR_ABSENT);
    assert_int_equal(inventory_by_version(look_db(&look), 77, a, &item, &e), ERR_ABSENT);
}

static void status_goes_by_the_clock(void **state)
{
    static const struct { int64_t from, to; const char *status; } rows[] = {
        { -10 * DAYS, 90 * DAYS, "valid" }, { -10 * DAYS, 29 * DAYS, "expiring" }, { -10 * DAYS, -1, "expired" }, { 1 * DAYS, 90 * DAYS, "not-yet-valid" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct making m = { .common_name = "x.lan", .names = { "x.lan" }, .not_before = clock_now() + rows[i].from, .not_after = clock_now() + rows[i].to };
        struct inventory_item item;

        add_and_show(*state, &m, a, &item);
        assert_string_equal(item.status, rows[i].status);
    }
}

static void the_chain_leads_to_the_root_which_is_left_out_unless_asked_for(void **state)
{
    struct making root = { .common_name = "Lab Root CA", .is_ca = true, .store = "root", .is_self_signed = true };
    struct making middle = { .common_name = "Lab Issuing CA", .is_ca = true, .store = "intermediate", .issuer = &root };
    struct making leaf = { .common_name = "www.lan", .names = { "www.lan" }, .issuer = &middle };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    CLEANUP(look_done) struct look look = { 0 };
    struct place *p = *state;
    struct error e = { 0 };
    struct bytes *chain;
    struct cert last;
    size_t len;

    assert_ok(make(p, &root, &e));
    middle.issuer_id = id_new();
    assert_ok(make(p, &middle, &e));
    middle.issuer_id = root.issuer_id;             /* the row that is there serves as the issuer of the leaf, too */
    assert_ok(make(p, &leaf, &e));
    assert_ok(store_look(p->store, &look, &e));
    assert_ok(inventory_chain(look_db(&look), leaf.n, true, a, &chain, &len, &e));
    assert_int_equal(len, 3);
    assert_ok(cert_parse(chain[2], a, &last, &e));
    assert_string_equal(last.common_name, "Lab Root CA");
    assert_ok(inventory_chain(look_db(&look), leaf.n, false, a, &chain, &len, &e));
    assert_int_equal(len, 2);
    assert_ok(inventory_chain(look_db(&look), root.n, false, a, &chain, &len, &e));
    assert_int_equal(len, 1);
}

static enum err use_it(struct tx *tx, void *arg, struct error *e)
{
    CLEANUP(query_done) struct query q = query_begin(tx_db(tx), Q_USE_ADD);
    static const struct id by = { { 1 } };

    query_text(&q, ":by", "web-server");
    query_ident(&q, ":by_id", &by);
    query_text(&q, ":note", "");
    query_ident(&q, ":certificate", arg);
    return query_run(&q, NULL, e);
}

static void who_uses_a_lineage_is_told_of_its_new_version(void **state)
{
    struct making m = { .common_name = "www.lan", .names = { "www.lan" } };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    CLEANUP(look_done) struct look look = { 0 };
    struct inventory_item item;
    struct place *p = *state;
    struct job_row *jobs;
    struct error e = { 0 };
    size_t len;

    assert_ok(make(p, &m, &e));
    assert_ok(store_write(p->store, &p->who, use_it, &m.certificate, &e));
    assert_ok(make(p, &m, &e));
    assert_ok(store_look(p->store, &look, &e));
    assert_ok(inventory_show(look_db(&look), &m.certificate, 0, a, &item, &e));
    assert_int_equal(item.used_by_len, 1);
    assert_string_equal(item.used_by[0], "web-server");
    assert_ok(store_job_list(look_db(&look), 0, 10, a, &jobs, &len, &e));
    assert_int_equal(len, 1);
    assert_string_equal(jobs[0].kind, "follow");
    assert_true(id_equal(&jobs[0].subject_id, &m.certificate));
}

static void an_endless_common_name_is_cut_for_the_index(void **state)
{
    struct making m = { .names = { "x.lan" } };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct inventory_item item;
    char name[400];

    memset(name, 'x', sizeof(name));
    for (size_t i = 0; i + 2 <= 398; i += 2)
        memcpy(name + i, "\xc3\xa4", 2);
    name[398] = '\0';
    m.common_name = name;
    add_and_show(*state, &m, a, &item);
    assert_int_equal(strlen(item.common_name), 254);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(what_was_added_is_shown),
        in_place(a_renewal_adds_a_version_and_the_earlier_one_can_still_be_seen),
        in_place(what_is_not_there_is_absent),
        in_place(status_goes_by_the_clock),
        in_place(the_chain_leads_to_the_root_which_is_left_out_unless_asked_for),
        in_place(who_uses_a_lineage_is_told_of_its_new_version),
        in_place(an_endless_common_name_is_cut_for_the_index),
    };

    return tests_of(tests);
}
