#include "world.h"

#include <sys/resource.h>

#define GET "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"

static void both_versions_are_served(void **state)
{
    static const char *const versions[] = { "NORMAL:-VERS-ALL:+VERS-TLS1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.2" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct visitor v;

        assert_true(visit(&v, w->tls, NULL, versions[i]));
        for (int n = 0; n < 20; n++)
            assert_int_equal(visitor_ask(&v, GET, out, sizeof(out)), 200);
        assert_int_equal(gnutls_cipher_get(v.session), GNUTLS_CIPHER_AES_128_GCM);
        visitor_leave(&v);
    }
}

static void old_versions_and_suites_are_not(void **state)
{
    static const char *const old[] = {
        "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-CBC:+AES-256-CBC",
        "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(old) / sizeof(*old); i++) {
        struct visitor v;

        assert_false(visit(&v, w->tls, NULL, old[i]));
        visitor_leave(&v);
    }
}

static void the_name_chooses_the_certificate(void **state)
{
    static const struct { const char *sni, *shown; } rows[] = { { NULL, "one" }, { "any.lan", "one" }, { "a.other.lan", "other" }, { "A.OTHER.lan", "other" }, { "other.lan", "one" } };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct visitor v;

        assert_true(visit(&v, w->tls, rows[i].sni, NULL));
        assert_string_equal(v.shown, rows[i].shown);
        visitor_leave(&v);
    }
}

static void a_swap_is_seen_by_the_next_hello_and_by_no_open_connection(void **state)
{
    struct visitor old, connected, fresh;
    gnutls_session_t session;

    (void)state;
    assert_true(visit(&old, w->tls, NULL, NULL));
    connected.fd = dial(w->tls);   /* before the swap; says hello after it */
    sleep_ms(20);
    for (uint64_t generation = 2; generation < 12; generation++) {
        char name[32];

        snprintf(name, sizeof(name), "swap %u", (unsigned)generation);
        tls_slot_put(w->slot, identity_of(name, generation));
        assert_true(visit(&fresh, w->tls, NULL, NULL));
        assert_string_equal(fresh.shown, name);
        assert_int_equal(visitor_ask(&fresh, GET, out, sizeof(out)), 200);
        assert_int_equal(strtoul(strstr(out, "\"generation\":") + 13, NULL, 10), generation);
        assert_int_equal(visitor_ask(&old, GET, out, sizeof(out)), 200);
        assert_non_null(strstr(out, "\"generation\":1}"));
        visitor_leave(&fresh);
    }
    visitor_leave(&old);

    gnutls_init(&session, GNUTLS_CLIENT);
    gnutls_certificate_allocate_credentials(&connected.trust);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, connected.trust);
    gnutls_set_default_priority(session);
    gnutls_transport_set_int(session, connected.fd);
    assert_int_equal(gnutls_handshake(session), 0);
    connected.session = session;
    assert_int_equal(visitor_ask(&connected, GET, out, sizeof(out)), 200);
    assert_non_null(strstr(out, "\"generation\":11}"));
    visitor_leave(&connected);
}

static void no_ticket_is_handed_out(void **state)
{
    struct visitor v;

    (void)state;
    assert_true(visit(&v, w->tls, NULL, NULL));
    assert_int_equal(visitor_ask(&v, GET, out, sizeof(out)), 200);
    assert_int_equal(gnutls_session_get_flags(v.session) & GNUTLS_SFLAGS_SESSION_TICKET, 0);
    visitor_leave(&v);
}

static double cpu_seconds(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Seven bytes, and a hello that is not finished by its client. */
static void half_open_handshakes_cost_nothing(void **state)
{
    struct visitor v = { .fd = dial(w->tls) };
    int half = dial(w->tls);
    double before, spent;

    (void)state;
    say(half, "\x16\x03\x01\x02\x34\x01\x01");
    gnutls_init(&v.session, GNUTLS_CLIENT | GNUTLS_NONBLOCK);
    gnutls_certificate_allocate_credentials(&v.trust);
    gnutls_credentials_set(v.session, GNUTLS_CRD_CERTIFICATE, v.trust);
    gnutls_set_default_priority(v.session);
    gnutls_transport_set_int(v.session, v.fd);
    gnutls_handshake(v.session);   /* sends the hello and goes away */
    sleep_ms(50);
    before = cpu_seconds();
    sleep_ms(2000);
    spent = cpu_seconds() - before;
    if (spent > 2 * 0.02)
        fail_msg("%.3f s of CPU in 2 s", spent);
    visitor_leave(&v);
    close(half);
}

static void handshakes_have_a_deadline(void **state)
{
    int fd = dial(w->tls);
    int64_t begin = clock_mono_ms();
    bool closed;

    (void)state;
    close(fd);
    server_limits(w->server, &(struct server_limits){ .handshake_ms = 300 });
    fd = dial(w->tls);
    for (int i = 0; i < 40; i++) {
        if (send(fd, i == 0 ? "\x16" : i == 1 ? "\x03" : "\x01", 1, MSG_NOSIGNAL) < 0)
            break;
        sleep_ms(50);
    }
    hear(fd, out, sizeof(out), 1000, &closed);
    assert_true(closed);
    assert_true(clock_mono_ms() - begin < 2500);
    server_limits(w->server, &(struct server_limits){ 0 });
    close(fd);
}

static void only_our_names_are_served(void **state)
{
    static const char *const names[] = { "a.lan", "::1" };
    static const struct { const char *host; int status; } rows[] = {
        { "a.lan", 200 }, { "A.LAN:8443", 200 }, { "[0:0:0:0:0:0:0:1]:1", 200 }, { "evil", 421 }, { "a.lan.evil", 421 }, { "127.0.0.1", 421 },
    };
    struct visitor v;

    (void)state;
    server_hosts(w->server, names, 2);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char text[200];

        assert_true(visit(&v, w->tls, NULL, NULL));
        snprintf(text, sizeof(text), "GET /hello HTTP/1.1\r\nHost: %s\r\n\r\n", rows[i].host);
        if (visitor_ask(&v, text, out, sizeof(out)) != rows[i].status)
            fail_msg("Host %s: %.30s", rows[i].host, out);
        visitor_leave(&v);
    }
    server_hosts(w->server, NULL, 0);
}

static void a_key_of_another_certificate_is_refused(void **state)
{
    struct error e = { 0 };
    gnutls_privkey_t key, other;
    struct bytes der = self_signed("a", &key), second = self_signed("b", &other);
    struct tls_entry entry = { "", &der, 1, other };
    struct tls_identity *t = NULL;

    (void)state;
    assert_int_equal(tls_identity_new(&entry, 1, 1, &t, &e), ERR_INVALID);
    assert_says("does not belong");
    assert_null(t);
    entry = (struct tls_entry){ "a.lan", &der, 1, key };
    assert_int_equal(tls_identity_new(&entry, 1, 1, &t, &e), ERR_INVALID);
    assert_says("default");
    gnutls_free((void *)der.at);
    gnutls_free((void *)second.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_versions_are_served),
        cmocka_unit_test(old_versions_and_suites_are_not),
        cmocka_unit_test(the_name_chooses_the_certificate),
        cmocka_unit_test(a_swap_is_seen_by_the_next_hello_and_by_no_open_connection),
        cmocka_unit_test(no_ticket_is_handed_out),
        cmocka_unit_test(half_open_handshakes_cost_nothing),
        cmocka_unit_test(handshakes_have_a_deadline),
        cmocka_unit_test(only_our_names_are_served),
        cmocka_unit_test(a_key_of_another_certificate_is_refused),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
