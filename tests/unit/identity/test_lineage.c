#include "shop.h"

#include "identity/lineage.h"
#include "inventory/lineage.h"

/* What one step came to. */
struct outcome { enum err code; struct swap_result swap; struct findings faults; struct error e; };

static struct outcome roll_back(struct shop *s, const struct id *certificate, int number, unsigned seconds)
{
    struct return_wish wish = { .certificate = *certificate, .number = number, .accepts = { .confirm_within_sec = seconds } };
    struct outcome o = { .code = ERR_NONE };

    findings_init(&o.faults, s->arena);
    o.code = identity_return_to(s->identity, &s->who, &wish, s->arena, &o.faults, &o.swap, &o.e);
    return o;
}

/* Certificate and key of another lineage, which is gone from here: what an administrator brings as a file. */
static struct bytes file_of(struct shop *s, const char *names, const char *profile)
{
    struct wish wish = { .profile = profile, .is_exportable = true };
    struct export_wish how = { .format = EXPORT_PEM, .with_key = true };
    const char *dns[8], *ip[8];
    char *list = arena_text(s->arena, names), *rest = NULL, *first = NULL;
    struct exported out;
    struct findings faults;
    struct users users;
    struct issued made;
    struct error e = { 0 };

    for (char *name = strtok_r(list, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest)) {
        first = first == NULL ? name : first;
        if (name[0] >= '0' && name[0] <= '9')
            ip[wish.ip_len++] = name;
        else
            dns[wish.dns_len++] = name;
    }
    wish.dns_names = dns;
    wish.ip_addresses = ip;
    findings_init(&faults, s->arena);
    assert_ok(ca_issue(s->house->ca, &s->who, &wish, s->arena, &faults, &made, &e));
    assert_ok(ca_export(s->house->ca, &s->who, &made.certificate, &how, s->arena, &out, &e));
    assert_ok(inventory_delete(s->house->store, &s->who, &made.certificate, first, s->arena, &users, &faults, &e));
    return out.body;
}

static struct outcome replace_by(struct shop *s, const struct id *certificate, struct bytes body, unsigned accepts, const struct swap_wish *how)
{
    struct import_file file = { .file = body };
    struct replacement replaces = { .certificate = *certificate, .accepts = accepts };
    struct import_wish wish = { .files = &file, .files_len = 1, .replaces = &replaces };
    struct import_result result;
    struct outcome o = { .code = ERR_NONE };

    findings_init(&o.faults, s->arena);
    o.code = identity_replace(s->identity, &s->who, &wish, how, s->arena, &o.faults, &result, &o.swap, &o.e);
    return o;
}

static struct inventory_item current(struct shop *s, const struct id *certificate)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct inventory_item item;
    struct error e = { 0 };

    assert_ok(store_look(s->house->store, &look, &e));
    assert_ok(inventory_show(look_db(&look), certificate, 0, s->arena, &item, &e));
    return item;
}

/* Lineage and listener agree. */
static void shows_current(struct shop *s, const struct id *certificate, int number)
{
    struct inventory_item item = current(s, certificate);

    assert_int_equal(item.number, number);
    assert_true(shop_shows(s->https, "", item.der));
}

/* Two versions, the second one shown. */
static struct issued renewed_and_shown(struct shop *s)
{
    struct issued first = shop_issue(s, EVERY_NAME, NULL, false), second;
    struct renewal_wish renewal = { .certificate = first.certificate, .source = "renewal" };
    struct swap_result result = { 0 };
    struct findings faults;
    struct error e = { 0 };

    findings_init(&faults, s->arena);
    assert_ok(ca_renew(s->house->ca, &s->who, &renewal, s->arena, &faults, &second, &e));
    assert_ok(shop_select(s, &first, 0, &result, &faults, &e));
    return first;
}

