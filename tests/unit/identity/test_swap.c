#include "shop.h"

static void the_first_visitor_is_shown_a_certificate_made_for_the_purpose(void **state)
{
    struct shop *s = *state;
    struct identity_view view;
    struct error e = { 0 };

    assert_ok(identity_view(s->identity, s->arena, &view, &e));
    assert_int_equal(view.rows_len, 0);
    assert_int_equal(view.generation, 0);
    assert_true(shop_shows(s->https, "anything.lan", view.leaf));
}

static void what_is_selected_is_shown_at_once_and_after_a_restart(void **state)
{
    struct shop *s = *state;
    struct issued made = shop_issue(s, EVERY_NAME, NULL, false);
    struct swap_result result = { 0 };
    struct findings faults;
    struct error e = { 0 };

    assert_ok(shop_select(s, &made, 0, &result, &faults, &e));
    assert_string_equal(result.state, "kept");
    assert_int_equal(result.generation, 1);
    assert_true(shop_shows(s->https, "ca.lab.lan", made.der));
    identity_close(s->identity);
    assert_ok(shop_identity(s, &e));
    assert_true(shop_shows(s->https, "ca.lab.lan", made.der));
}

static void a_refused_swap_names_every_failing_check_and_changes_nothing(void **state)
{
    struct shop *s = *state;
    struct issued good = shop_issue(s, EVERY_NAME, NULL, false), bad = shop_issue(s, "elsewhere.lan", "client", false);
    struct swap_result result = { 0 };
    struct findings faults;
    struct error e = { 0 };

    assert_ok(shop_select(s, &good, 0, &result, &faults, &e));
    assert_int_equal(shop_select(s, &bad, 0, &result, &faults, &e), ERR_INVALID);
    assert_int_equal(faults.len, 2);
    assert_string_equal(faults.at[0].rule, "not-for-servers");
    assert_string_equal(faults.at[1].rule, "name-mismatch");
    assert_int_equal(result.steps_len, 5);
    assert_true(shop_shows(s->https, "", good.der));
}

static void without_a_confirmation_it_goes_back_and_with_one_it_stays(void **state)
{
    struct shop *s = *state;
    struct issued old = shop_issue(s, EVERY_NAME, NULL, false), fresh = shop_issue(s, EVERY_NAME, NULL, false);
    struct swap_result result = { 0 };
    struct findings faults;
    struct error e = { 0 };

    assert_ok(shop_select(s, &old, 0, &result, &faults, &e));
    assert_ok(shop_select(s, &fresh, 1, &result, &faults, &e));
    assert_true(shop_shows(s->https, "", fresh.der));
    identity_tick(s->identity);
    assert_true(shop_shows(s->https, "", fresh.der));
    usleep(1100 * 1000);
    identity_tick(s->identity);
    assert_true(shop_shows(s->https, "", old.der));

    assert_ok(shop_select(s, &fresh, 1, &result, &faults, &e));
    assert_ok(identity_confirm(s->identity, &s->who, result.generation, "", &e));
    usleep(1100 * 1000);
    identity_tick(s->identity);
    assert_true(shop_shows(s->https, "", fresh.der));
}

static void only_a_connection_that_was_shown_it_and_only_who_asked_can_confirm(void **state)
{
    struct shop *s = *state;
    struct issued old = shop_issue(s, EVERY_NAME, NULL, false), fresh = shop_issue(s, EVERY_NAME, NULL, false);
    struct actor other = s->who;
    struct swap_result result = { 0 };
    struct findings faults;
    struct error e = { 0 };

    other.id = id_new();
    assert_int_equal(identity_confirm(s->identity, &s->who, 1, "", &e), ERR_CONFLICT);
    assert_ok(shop_select(s, &old, 0, &result, &faults, &e));
    assert_ok(shop_select(s, &fresh, 60, &result, &faults, &e));
    assert_int_equal(identity_confirm(s->identity, &s->who, result.generation - 1, "", &e), ERR_CONFLICT);
    assert_string_equal(e.kind, "old-connection");
    assert_int_equal(identity_confirm(s->identity, &other, result.generation, "", &e), ERR_DENIED);
    assert_int_equal(identity_confirm(s->identity, &s->who, result.generation, "pc01", &e), ERR_CONFLICT);
    assert_string_equal(e.kind, "other-name");
    other.kind = ACTOR_LOCAL;
    assert_ok(identity_confirm(s->identity, &other, GENERATION_LOCAL, "", &e));
}

