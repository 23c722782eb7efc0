/* world - a server on ephemeral ports with rows made for the tests, a raw client, and a TLS client. */
#ifndef WORLD_H
#define WORLD_H

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/time.h"
#include "http/page.h"
#include "http/server.h"
#include "http/stream.h"
#include "http/tls.h"

struct app {                       /* ours: handlers are handed it */
    struct streams *streams;
    struct page *page;
    atomic_int runs;
    atomic_int wait_ms;            /* how long the slow row takes */
};

static inline void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

/* Rows ------------------------------------------------------------------------------------------------------------------------ */

static enum err row_page(struct app *app, struct request *rq, struct error *e)
{
    (void)e;
    reply_page(rq, app->page);
    return ERR_NONE;
}

static enum err row_hello(struct app *app, struct request *rq, struct error *e)
{
    (void)e;
    atomic_fetch_add(&app->runs, 1);
    reply_json(rq, 200, json_pack("{s:s, s:s?, s:s?, s:i, s:s, s:b, s:s, s:I}", "path", rq->path, "id", request_path(rq, "id"), "q", request_query(rq, "q"),
                                  "body", (int)rq->body.len, "who", rq->who.name, "local", request_is_local(rq), "shown", request_shown_name(rq),
                                  "generation", (json_int_t)request_generation(rq)));
    return ERR_NONE;
}

static enum err row_slow(struct app *app, struct request *rq, struct error *e)
{
    (void)e;
    sleep_ms(atomic_load(&app->wait_ms));
    atomic_fetch_add(&app->runs, 1);
    reply_text(rq, 200, "text/plain", "done");
    return ERR_NONE;
}

static enum err row_fails(struct app *app, struct request *rq, struct error *e)
{
    (void)app;
    reply_header(rq, "Set-Cookie", "left=over");
    return fail_at(e, "/dns_names/3", "x y.lan is not a DNS name");
}

/* "?after=N": the reader has seen that one. */
static enum err row_events(struct app *app, struct request *rq, struct error *e)
{
    const char *after = request_query(rq, "after");
    struct stream *stream;
    enum err r = stream_open(app->streams, &rq->who, "id: 1\ndata: before\n\n", after != NULL ? atoll(after) : 1, &stream, e);

    if (r)
        return r;
    reply_stream(rq, stream);
    return ERR_NONE;
}

static const struct shape_member inner_members[] = { { "type", SHAPE_TEXT, true, 1, 20, NULL }, { 0 } };
static const struct shape inner = { inner_members };
static const struct shape_member members[] = {
    { "name", SHAPE_TEXT, true, 1, 20, NULL }, { "days", SHAPE_NUMBER, false, 1, 365, NULL }, { "names", SHAPE_TEXTS, false, 0, 3, NULL },
    { "key", SHAPE_OBJECT, false, 0, 0, &inner }, { "on", SHAPE_FLAG, false, 0, 0, NULL }, { "pem", SHAPE_TEXT, false, 0, 10000, NULL }, { 0 },
};
static const struct shape shape = { members };

