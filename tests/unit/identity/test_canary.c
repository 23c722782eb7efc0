#include "shop.h"

/* What would be shown, without showing it. */
static struct tls_identity *build(struct shop *s, const struct issued *made, struct showing *showing)
{
    struct shown_row row = { .sni = "", .version_n = made->version_n };
    struct shown rows = { &row, 1 };
    struct tls_identity *built;
    struct error e = { 0 };

    assert_ok(showing_load(s->identity, made->version_n, s->arena, showing, &e));
    assert_ok(identity_build(s->identity, &rows, 7, s->arena, &built, &e));
    assert_int_equal(tls_identity_generation(built), 7);
    return built;
}

static void a_client_that_knows_the_root_accepts_by_both_versions_of_tls(void **state)
{
    struct shop *s = *state;
    struct issued made = shop_issue(s, EVERY_NAME, NULL, false);
    struct showing showing;
    struct tls_identity *built = build(s, &made, &showing);
    struct canary c = { .sni = "ca.lab.lan", .leaf = made.der, .root = showing.chain[showing.chain_len - 1] };
    struct error e = { 0 };

    assert_ok(canary_shake(built, &c, &e));
    tls_identity_unref(built);
}

static void another_root_or_another_leaf_is_noticed(void **state)
{
    struct authority_wish wish = { .name = "Other Root CA", .path_len = -1 };
    struct shop *s = *state;
    struct issued made = shop_issue(s, EVERY_NAME, NULL, false), other = shop_issue(s, EVERY_NAME, NULL, false);
    struct authority stranger;
    struct showing showing;
    struct tls_identity *built = build(s, &made, &showing);
    struct canary c = { .sni = "ca.lab.lan", .leaf = other.der };
    struct error e = { 0 };

    assert_int_equal(canary_shake(built, &c, &e), ERR_INVALID);
    assert_says("another certificate");
    assert_ok(ca_authority_make(s->house->ca, &s->who, &wish, s->arena, &stranger, &e));
    c = (struct canary){ .sni = "ca.lab.lan", .leaf = made.der, .root = stranger.der };
    assert_int_equal(canary_shake(built, &c, &e), ERR_INVALID);
    assert_says("does not trust");
    tls_identity_unref(built);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_client_that_knows_the_root_accepts_by_both_versions_of_tls, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(another_root_or_another_leaf_is_noticed, shop_open, shop_close),
    };

    return tests_of(tests);
}