static void while_one_change_waits_another_is_refused(void **state)
{
    struct shop *s = *state;
    struct issued old = shop_issue(s, EVERY_NAME, NULL, false), fresh = shop_issue(s, EVERY_NAME, NULL, false);
    struct swap_result result = { 0 };
    struct findings faults;
    struct error e = { 0 };

    assert_ok(shop_select(s, &old, 60, &result, &faults, &e));
    assert_int_equal(shop_select(s, &fresh, 0, &result, &faults, &e), ERR_CONFLICT);
    assert_string_equal(e.kind, "pending");
    assert_ok(identity_rollback(s->identity, &s->who, s->arena, &result, &e));
    assert_false(shop_shows(s->https, "", old.der));
    assert_ok(shop_select(s, &fresh, 0, &result, &faults, &e));
}

static void the_previous_certificate_is_a_click_away_and_back_again(void **state)
{
    struct shop *s = *state;
    struct issued one = shop_issue(s, EVERY_NAME, NULL, false), two = shop_issue(s, EVERY_NAME, NULL, false);
    struct swap_result result = { 0 };
    struct findings faults;
    struct error e = { 0 };

    assert_ok(shop_select(s, &one, 0, &result, &faults, &e));
    assert_int_equal(identity_rollback(s->identity, &s->who, s->arena, &result, &e), ERR_CONFLICT);
    assert_ok(shop_select(s, &two, 0, &result, &faults, &e));
    assert_ok(identity_rollback(s->identity, &s->who, s->arena, &result, &e));
    assert_true(shop_shows(s->https, "", one.der));
    assert_ok(identity_rollback(s->identity, &s->who, s->arena, &result, &e));
    assert_true(shop_shows(s->https, "", two.der));
}

static void a_name_of_its_own_gets_its_own_certificate(void **state)
{
    static const char *const names[] = { "PC01" };
    struct shop *s = *state;
    struct issued all = shop_issue(s, EVERY_NAME, NULL, false), own = shop_issue(s, "pc01", NULL, false);
    struct swap_wish wish = { .certificate = own.certificate, .hostnames = names, .hostnames_len = 1 };
    struct swap_result result = { 0 };
    struct findings faults;
    struct error e = { 0 };

    findings_init(&faults, s->arena);
    assert_int_equal(identity_select(s->identity, &s->who, &wish, s->arena, &faults, &result, &e), ERR_INVALID);
    assert_ok(shop_select(s, &all, 0, &result, &faults, &e));
    assert_ok(identity_select(s->identity, &s->who, &wish, s->arena, &faults, &result, &e));
    assert_true(shop_shows(s->https, "pc01", own.der));
    assert_true(shop_shows(s->https, "ca.lab.lan", all.der));
}

static void a_renewed_version_is_followed_under_every_name_that_shows_it(void **state)
{
    static const char *const names[] = { "pc01" };
    struct shop *s = *state;
    struct issued first = shop_issue(s, EVERY_NAME, NULL, false), renewed;
    struct swap_wish wish = { .certificate = first.certificate, .hostnames = names, .hostnames_len = 1 };
    struct renewal_wish renewal = { .certificate = first.certificate, .source = "renewal" };
    struct swap_result result = { 0 };
    struct findings faults;
    struct error e = { 0 };

    assert_ok(shop_select(s, &first, 0, &result, &faults, &e));
    assert_ok(identity_select(s->identity, &s->who, &wish, s->arena, &faults, &result, &e));
    assert_ok(ca_renew(s->house->ca, &s->who, &renewal, s->arena, &faults, &renewed, &e));
    assert_true(shop_shows(s->https, "", first.der));
    assert_ok(identity_follow(s->identity, &first.certificate, &e));
    assert_true(shop_shows(s->https, "", renewed.der));
    assert_true(shop_shows(s->https, "pc01", renewed.der));
}

#define swap_test(name) cmocka_unit_test_setup_teardown(name, shop_open, shop_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        swap_test(the_first_visitor_is_shown_a_certificate_made_for_the_purpose),
        swap_test(what_is_selected_is_shown_at_once_and_after_a_restart),
        swap_test(a_refused_swap_names_every_failing_check_and_changes_nothing),
        swap_test(without_a_confirmation_it_goes_back_and_with_one_it_stays),
        swap_test(only_a_connection_that_was_shown_it_and_only_who_asked_can_confirm),
        swap_test(while_one_change_waits_another_is_refused),
        swap_test(the_previous_certificate_is_a_click_away_and_back_again),
        swap_test(a_name_of_its_own_gets_its_own_certificate),
        swap_test(a_renewed_version_is_followed_under_every_name_that_shows_it),
    };

    return tests_of(tests);
}
