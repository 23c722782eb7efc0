#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "base/time.h"
#include "pki/pkcs12.h"
#include "pki/pkcs7.h"

#define PASSWORD "it's $HOME \"&\" ~100%"

/* A root, and a leaf with its key. ------------------------------------------------------------------------ */

static struct arena *arena;
static struct bytes root_der, leaf_der, leaf_key, other_key;
static char dir[] = "/tmp/signet-pkcs12-XXXXXX";

static struct bytes take_datum(gnutls_datum_t d)
{
    struct bytes out = arena_bytes(arena, bytes_of(d.data, d.size));

    gnutls_free(d.data);
    return out;
}

static gnutls_x509_privkey_t new_key(struct bytes *pkcs8)
{
    gnutls_x509_privkey_t key;
    gnutls_datum_t der;

    gnutls_x509_privkey_init(&key);
    gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &der);
    *pkcs8 = take_datum(der);
    return key;
}

static gnutls_x509_crt_t new_cert(const char *name, gnutls_x509_privkey_t key, bool is_ca, gnutls_x509_crt_t by, gnutls_x509_privkey_t by_key)
{
    gnutls_x509_crt_t c;

    gnutls_x509_crt_init(&c);
    gnutls_x509_crt_set_version(c, 3);
    gnutls_x509_crt_set_serial(c, is_ca ? "\x01" : "\x02", 1);
    gnutls_x509_crt_set_dn_by_oid(c, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
    gnutls_x509_crt_set_activation_time(c, clock_now() - HOURS);
    gnutls_x509_crt_set_expiration_time(c, clock_now() + DAYS);
    gnutls_x509_crt_set_basic_constraints(c, is_ca, -1);
    gnutls_x509_crt_set_key(c, key);
    assert_int_equal(gnutls_x509_crt_sign2(c, by != NULL ? by : c, by_key, GNUTLS_DIG_SHA256, 0), 0);
    return c;
}

static int make_pair(void **state)
{
    gnutls_x509_privkey_t ca_key, key;
    gnutls_x509_crt_t ca, leaf;
    struct bytes pkcs8;
    gnutls_datum_t der;

    (void)state;
    arena = arena_new();
    ca_key = new_key(&pkcs8);
    ca = new_cert("Test root", ca_key, true, NULL, ca_key);
    key = new_key(&leaf_key);
    leaf = new_cert("www.example.com", key, false, ca, ca_key);
    gnutls_x509_privkey_deinit(key);
    key = new_key(&other_key);
    gnutls_x509_crt_export2(ca, GNUTLS_X509_FMT_DER, &der);
    root_der = take_datum(der);
    gnutls_x509_crt_export2(leaf, GNUTLS_X509_FMT_DER, &der);
    leaf_der = take_datum(der);
    gnutls_x509_privkey_deinit(key);
    gnutls_x509_privkey_deinit(ca_key);
    gnutls_x509_crt_deinit(ca);
    gnutls_x509_crt_deinit(leaf);
    if (mkdtemp(dir) == NULL || setenv("D", dir, 1) != 0 || setenv("PW", PASSWORD, 1) != 0)
        return -1;
    return 0;
}

static int drop_pair(void **state)
{
    (void)state;
    arena_free(arena);
    return system("rm -rf \"$D\"");
}

static struct pfx_wish wish_of(const struct pfx_profile *p, struct bytes pkcs8, struct bytes certs[2])
{
    struct pfx_wish w = { .profile = p, .friendly_name = "Z\xc3\xbcrich \xf0\x9f\x94\x92", .certs = certs, .certs_len = 2, .password = PASSWORD };
    struct error e = { 0 };

    certs[0] = leaf_der;
    certs[1] = root_der;
    assert_ok(pbe_encrypt_key(p->scheme, p->iterations, PASSWORD, pkcs8, arena, &w.key, &e));
    return w;
}

static void save(const char *name, struct bytes what)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(what.at, 1, what.len, f), what.len);
    fclose(f);
}

/* False, with a line that says so: the program is not installed. */
static bool has_program(const char *name)
{
    char command[96];

    snprintf(command, sizeof(command), "command -v %s >/dev/null", name);
    if (system(command) == 0)
        return true;
    print_message("skipped: %s is not installed, so it is not asked to open what was written\n", name);
    return false;
}

static void run(const char *command)
{
    int rc = system(command);

    if (rc != 0)
        fail_msg("exit %d of: %s", rc, command);
}

static void every_profile_is_written_and_passes_its_own_check(void **state)
{
    (void)state;
    for (size_t i = 0; i < pfx_profiles_len; i++) {
        struct bytes certs[2], pfx;
        struct pfx_wish w = wish_of(&pfx_profiles[i], leaf_key, certs);
        struct error e = { 0 };
        char name[32];

        assert_ok(pfx_write(&w, arena, &pfx, &e));
        assert_ok(pfx_check(pfx, &w, arena, &e));
        assert_ptr_equal(pfx_profile(pfx_profiles[i].slug), &pfx_profiles[i]);
        snprintf(name, sizeof(name), "%s.pfx", pfx_profiles[i].slug);
        save(name, pfx);
    }
    assert_null(pfx_profile("other"));
}

