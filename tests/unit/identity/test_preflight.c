#include "shop.h"

struct judged {
    struct steps steps;
    struct findings faults;
};

static struct judged judge(struct shop *s, const struct showing *showing, const struct swap_wish *wish)
{
    struct judged j = { .steps.at = arena_take(s->arena, STEPS_MAX * sizeof(struct swap_step)) };
    struct names names = identity_names(s->identity, s->arena);

    findings_init(&j.faults, s->arena);
    preflight(showing, &names, wish, s->arena, &j.steps, &j.faults);
    assert_int_equal(j.steps.len, 5);
    return j;
}

static struct showing load(struct shop *s, const struct issued *made)
{
    struct showing showing;
    struct error e = { 0 };

    assert_ok(showing_load(s->identity, made->version_n, s->arena, &showing, &e));
    return showing;
}

static void assert_refused(const struct judged *j, const char *rule)
{
    assert_int_equal(j->faults.len, 1);
    assert_string_equal(j->faults.at[0].rule, rule);
    assert_string_equal(j->faults.at[0].pointer, "/certificate_id");
}

static void a_certificate_of_ours_for_every_name_passes(void **state)
{
    struct shop *s = *state;
    struct issued made = shop_issue(s, EVERY_NAME, NULL, false);
    struct showing showing = load(s, &made);
    struct judged j = judge(s, &showing, &(struct swap_wish){ 0 });

    assert_int_equal(j.faults.len, 0);
    assert_true(showing.is_complete);
    assert_int_equal(showing.chain_len, 3);
    for (size_t n = 0; n < j.steps.len; n++)
        assert_string_equal(j.steps.at[n].result, "ok");
}

static void without_a_private_key_or_outside_its_dates_it_is_refused(void **state)
{
    struct shop *s = *state;
    struct issued made = shop_issue(s, EVERY_NAME, NULL, false);
    struct showing showing = load(s, &made), broken = showing;
    struct judged j;

    broken.key_blob = (struct bytes){ 0 };
    j = judge(s, &broken, &(struct swap_wish){ 0 });
    assert_refused(&j, "no-private-key");
    broken = showing;
    broken.cert.not_after = clock_now() - 1;
    j = judge(s, &broken, &(struct swap_wish){ 0 });
    assert_refused(&j, "expired");
    broken = showing;
    broken.cert.not_before = clock_now() + 60;
    j = judge(s, &broken, &(struct swap_wish){ 0 });
    assert_refused(&j, "not-yet-valid");
}

static void the_certificate_of_an_authority_is_no_server_certificate(void **state)
{
    struct shop *s = *state;
    CLEANUP(look_done) struct look look = { 0 };
    struct inventory_item item;
    struct issued made = { 0 };
    struct showing showing;
    struct findings faults;
    struct error e = { 0 };
    struct steps steps = { .at = arena_take(s->arena, STEPS_MAX * sizeof(*steps.at)) };
    struct names names = identity_names(s->identity, s->arena);

    assert_ok(store_look(s->house->store, &look, &e));
    assert_ok(inventory_show(look_db(&look), &s->house->issuing.certificate_id, 0, s->arena, &item, &e));
    look_done(&look);
    look = (struct look){ 0 };
    made.version_n = item.n;
    showing = load(s, &made);
    findings_init(&faults, s->arena);
    preflight(&showing, &names, &(struct swap_wish){ .accept_name_mismatch = true }, s->arena, &steps, &faults);
    assert_string_equal(faults.at[0].rule, "wrong-key");
    assert_string_equal(faults.at[1].rule, "not-for-servers");
}

static void an_unknown_chain_and_missing_names_can_be_accepted_explicitly(void **state)
{
    struct shop *s = *state;
    struct issued self = shop_issue(s, EVERY_NAME, NULL, true), other = shop_issue(s, "pc01", NULL, false);
    struct showing of_self = load(s, &self), of_other = load(s, &other);
    struct judged j = judge(s, &of_self, &(struct swap_wish){ 0 });

    assert_refused(&j, "untrusted");
    j = judge(s, &of_self, &(struct swap_wish){ .accept_untrusted = true });
    assert_int_equal(j.faults.len, 0);
    j = judge(s, &of_other, &(struct swap_wish){ 0 });
    assert_refused(&j, "name-mismatch");
    assert_non_null(strstr(j.faults.at[0].text, "ca.lab.lan, 10.0.0.2"));
    j = judge(s, &of_other, &(struct swap_wish){ .accept_name_mismatch = true });
    assert_int_equal(j.faults.len, 0);
    assert_string_equal(j.steps.at[4].result, "warning");
}

static void the_picker_says_the_same_as_the_swap(void **state)
{
    struct shop *s = *state;
    struct issued good = shop_issue(s, EVERY_NAME, NULL, false), client = shop_issue(s, EVERY_NAME, "client", false);
    struct candidate *found;
    struct error e = { 0 };
    size_t len, seen = 0;

    assert_ok(identity_candidates(s->identity, s->arena, &found, &len, &e));
    for (size_t n = 0; n < len; n++) {
        if (id_equal(&found[n].certificate, &good.certificate)) {
            assert_true(found[n].is_usable && found[n].matches[0] && found[n].matches[1] && found[n].matches[2]);
            seen++;
        }
        if (id_equal(&found[n].certificate, &client.certificate)) {
            assert_false(found[n].is_usable);
            assert_non_null(strstr(found[n].reasons[0], "Server Authentication"));
            seen++;
        }
    }
    assert_int_equal(seen, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_certificate_of_ours_for_every_name_passes, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(without_a_private_key_or_outside_its_dates_it_is_refused, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(the_certificate_of_an_authority_is_no_server_certificate, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(an_unknown_chain_and_missing_names_can_be_accepted_explicitly, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(the_picker_says_the_same_as_the_swap, shop_open, shop_close),
    };

    return tests_of(tests);
}
