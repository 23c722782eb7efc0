#include "house.h"

#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>

#include "store/journal.h"

static struct id issue(struct house *h, const char *name, bool is_exportable)
{
    const char *const dns[] = { name };
    struct wish wish = { .dns_names = dns, .dns_len = 1, .is_exportable = is_exportable };
    struct findings notes;
    struct issued made;
    struct error e = { 0 };

    findings_init(&notes, h->arena);
    assert_ok(ca_issue(h->ca, &h->who, &wish, h->arena, &notes, &made, &e));
    return made.certificate;
}

static size_t exports_noted(struct house *h, const struct id *id)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct notes notes = { 0 };
    struct error e = { 0 };
    size_t count = 0;

    assert_ok(store_look(h->store, &look, &e));
    assert_ok(journal_of(look_db(&look), "certificate", id, 0, 100, h->arena, &notes, &e));
    for (size_t i = 0; i < notes.len; i++)
        count += strcmp(notes.at[i].act, "certificate.exported") == 0;
    return count;
}

static void each_profile_of_a_pfx_opens_with_its_password(void **state)
{
    const char *const slugs[] = { NULL, "windows", "legacy", "strict" };
    struct house *h = *state;
    struct id id = issue(h, "pfx.lab.lan", true);

    for (size_t i = 0; i < sizeof(slugs) / sizeof(*slugs); i++) {
        struct export_wish wish = { .format = EXPORT_PKCS12, .password = "correct horse", .pkcs12_profile = slugs[i] };
        struct exported out;
        struct error e = { 0 };
        gnutls_pkcs12_t p12;
        gnutls_datum_t body;

        assert_ok(ca_export(h->ca, &h->who, &id, &wish, h->arena, &out, &e));
        assert_string_equal(out.filename, "pfx.lab.lan.pfx");
        body = (gnutls_datum_t){ (unsigned char *)(uintptr_t)out.body.at, (unsigned)out.body.len };
        gnutls_pkcs12_init(&p12);
        assert_int_equal(gnutls_pkcs12_import(p12, &body, GNUTLS_X509_FMT_DER, 0), 0);
        assert_int_equal(gnutls_pkcs12_verify_mac(p12, "correct horse"), 0);
        assert_int_not_equal(gnutls_pkcs12_verify_mac(p12, "wrong horse"), 0);
        gnutls_pkcs12_deinit(p12);
    }
    assert_int_equal(exports_noted(h, &id), sizeof(slugs) / sizeof(*slugs));
}

static void a_password_is_needed_and_the_reason_said(void **state)
{
    const char *const bad[] = { NULL, "", "abc", "gr\xc3\xbc\xc3\x9f" "e" };
    struct house *h = *state;
    struct id id = issue(h, "password.lab.lan", true);

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct export_wish wish = { .format = EXPORT_PKCS12, .password = bad[i] };
        struct exported out;
        struct error e = { 0 };

        assert_int_equal(ca_export(h->ca, &h->who, &id, &wish, h->arena, &out, &e), ERR_INVALID);
        assert_string_equal(e.field, "/password");
    }
    assert_int_equal(exports_noted(h, &id), 0);
}

static void pem_holds_the_chain_and_the_key_as_asked(void **state)
{
    const struct { struct export_wish wish; const char *has, *has_not; } table[] = {
        { { .format = EXPORT_PEM }, "BEGIN CERTIFICATE", "PRIVATE KEY" },
        { { .format = EXPORT_PEM, .with_key = true }, "BEGIN PRIVATE KEY", "ENCRYPTED" },
        { { .format = EXPORT_PEM, .with_key = true, .password = "correct horse" }, "BEGIN ENCRYPTED PRIVATE KEY", "BEGIN PRIVATE KEY" },
    };
    struct house *h = *state;
    struct id id = issue(h, "*.pem.lab.lan", true);

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct exported out;
        struct error e = { 0 };
        const char *text;

        assert_ok(ca_export(h->ca, &h->who, &id, &table[i].wish, h->arena, &out, &e));
        text = arena_copy(h->arena, out.body.at, out.body.len);
        assert_non_null(strstr(text, table[i].has));
        assert_null(strstr(text, table[i].has_not));
        assert_string_equal(out.filename, "wildcard.pem.lab.lan.pem");
    }
}

static void der_and_p7b_hold_what_they_can(void **state)
{
    struct house *h = *state;
    struct id id = issue(h, "der.lab.lan", true);
    struct export_wish wish = { .format = EXPORT_DER };
    struct exported out;
    struct error e = { 0 };
    struct cert c;
    gnutls_pkcs7_t p7;
    gnutls_datum_t body;

    assert_ok(ca_export(h->ca, &h->who, &id, &wish, h->arena, &out, &e));
    assert_ok(cert_parse(out.body, h->arena, &c, &e));
    wish = (struct export_wish){ .format = EXPORT_P7B, .with_root = true };
    assert_ok(ca_export(h->ca, &h->who, &id, &wish, h->arena, &out, &e));
    body = (gnutls_datum_t){ (unsigned char *)(uintptr_t)out.body.at, (unsigned)out.body.len };
    gnutls_pkcs7_init(&p7);
    assert_int_equal(gnutls_pkcs7_import(p7, &body, GNUTLS_X509_FMT_DER), 0);
    assert_int_equal(gnutls_pkcs7_get_crt_count(p7), 3);
    gnutls_pkcs7_deinit(p7);
    wish.with_key = true;
    assert_int_equal(ca_export(h->ca, &h->who, &id, &wish, h->arena, &out, &e), ERR_INVALID);
}

static void a_key_leaves_only_for_those_who_may_and_if_it_may(void **state)
{
    struct export_wish wish = { .format = EXPORT_PKCS12, .password = "correct horse" };
    struct house *h = *state;
    struct id id = issue(h, "may.lab.lan", true), kept = issue(h, "kept.lab.lan", false);
    struct actor who = h->who;
    struct exported out;
    struct error e = { 0 };

    who.rights = role_rights(ROLE_VIEWER);
    assert_int_equal(ca_export(h->ca, &who, &id, &wish, h->arena, &out, &e), ERR_DENIED);
    assert_int_equal(ca_export(h->ca, &h->who, &kept, &wish, h->arena, &out, &e), ERR_DENIED);
    assert_string_equal(e.kind, "not-exportable");
    assert_int_equal(ca_export(h->ca, &h->who, &h->root.certificate_id, &wish, h->arena, &out, &e), ERR_DENIED);
    assert_int_equal(exports_noted(h, &id), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_profile_of_a_pfx_opens_with_its_password),
        cmocka_unit_test(a_password_is_needed_and_the_reason_said),
        cmocka_unit_test(pem_holds_the_chain_and_the_key_as_asked),
        cmocka_unit_test(der_and_p7b_hold_what_they_can),
        cmocka_unit_test(a_key_leaves_only_for_those_who_may_and_if_it_may),
    };

    return cmocka_run_group_tests(tests, house_with_authorities, house_close);
}