enum { SEE = 4, CHANGE = 6 };      /* rights */
static const struct route test_routes[] = {
    { "GET",    "/page",              row_page,   1,      ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET",    "/quick",             row_hello,  1,      ROUTE_QUICK | ROUTE_OPEN, 0, NULL },
    { "GET",    "/hello",             row_hello,  1,      ROUTE_OPEN, 0, NULL },
    { "POST",   "/hello",             row_hello,  1,      ROUTE_OPEN, 1000, NULL },
    { "GET",    "/slow",              row_slow,   1,      ROUTE_OPEN, 0, NULL },
    { "GET",    "/heavy",             row_slow,   1,      ROUTE_OPEN | ROUTE_HEAVY, 0, NULL },
    { "GET",    "/things/{id}",       row_hello,  SEE,    0, 0, NULL },
    { "GET",    "/things/timeline",   row_hello,  SEE,    0, 0, NULL },
    { "DELETE", "/things/{id}",       row_hello,  CHANGE, 0, 0, NULL },
    { "POST",   "/things",            row_hello,  CHANGE, 0, 0, &shape },
    { "POST",   "/things/{id}/keys",  row_hello,  CHANGE, ROUTE_STEP_UP, 0, &shape },
    { "GET",    "/fails",             row_fails,  1,      ROUTE_OPEN, 0, NULL },
    { "GET",    "/events",            row_events, SEE,    0, 0, NULL },
    { "GET",    "/rest/{path*}",      row_hello,  1,      ROUTE_OPEN, 0, NULL },
    { 0 },
};
static const struct route *const test_tables[] = { test_routes, NULL };

/* "Bearer may" may do all, "Bearer see" may look; the cookie "sid" is a session that gave its password "proved" seconds ago. */
static enum err test_admit(struct app *app, struct request *rq, struct error *e)
{
    const char *bearer = request_header(rq, "Authorization");
    const char *cookie = request_cookie(rq, "sid");
    const char *name = bearer != NULL && strncmp(bearer, "Bearer ", 7) == 0 ? bearer + 7 : cookie;

    (void)app;
    if (name == NULL)
        return fail_kind(e, ERR_DENIED, "unauthenticated", "sign in first");
    rq->by_cookie = bearer == NULL;
    rq->who.kind = rq->by_cookie ? ACTOR_USER : ACTOR_TOKEN;
    snprintf(rq->who.name, sizeof(rq->who.name), "%s", name);
    rq->who.rights = strcmp(name, "see") == 0 ? 1u << SEE : 1u << SEE | 1u << CHANGE;
    rq->who.proved_at = strcmp(name, "proved") == 0 ? clock_now() - 10 : clock_now() - 400;
    return ERR_NONE;
}

static bool test_may(const struct actor *who, unsigned right)
{
    return right == 1 || (who->rights >> right & 1) != 0;
}

static const struct surface test_surface = { "/", test_tables, test_admit, test_may, NULL, NULL };
static const struct surface *const test_surfaces[] = { &test_surface, NULL };

/* The server ------------------------------------------------------------------------------------------------------------------- */

struct world {
    struct app app;
    struct server *server;
    struct tls_slot *slot;
    unsigned plain, tls;
    char control[64];
};

static inline struct bytes der_of(gnutls_x509_crt_t crt)
{
    gnutls_datum_t out;

    assert_int_equal(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &out), 0);
    return bytes_of(out.data, out.size);
}

/* A self-signed certificate; the key comes back abstract, the certificate as DER (to be freed with gnutls_free). */
static inline struct bytes self_signed(const char *name, gnutls_privkey_t *key)
{
    gnutls_x509_privkey_t plain;
    gnutls_x509_crt_t crt;
    struct bytes der;

    assert_int_equal(gnutls_x509_privkey_init(&plain), 0);
    assert_int_equal(gnutls_x509_privkey_generate(plain, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0), 0);
    assert_int_equal(gnutls_x509_crt_init(&crt), 0);
    gnutls_x509_crt_set_version(crt, 3);
    gnutls_x509_crt_set_serial(crt, "\x01", 1);
    gnutls_x509_crt_set_activation_time(crt, time(NULL) - 60);
    gnutls_x509_crt_set_expiration_time(crt, time(NULL) + 3600);
    gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
    gnutls_x509_crt_set_key(crt, plain);
    assert_int_equal(gnutls_x509_crt_sign2(crt, crt, plain, GNUTLS_DIG_SHA256, 0), 0);
    der = der_of(crt);
    gnutls_privkey_init(key);
    assert_int_equal(gnutls_privkey_import_x509(*key, plain, GNUTLS_PRIVKEY_IMPORT_COPY), 0);
    gnutls_x509_privkey_deinit(plain);
    gnutls_x509_crt_deinit(crt);
    return der;
}

