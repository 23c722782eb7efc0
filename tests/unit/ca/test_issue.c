#include "house.h"

#include "base/time.h"

static enum err issue(struct house *h, const struct wish *wish, struct findings *notes, struct issued *out, struct cert *c, struct error *e)
{
    enum err r;

    findings_init(notes, h->arena);
    r = ca_issue(h->ca, &h->who, wish, h->arena, notes, out, e);
    if (r)
        return r;
    return cert_parse(out->der, h->arena, c, e);
}

static void a_web_server_gets_names_uses_and_addresses(void **state)
{
    const char *const dns[] = { "Web.Lab.lan", "web.lab.lan", "*.web.lab.lan" }, *const ips[] = { "10.0.0.5", "2001:DB8::1" };
    struct wish wish = { .dns_names = dns, .dns_len = 3, .ip_addresses = ips, .ip_len = 2, .is_exportable = true };
    struct house *h = *state;
    struct findings notes;
    struct issued made;
    struct error e = { 0 };
    struct cert c;

    assert_ok(issue(h, &wish, &notes, &made, &c, &e));
    assert_string_equal(c.common_name, "web.lab.lan");
    assert_int_equal(c.names.len, 4);
    assert_int_equal(c.usage, USE_DIGITAL_SIGNATURE);
    assert_int_equal(c.purposes, FOR_SERVER);
    assert_false(c.is_ca);
    assert_true(bytes_equal(c.aki, h->issuing.cert.ski));
    assert_ok(cert_verify(&c, &h->issuing.cert.key, &e));
    assert_non_null(cert_extension(&c, "2.5.29.31"));
    assert_non_null(cert_extension(&c, "1.3.6.1.5.5.7.1.1"));
    assert_int_equal(c.serial.len, 20);
    assert_int_equal(c.not_after + 1 - c.not_before, 365 * DAYS);
    assert_true(c.not_before >= h->issuing.cert.not_before);
    assert_int_equal(made.number, 1);
    assert_int_equal(made.issuers_len, 1);
    assert_true(bytes_equal(made.issuers[0], h->issuing.der));
}

static void what_is_answered_is_what_the_inventory_shows(void **state)
{
    CLEANUP(look_done) struct look look = { 0 };
    const char *const dns[] = { "same.lab.lan" }, *const ips[] = { "10.0.0.6" };
    struct wish wish = { .dns_names = dns, .dns_len = 1, .ip_addresses = ips, .ip_len = 1, .is_exportable = true, .label = "The same" };
    struct house *h = *state;
    struct inventory_item shown;
    struct findings notes;
    struct issued made;
    struct error e = { 0 };
    struct cert c;

    assert_ok(issue(h, &wish, &notes, &made, &c, &e));
    assert_ok(store_look(h->store, &look, &e));
    assert_ok(inventory_show(look_db(&look), &made.certificate, 0, h->arena, &shown, &e));
    assert_int_equal(shown.n, made.item.n);
    assert_string_equal(shown.label, made.item.label);
    assert_string_equal(shown.subject, made.item.subject);
    assert_string_equal(shown.common_name, made.item.common_name);
    assert_string_equal(shown.issuer_text, made.item.issuer_text);
    assert_string_equal(shown.key_type, made.item.key_type);
    assert_string_equal(shown.status, made.item.status);
    assert_string_equal(shown.store, made.item.store);
    assert_string_equal(shown.profile, made.item.profile);
    assert_string_equal(shown.source, made.item.source);
    assert_true(id_equal(&shown.issuer_id, &made.item.issuer_id));
    assert_true(id_equal(&shown.key_id, &made.item.key_id));
    assert_true(bytes_equal(shown.serial, made.item.serial));
    assert_true(bytes_equal(shown.sha1, made.item.sha1));
    assert_true(bytes_equal(shown.sha256, made.item.sha256));
    assert_true(bytes_equal(shown.der, made.item.der));
    assert_int_equal(shown.not_before, made.item.not_before);
    assert_int_equal(shown.not_after, made.item.not_after);
    assert_int_equal(shown.has_private_key, made.item.has_private_key);
    assert_int_equal(shown.is_exportable, made.item.is_exportable);
    assert_int_equal(shown.is_self_signed, made.item.is_self_signed);
    assert_int_equal(shown.is_issued, made.item.is_issued);
    assert_int_equal(shown.number, made.item.number);
    assert_int_equal(shown.versions, made.item.versions);
    assert_int_equal(shown.row_version, made.item.row_version);
    assert_int_equal(shown.dns_len, 1);
    assert_string_equal(shown.dns_names[0], made.item.dns_names[0]);
    assert_int_equal(shown.ip_len, 1);
    assert_string_equal(shown.ip_addresses[0], made.item.ip_addresses[0]);
}

