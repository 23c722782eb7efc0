#include "house.h"

#include <gnutls/x509.h>

/* A PKCS#10 of a P-256 key of our own, with a common name and one DNS name. */
static struct bytes make_request(struct arena *a, const char *common_name, const char *dns)
{
    gnutls_x509_privkey_t key;
    gnutls_x509_crq_t crq;
    gnutls_datum_t out = { 0 };
    struct bytes pem;

    gnutls_x509_privkey_init(&key);
    gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    gnutls_x509_crq_init(&crq);
    gnutls_x509_crq_set_version(crq, 3);
    gnutls_x509_crq_set_key(crq, key);
    gnutls_x509_crq_set_dn_by_oid(crq, GNUTLS_OID_X520_COMMON_NAME, 0, common_name, (unsigned)strlen(common_name));
    if (dns != NULL)
        gnutls_x509_crq_set_subject_alt_name(crq, GNUTLS_SAN_DNSNAME, dns, (unsigned)strlen(dns), GNUTLS_FSAN_SET);
    gnutls_x509_crq_set_basic_constraints(crq, 1, -1);
    assert_int_equal(gnutls_x509_crq_sign2(crq, key, GNUTLS_DIG_SHA256, 0), 0);
    assert_int_equal(gnutls_x509_crq_export2(crq, GNUTLS_X509_FMT_PEM, &out), 0);
    pem = arena_bytes(a, bytes_of(out.data, out.size));
    gnutls_free(out.data);
    gnutls_x509_crq_deinit(crq);
    gnutls_x509_privkey_deinit(key);
    return pem;
}

static void only_names_and_key_are_taken(void **state)
{
    struct house *h = *state;
    struct wish wish = { .csr = make_request(h->arena, "csr.lab.lan", "csr.lab.lan") };
    struct findings notes;
    struct issued made;
    struct error e = { 0 };
    struct cert c;

    findings_init(&notes, h->arena);
    assert_ok(ca_issue(h->ca, &h->who, &wish, h->arena, &notes, &made, &e));
    assert_ok(cert_parse(made.der, h->arena, &c, &e));
    assert_string_equal(c.common_name, "csr.lab.lan");
    assert_false(c.is_ca);
    assert_false(made.item.has_private_key);
    assert_int_equal(c.names.len, 1);
}

static void names_of_the_caller_stand_instead_of_those_in_the_request(void **state)
{
    const char *const dns[] = { "mine.lab.lan" };
    struct house *h = *state;
    struct wish wish = { .csr = make_request(h->arena, "csr.lab.lan", "csr.lab.lan"), .dns_names = dns, .dns_len = 1 };
    struct findings notes;
    struct issued made;
    struct error e = { 0 };

    findings_init(&notes, h->arena);
    assert_ok(ca_issue(h->ca, &h->who, &wish, h->arena, &notes, &made, &e));
    assert_string_equal(made.item.common_name, "mine.lab.lan");
    assert_int_equal(made.item.dns_len, 1);
}

static void junk_is_refused_at_csr(void **state)
{
    struct house *h = *state;
    struct wish wish = { .csr = bytes_text("junk") };
    struct findings notes;
    struct issued made;
    struct error e = { 0 };

    findings_init(&notes, h->arena);
    assert_int_equal(ca_issue(h->ca, &h->who, &wish, h->arena, &notes, &made, &e), ERR_INVALID);
    assert_string_equal(e.field, "/csr");
}

static void a_renewal_without_a_request_keeps_the_key(void **state)
{
    struct house *h = *state;
    struct wish wish = { .csr = make_request(h->arena, "kept.lab.lan", NULL) };
    struct renewal_wish again = { 0 };
    struct findings notes;
    struct issued first, second;
    struct error e = { 0 };
    struct cert before, after;

    findings_init(&notes, h->arena);
    assert_ok(ca_issue(h->ca, &h->who, &wish, h->arena, &notes, &first, &e));
    again.certificate = first.certificate;
    assert_ok(ca_renew(h->ca, &h->who, &again, h->arena, &notes, &second, &e));
    assert_ok(cert_parse(first.der, h->arena, &before, &e));
    assert_ok(cert_parse(second.der, h->arena, &after, &e));
    assert_true(bytes_equal(before.key.der, after.key.der));
    assert_false(bytes_equal(before.serial, after.serial));
    assert_false(second.item.has_private_key);
}

static void an_export_with_a_key_that_is_elsewhere_says_so(void **state)
{
    struct house *h = *state;
    struct wish wish = { .csr = make_request(h->arena, "away.lab.lan", NULL) };
    struct export_wish out = { .format = EXPORT_PKCS12, .password = "correct horse" };
    struct exported file;
    struct findings notes;
    struct issued made;
    struct error e = { 0 };

    findings_init(&notes, h->arena);
    assert_ok(ca_issue(h->ca, &h->who, &wish, h->arena, &notes, &made, &e));
    assert_int_equal(ca_export(h->ca, &h->who, &made.certificate, &out, h->arena, &file, &e), ERR_CONFLICT);
    assert_string_equal(e.kind, "no-private-key");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_names_and_key_are_taken),
        cmocka_unit_test(names_of_the_caller_stand_instead_of_those_in_the_request),
        cmocka_unit_test(junk_is_refused_at_csr),
        cmocka_unit_test(a_renewal_without_a_request_keeps_the_key),
        cmocka_unit_test(an_export_with_a_key_that_is_elsewhere_says_so),
    };

    return cmocka_run_group_tests(tests, house_with_authorities, house_close);
}