/* Shows `name` to everybody and "other.lan" to who asks for that. */
static inline struct tls_identity *identity_of(const char *name, uint64_t generation)
{
    struct error e = { 0 };
    struct tls_entry entries[2] = { { .sni = "", .chain_len = 1 }, { .sni = "*.other.lan", .chain_len = 1 } };
    struct tls_identity *t = NULL;
    struct bytes first = self_signed(name, &entries[0].key), second = self_signed("other", &entries[1].key);

    entries[0].chain = &first;
    entries[1].chain = &second;
    assert_ok(tls_identity_new(entries, 2, generation, &t, &e));
    gnutls_free((void *)first.at);
    gnutls_free((void *)second.at);
    return t;
}

static inline struct server_options world_options(struct world *w)
{
    return (struct server_options){
        .app = &w->app,
        .on = { [LISTEN_HTTPS] = { "127.0.0.1:0", w->slot, test_surfaces }, [LISTEN_HTTP] = { "127.0.0.1:0", NULL, test_surfaces },
                [LISTEN_CONTROL] = { w->control, NULL, test_surfaces } },
        .threads = 2,
        .workers = 4,
    };
}

static inline struct world *world_open(void)
{
    static char body[1024];
    struct world *w = calloc(1, sizeof(*w));
    struct error e = { 0 };
    struct server_options how;

    memset(body, 'x', sizeof(body));
    w->app.streams = streams_new();
    w->app.page = page_new(&(struct page_parts){ .body = bytes_of(body, sizeof(body)), .gzip = bytes_of("gz", 2), .type = "text/javascript", .cache_control = "public, max-age=60" });
    w->slot = tls_slot_new();
    tls_slot_put(w->slot, identity_of("one", 1));
    snprintf(w->control, sizeof(w->control), "/tmp/signet-http-%d.sock", (int)getpid());
    how = world_options(w);
    assert_ok(server_open(&how, &w->server, &e));
    w->plain = server_port(w->server, LISTEN_HTTP);
    w->tls = server_port(w->server, LISTEN_HTTPS);
    return w;
}

static inline void world_close(struct world *w)
{
    streams_end(w->app.streams);
    server_stop(w->server, 1000);
    server_free(w->server);
    streams_free(w->app.streams);
    page_unref(w->app.page);
    tls_slot_free(w->slot);
    free(w);
}

/* A client that sends what it is told and reads what comes ----------------------------------------------------------------------- */

