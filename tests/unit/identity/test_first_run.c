#include "shop.h"

static struct first_run of(struct shop *s)
{
    return (struct first_run){ s->settings, s->house->ca, s->identity };
}

static void names_are_recorded_in_their_one_form_with_an_address_for_lists(void **state)
{
    static const char *const hosts[] = { "CA.Lab.LAN", "b\xc3\xbc" "cher.lan" }, *const addresses[] = { "2001:DB8::0:1" };
    struct shop *s = *state;
    struct first_run f = of(s);
    struct first_names names = { hosts, 2, addresses, 1, NULL, 8080 };
    struct findings faults;
    struct error e = { 0 };

    findings_init(&faults, s->arena);
    assert_ok(first_run_names(&f, &s->who, &names, s->arena, &faults, &e));
    assert_string_equal(settings_text(s->settings, "server.hostnames", s->arena), "ca.lab.lan,xn--bcher-kva.lan");
    assert_string_equal(settings_text(s->settings, "server.ip_addresses", s->arena), "2001:db8::1");
    assert_string_equal(settings_text(s->settings, "server.public_http_url", s->arena), "http://ca.lab.lan:8080");
}

static void every_wrong_name_is_told_at_its_place_and_nothing_is_recorded(void **state)
{
    static const char *const hosts[] = { "ok.lan", "not a name", "*.lan" }, *const addresses[] = { "10.0.0.0/8" };
    struct shop *s = *state;
    struct first_run f = of(s);
    struct first_names names = { hosts, 3, addresses, 1, "https://ca.lan/crl", 80 };
    struct findings faults;
    struct error e = { 0 };

    findings_init(&faults, s->arena);
    assert_int_equal(first_run_names(&f, &s->who, &names, s->arena, &faults, &e), ERR_INVALID);
    assert_int_equal(faults.len, 4);
    assert_string_equal(faults.at[0].pointer, "/hostnames/1");
    assert_string_equal(faults.at[1].pointer, "/hostnames/2");
    assert_string_equal(faults.at[2].pointer, "/ip_addresses/0");
    assert_string_equal(faults.at[3].pointer, "/public_http_url");
    assert_string_equal(settings_text(s->settings, "server.hostnames", s->arena), "ca.lab.lan,pc01");
}

static void authorities_made_already_are_given_back(void **state)
{
    struct shop *s = *state;
    struct first_run f = of(s);
    struct authority root, issuing, *all;
    struct error e = { 0 };
    size_t len;

    assert_int_equal(first_run_authorities(&f, &s->who, "Other", NULL, KEY_EC_P256, 10, s->arena, &root, &issuing, &e), ERR_CONFLICT);
    assert_string_equal(e.field, "/name");
    assert_int_equal(first_run_authorities(&f, &s->who, "Lab", NULL, KEY_RSA_2048, 10, s->arena, &root, &issuing, &e), ERR_CONFLICT);
    assert_string_equal(e.field, "/key_type");
    assert_ok(first_run_authorities(&f, &s->who, "Lab", NULL, KEY_EC_P256, 10, s->arena, &root, &issuing, &e));
    assert_true(id_equal(&root.id, &s->house->root.id));
    assert_true(id_equal(&issuing.id, &s->house->issuing.id));
    assert_ok(ca_authorities(s->house->ca, s->arena, &all, &len, &e));
    assert_int_equal(len, 2);
}

static void the_server_gets_a_certificate_for_its_names_whose_key_never_leaves(void **state)
{
    struct shop *s = *state;
    struct first_run f = of(s);
    struct export_wish wish = { .format = EXPORT_PKCS12, .password = "correct horse" };
    struct swap_result result = { 0 };
    struct identity_view view;
    struct exported out;
    struct findings faults;
    struct error e = { 0 };

    findings_init(&faults, s->arena);
    assert_ok(first_run_certificate(&f, &s->who, s->arena, &faults, &result, &e));
    assert_string_equal(result.state, "kept");
    assert_ok(identity_view(s->identity, s->arena, &view, &e));
    assert_int_equal(view.rows_len, 1);
    assert_true(shop_shows(s->https, "ca.lab.lan", view.leaf));
    assert_int_not_equal(ca_export(s->house->ca, &s->who, &view.rows[0].certificate, &wish, s->arena, &out, &e), ERR_NONE);
}

static void the_probe_shows_another_leaf_of_the_same_root(void **state)
{
    struct shop *s = *state;
    struct identity_view view;
    struct tls_identity *probe;
    struct error e = { 0 };

    assert_ok(identity_probe(s->identity, &e));
    assert_ok(identity_view(s->identity, s->arena, &view, &e));
    probe = tls_slot_get(s->probe);
    assert_non_null(probe);
    tls_identity_unref(probe);
    assert_false(shop_shows(s->probe, "", view.leaf));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_are_recorded_in_their_one_form_with_an_address_for_lists, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(every_wrong_name_is_told_at_its_place_and_nothing_is_recorded, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(authorities_made_already_are_given_back, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(the_server_gets_a_certificate_for_its_names_whose_key_never_leaves, shop_open, shop_close),
        cmocka_unit_test_setup_teardown(the_probe_shows_another_leaf_of_the_same_root, shop_open, shop_close),
    };

    return tests_of(tests);
}
