#include "http/conn.h"

#include <errno.h>
#include <linux/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/own.h"
#include "base/time.h"
#include "http/exchange.h"
#include "http/inside.h"

enum { ANSWER_MS = 60 * 1000, RATE_FLOOR = 1024 /* bytes a second */, RATE_AFTER_MS = 5000, TRICKLE_MS = 1000, TRIM_PEAK = 512 };

static unsigned phase_ms(const struct server *s, enum phase phase)
{
    switch (phase) {
    case PHASE_HANDSHAKE: return atomic_load(&s->handshake_ms);
    case PHASE_HEADERS: return atomic_load(&s->headers_ms);
    case PHASE_BODY: return atomic_load(&s->body_ms);
    case PHASE_IDLE: return atomic_load(&s->idle_ms);
    case PHASE_ANSWER: return ANSWER_MS;
    case PHASE_RUNNING:
    case PHASE_STREAM: break;
    }
    return 0;
}

void conn_phase(struct conn *c, enum phase phase)
{
    unsigned ms = phase_ms(c->net->server, phase);
    int64_t now = clock_mono_ms();

    c->phase = phase;
    c->deadline_ms = ms > 0 ? now + ms : 0;
    if (ms > 0)
        net_look_at(c->net, c->deadline_ms);
    if (phase == PHASE_BODY) {
        c->body_since_ms = now;
        c->body_len = 0;
        net_look_at(c->net, now + RATE_AFTER_MS);
    }
    /* A plain connection tells us nothing of a request line that trickles in: it is asked. */
    if (phase == PHASE_IDLE && !c->is_tls && !c->is_local) {
        c->seen = 0;
        net_look_at(c->net, now + TRICKLE_MS);
    }
}

void conn_suspend(struct conn *c, uint32_t events)
{
    struct epoll_event watch = { .events = events | EPOLLRDHUP | EPOLLONESHOT, .data.ptr = &c->source };

    if (c->is_suspended || c->net->is_closing)
        return;
    MHD_suspend_connection(c->mhd);
    c->is_suspended = true;
    if (events == 0)
        return;
    if (epoll_ctl(c->net->epoll, c->is_watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &watch) == 0)
        c->is_watched = true;
    else
        conn_resume(c);
}

void conn_resume(struct conn *c)
{
    if (!c->is_suspended)
        return;
    c->is_suspended = false;
    MHD_resume_connection(c->mhd);
    c->net->is_due[c->is_tls ? LIBRARY_TLS : LIBRARY_PLAIN] = true;
}

void conn_cut(struct conn *c)
{
    c->is_dead = true;
    c->deadline_ms = 0;
    shutdown(c->fd, SHUT_RDWR);
    if (c->phase != PHASE_RUNNING)
        conn_resume(c);
}