static void openssl_opens_them_all(void **state)
{
    (void)state;
    if (!has_program("openssl"))
        return;
    run("cd \"$D\" && for p in windows legacy strict; do openssl pkcs12 -in $p.pfx -passin env:PW -nodes -out $p.txt || exit 1;"
        " grep -q 'PRIVATE KEY' $p.txt && test $(grep -c 'BEGIN CERTIFICATE' $p.txt) = 2 && grep -q localKeyID $p.txt || exit 1; done");
    run("cd \"$D\" && openssl pkcs12 -in windows.pfx -passin env:PW -noout -info 2>&1 |"
        " grep -q 'MAC: sha256, Iteration 100000'");
    run("cd \"$D\" && openssl pkcs12 -in legacy.pfx -passin env:PW -noout -info 2>&1 |"
        " grep -q 'pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2048'");
    run("cd \"$D\" && openssl pkcs12 -in strict.pfx -passin env:PW -noout -info 2>&1 |"
        " grep -q 'PBES2, PBKDF2, AES-256-CBC, Iteration 250000, PRF hmacWithSHA256'");
    run("cd \"$D\" && ! openssl pkcs12 -in windows.pfx -passin pass:wrong -noout 2>/dev/null");
}

static void certtool_opens_them_all(void **state)
{
    (void)state;
    if (!has_program("certtool"))
        return;
    run("cd \"$D\" && for p in windows legacy strict; do certtool --p12-info --inder --infile $p.pfx --password \"$PW\" >$p.txt 2>$p.err || exit 1;"
        " grep -q 'PRIVATE KEY' $p.txt && test $(grep -c 'BEGIN CERTIFICATE' $p.txt) = 2 || exit 1; done");
}

static void nss_imports_them_all(void **state)
{
    (void)state;
    if (!has_program("pk12util") || !has_program("certutil"))
        return;
    run("cd \"$D\" && for p in windows legacy strict; do mkdir -p nss-$p && certutil -N --empty-password -d sql:nss-$p &&"
        " pk12util -i $p.pfx -W \"$PW\" -K '' -d sql:nss-$p >/dev/null && certutil -K -d sql:nss-$p | grep -q 'Z.*rich' || exit 1; done");
}

static void java_lists_them_all(void **state)
{
    (void)state;
    if (!has_program("keytool"))
        return;
    run("cd \"$D\" && for p in windows legacy strict; do"
        " keytool -list -v -keystore $p.pfx -storetype PKCS12 -storepass:env PW >$p.txt 2>&1 &&"
        " grep -q PrivateKeyEntry $p.txt && grep -q 'Certificate chain length: 2' $p.txt || exit 1; done");
}

static void certificates_alone_are_read_in_their_order(void **state)
{
    struct bytes certs[2] = { leaf_der, root_der };

    (void)state;
    save("chain.p7b", pkcs7_certs(arena, certs, 2));
    save("none.p7b", pkcs7_certs(arena, certs, 0));
    if (has_program("openssl")) {
        run("cd \"$D\" && openssl pkcs7 -inform DER -in chain.p7b -print_certs -noout | grep subject | tr '\\n' ' ' |"
            " grep -q 'www.example.com.*Test root'");
        run("cd \"$D\" && openssl pkcs7 -inform DER -in none.p7b -noout");
    }
    if (has_program("keytool"))
        run("cd \"$D\" && keytool -printcert -file chain.p7b | grep -c 'Owner: CN=' | grep -qx 2");
    if (has_program("certtool"))
        run("cd \"$D\" && certtool --p7-info --inder --infile chain.p7b | grep -c 'BEGIN CERTIFICATE' | grep -qx 2");
}

static void a_key_of_another_certificate_does_not_leave(void **state)
{
    struct bytes certs[2], pfx;
    struct pfx_wish w = wish_of(pfx_profile("legacy"), other_key, certs);
    struct error e = { 0 };

    (void)state;
    assert_ok(pfx_write(&w, arena, &pfx, &e));
    assert_int_equal(pfx_check(pfx, &w, arena, &e), ERR_BUG);
    assert_says("not that of the certificate");
}

static void what_was_damaged_does_not_leave(void **state)
{
    struct bytes certs[2], pfx;
    struct pfx_wish w = wish_of(pfx_profile("legacy"), leaf_key, certs);
    struct error e = { 0 };

    (void)state;
    assert_ok(pfx_write(&w, arena, &pfx, &e));
    ((uint8_t *)pfx.at)[pfx.len / 2] ^= 1;
    assert_int_equal(pfx_check(pfx, &w, arena, &e), ERR_BUG);
    ((uint8_t *)pfx.at)[pfx.len / 2] ^= 1;
    w.certs_len = 1;
    assert_int_equal(pfx_check(pfx, &w, arena, &e), ERR_BUG);
}

static void a_wish_that_others_could_not_open_is_refused(void **state)
{
    struct bytes certs[2], pfx;
    struct pfx_wish w = wish_of(pfx_profile("legacy"), leaf_key, certs);
    struct error e = { 0 };

    (void)state;
    w.password = "";
    assert_int_equal(pfx_write(&w, arena, &pfx, &e), ERR_INVALID);
    assert_string_equal(e.field, "/password");
    w.password = PASSWORD;
    w.friendly_name = "a\nb";
    assert_int_equal(pfx_write(&w, arena, &pfx, &e), ERR_INVALID);
    w.friendly_name = NULL;
    assert_ok(pfx_write(&w, arena, &pfx, &e));
    assert_ok(pfx_check(pfx, &w, arena, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_profile_is_written_and_passes_its_own_check),
        cmocka_unit_test(openssl_opens_them_all),
        cmocka_unit_test(certtool_opens_them_all),
        cmocka_unit_test(nss_imports_them_all),
        cmocka_unit_test(java_lists_them_all),
        cmocka_unit_test(certificates_alone_are_read_in_their_order),
        cmocka_unit_test(a_key_of_another_certificate_does_not_leave),
        cmocka_unit_test(what_was_damaged_does_not_leave),
        cmocka_unit_test(a_wish_that_others_could_not_open_is_refused),
    };

    return cmocka_run_group_tests_name(__FILE__, tests, make_pair, drop_pair);
}
