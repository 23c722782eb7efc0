#include "house.h"

#include "base/time.h"
#include "pki/crl.h"
#include "store/journal.h"

static void a_root_signs_itself_and_carries_no_addresses(void **state)
{
    struct house *h = *state;
    const struct cert *c = &h->root.cert;
    struct error e = { 0 };

    assert_true(c->is_ca);
    assert_true(cert_is_self_issued(c));
    assert_int_equal(c->path_len, -1);
    assert_int_equal(c->usage, USE_CERT_SIGN | USE_CRL_SIGN);
    assert_int_equal(c->ski.len, 20);
    assert_null(cert_extension(c, "2.5.29.31"));
    assert_ok(cert_verify(c, &c->key, &e));
    assert_string_equal(c->common_name, "Lab Root CA");
}

static void an_issuing_authority_is_bound_to_its_root(void **state)
{
    struct house *h = *state;
    const struct cert *c = &h->issuing.cert;
    struct error e = { 0 };

    assert_true(c->is_ca);
    assert_int_equal(c->path_len, 0);
    assert_true(bytes_equal(c->aki, h->root.cert.ski));
    assert_true(bytes_equal(c->issuer, h->root.cert.subject));
    assert_ok(cert_verify(c, &h->root.cert.key, &e));
    assert_true(c->not_after <= h->root.cert.not_after);
    assert_non_null(cert_extension(c, "2.5.29.31"));
    assert_non_null(cert_extension(c, "1.3.6.1.5.5.7.1.1"));
}

static void addresses_name_the_issuer_on_plain_http(void **state)
{
    struct house *h = *state;
    const struct extension *crl = cert_extension(&h->issuing.cert, "2.5.29.31");
    char id[ID_TEXT];
    char url[128];

    id_text(&h->root.id, id);
    snprintf(url, sizeof(url), "http://ca.lab.lan:8080/crl/%s.crl", id);
    assert_non_null(memmem(crl->value.at, crl->value.len, url, strlen(url)));
}

static void every_authority_has_a_signed_empty_list_at_once(void **state)
{
    struct house *h = *state;
    struct authority *all = NULL;
    struct error e = { 0 };
    size_t len = 0;

    assert_ok(ca_authorities(h->ca, h->arena, &all, &len, &e));
    assert_int_equal(len, 2);
    for (size_t i = 0; i < len; i++) {
        struct bytes der;
        struct crl crl;

        assert_ok(ca_crl(h->ca, &all[i].id, h->arena, &der, &e));
        assert_ok(crl_parse(der, h->arena, &crl, &e));
        assert_int_equal(crl.entries_len, 0);
        assert_true(bytes_equal(crl.issuer, all[i].cert.subject));
        assert_true(bytes_equal(crl.aki, all[i].cert.ski));
        assert_int_equal(crl.next_update - crl.this_update, 7 * DAYS);
        assert_ok(sig_verify(&all[i].cert.key, crl.signature_algorithm, crl.tbs, crl.signature, &e));
    }
}

static void a_list_signed_again_has_a_larger_number(void **state)
{
    struct house *h = *state;
    struct authority before = h->issuing, after;
    struct error e = { 0 };

    assert_ok(ca_crl_renew(h->ca, &h->who, &h->issuing.id, &e));
    assert_ok(ca_authority(h->ca, &h->issuing.id, h->arena, &after, &e));
    assert_true(after.crl_number > before.crl_number);
    assert_true(after.crl_number >= clock_now());
}

static void fresh_lists_are_not_due(void **state)
{
    struct house *h = *state;
    struct id *due = NULL;

    assert_int_equal(ca_crls_due(h->ca, h->arena, &due), 0);
}

static void the_issuing_authority_is_the_default(void **state)
{
    struct house *h = *state;
    struct error e = { 0 };
    struct id id;

    assert_ok(ca_default_issuer(h->ca, &id, &e));
    assert_memory_equal(&id, &h->issuing.id, sizeof(id));
}

