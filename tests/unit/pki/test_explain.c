#include "check.h"

#include "made.h"
#include "pki/explain.h"

static void every_word_leads_to_an_explanation_with_a_remedy(void **state)
{
    (void)state;
    for (size_t i = 0; i < explain_words_len; i++)
        if (explain_rule(explain_words[i].rule) == NULL)
            fail_msg("%s: %s", explain_words[i].code, explain_words[i].rule);
    for (size_t i = 0; i < explain_openssl_len; i++)
        if (explain_rule(explain_openssl[i].rule) == NULL)
            fail_msg("%s: %s", explain_openssl[i].constant, explain_openssl[i].rule);
    for (size_t i = 0; i < explanations_len; i++) {
        assert_ptr_equal(explain_rule(explanations[i].rule), &explanations[i]);
        assert_non_null(explanations[i].remedy[0]);
        for (size_t k = 0; k < 4 && explanations[i].also[k] != NULL; k++)
            assert_non_null(explain_rule(explanations[i].also[k]));
    }
}

static void every_rule_of_the_chain_is_explained(void **state)
{
    static const char *const rules[] = { "untrusted", "broken-chain", "expired", "not-yet-valid", "unknown-critical", "weak-key", "weak-signature", "bad-signature",
                                         "not-a-ca", "path-length", "wrong-purpose", "wrong-usage", "name-mismatch", "name-constraints", "bad-profile", "malformed" };

    (void)state;
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
        if (explain_rule(rules[i]) == NULL)
            fail_msg("%s", rules[i]);
    assert_null(explain_rule("no-such-rule"));
}

static void messages_as_programs_print_them_are_known(void **state)
{
    static const struct { const char *text, *rule; } said[] = {
        { "Your connection is not private\nNET::ERR_CERT_AUTHORITY_INVALID", "untrusted" },
        { "net::ERR_CERT_COMMON_NAME_INVALID (-200)", "name-mismatch" },
        { "Fehlercode: SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE", "expired" },
        { "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", "self-signed" },
        { "schannel: next InitializeSecurityContext failed: CRYPT_E_NO_REVOCATION_CHECK (0x80092012)", "no-revocation" },
        { "0x800b0109 (-2146762487 CERT_E_UNTRUSTEDROOT)", "untrusted" },
        { "verify error:num=20:unable to get local issuer certificate", "untrusted" },
        { "Verify return code: 10 (certificate has expired)", "expired" },
        { "error 26 at 0 depth lookup: unsuitable certificate purpose", "wrong-purpose" },
        { "Verify return code: 19 (self-signed certificate in certificate chain)", "untrusted" },
        { "X509_V_ERR_CERT_HAS_EXPIRED", "expired" },
        { "javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid "
          "certification path to requested target", "untrusted" },
        { "curl: (60) SSL: no alternative certificate subject name matches target host name 'x'", "name-mismatch" },
        { "curl: (60) SSL certificate problem: self-signed certificate", "self-signed" },
        { "The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch", "name-mismatch" },
        { "x509: certificate signed by unknown authority", "untrusted" },
        { "tls: failed to verify certificate: x509: certificate is valid for a, not b", "name-mismatch" },
        { "Error: unable to verify the first certificate; code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'", "incomplete-chain" },
        { "The certificate issuer is unknown.", "untrusted" },
        { "The specified network password is not correct. (0x80070056)", "pfx-new" },
        { "curl: (35) error:0A00010B:SSL routines::wrong version number", "no-tls" },
        { "http: server gave HTTP response to HTTPS client", "no-tls" },
        { "SSL_ERROR_RX_RECORD_TOO_LONG", "no-tls" },
        { "nginx: [emerg] SSL_CTX_use_PrivateKey(\"/etc/x\") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)", "key-mismatch" },
        { "nginx: [emerg] cannot load certificate \"/etc/x\": PEM_read_bio_X509_AUX() failed (SSL: error:0480006C:PEM routines::no start line)", "bad-file" },
        { "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Missing Authority Key Identifier (_ssl.c:1028)", "bad-profile" },
        { "A fatal error occurred while accessing the private key: 0x8009030d", "key-access" },
        { "Received fatal alert: certificate_unknown", "refused-by-peer" },
    };
    struct said out[SAID_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
        size_t len = explain_text(bytes_text(said[i].text), out);

        if (len == 0)
            fail_msg("not known: %s", said[i].text);
        for (size_t k = 0; k < len; k++)
            if (strcmp(out[k].rule, said[i].rule) != 0)
                fail_msg("%s: %s by %s", said[i].text, out[k].rule, out[k].code);
    }
}