static void profiles_say_what_it_is_for(void **state)
{
    const struct { const char *profile; enum key_type type; uint32_t usage, purposes; } table[] = {
        { "web-server", KEY_RSA_2048, USE_DIGITAL_SIGNATURE | USE_KEY_ENCIPHERMENT, FOR_SERVER },
        { "client", KEY_ED25519, USE_DIGITAL_SIGNATURE, FOR_CLIENT },
        { "web-server-and-client", KEY_EC_P384, USE_DIGITAL_SIGNATURE, FOR_SERVER | FOR_CLIENT },
    };
    const char *const dns[] = { "use.lab.lan" };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct wish wish = { .profile = table[i].profile, .key_type = table[i].type, .dns_names = dns, .dns_len = 1 };
        struct findings notes;
        struct issued made;
        struct error e = { 0 };
        struct cert c;

        assert_ok(issue(*state, &wish, &notes, &made, &c, &e));
        assert_int_equal(c.usage, table[i].usage);
        assert_int_equal(c.purposes, table[i].purposes);
        assert_int_equal(c.key.type, table[i].type);
    }
}

static void every_fault_is_told_with_its_pointer(void **state)
{
    const char *const dns[] = { "good.lab.lan", "10.0.0.7", "bad_name.lan", "a..b" }, *const ips[] = { "host.lab.lan", "1.2.3" };
    struct wish wish = { .profile = "no-such", .dns_names = dns, .dns_len = 4, .ip_addresses = ips, .ip_len = 2, .key_type = KEY_EC_P521 };
    const char *const wanted[] = { "/profile", "/key/type", "/dns_names/1", "/dns_names/2", "/dns_names/3", "/ip_addresses/0", "/ip_addresses/1" };
    struct findings notes;
    struct issued made;
    struct error e = { 0 };
    struct cert c;

    assert_int_equal(issue(*state, &wish, &notes, &made, &c, &e), ERR_INVALID);
    assert_int_equal(notes.len, sizeof(wanted) / sizeof(*wanted));
    for (size_t i = 0; i < notes.len; i++)
        assert_string_equal(notes.at[i].pointer, wanted[i]);
    assert_string_equal(e.field, "/profile");
}

static void the_common_name_is_one_of_the_names(void **state)
{
    const char *const dns[] = { "a.lab.lan", "b.lab.lan" };
    struct wish wish = { .common_name = "B.lab.lan", .dns_names = dns, .dns_len = 2 };
    struct findings notes;
    struct issued made;
    struct error e = { 0 };
    struct cert c;

    assert_ok(issue(*state, &wish, &notes, &made, &c, &e));
    assert_string_equal(c.common_name, "b.lab.lan");
    wish.common_name = "c.lab.lan";
    assert_int_equal(issue(*state, &wish, &notes, &made, &c, &e), ERR_INVALID);
    assert_string_equal(e.field, "/common_name");
}

static void an_address_alone_lends_the_common_name(void **state)
{
    const char *const ips[] = { "10.0.0.8" };
    struct wish wish = { .ip_addresses = ips, .ip_len = 1 };
    struct findings notes;
    struct issued made;
    struct error e = { 0 };
    struct cert c;

    assert_ok(issue(*state, &wish, &notes, &made, &c, &e));
    assert_string_equal(c.common_name, "10.0.0.8");
}

static void no_name_and_too_many_names_are_refused(void **state)
{
    const char *dns[NAMES_MAX + 1];
    struct wish wish = { 0 };
    struct findings notes;
    struct issued made;
    struct error e = { 0 };
    struct cert c;

    assert_int_equal(issue(*state, &wish, &notes, &made, &c, &e), ERR_INVALID);
    assert_string_equal(e.field, "/dns_names");
    for (size_t i = 0; i <= NAMES_MAX; i++)
        dns[i] = "many.lab.lan";
    wish = (struct wish){ .dns_names = dns, .dns_len = NAMES_MAX + 1 };
    assert_int_equal(issue(*state, &wish, &notes, &made, &c, &e), ERR_INVALID);
    assert_says("at most");
}

static void never_beyond_the_issuer(void **state)
{
    const char *const dns[] = { "short.lab.lan" };
    struct house *h = *state;
    struct authority_wish short_lived = { .name = "Short", .years = 1, .parent = h->root.id };
    struct wish wish = { .dns_names = dns, .dns_len = 1, .valid_days = 800 };
    struct authority authority;
    struct findings notes;
    struct issued made;
    struct error e = { 0 };
    struct cert c;

    assert_ok(ca_authority_make(h->ca, &h->who, &short_lived, h->arena, &authority, &e));
    wish.issuer = authority.id;
    assert_int_equal(issue(h, &wish, &notes, &made, &c, &e), ERR_INVALID);
    assert_string_equal(e.field, "/valid_days");
    assert_says("at most 36");
    wish.valid_days = 0;
    assert_ok(issue(h, &wish, &notes, &made, &c, &e));
    assert_true(c.not_after <= authority.cert.not_after);
    wish.valid_days = 826;
    assert_int_equal(issue(h, &wish, &notes, &made, &c, &e), ERR_INVALID);
    assert_string_equal(e.field, "/valid_days");
}