static void an_authority_outlives_a_restart_with_its_key(void **state)
{
    struct house *h = *state;
    struct error e = { 0 };
    struct id id;

    ca_close(h->ca);
    h->ca = NULL;
    assert_ok(ca_open(h->store, h->keeper, NULL, &h->ca, &e));
    ca_public_url(h->ca, "http://elsewhere.lan");
    assert_ok(ca_default_issuer(h->ca, &id, &e));
    assert_ok(ca_crl_renew(h->ca, &h->who, &id, &e));
    assert_ok(ca_authority(h->ca, &id, h->arena, &h->issuing, &e));
    assert_string_equal(h->issuing.public_url, "http://ca.lab.lan:8080");
}

/* A root with no authority below it: RFC 5280, 4.2.1.9, counts those, so 0 is a limit and not "none said". */
static struct authority made(struct house *h, const struct authority_wish *wish)
{
    struct authority out;
    struct error e = { 0 };

    assert_ok(ca_authority_make(h->ca, &h->who, wish, h->arena, &out, &e));
    assert_int_equal(out.cert.path_len, wish->path_len);
    return out;
}

static void bad_wishes_name_their_field(void **state)
{
    static const char *const long_name = "0123456789012345678901234567890123456789012345678901234567890123456789";
    struct house *h = *state;
    struct authority_wish only_leaves = { .name = "Alone", .path_len = 0 };
    struct authority alone = made(h, &only_leaves);
    struct { struct authority_wish wish; const char *field; } table[] = {
        { { .name = NULL }, "/name" },
        { { .name = "" }, "/name" },
        { { .name = long_name }, "/name" },
        { { .name = "a\tb" }, "/name" },
        { { .name = " a" }, "/name" },
        { { .name = "A", .organization = long_name }, "/organization" },
        { { .name = "A", .key_type = KEY_EC_P521 }, "/key_type" },
        { { .name = "A", .years = 41 }, "/years" },
        { { .name = "A", .years = 20, .parent = h->root.id }, "/years" },
        { { .name = "A", .path_len = 9 }, "/path_len" },
        { { .name = "A", .parent = h->issuing.id }, "/parent_id" },
        { { .name = "A", .parent = alone.id }, "/parent_id" },
        { { .name = "A", .parent = id_new() }, "/parent_id" },
        { { .name = "lab root ca" }, "/name" },
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct authority out;
        struct error e = { 0 };

        assert_int_not_equal(ca_authority_make(h->ca, &h->who, &table[i].wish, h->arena, &out, &e), ERR_NONE);
        assert_string_equal(e.field, table[i].field);
    }
}

static void whoever_may_not_makes_none(void **state)
{
    struct house *h = *state;
    struct authority_wish wish = { .name = "Other" };
    struct actor who = h->who;
    struct authority out;
    struct error e = { 0 };

    who.rights = role_rights(ROLE_OPERATOR);
    assert_int_equal(ca_authority_make(h->ca, &who, &wish, h->arena, &out, &e), ERR_DENIED);
}

static void making_one_stands_in_the_journal(void **state)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct house *h = *state;
    struct notes notes = { 0 };
    struct error e = { 0 };

    assert_ok(store_look(h->store, &look, &e));
    assert_ok(journal_of(look_db(&look), "authority", &h->root.id, 0, 10, h->arena, &notes, &e));
    assert_string_equal(notes.at[notes.len - 1].act, "authority.made");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_root_signs_itself_and_carries_no_addresses),
        cmocka_unit_test(an_issuing_authority_is_bound_to_its_root),
        cmocka_unit_test(addresses_name_the_issuer_on_plain_http),
        cmocka_unit_test(every_authority_has_a_signed_empty_list_at_once),
        cmocka_unit_test(a_list_signed_again_has_a_larger_number),
        cmocka_unit_test(fresh_lists_are_not_due),
        cmocka_unit_test(the_issuing_authority_is_the_default),
        cmocka_unit_test(bad_wishes_name_their_field),
        cmocka_unit_test(whoever_may_not_makes_none),
        cmocka_unit_test(making_one_stands_in_the_journal),
        cmocka_unit_test(an_authority_outlives_a_restart_with_its_key),
    };

    return cmocka_run_group_tests(tests, house_with_authorities, house_close);
}