static void what_is_vague_counts_alone_only(void **state)
{
    struct said out[SAID_MAX];

    (void)state;
    assert_int_equal(explain_text(bytes_text("curl: (60)"), out), 1);
    assert_string_equal(out[0].rule, "untrusted");
    assert_int_equal(explain_text(bytes_text("curl: (60) certificate has expired"), out), 1);
    assert_string_equal(out[0].rule, "expired");
}

static void codes_stand_for_themselves(void **state)
{
    struct said out[SAID_MAX];

    (void)state;
    assert_int_equal(explain_text(bytes_text("0x800B01090 MY_CERT_E_EXPIRED num=201 error:num=180"), out), 0);
    assert_int_equal(explain_text(bytes_text("nothing of the kind"), out), 0);
    assert_int_equal(explain_text(bytes_of("x", 0), out), 0);
}

static void the_end_of_a_chain_says_what_is_missing(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key root_key = made_key(a, KEY_EC_P256), key = made_key(a, KEY_EC_P256);
    struct tbs leaf = made_tbs(a, &key, &root_key, "Root", "www.example.net", false), self = made_tbs(a, &root_key, NULL, NULL, "Root", true);
    struct cert below, own;
    struct chain c = { .len = 1 };

    (void)state;
    assert_int_equal(cert_parse(made_cert(a, &leaf, &root_key), a, &below, NULL), ERR_NONE);
    assert_int_equal(cert_parse(made_cert(a, &self, &root_key), a, &own, NULL), ERR_NONE);
    c.at[0] = &below;
    assert_string_equal(explain_untrusted(&c), "incomplete-chain");
    c.at[c.len++] = &own;
    assert_string_equal(explain_untrusted(&c), "untrusted");
    c = (struct chain){ .at = { &own }, .len = 1 };
    assert_string_equal(explain_untrusted(&c), "self-signed");
    made_key_done(&root_key);
    made_key_done(&key);
}

static void what_only_some_clients_refuse_is_told(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key root_key = made_key(a, KEY_EC_P256), key = made_key(a, KEY_ED25519);
    struct tbs leaf = made_tbs(a, &key, &root_key, "Root", "www.example.net", false);
    struct findings f;
    struct cert c;

    (void)state;
    leaf.not_after = leaf.not_before + 826 * DAYS;
    assert_int_equal(cert_parse(made_cert(a, &leaf, &root_key), a, &c, NULL), ERR_NONE);
    findings_init(&f, a);
    explain_clients(&c, &f);
    assert_int_equal(f.len, 2);
    assert_string_equal(f.at[0].rule, "too-long");
    assert_string_equal(f.at[1].rule, "key-type");
    made_key_done(&root_key);
    made_key_done(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_leads_to_an_explanation_with_a_remedy),
        cmocka_unit_test(every_rule_of_the_chain_is_explained),
        cmocka_unit_test(messages_as_programs_print_them_are_known),
        cmocka_unit_test(what_is_vague_counts_alone_only),
        cmocka_unit_test(codes_stand_for_themselves),
        cmocka_unit_test(the_end_of_a_chain_says_what_is_missing),
        cmocka_unit_test(what_only_some_clients_refuse_is_told),
    };

    return tests_of(tests);
}
