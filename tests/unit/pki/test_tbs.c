#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "made.h"
#include "base/buf.h"
#include "pki/der.h"
#include "pki/pem.h"

/* openssl, as others run it, over files in a directory of our own --------------------------------------------- */

struct bench { char dir[32]; };

static struct bench bench_open(void)
{
    struct bench b = { "/tmp/signet-tbs-XXXXXX" };

    assert_non_null(mkdtemp(b.dir));
    return b;
}

static void bench_put(const struct bench *b, struct arena *a, const char *name, const char *label, struct bytes der)
{
    FILE *f = fopen(arena_printf(a, "%s/%s", b->dir, name), "w");

    assert_non_null(f);
    fputs(pem_text(a, label, der), f);
    fclose(f);
}

static const char *bench_run(const struct bench *b, struct arena *a, const char *command)
{
    FILE *p = popen(arena_printf(a, "cd %s && %s 2>&1", b->dir, command), "r");
    char text[16384];
    size_t len;

    assert_non_null(p);
    len = fread(text, 1, sizeof(text) - 1, p);
    text[len] = '\0';
    pclose(p);
    return arena_text(a, text);
}

static void bench_close(const struct bench *b, struct arena *a)
{
    assert_int_equal(system(arena_printf(a, "rm -r %s", b->dir)), 0);
}

static void contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

/* ------------------------------------------------------------------------------------------------------- */

static void chain_of(enum key_type type)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key root = made_key(a, type), sub = made_key(a, type), leaf = made_key(a, KEY_EC_P256);
    struct tbs t = made_tbs(a, &root, NULL, NULL, "Example Root", true);
    struct name names[2] = { { .kind = NAME_DNS, .text = "www.example.net" }, { .kind = NAME_IP, .ip = { 192, 0, 2, 1 }, .ip_len = 4 } };
    struct bench b = bench_open();
    const char *text;

    bench_put(&b, a, "root", "CERTIFICATE", made_cert(a, &t, &root));
    t = made_tbs(a, &sub, &root, "Example Root", "Example Issuing CA", true);
    t.path_len = 0;
    bench_put(&b, a, "sub", "CERTIFICATE", made_cert(a, &t, &root));
    t = made_tbs(a, &leaf, &sub, "Example Issuing CA", "www.example.net", false);
    t.names = (struct names){ names, 2 };
    t.ocsp_url = "http://ca.example.net/ocsp/1";
    bench_put(&b, a, "leaf", "CERTIFICATE", made_cert(a, &t, &sub));

    contains(bench_run(&b, a, "openssl verify -x509_strict -purpose sslserver -verify_hostname www.example.net -CAfile root -untrusted sub leaf"), "leaf: OK");
    contains(bench_run(&b, a, "openssl verify -x509_strict -verify_ip 192.0.2.1 -CAfile root -untrusted sub leaf"), "leaf: OK");
    text = bench_run(&b, a, "openssl x509 -text -noout -in leaf");
    contains(text, "Version: 3 (0x2)");
    contains(text, "Subject: CN = www.example.net");
    contains(text, "X509v3 Key Usage: critical\n                Digital Signature");
    contains(text, "TLS Web Server Authentication");
    contains(text, "DNS:www.example.net, IP Address:192.0.2.1");
    contains(text, "URI:http://ca.example.net/crl/1.crl");
    contains(text, "CA Issuers - URI:http://ca.example.net/ca/1.cer");
    contains(text, "OCSP - URI:http://ca.example.net/ocsp/1");
    text = bench_run(&b, a, "openssl x509 -text -noout -in sub");
    contains(text, "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0");
    contains(text, "X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign");
    bench_close(&b, a);
    made_key_done(&root);
    made_key_done(&sub);
    made_key_done(&leaf);
}

static void openssl_verifies_our_chains_strictly_under_every_kind_of_key(void **state)
{
    (void)state;
    chain_of(KEY_EC_P256);
    chain_of(KEY_EC_P384);
    chain_of(KEY_ED25519);
    chain_of(KEY_RSA_2048);
}