static void an_earlier_version_comes_back_and_is_shown_at_once_and_after_a_restart(void **state)
{
    struct shop *s = *state;
    struct issued made = renewed_and_shown(s);
    struct outcome o;
    struct error e = { 0 };

    shows_current(s, &made.certificate, 2);
    o = roll_back(s, &made.certificate, 1, 0);
    assert_int_equal(o.code, ERR_NONE);
    assert_string_equal(o.swap.state, "kept");
    shows_current(s, &made.certificate, 1);
    identity_close(s->identity);
    assert_ok(shop_identity(s, &e));
    shows_current(s, &made.certificate, 1);
}

static void what_is_not_shown_comes_back_without_any_swap(void **state)
{
    struct shop *s = *state;
    struct issued made = shop_issue(s, "other.lab.lan", NULL, false), again;
    struct renewal_wish renewal = { .certificate = made.certificate, .source = "renewal" };
    struct findings faults;
    struct outcome o;
    struct error e = { 0 };

    findings_init(&faults, s->arena);
    assert_ok(ca_renew(s->house->ca, &s->who, &renewal, s->arena, &faults, &again, &e));
    o = roll_back(s, &made.certificate, 1, 60);
    assert_int_equal(o.code, ERR_NONE);
    assert_null(o.swap.state);
    assert_int_equal(o.swap.steps_len, 0);
    assert_int_equal(current(s, &made.certificate).number, 1);
    assert_int_equal(roll_back(s, &made.certificate, 1, 0).code, ERR_INVALID);
    assert_string_equal(roll_back(s, &made.certificate, 9, 0).e.field, "/version");
}

static void a_version_that_could_not_be_shown_changes_nothing(void **state)
{
    struct shop *s = *state;
    struct issued made = renewed_and_shown(s);
    struct swap_wish strictly = { .confirm_within_sec = 0 }, anyway = { .accept_name_mismatch = true };
    struct bytes file = file_of(s, "elsewhere.lab.lan", NULL);
    struct outcome o = replace_by(s, &made.certificate, file, 1u << DIFFERENT_NAMES, &strictly);

    assert_int_equal(o.code, ERR_INVALID);
    assert_string_equal(o.e.kind, "refused");
    assert_string_equal(o.faults.at[0].rule, "name-mismatch");
    shows_current(s, &made.certificate, 2);
    assert_int_equal(current(s, &made.certificate).versions, 2);

    assert_int_equal(replace_by(s, &made.certificate, file, 1u << DIFFERENT_NAMES, &anyway).code, ERR_NONE);
    shows_current(s, &made.certificate, 3);
    assert_int_equal(roll_back(s, &made.certificate, 1, 0).code, ERR_NONE);
    o = roll_back(s, &made.certificate, 3, 0);
    assert_int_equal(o.code, ERR_INVALID);
    assert_string_equal(o.faults.at[0].rule, "name-mismatch");
    shows_current(s, &made.certificate, 1);
}

static void a_file_takes_its_place_here_and_on_the_wire_together(void **state)
{
    struct shop *s = *state;
    struct issued made = renewed_and_shown(s);
    struct swap_wish how = { .confirm_within_sec = 0 };
    struct outcome o = replace_by(s, &made.certificate, file_of(s, EVERY_NAME, NULL), 0, &how);

    assert_int_equal(o.code, ERR_NONE);
    assert_string_equal(o.swap.state, "kept");
    assert_string_equal(o.swap.steps[o.swap.steps_len - 1].name, "switch");
    shows_current(s, &made.certificate, 3);
}

static void unconfirmed_the_lineage_goes_back_with_the_listener_and_the_version_stays_in_it(void **state)
{
    struct shop *s = *state;
    struct issued made = renewed_and_shown(s);
    struct swap_wish soon = { .confirm_within_sec = 1 }, late = { .confirm_within_sec = 600 };
    struct outcome o = replace_by(s, &made.certificate, file_of(s, EVERY_NAME, NULL), 0, &soon);

    assert_string_equal(o.swap.state, "pending");
    shows_current(s, &made.certificate, 3);
    assert_string_equal(roll_back(s, &made.certificate, 1, 0).e.kind, "pending");
    usleep(1100 * 1000);
    identity_tick(s->identity);
    shows_current(s, &made.certificate, 2);
    assert_int_equal(current(s, &made.certificate).versions, 3);

    /* and by hand, from rolling back as well */
    o = replace_by(s, &made.certificate, file_of(s, EVERY_NAME, NULL), 0, &late);
    assert_int_equal(identity_rollback(s->identity, &s->who, s->arena, &o.swap, &o.e), ERR_NONE);
    shows_current(s, &made.certificate, 2);
    assert_string_equal(roll_back(s, &made.certificate, 1, 600).swap.state, "pending");
    shows_current(s, &made.certificate, 1);
    assert_int_equal(identity_rollback(s->identity, &s->who, s->arena, &o.swap, &o.e), ERR_NONE);
    shows_current(s, &made.certificate, 2);
}