void conn_ready(struct conn *c, uint32_t events)
{
    if (c->phase == PHASE_STREAM && (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
        c->is_dead = true;
    conn_resume(c);
}

/* Has anything come since it fell idle? Then headers have begun, and their deadline with them. */
static void look_for_trickle(struct conn *c, int64_t now)
{
    struct tcp_info info = { 0 };
    socklen_t len = sizeof(info);

    net_look_at(c->net, now + TRICKLE_MS);
    if (getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return;
    if (c->seen == 0)
        c->seen = info.tcpi_bytes_received + 1;
    else if (info.tcpi_bytes_received + 1 > c->seen)
        conn_phase(c, PHASE_HEADERS);
}

static bool is_too_slow(const struct conn *c, int64_t now)
{
    int64_t since = now - c->body_since_ms;

    net_look_at(c->net, since < RATE_AFTER_MS ? c->body_since_ms + RATE_AFTER_MS : now + 1000);
    return since >= RATE_AFTER_MS && c->body_len / (uint64_t)(since / 1000) < RATE_FLOOR;
}

void conn_look(struct conn *c, int64_t now)
{
    if (c->phase == PHASE_IDLE && !c->is_tls && !c->is_local)
        look_for_trickle(c, now);
    if (c->phase == PHASE_BODY && is_too_slow(c, now)) {
        conn_cut(c);
        return;
    }
    if (c->deadline_ms == 0)
        return;
    if (now >= c->deadline_ms)
        conn_cut(c);
    else
        net_look_at(c->net, c->deadline_ms);
}

/* TLS: our own transport, so that a handshake that waits for its peer leaves the library's ready list ----------------- */

static bool is_established(const struct conn *c)
{
    return c->finished >= 2;
}

static ssize_t pull(gnutls_transport_ptr_t transport, void *out, size_t room)
{
    struct conn *c = transport;
    ssize_t got = wire_read(&c->wire, out, room);

    if (got > 0 && c->phase == PHASE_IDLE)
        conn_phase(c, PHASE_HEADERS);
    if (got < 0 && errno == EAGAIN && !is_established(c)) {
        conn_suspend(c, wire_is_full(&c->wire) ? EPOLLOUT : EPOLLIN);
        errno = EAGAIN;
    }
    return got;
}

static ssize_t push(gnutls_transport_ptr_t transport, const giovec_t *parts, int len)
{
    struct conn *c = transport;
    ssize_t sent = wire_write(&c->wire, (const struct iovec *)parts, (size_t)len);

    if (sent < 0 && errno == EAGAIN && !is_established(c)) {
        conn_suspend(c, EPOLLOUT);
        errno = EAGAIN;
    }
    return sent;
}

/* The identity is taken when the peer has said hello: a handshake that begins after a swap's answer shows the new one, also on
   a connection that was opened before. */
static int take_identity(gnutls_session_t session)
{
    struct conn *c = gnutls_transport_get_ptr(session);
    struct tls_identity *now = tls_slot_get(c->net->server->doors[c->listener].tls);

    if (now == NULL)
        return GNUTLS_E_NO_CERTIFICATE_FOUND;
    tls_identity_unref(c->identity);
    c->identity = now;
    c->shown = tls_identity_use(now, session);
    return 0;
}

static int count_finished(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming, const gnutls_datum_t *message)
{
    struct conn *c = gnutls_transport_get_ptr(session);

    (void)type;
    (void)when;
    (void)incoming;
    (void)message;
    c->finished++;
    if (c->finished == 2) {
        c->wire.holds = HOLDS_NONE;
        atomic_fetch_add_explicit(&c->net->server->handshakes, 1, memory_order_relaxed);
        conn_phase(c, PHASE_IDLE);
    }
    return 0;
}

static void start_tls(struct conn *c, gnutls_session_t session)
{
    static const gnutls_datum_t http = { (unsigned char *)"http/1.1", 8 };
    struct error e;

    if (tls_session_prepare(session, &e) != ERR_NONE)
        return;   /* the library's defaults, and no identity: no handshake succeeds */
    c->wire.holds = HOLDS_ALL;     /* the flights of a handshake: several records each */
    gnutls_alpn_set_protocols(session, &http, 1, 0);
    gnutls_transport_set_ptr(session, c);
    gnutls_transport_set_pull_function(session, pull);
    gnutls_transport_set_vec_push_function(session, push);
    gnutls_handshake_set_post_client_hello_function(session, take_identity);
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST, count_finished);
}

/* From accept to close --------------------------------------------------------------------------------------------------------- */

static void leave(struct conn *c)
{
    struct net *n = c->net;
    unsigned left;

    if (c->before != NULL)
        c->before->next = c->next;
    else
        n->conns = c->next;
    if (c->next != NULL)
        c->next->before = c->before;
    left = atomic_fetch_sub(&n->conns_len, 1) - 1;
    atomic_fetch_sub(&n->server->connections, 1);
    if (n->peak > TRIM_PEAK && left < n->peak / 8)
        net_look_at(n, clock_mono_ms() + 2000);
    addresses_leave(n->server->addresses, &c->from);
    tls_identity_unref(c->identity);
    wire_done(&c->wire);
    free(c);
}

static void enter(struct conn *c)
{
    struct net *n = c->net;
    unsigned len = atomic_fetch_add(&n->conns_len, 1) + 1;

    c->next = n->conns;
    if (c->next != NULL)
        c->next->before = c;
    n->conns = c;
    atomic_fetch_add(&n->server->connections, 1);
    if (len > n->peak)
        n->peak = len;
}

void conn_notify(void *ctx, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode what)
{
    struct net *n = ctx;
    struct conn *c = what == MHD_CONNECTION_NOTIFY_STARTED ? n->arriving : *context;
    const union MHD_ConnectionInfo *info;

    if (c == NULL)
        return;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        *context = NULL;
        if (c->exchange != NULL)
            exchange_free(TAKE(c->exchange));
        leave(c);
        return;
    }
    n->arriving = NULL;
    c->mhd = mhd;
    *context = c;
    enter(c);
    if (c->is_tls) {
        info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
        start_tls(c, (gnutls_session_t)info->tls_session);
    }
    conn_phase(c, c->is_tls ? PHASE_HANDSHAKE : c->is_local ? PHASE_IDLE : PHASE_HEADERS);
}

/* DIR/control: root, or the user that the daemon runs as. The socket's mode says so already; this holds if someone changes it. */
static bool is_ours(int fd)
{
    struct ucred peer = { .uid = (uid_t)-1 };
    socklen_t len = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && (peer.uid == 0 || peer.uid == geteuid());
}

static bool may_enter(struct conn *c)
{
    struct server *s = c->net->server;

    if (c->is_local)
        return is_ours(c->fd);
    if (atomic_load(&s->connections) >= atomic_load(&s->max_connections))
        return false;
    return addresses_enter(s->addresses, &c->from, atomic_load(&s->per_address));
}

void conn_open(struct net *n, enum listener listener, int fd, const struct sockaddr *from, socklen_t from_len)
{
    struct conn *c = own_alloc(sizeof(*c));
    int on = 1;

    c->source.kind = SOURCE_CONN;
    c->net = n;
    c->fd = fd;
    c->wire.fd = fd;
    c->listener = listener;
    c->is_tls = n->server->doors[listener].tls != NULL;
    c->is_local = listener == LISTEN_CONTROL;
    address_of(from, &c->from);
    if (!may_enter(c)) {
        close(fd);
        free(c);
        return;
    }

    if (!c->is_local)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    n->arriving = c;
    n->is_due[c->is_tls ? LIBRARY_TLS : LIBRARY_PLAIN] = true;
    if (MHD_add_connection(n->library[c->is_tls ? LIBRARY_TLS : LIBRARY_PLAIN], fd, from, from_len) == MHD_YES)
        return;
    /* It closed fd. Unless it told us of the connection first (then it has told of the end too), we clear up. */
    if (n->arriving != NULL) {
        n->arriving = NULL;
        addresses_leave(n->server->addresses, &c->from);
        free(c);
    }
}
