#include "check.h"

#include "corpus.h"
#include "made.h"
#include "pki/lint.h"

static const struct finding *find(const struct findings *f, const char *rule)
{
    for (size_t i = 0; i < f->len; i++)
        if (strcmp(f->at[i].rule, rule) == 0)
            return &f->at[i];
    return NULL;
}

static void has_no_fault(const struct tbs *t, struct arena *a)
{
    struct error e = { 0 };
    struct findings f;
    struct bytes tbs;

    findings_init(&f, a);
    assert_ok(tbs_build(t, a, &tbs, &e));
    assert_ok(lint_tbs(tbs, a, &f, &e));
    if (f.len > 0)
        fail_msg("%s: %s", f.at[0].rule, f.at[0].text);
}

static void has_fault(const struct tbs *t, struct arena *a, const char *rule)
{
    struct error e = { 0 };
    struct findings f;
    struct bytes tbs;

    findings_init(&f, a);
    assert_ok(tbs_build(t, a, &tbs, &e));
    assert_ok(lint_tbs(tbs, a, &f, &e));
    if (find(&f, rule) == NULL)
        fail_msg("%s was not found", rule);
}

static void what_we_make_has_no_fault(void **state)
{
    static const enum key_type types[] = { KEY_EC_P256, KEY_EC_P384, KEY_ED25519, KEY_RSA_2048 };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        struct made_key root = made_key(a, types[i]), sub = made_key(a, types[i]), leaf = made_key(a, types[i]);
        struct tbs t = made_tbs(a, &root, NULL, NULL, "Example Root", true);

        has_no_fault(&t, a);
        t = made_tbs(a, &sub, &root, "Example Root", "Example Issuing CA", true);
        t.path_len = 0;
        has_no_fault(&t, a);
        t = made_tbs(a, &leaf, &sub, "Example Issuing CA", "www.example.net", false);
        t.usage |= types[i] == KEY_RSA_2048 ? USE_KEY_ENCIPHERMENT : 0;
        has_no_fault(&t, a);
        t.purposes = FOR_SERVER | FOR_CLIENT;
        has_no_fault(&t, a);
        t = made_tbs(a, &leaf, NULL, NULL, "www.example.net", false);
        has_no_fault(&t, a);
        made_key_done(&root);
        made_key_done(&sub);
        made_key_done(&leaf);
    }
}

static void names_that_must_not_be_issued_are_found(void **state)
{
    static const struct { const char *name, *rule; } bad[] = {
        { "a_b.example.net", "e_underscore_not_permissible_in_dnsname" },
        { "www.*.example.net", "e_san_wildcard_not_first" },
        { "w*.example.net", "e_san_wildcard_not_first" },
        { "*", "e_san_bare_wildcard" },
        { "192.0.2.1", "signet_dns_name_is_address" },
        { "a..example.net", "e_dnsname_empty_label" },
        { "example.net.", "e_dnsname_empty_label" },
        { "-a.example.net", "e_dnsname_hyphen_in_sld" },
        { "a b.example.net", "e_dnsname_bad_character_in_label" },
        { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.net", "e_dnsname_label_too_long" },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_EC_P256);
    struct tbs t = made_tbs(a, &key, &key, "Example Root", "www.example.net", false);

    (void)state;
    t.subject = dn_build(a, "Example", NULL);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct name name = { .kind = NAME_DNS, .text = bad[i].name };

        t.names = (struct names){ &name, 1 };
        has_fault(&t, a, bad[i].rule);
    }
    made_key_done(&key);
}

static void each_rule_of_the_profile_is_held(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_EC_P256);
    struct tbs leaf = made_tbs(a, &key, &key, "Example Root", "www.example.net", false), t;
    struct tbs ca = made_tbs(a, &key, &key, "Example Root", "Example CA", true);
    struct name twice[2] = { { .kind = NAME_DNS, .text = "a.example.net" }, { .kind = NAME_DNS, .text = "A.example.net" } };

    (void)state;
    t = leaf;
    memset(t.serial, 0, 20);
    has_fault(&t, a, "e_serial_number_not_positive");
    t = leaf;
    memset(t.serial, 0xff, 20);   /* a zero in front makes 21 octets */
    has_fault(&t, a, "e_serial_number_longer_than_20_octets");
    t = leaf;
    t.names = (struct names){ twice, 2 };
    has_fault(&t, a, "signet_name_twice");
    has_fault(&t, a, "e_subject_common_name_not_from_san");
    t = leaf;
    t.names.len = 0;
    has_fault(&t, a, "e_ext_san_missing");
    t = leaf;
    t.usage |= USE_KEY_ENCIPHERMENT;
    has_fault(&t, a, "e_ecdsa_allowed_ku");
    t = leaf;
    t.usage |= USE_CERT_SIGN;
    has_fault(&t, a, "e_ext_key_usage_cert_sign_without_ca");
    t = leaf;
    t.purposes = 0;
    has_fault(&t, a, "e_sub_cert_eku_missing");
    t = leaf;
    t.has_aki = false;
    has_fault(&t, a, "e_ext_authority_key_identifier_missing");
    t = ca;
    t.usage = USE_CERT_SIGN;
    has_fault(&t, a, "e_ca_crl_sign_not_set");
    t = ca;
    t.crl_url = NULL;
    has_fault(&t, a, "e_sub_ca_crl_distribution_points_missing");
    t = ca;
    t.subject = dn_build(a, NULL, NULL);
    has_fault(&t, a, "e_ca_subject_field_empty");
    made_key_done(&key);
}