static void serials_are_positive_of_twenty_octets_and_never_the_same(void **state)
{
    uint8_t one[20], two[20];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        serial_make(one);
        serial_make(two);
        assert_true(one[0] >= 0x40 && one[0] < 0x80);
        assert_memory_not_equal(one, two, 20);
    }
}

static void each_of_the_last_128_bits_of_a_serial_is_drawn(void **state)
{
    uint8_t one[20], zeros[16] = { 0 }, ones[16] = { 0 };

    (void)state;
    for (int i = 0; i < 100; i++) {
        serial_make(one);
        for (int k = 0; k < 16; k++) {
            zeros[k] |= (uint8_t)~one[4 + k];
            ones[k] |= one[4 + k];
        }
    }
    for (int k = 0; k < 16; k++) {
        assert_int_equal(zeros[k], 0xff);
        assert_int_equal(ones[k], 0xff);
    }
}

/* But once in two years, when the count begins anew. */
static void a_serial_made_later_sorts_behind(void **state)
{
    uint8_t one[20], two[20];

    (void)state;
    do {
        serial_make(one);
        usleep(150 * 1000);
        serial_make(two);
    } while (one[0] == 0x7f && two[0] == 0x40);
    assert_true(memcmp(one, two, 4) < 0);
}

static void an_empty_subject_makes_the_names_critical(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_EC_P256);
    struct tbs t = made_tbs(a, &key, NULL, NULL, "a.example.net", false);
    struct cert c = { 0 };
    struct error e = { 0 };

    (void)state;
    assert_ok(cert_parse(made_cert(a, &t, &key), a, &c, &e));
    assert_false(cert_extension(&c, "2.5.29.17")->is_critical);
    t.subject = dn_build(a, NULL, "");
    assert_int_equal(t.subject.len, 2);
    assert_ok(cert_parse(made_cert(a, &t, &key), a, &c, &e));
    assert_true(cert_extension(&c, "2.5.29.17")->is_critical);
    made_key_done(&key);
}

static void years_after_2049_are_written_with_four_digits(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_EC_P256);
    struct tbs t = made_tbs(a, &key, NULL, NULL, "Example Root", true);
    struct error e = { 0 };
    struct cert c = { 0 };
    struct bytes tbs;

    (void)state;
    assert_true(time_parse("2051-01-01T00:00:00Z", &t.not_after));
    assert_ok(tbs_build(&t, a, &tbs, &e));
    assert_non_null(memmem(tbs.at, tbs.len, "\x18\x0f" "20510101000000Z", 17));
    assert_ok(cert_parse(made_signed(a, &key, tbs), a, &c, &e));
    assert_int_equal(c.not_after, t.not_after);
    made_key_done(&key);
}

static void what_cannot_be_a_certificate_is_refused_before_it_is_written(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct made_key key = made_key(a, KEY_EC_P256);
    struct tbs good = made_tbs(a, &key, NULL, NULL, "a.example.net", false), t;
    struct bytes out = { 0 };
    struct error e = { 0 };

    (void)state;
    t = good;
    t.not_after = t.not_before - 1;
    assert_int_equal(tbs_build(&t, a, &out, &e), ERR_INVALID);
    assert_says("end before it begins");
    t = good;
    t.crl_url = "http://x/\nHost: y";
    assert_int_equal(tbs_build(&t, a, &out, &e), ERR_INVALID);
    assert_says("plain ASCII");
    t = good;
    t.alg = SIG_WEAK;
    assert_int_equal(tbs_build(&t, a, &out, &e), ERR_BUG);
    assert_null(out.at);
    made_key_done(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openssl_verifies_our_chains_strictly_under_every_kind_of_key),
        cmocka_unit_test(serials_are_positive_of_twenty_octets_and_never_the_same),
        cmocka_unit_test(each_of_the_last_128_bits_of_a_serial_is_drawn),
        cmocka_unit_test(a_serial_made_later_sorts_behind),
        cmocka_unit_test(an_empty_subject_makes_the_names_critical),
        cmocka_unit_test(years_after_2049_are_written_with_four_digits),
        cmocka_unit_test(what_cannot_be_a_certificate_is_refused_before_it_is_written),
    };

    return tests_of(tests);
}
