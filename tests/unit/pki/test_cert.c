#include "check.h"

#include "corpus.h"
#include "made.h"
#include "pki/lint.h"

static const char *detail_of(const struct detail *at, size_t len, const char *field)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(at[i].field, field) == 0)
            return at[i].value;
    return "";
}

static void what_we_write_is_read_back_as_it_was_meant(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key root = made_key(a, KEY_EC_P256), leaf = made_key(a, KEY_RSA_2048);
    struct tbs t = made_tbs(a, &leaf, &root, "Example Root", "www.example.net", false);
    struct cert c = { 0 };
    struct spki signer;
    struct error e = { 0 };

    (void)state;
    t.purposes = FOR_SERVER | FOR_CLIENT;
    assert_ok(cert_parse(made_cert(a, &t, &root), a, &c, &e));
    assert_memory_equal(c.serial.at, t.serial, 20);
    assert_string_equal(c.common_name, "www.example.net");
    assert_string_equal(c.issuer_text, "CN=Example Root,O=Example");
    assert_int_equal(c.not_before, t.not_before);
    assert_int_equal(c.not_after, t.not_after);
    assert_int_equal(c.key.type, KEY_RSA_2048);
    assert_int_equal(c.names.len, 1);
    assert_string_equal(c.names.at[0].text, "www.example.net");
    assert_true(c.has_san && !c.has_other_san && !c.is_ca && !c.has_basic);
    assert_int_equal(c.usage, USE_DIGITAL_SIGNATURE);
    assert_int_equal(c.purposes, FOR_SERVER | FOR_CLIENT);
    assert_memory_equal(c.aki.at, root.id, 20);
    assert_memory_equal(c.ski.at, leaf.id, 20);
    assert_int_equal(c.path_len, -1);
    assert_ok(spki_parse(root.spki, &signer, &e));
    assert_ok(cert_verify(&c, &signer, &e));
    assert_ok(spki_parse(leaf.spki, &signer, &e));
    assert_int_equal(cert_verify(&c, &signer, &e), ERR_INVALID);
    made_key_done(&root);
    made_key_done(&leaf);
}

static void details_are_the_lines_of_the_tab(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key root = made_key(a, KEY_EC_P256);
    struct tbs t = made_tbs(a, &root, &root, "Example Root", "www.example.net", false);
    struct detail *at;
    struct cert c = { 0 };
    struct error e = { 0 };
    size_t len;

    (void)state;
    t.ocsp_url = "http://ca.example.net/ocsp/1";
    assert_ok(cert_parse(made_cert(a, &t, &root), a, &c, &e));
    len = cert_details(&c, a, &at);
    assert_string_equal(detail_of(at, len, "Version"), "V3");
    assert_string_equal(detail_of(at, len, "Signature algorithm"), "sha256ECDSA");
    assert_string_equal(detail_of(at, len, "Signature hash algorithm"), "sha256");
    assert_string_equal(detail_of(at, len, "Public key"), "ECC (P-256)");
    assert_string_equal(detail_of(at, len, "Subject Alternative Name"), "DNS Name=www.example.net");
    assert_string_equal(detail_of(at, len, "Enhanced Key Usage"), "Server Authentication (1.3.6.1.5.5.7.3.1)");
    assert_string_equal(detail_of(at, len, "Key Usage"), "Digital Signature");
    assert_string_equal(detail_of(at, len, "CRL Distribution Points"), "URL=http://ca.example.net/crl/1.crl");
    assert_string_equal(detail_of(at, len, "Authority Information Access"),
                        "OCSP: URL=http://ca.example.net/ocsp/1, CA Issuers: URL=http://ca.example.net/ca/1.cer");
    assert_int_equal(strlen(detail_of(at, len, "Thumbprint (SHA-1)")), 40);
    assert_int_equal(strlen(detail_of(at, len, "Thumbprint (SHA-256)")), 64);
    made_key_done(&root);
}

static void junk_is_refused_and_says_why(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_ED25519);
    struct tbs t = made_tbs(a, &key, NULL, NULL, "Example Root", true);
    struct bytes der = made_cert(a, &t, &key), longer;
    struct error e = { 0 };
    struct cert c = { 0 };

    (void)state;
    assert_int_equal(cert_parse(bytes_text("junk"), a, &c, &e), ERR_INVALID);
    assert_says("not a certificate");
    longer = bytes_of(arena_copy(a, der.at, der.len), der.len + 1);
    assert_int_equal(cert_parse(longer, a, &c, &e), ERR_INVALID);
    assert_says("1 octets follow it");
    for (size_t cut = 0; cut < der.len; cut++)
        assert_int_equal(cert_parse(bytes_of(arena_copy(a, der.at, cut), cut), a, &c, &e), ERR_INVALID);
    assert_null(c.der.at);
    made_key_done(&key);
}

/* Every octet turned over once: nothing crashes, and what still reads does not verify. */
static void a_changed_octet_never_passes_for_the_certificate(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_EC_P256);
    struct tbs t = made_tbs(a, &key, NULL, NULL, "a.example.net", false);
    struct bytes der = made_cert(a, &t, &key);
    struct spki signer;
    struct error e = { 0 };

    (void)state;
    assert_ok(spki_parse(key.spki, &signer, &e));
    for (size_t i = 0; i < der.len; i++) {
        CLEANUP(arena_drop) struct arena *b = arena_new();
        uint8_t *copy = arena_copy(b, der.at, der.len);
        struct cert c = { 0 };

        copy[i] ^= 0x01;
        if (cert_parse(bytes_of(copy, der.len), b, &c, &e) == ERR_NONE)
            assert_int_not_equal(cert_verify(&c, &signer, &e), ERR_NONE);
    }
    made_key_done(&key);
}

/* corpus ------------------------------------------------------------------------------------------------ */

/* An accepted row is read; a refused one is not, or what is wrong with it is an error of lint. */
static void one_row(const struct corpus_row *row, struct arena *a, void *arg)
{
    struct findings found;
    struct error e = { 0 };
    struct cert c = { 0 };
    struct detail *details;
    enum err r = cert_parse(row->der, a, &c, &e);
    int *wrong = arg;

    if (r == ERR_NONE)
        assert_true(cert_details(&c, a, &details) > 10);
    if (strcmp(row->expected, "accept") == 0 && r != ERR_NONE) {
        print_error("%s should be read: %s\n", row->file, e.text);
        ++*wrong;
    }
    findings_init(&found, a);
    if (r == ERR_NONE && strcmp(row->expected, "reject") == 0 &&
        lint_cert(row->der, a, &found, &e) == ERR_NONE && findings_count(&found, LEVEL_ERROR) == 0) {
        print_error("%s passes: %s\n", row->file, row->why);
        ++*wrong;
    }
}

static void certificates_of_others_get_their_verdict(void **state)
{
    int wrong = 0;

    (void)state;
    corpus_walk("cert", one_row, &wrong);
    assert_int_equal(wrong, 0);
}

static void seeds_of_fuzzers_do_no_harm(void **state)
{
    int wrong = 0;

    (void)state;
    corpus_walk("cert-fuzz", one_row, &wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_we_write_is_read_back_as_it_was_meant),
        cmocka_unit_test(details_are_the_lines_of_the_tab),
        cmocka_unit_test(junk_is_refused_and_says_why),
        cmocka_unit_test(a_changed_octet_never_passes_for_the_certificate),
        cmocka_unit_test(certificates_of_others_get_their_verdict),
        cmocka_unit_test(seeds_of_fuzzers_do_no_harm),
    };

    return tests_of(tests);
}