/* Signed by another authority, as "openssl x509 -req" does with a subjectAltName alone. */
static void what_only_the_public_web_demands_is_a_warning_of_what_others_signed(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_EC_P256);
    struct tbs t = made_tbs(a, &key, &key, "Example Root", "www.example.net", false);
    struct findings f;
    struct bytes body;

    (void)state;
    t.purposes = 0;
    findings_init(&f, a);
    assert_int_equal(tbs_build(&t, a, &body, NULL), ERR_NONE);
    assert_int_equal(lint_cert(made_signed(a, &key, body), a, &f, NULL), ERR_NONE);
    assert_non_null(find(&f, "e_sub_cert_eku_missing"));
    assert_int_equal(findings_count(&f, LEVEL_ERROR), 0);
    made_key_done(&key);
}

static void junk_is_no_certificate_to_be_judged(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };
    struct findings f;

    (void)state;
    findings_init(&f, a);
    assert_int_equal(lint_tbs(bytes_text("junk"), a, &f, &e), ERR_INVALID);
    assert_int_equal(lint_cert(bytes_text(""), a, &f, &e), ERR_INVALID);
    assert_says("not a certificate");
    assert_int_equal(f.len, 0);
}

/* corpus ------------------------------------------------------------------------------------------------ */

/* `why` is the rule that the row is about: it is broken, or it is not. */
static void one_row(const struct corpus_row *row, struct arena *a, void *arg)
{
    const struct finding *about;
    struct findings f;
    struct error e = { 0 };
    int *wrong = arg;
    bool is_right;

    findings_init(&f, a);
    if (lint_cert_all(row->der, a, &f, &e) != ERR_NONE) {
        print_error("%s is not read: %s\n", row->file, e.text);
        ++*wrong;
        return;
    }
    about = find(&f, row->why);
    if (strcmp(row->expected, "lint-pass") == 0)
        is_right = about == NULL;
    else
        is_right = about != NULL && about->level == (strcmp(row->expected, "lint-error") == 0 ? LEVEL_ERROR : LEVEL_WARNING);
    if (is_right)
        return;
    print_error("%s: %s should be %s\n", row->file, row->why, row->expected);
    ++*wrong;
}

static void the_rules_agree_with_zlint(void **state)
{
    int wrong = 0;

    (void)state;
    corpus_walk("cert-lint", one_row, &wrong);
    assert_int_equal(wrong, 0);
}

/* Rules of one authority's own programme (Boulder's), not of the RFC: how long a list may live, which reasons it gives, how it is split. */
static bool is_policy(const char *file)
{
    static const char *const policies[] = { "long_validity", "reason_2", "idp_no_dpn", "idp_two_uris" };

    for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++)
        if (strstr(file, policies[i]) != NULL)
            return true;
    return false;
}

static void one_list(const struct corpus_row *row, struct arena *a, void *arg)
{
    struct findings f;
    struct error e = { 0 };
    int *wrong = arg;

    findings_init(&f, a);
    assert_ok(lint_crl(row->der, a, &f, &e));
    if ((strcmp(row->expected, "lint-pass") == 0 && f.len > 0) ||
        (strcmp(row->expected, "lint-fail") == 0 && f.len == 0 && !is_policy(row->file))) {
        print_error("%s should be %s: %s\n", row->file, row->expected, f.len > 0 ? f.at[0].rule : "no finding");
        ++*wrong;
    }
}

static void lists_with_faults_of_the_rfc_are_found(void **state)
{
    int wrong = 0;

    (void)state;
    corpus_walk("crl-lint", one_list, &wrong);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_we_make_has_no_fault),
        cmocka_unit_test(names_that_must_not_be_issued_are_found),
        cmocka_unit_test(each_rule_of_the_profile_is_held),
        cmocka_unit_test(what_only_the_public_web_demands_is_a_warning_of_what_others_signed),
        cmocka_unit_test(junk_is_no_certificate_to_be_judged),
        cmocka_unit_test(the_rules_agree_with_zlint),
        cmocka_unit_test(lists_with_faults_of_the_rfc_are_found),
    };

    return tests_of(tests);
}