static void confirmed_it_stays(void **state)
{
    struct shop *s = *state;
    struct issued made = renewed_and_shown(s);
    struct outcome o = roll_back(s, &made.certificate, 1, 1);
    struct error e = { 0 };

    assert_string_equal(o.swap.state, "pending");
    assert_ok(identity_confirm(s->identity, &s->who, o.swap.generation, "", &e));
    usleep(1100 * 1000);
    identity_tick(s->identity);
    shows_current(s, &made.certificate, 1);
}

static void a_version_that_came_meanwhile_is_not_taken_back_with_it(void **state)
{
    struct shop *s = *state;
    struct issued made = renewed_and_shown(s), third;
    struct renewal_wish renewal = { .certificate = made.certificate, .source = "renewal" };
    struct outcome o = roll_back(s, &made.certificate, 1, 600);
    struct findings faults;
    struct error e = { 0 };

    findings_init(&faults, s->arena);
    assert_string_equal(o.swap.state, "pending");
    assert_ok(ca_renew(s->house->ca, &s->who, &renewal, s->arena, &faults, &third, &e));
    assert_ok(identity_rollback(s->identity, &s->who, s->arena, &o.swap, &e));
    assert_int_equal(current(s, &made.certificate).number, 3);
    assert_ok(identity_follow(s->identity, &made.certificate, &e));
    shows_current(s, &made.certificate, 3);
}

static void what_is_shown_already_has_nothing_to_be_confirmed(void **state)
{
    struct shop *s = *state;
    struct issued made = renewed_and_shown(s);
    struct swap_result back = { 0 };
    struct outcome o;
    struct error e = { 0 };

    assert_int_equal(roll_back(s, &made.certificate, 1, 0).code, ERR_NONE);
    assert_ok(identity_rollback(s->identity, &s->who, s->arena, &back, &e));      /* version 2 on the wire, 1 in the lineage */
    o = roll_back(s, &made.certificate, 2, 600);
    assert_int_equal(o.code, ERR_NONE);
    assert_string_equal(o.swap.state, "kept");
    shows_current(s, &made.certificate, 2);
}

static void who_may_not_change_what_the_server_shows_replaces_nothing_of_it(void **state)
{
    struct shop *s = *state;
    struct issued made = renewed_and_shown(s);

    s->who.rights &= ~RIGHT_BIT(RIGHT_SERVER);
    assert_int_equal(roll_back(s, &made.certificate, 1, 0).code, ERR_DENIED);
    shows_current(s, &made.certificate, 2);
}

#define lineage_test(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        lineage_test(an_earlier_version_comes_back_and_is_shown_at_once_and_after_a_restart),
        lineage_test(what_is_not_shown_comes_back_without_any_swap),
        lineage_test(a_version_that_could_not_be_shown_changes_nothing),
        lineage_test(a_file_takes_its_place_here_and_on_the_wire_together),
        lineage_test(unconfirmed_the_lineage_goes_back_with_the_listener_and_the_version_stays_in_it),
        lineage_test(confirmed_it_stays),
        lineage_test(a_version_that_came_meanwhile_is_not_taken_back_with_it),
        lineage_test(what_is_shown_already_has_nothing_to_be_confirmed),
        lineage_test(who_may_not_change_what_the_server_shows_replaces_nothing_of_it),
    };

    return tests_of(tests);
}