static void self_signed_has_no_issuer_but_itself(void **state)
{
    const char *const dns[] = { "test.lab.lan" };
    struct wish wish = { .dns_names = dns, .dns_len = 1, .is_self_signed = true };
    struct findings notes;
    struct issued made;
    struct error e = { 0 };
    struct cert c;

    assert_ok(issue(*state, &wish, &notes, &made, &c, &e));
    assert_true(cert_is_self_issued(&c));
    assert_false(c.is_ca);
    assert_ok(cert_verify(&c, &c.key, &e));
    assert_null(cert_extension(&c, "2.5.29.31"));
    assert_null(cert_extension(&c, "1.3.6.1.5.5.7.1.1"));
    assert_true(made.item.is_self_signed);
    assert_int_equal(made.issuers_len, 0);
}

static enum err refuse(struct tx *tx, const struct issued *made, void *arg, struct error *e)
{
    (void)tx;
    *(struct id *)arg = made->certificate;
    return fail(e, ERR_CONFLICT, "not now");
}

static void what_rides_along_and_fails_takes_all_with_it(void **state)
{
    CLEANUP(look_done) struct look look = { 0 };
    const char *const dns[] = { "rides.lab.lan" };
    struct id seen = { { 0 } };
    struct wish wish = { .dns_names = dns, .dns_len = 1, .also = refuse, .arg = &seen };
    struct house *h = *state;
    struct inventory_item item;
    struct findings notes;
    struct issued made;
    struct error e = { 0 };
    struct cert c;

    assert_int_equal(issue(h, &wish, &notes, &made, &c, &e), ERR_CONFLICT);
    assert_false(id_is_none(&seen));
    assert_ok(store_look(h->store, &look, &e));
    assert_int_equal(inventory_show(look_db(&look), &seen, 0, h->arena, &item, &e), ERR_ABSENT);
}

static void a_renewal_is_a_new_version_with_a_new_key(void **state)
{
    const char *const dns[] = { "again.lab.lan", "also.lab.lan" };
    struct wish wish = { .profile = "web-server-and-client", .dns_names = dns, .dns_len = 2, .valid_days = 90, .key_type = KEY_EC_P384, .is_exportable = true };
    struct house *h = *state;
    struct renewal_wish again = { 0 };
    struct findings notes;
    struct issued first, second;
    struct error e = { 0 };
    struct cert before, after;

    assert_ok(issue(h, &wish, &notes, &first, &before, &e));
    again.certificate = first.certificate;
    assert_ok(ca_renew(h->ca, &h->who, &again, h->arena, &notes, &second, &e));
    assert_ok(cert_parse(second.der, h->arena, &after, &e));
    assert_true(id_equal(&first.certificate, &second.certificate));
    assert_int_equal(second.number, 2);
    assert_int_equal(after.purposes, before.purposes);
    assert_int_equal(after.key.type, KEY_EC_P384);
    assert_false(bytes_equal(after.key.der, before.key.der));
    assert_int_equal(after.names.len, 2);
    assert_string_equal(after.common_name, "again.lab.lan");
    assert_int_equal(after.not_after - after.not_before, before.not_after - before.not_before);
}

static void whoever_may_not_issue_gets_nothing(void **state)
{
    const char *const dns[] = { "denied.lab.lan" };
    struct wish wish = { .dns_names = dns, .dns_len = 1 };
    struct house *h = *state;
    struct actor who = h->who;
    struct findings notes;
    struct issued made;
    struct error e = { 0 };

    who.rights = role_rights(ROLE_VIEWER);
    findings_init(&notes, h->arena);
    assert_int_equal(ca_issue(h->ca, &who, &wish, h->arena, &notes, &made, &e), ERR_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_web_server_gets_names_uses_and_addresses),
        cmocka_unit_test(what_is_answered_is_what_the_inventory_shows),
        cmocka_unit_test(profiles_say_what_it_is_for),
        cmocka_unit_test(every_fault_is_told_with_its_pointer),
        cmocka_unit_test(the_common_name_is_one_of_the_names),
        cmocka_unit_test(an_address_alone_lends_the_common_name),
        cmocka_unit_test(no_name_and_too_many_names_are_refused),
        cmocka_unit_test(never_beyond_the_issuer),
        cmocka_unit_test(self_signed_has_no_issuer_but_itself),
        cmocka_unit_test(what_rides_along_and_fails_takes_all_with_it),
        cmocka_unit_test(a_renewal_is_a_new_version_with_a_new_key),
        cmocka_unit_test(whoever_may_not_issue_gets_nothing),
    };

    return cmocka_run_group_tests(tests, house_with_authorities, house_close);
}
