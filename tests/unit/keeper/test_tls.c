#include "help.h"

#include <gnutls/x509.h>
#include <signal.h>
#include <sys/socket.h>

/* SEQUENCE { tbs, alg, BIT STRING } */
static gnutls_datum_t whole(struct home *h, struct bytes tbs, enum sig_alg alg, struct bytes signature)
{
    struct der_writer w;
    struct bytes der;

    der_begin(&w, 1024);
    der_bits(&w, signature, 0);
    der_raw(&w, sig_alg_der(alg));
    der_raw(&w, tbs);
    der_wrap(&w, 0, DER_SEQUENCE);
    der = der_take(&w, h->a);
    return (gnutls_datum_t){ (void *)(uintptr_t)der.at, (unsigned)der.len };
}

/* A self-signed certificate of a key that stays in the keeper, and that key as GnuTLS sees it. */
static gnutls_certificate_credentials_t credentials(struct home *h, enum key_type type)
{
    struct key_spec spec = spec_subject(type);
    struct body body = { .version = 2, .serial_len = 16, .not_after = 2000000000, .path_len = -1, .usage = USE_DIGITAL_SIGNATURE };
    gnutls_certificate_credentials_t out;
    struct keeper_key *loaded;
    struct error e = { 0 };
    struct sealed_key key;
    gnutls_privkey_t private;
    gnutls_pcert_st cert;
    gnutls_datum_t der;
    struct bytes tbs, signature;

    assert_ok(keeper_make(h->k, &spec, h->a, &key, &e));
    assert_ok(keeper_load(h->k, key.blob, &loaded, &e));
    body.alg = sig_alg_for(type);
    body.issuer = body.subject = name_make("host.lan", h->a);
    body.spki = key.spki;
    tbs = body_make(&body, h->a);
    assert_ok(keeper_sign(h->k, loaded, SHAPE_CERTIFICATE, tbs, h->a, &signature, &e));
    der = whole(h, tbs, body.alg, signature);
    assert_ok(keeper_tls_key(h->k, loaded, &private, &e));
    keeper_key_unref(loaded);   /* the GnuTLS key holds its own */

    assert_int_equal(gnutls_pcert_import_x509_raw(&cert, &der, GNUTLS_X509_FMT_DER, 0), 0);
    assert_int_equal(gnutls_certificate_allocate_credentials(&out), 0);
    assert_int_equal(gnutls_certificate_set_key(out, NULL, 0, &cert, 1, private), 0);
    return out;
}

static void ready(gnutls_session_t *s, unsigned flags, gnutls_certificate_credentials_t with, const char *priority, int fd)
{
    assert_int_equal(gnutls_init(s, flags | GNUTLS_NONBLOCK), 0);
    assert_int_equal(gnutls_priority_set_direct(*s, priority, NULL), 0);
    assert_int_equal(gnutls_credentials_set(*s, GNUTLS_CRD_CERTIFICATE, with), 0);
    gnutls_transport_set_int(*s, fd);
}

static void shakes_hands(struct home *h, enum key_type type, const char *priority)
{
    gnutls_certificate_credentials_t shown = credentials(h, type), none;
    gnutls_session_t server, client;
    int fd[2], a = GNUTLS_E_AGAIN, b = GNUTLS_E_AGAIN;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
    assert_int_equal(gnutls_certificate_allocate_credentials(&none), 0);
    ready(&server, GNUTLS_SERVER, shown, priority, fd[0]);
    ready(&client, GNUTLS_CLIENT, none, priority, fd[1]);
    for (int i = 0; i < 100 && (a != 0 || b != 0); i++) {
        b = b != 0 ? gnutls_handshake(client) : 0;
        a = a != 0 ? gnutls_handshake(server) : 0;
        if ((a < 0 && gnutls_error_is_fatal(a)) || (b < 0 && gnutls_error_is_fatal(b)))
            fail_msg("%s with %s: server %s, client %s", priority, key_type_text(type), gnutls_strerror(a), gnutls_strerror(b));
    }
    assert_int_equal(a, 0);
    assert_int_equal(b, 0);
    gnutls_deinit(server);
    gnutls_deinit(client);
    gnutls_certificate_free_credentials(shown);
    gnutls_certificate_free_credentials(none);
    close(fd[0]);
    close(fd[1]);
}

#define TLS_13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define TLS_12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"

static void every_kind_of_key_shakes_hands_in_tls_1_3(void **state)
{
    shakes_hands(*state, KEY_EC_P256, TLS_13);
    shakes_hands(*state, KEY_EC_P384, TLS_13);
    shakes_hands(*state, KEY_ED25519, TLS_13);
    shakes_hands(*state, KEY_RSA_2048, TLS_13);
}

static void every_kind_of_key_shakes_hands_in_tls_1_2(void **state)
{
    shakes_hands(*state, KEY_EC_P256, TLS_12);
    shakes_hands(*state, KEY_EC_P384, TLS_12);
    shakes_hands(*state, KEY_ED25519, TLS_12);
    shakes_hands(*state, KEY_RSA_2048, TLS_12);
    shakes_hands(*state, KEY_RSA_2048, TLS_12 ":-SIGN-RSA-PSS-RSAE-SHA256:-SIGN-RSA-PSS-RSAE-SHA384:-SIGN-RSA-PSS-RSAE-SHA512");
}

static void a_handshake_fails_closed_when_the_keeper_has_ended(void **state)
{
    struct home *h = *state;
    struct key_spec spec = spec_subject(KEY_EC_P256);
    gnutls_datum_t body = { (unsigned char *)"hello", 5 }, out = { 0 };
    struct keeper_key *loaded;
    struct error e = { 0 };
    struct sealed_key key;
    gnutls_privkey_t private;

    assert_ok(keeper_make(h->k, &spec, h->a, &key, &e));
    assert_ok(keeper_load(h->k, key.blob, &loaded, &e));
    assert_ok(keeper_tls_key(h->k, loaded, &private, &e));
    keeper_key_unref(loaded);
    assert_int_equal(gnutls_privkey_sign_data2(private, GNUTLS_SIGN_ECDSA_SHA256, 0, &body, &out), 0);
    gnutls_free(out.data);
    kill((pid_t)keeper_pid(h->k), SIGKILL);
    assert_true(gnutls_privkey_sign_data2(private, GNUTLS_SIGN_ECDSA_SHA256, 0, &body, &out) < 0);
    assert_int_equal(keeper_state(h->k), KEEPER_DEAD);
    gnutls_privkey_deinit(private);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_kind_of_key_shakes_hands_in_tls_1_3, home_up, home_down),
        cmocka_unit_test_setup_teardown(every_kind_of_key_shakes_hands_in_tls_1_2, home_up, home_down),
        cmocka_unit_test_setup_teardown(a_handshake_fails_closed_when_the_keeper_has_ended, home_up, home_down),
    };

    return tests_of(tests);
}
