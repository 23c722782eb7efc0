#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "made.h"
#include "pki/certreq.h"
#include "pki/csr_asked.h"
#include "pki/pem.h"

static const struct name two[] = { { .kind = NAME_DNS, .text = "www.example.net" }, { .kind = NAME_IP, .text = "10.0.0.5", .ip = { 10, 0, 0, 5 }, .ip_len = 4 } };
static const struct dn_parts everything = { .country = "DE", .state = "Bayern", .locality = "Fürth", .organization = "Example, \"Inc\" 5%",
                                            .unit = "IT", .common_name = "www.example.net" };

static struct bytes request(struct arena *a, const struct made_key *key)
{
    struct tbs t = { .alg = key->alg, .spki = key->spki, .subject = dn_build_parts(a, &everything), .names = { two, 2 },
                     .usage = USE_DIGITAL_SIGNATURE, .purposes = FOR_SERVER };
    struct error e = { 0 };
    struct bytes body;

    assert_ok(tbs_request(&t, a, &body, &e));
    return made_signed(a, key, body);
}

static const char *said_by_openssl(struct arena *a, struct bytes der)
{
    char path[] = "/tmp/signet-request-XXXXXX", text[8192];
    int fd = mkstemp(path);
    size_t len;
    FILE *p;

    assert_int_equal(write(fd, der.at, der.len), (ssize_t)der.len);
    close(fd);
    p = popen(arena_printf(a, "openssl req -inform DER -in %s -verify -noout -text -nameopt RFC2253,utf8 2>&1", path), "r");
    assert_non_null(p);
    len = fread(text, 1, sizeof(text) - 1, p);
    text[len] = '\0';
    assert_int_equal(pclose(p), 0);
    unlink(path);
    return arena_text(a, text);
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void requests_of_every_key_are_verified_by_openssl_and_read_by_ourselves(void **state)
{
    static const enum key_type types[] = { KEY_EC_P256, KEY_EC_P384, KEY_ED25519, KEY_RSA_2048 };

    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        CLEANUP(arena_drop) struct arena *a = arena_new();
        struct made_key key = made_key(a, types[i]);
        struct bytes der = request(a, &key);
        const char *said = said_by_openssl(a, der);
        struct findings notes;
        struct error e = { 0 };
        struct csr csr;

        has(said, "verify OK");
        has(said, "DNS:www.example.net, IP Address:10.0.0.5");
        has(said, "TLS Web Server Authentication");
        has(said, "CN=www.example.net,OU=IT,O=Example\\, \\\"Inc\\\" 5%,L=F\\C3\\BCrth,ST=Bayern,C=DE");
        findings_init(&notes, a);
        assert_ok(csr_parse(der, a, &csr, &notes, &e));
        assert_int_equal(csr.names.len, 2);
        assert_int_equal(notes.len, 0);
        assert_true(bytes_equal(csr.key.der, key.spki));
        made_key_done(&key);
    }
}

static void a_request_without_names_is_not_built(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_EC_P256);
    struct tbs t = { .alg = key.alg, .spki = key.spki, .subject = dn_build(a, NULL, "x") };
    struct error e = { 0 };
    struct bytes body;

    (void)state;
    assert_int_equal(tbs_request(&t, a, &body, &e), ERR_BUG);
    made_key_done(&key);
}

static void what_is_asked_for_is_told_in_words(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_EC_P256);
    struct bytes der = request(a, &key);
    struct asked *asked;
    struct findings notes;
    struct error e = { 0 };
    struct csr csr;

    (void)state;
    findings_init(&notes, a);
    assert_ok(csr_parse(der, a, &csr, &notes, &e));
    assert_int_equal(csr_asked(&csr, a, &asked), 3);
    assert_string_equal(asked[0].field, "Key Usage");
    assert_string_equal(asked[0].value, "Digital Signature");
    assert_true(asked[0].is_critical);
    assert_string_equal(asked[1].field, "Enhanced Key Usage");
    assert_string_equal(asked[2].value, "DNS Name=www.example.net, IP Address=10.0.0.5");
    made_key_done(&key);
}

static void an_inf_names_the_same_and_its_quotes_cannot_be_left(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct certreq from = { .subject = dn_build_parts(a, &everything), .names = { two, 2 }, .key_type = KEY_RSA_3072, .usage = USE_DIGITAL_SIGNATURE | USE_KEY_ENCIPHERMENT,
                            .purposes = FOR_SERVER | FOR_CLIENT, .is_exportable = true };
    const char *inf = certreq_inf(&from, a);

    (void)state;
    has(inf, "Subject = \"CN=\"\"www.example.net\"\", OU=\"\"IT\"\", O=\"\"Example, \"\"\"\"Inc\"\"\"\" 5%%\"\", L=\"\"Fürth\"\", S=\"\"Bayern\"\", C=\"\"DE\"\"\"\r\n");
    has(inf, "KeyAlgorithm = RSA\r\nKeyLength = 3072\r\n");
    has(inf, "KeyUsage = 0xa0\r\n");
    has(inf, "Exportable = TRUE\r\n");
    has(inf, "2.5.29.17 = \"{text}\"\r\n_continue_ = \"dns=www.example.net&\"\r\n_continue_ = \"ipaddress=10.0.0.5\"\r\n");
    has(inf, "OID = 1.3.6.1.5.5.7.3.1");
    has(inf, "OID = 1.3.6.1.5.5.7.3.2");
    from.key_type = KEY_ED25519;
    assert_null(certreq_inf(&from, a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_of_every_key_are_verified_by_openssl_and_read_by_ourselves),
        cmocka_unit_test(a_request_without_names_is_not_built),
        cmocka_unit_test(what_is_asked_for_is_told_in_words),
        cmocka_unit_test(an_inf_names_the_same_and_its_quotes_cannot_be_left),
    };

    return cmocka_run_group_tests_name(__FILE__, tests, NULL, NULL);
}