static inline int dial(unsigned port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static inline void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Reads until `what` has come; false when the peer closes or ten seconds pass without it. */
static inline bool hear_of(int fd, char *out, size_t room, const char *what)
{
    int64_t until = clock_mono_ms() + 10000;
    size_t len = 0;

    for (;;) {
        struct pollfd p = { fd, POLLIN, 0 };
        int64_t left = until - clock_mono_ms();
        ssize_t got;

        out[len] = '\0';
        if (strstr(out, what) != NULL)
            return true;
        if (left <= 0 || len + 1 >= room || poll(&p, 1, (int)left) <= 0)
            return false;
        got = recv(fd, out + len, room - len - 1, 0);
        if (got <= 0)
            return false;
        len += (size_t)got;
    }
}

/* Reads until the peer closes or nothing more comes for `ms`; *closed tells which. The first byte has time. */
static inline size_t hear(int fd, char *out, size_t room, int ms, bool *closed)
{
    size_t len = 0;

    *closed = false;
    while (len + 1 < room) {
        struct pollfd p = { fd, POLLIN, 0 };
        ssize_t got;

        if (poll(&p, 1, len == 0 ? 5000 : ms) <= 0)
            break;
        got = recv(fd, out + len, room - len - 1, 0);
        if (got <= 0) {
            *closed = true;
            break;
        }
        len += (size_t)got;
    }
    out[len] = '\0';
    return len;
}

/* One whole answer by its Content-Length. */
static inline int answer_on(int fd, char *out, size_t room)
{
    size_t len = 0;

    for (;;) {
        char *end, *length;
        struct pollfd p = { fd, POLLIN, 0 };
        ssize_t got;

        out[len] = '\0';
        end = strstr(out, "\r\n\r\n");
        length = strcasestr(out, "\r\ncontent-length:");
        if (end != NULL && (length == NULL || len >= (size_t)(end + 4 - out) + strtoul(length + 17, NULL, 10)))
            return (int)strtol(out + 9, NULL, 10);
        if (poll(&p, 1, 3000) <= 0)
            return -1;
        got = recv(fd, out + len, room - len - 1, 0);
        if (got <= 0)
            return len > 0 && end != NULL ? (int)strtol(out + 9, NULL, 10) : 0;
        len += (size_t)got;
    }
}

/* Connects, sends, reads all until close or quiet. */
static inline int ask(unsigned port, const char *text, char *out, size_t room, bool *closed)
{
    int fd = dial(port);

    say(fd, text);
    hear(fd, out, room, 300, closed);
    close(fd);
    return strncmp(out, "HTTP/1.1 ", 9) == 0 ? (int)strtol(out + 9, NULL, 10) : 0;
}

static inline unsigned count_of(const char *text, const char *what)
{
    unsigned n = 0;

    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
        n++;
    return n;
}

/* TLS --------------------------------------------------------------------------------------------------------------------------- */

struct visitor {
    gnutls_session_t session;
    gnutls_certificate_credentials_t trust;
    int fd;
    char shown[64];                /* common name of what the server showed */
};

static inline bool visit(struct visitor *v, unsigned port, const char *sni, const char *priority)
{
    gnutls_x509_crt_t crt;
    const gnutls_datum_t *peer;
    unsigned len = 0;
    size_t room = sizeof(v->shown);
    int rc;

    memset(v, 0, sizeof(*v));
    v->fd = dial(port);
    gnutls_init(&v->session, GNUTLS_CLIENT);
    gnutls_certificate_allocate_credentials(&v->trust);
    gnutls_credentials_set(v->session, GNUTLS_CRD_CERTIFICATE, v->trust);
    gnutls_priority_set_direct(v->session, priority != NULL ? priority : "NORMAL", NULL);
    if (sni != NULL)
        gnutls_server_name_set(v->session, GNUTLS_NAME_DNS, sni, strlen(sni));
    gnutls_transport_set_int(v->session, v->fd);
    gnutls_handshake_set_timeout(v->session, 5000);
    do
        rc = gnutls_handshake(v->session);
    while (rc < 0 && gnutls_error_is_fatal(rc) == 0);
    if (rc < 0)
        return false;
    peer = gnutls_certificate_get_peers(v->session, &len);
    gnutls_x509_crt_init(&crt);
    gnutls_x509_crt_import(crt, &peer[0], GNUTLS_X509_FMT_DER);
    gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, v->shown, &room);
    gnutls_x509_crt_deinit(crt);
    return true;
}

static inline int visitor_ask(struct visitor *v, const char *text, char *out, size_t room)
{
    ssize_t got;
    size_t len = 0;

    if (gnutls_record_send(v->session, text, strlen(text)) < 0)
        return -1;
    for (;;) {
        char *end, *length;

        do
            got = gnutls_record_recv(v->session, out + len, room - len - 1);
        while (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED);
        if (got <= 0)
            return 0;
        len += (size_t)got;
        out[len] = '\0';
        end = strstr(out, "\r\n\r\n");
        length = strcasestr(out, "\r\ncontent-length:");
        if (end != NULL && length != NULL && len >= (size_t)(end + 4 - out) + strtoul(length + 17, NULL, 10))
            return (int)strtol(out + 9, NULL, 10);
    }
}

static inline void visitor_leave(struct visitor *v)
{
    gnutls_deinit(v->session);
    gnutls_certificate_free_credentials(v->trust);
    close(v->fd);
}

/* What each program of this folder opens before its first test and closes after its last, and the answer read last. */
static struct world *w;
static char out[64 * 1024];

static inline int open_world(void **state)
{
    (void)state;
    w = world_open();
    return 0;
}

static inline int close_world(void **state)
{
    (void)state;
    world_close(w);
    return 0;
}

#endif
