#include "http/net.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/own.h"
#include "base/time.h"
#include "http/exchange.h"
#include "http/inside.h"
#include "http/thread.h"

enum { EVENTS = 64, ACCEPTS = 2 /* a round: a handshake holds up those who are served */, STACK = 1024 * 1024, LOOK_EVERY_MS = 250, POOL = 8 * 1024, IMBALANCE = 4, CLOSING_MS = 2000 };

struct arrival {                   /* a connection that a busier brother accepted */
    struct arrival *next;
    enum listener listener;
    int fd;
    socklen_t len;
    struct sockaddr_storage from;
};

/* The mailbox ----------------------------------------------------------------------------------------------------------------- */

void net_ring(struct net *n)
{
    uint64_t one = 1;

    if (!atomic_exchange(&n->is_rung, true) && write(n->bell, &one, sizeof(one)) < 0)
        log_error("a network thread cannot be rung: %s", strerror(errno));
}

void net_wake(void *net)
{
    net_ring(net);
}

void net_answered(struct net *n, struct exchange *x)
{
    pthread_mutex_lock(&n->lock);
    x->next = n->answered;
    n->answered = x;
    pthread_mutex_unlock(&n->lock);
    net_ring(n);
}

static void send_over(struct net *to, const struct arrival *a)
{
    struct arrival *copy = own_alloc(sizeof(*copy));

    *copy = *a;
    pthread_mutex_lock(&to->lock);
    copy->next = to->arrivals;
    to->arrivals = copy;
    pthread_mutex_unlock(&to->lock);
    net_ring(to);
}

static void read_mail(struct net *n)
{
    struct exchange *answered;
    struct arrival *arrivals;
    uint64_t count;

    if (read(n->bell, &count, sizeof(count)) < 0 && errno != EAGAIN)
        log_error("a network thread's bell is broken: %s", strerror(errno));
    atomic_store(&n->is_rung, false);
    pthread_mutex_lock(&n->lock);
    answered = TAKE(n->answered);
    arrivals = TAKE(n->arrivals);
    pthread_mutex_unlock(&n->lock);

    while (answered != NULL) {
        struct exchange *x = answered;

        answered = x->next;
        x->state = STATE_ANSWERED;
        conn_phase(x->rq.conn, PHASE_ANSWER);
        conn_resume(x->rq.conn);
    }
    while (arrivals != NULL) {
        struct arrival *a = arrivals;

        arrivals = a->next;
        if (n->is_closing)
            close(a->fd);
        else
            conn_open(n, a->listener, a->fd, (struct sockaddr *)&a->from, a->len);
        free(a);
    }
}

/* Accepting ------------------------------------------------------------------------------------------------------------------- */

static struct net *least_busy(struct net *n)
{
    struct server *s = n->server;
    struct net *best = n;

    for (unsigned i = 0; i < s->nets_len; i++) {
        if (atomic_load_explicit(&s->nets[i].conns_len, memory_order_relaxed) + IMBALANCE <= atomic_load_explicit(&best->conns_len, memory_order_relaxed))
            best = &s->nets[i];
    }
    return best;
}

static void listen_or_not(struct net *n, bool is_on)
{
    if (n->is_listening == is_on)
        return;
    n->is_listening = is_on;
    for (unsigned i = 0; i < LISTEN_COUNT; i++) {
        struct epoll_event watch = { .events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = &n->listeners[i] };

        if (n->server->doors[i].fd >= 0)
            epoll_ctl(n->epoll, is_on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, n->server->doors[i].fd, &watch);
    }
}

static void accept_from(struct net *n, enum listener listener)
{
    for (int i = 0; i < ACCEPTS; i++) {
        struct arrival a = { .listener = listener, .len = sizeof(a.from) };
        struct net *to;

        a.fd = accept4(n->server->doors[listener].fd, (struct sockaddr *)&a.from, &a.len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (a.fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
            log_warn("no descriptor is left for a visitor: %s", strerror(errno));
            listen_or_not(n, false);   /* until the next look: else the loop would spin on it */
            net_look_at(n, clock_mono_ms() + LOOK_EVERY_MS);
        }
        if (a.fd < 0)
            return;
        to = least_busy(n);
        if (to == n)
            conn_open(n, listener, a.fd, (struct sockaddr *)&a.from, a.len);
        else
            send_over(to, &a);
    }
}

/* The loop -------------------------------------------------------------------------------------------------------------------- */

/* Deadlines. Walks all of them, so not more often than every 250 ms. */
static void look(struct net *n, int64_t now)
{
    struct conn *next;

    n->look_ms = INT64_MAX;
    for (struct conn *c = n->conns; c != NULL; c = next) {
        next = c->next;
        conn_look(c, now);
    }
    feed_look(n, now);
    if (!n->is_draining)
        listen_or_not(n, true);
    if (n->peak > 512 && atomic_load(&n->conns_len) < n->peak / 8) {
        n->peak = atomic_load(&n->conns_len);
        malloc_trim(0);
    }
    if (n->look_ms < now + LOOK_EVERY_MS)
        n->look_ms = now + LOOK_EVERY_MS;
}

static void run_libraries(struct net *n)
{
    for (int i = 0; i < LIBRARY_COUNT; i++) {
        MHD_UNSIGNED_LONG_LONG ms = 1;

        if (n->is_due[i]) {
            n->is_due[i] = false;
            MHD_run(n->library[i]);
        }
        if (MHD_get_timeout(n->library[i], &ms) == MHD_YES && ms == 0)
            n->is_due[i] = true;
    }
}

static void serve_event(struct net *n, const struct epoll_event *event)
{
    struct source *source = event->data.ptr;

    switch (source->kind) {
    case SOURCE_LISTENER:
        break;   /* after all others: see run */
    case SOURCE_MAILBOX:
        read_mail(n);
        feed_look(n, 0);
        break;
    case SOURCE_LIBRARY:
        n->is_due[source->index] = true;
        break;
    case SOURCE_CONN:
        conn_ready((struct conn *)source, event->events);
        break;
    }
}

/* Nothing frees a connection before the libraries run, so no event of this round points at one that is gone. */
static void round_of(struct net *n, int wait_ms)
{
    struct epoll_event events[EVENTS];
    int len = epoll_wait(n->epoll, events, EVENTS, wait_ms);
    int64_t now;

    for (int i = 0; i < len; i++)
        serve_event(n, &events[i]);
    for (int i = 0; i < len; i++) {
        struct source *source = events[i].data.ptr;

        if (source->kind == SOURCE_LISTENER && n->is_listening)
            accept_from(n, (enum listener)source->index);
    }
    run_libraries(n);
    now = clock_mono_ms();
    if (now >= n->look_ms)
        look(n, now);
}

static int wait_ms(const struct net *n)
{
    int64_t left;

    for (int i = 0; i < LIBRARY_COUNT; i++) {
        if (n->is_due[i])
            return 0;
    }
    if (n->look_ms == INT64_MAX)
        return -1;
    left = n->look_ms - clock_mono_ms();
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

/* No more visitors; who is idle goes; streams end. What runs goes on. */
static void drain(struct net *n)
{
    n->is_draining = true;
    listen_or_not(n, false);
    for (struct conn *c = n->conns; c != NULL; c = c->next) {
        if (c->phase == PHASE_IDLE || c->phase == PHASE_HANDSHAKE || c->phase == PHASE_STREAM)
            conn_cut(c);
    }
}

/* All are resumed and cut, and none is suspended again: MHD_stop_daemon aborts the process over a suspended one. */
static void close_all(struct net *n)
{
    int64_t until = clock_mono_ms() + CLOSING_MS;

    n->is_closing = true;
    read_mail(n);
    for (struct conn *c = n->conns; c != NULL; c = c->next) {
        conn_cut(c);
        conn_resume(c);
    }
    while (n->conns != NULL && clock_mono_ms() < until)
        round_of(n, 20);
    for (int i = 0; i < LIBRARY_COUNT; i++)
        MHD_run(n->library[i]);
}

static void *run(void *ctx)
{
    struct net *n = ctx;

    listen_or_not(n, true);
    while (!atomic_load(&n->server->is_closing)) {
        round_of(n, wait_ms(n));
        if (atomic_load(&n->server->is_draining) && !n->is_draining)
            drain(n);
    }
    close_all(n);
    return NULL;
}

/* Opening --------------------------------------------------------------------------------------------------------------------- */

static size_t as_it_came(void *ctx, struct MHD_Connection *mhd, char *text)
{
    (void)ctx;
    (void)mhd;
    return strlen(text);           /* the target is decoded by us, from the raw line */
}

/* Only so that the library starts: the credentials that it would serve are replaced in each handshake. */
static int no_certificate(gnutls_session_t session, const struct gnutls_cert_retr_st *info, gnutls_pcert_st **certs, unsigned *len,
                          gnutls_ocsp_data_st **ocsp, unsigned *ocsp_len, gnutls_privkey_t *key, unsigned *flags)
{
    (void)session;
    (void)info;
    (void)certs;
    (void)len;
    (void)ocsp;
    (void)ocsp_len;
    (void)key;
    (void)flags;
    return -1;
}

static void say(void *ctx, const char *format, va_list args)
{
    (void)ctx;
    (void)format;
    (void)args;                    /* what it says is about visitors' broken bytes */
}

/* A head that does not fit the pool, or whose first line is none, never reaches us: the library answers 431, 414 or 400 with a
   line of HTML of its own, gives no way to word that, and ends the connection. */
static struct MHD_Daemon *open_library(struct net *n, bool is_tls)
{
    unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | (is_tls ? MHD_USE_TLS : 0);

    return MHD_start_daemon(flags, 0, NULL, NULL, exchange_handle, n,
                            MHD_OPTION_EXTERNAL_LOGGER, say, NULL,
                            MHD_OPTION_NOTIFY_CONNECTION, conn_notify, n,
                            MHD_OPTION_NOTIFY_COMPLETED, exchange_over, n,
                            MHD_OPTION_URI_LOG_CALLBACK, exchange_new, n,
                            MHD_OPTION_UNESCAPE_CALLBACK, as_it_came, NULL,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL,
                            MHD_OPTION_CONNECTION_LIMIT, 1000000u,
                            MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
                            is_tls ? MHD_OPTION_HTTPS_CERT_CALLBACK2 : MHD_OPTION_END, no_certificate,
                            MHD_OPTION_END);
}

static enum err watch(struct net *n, int fd, struct source *source, enum source_kind kind, unsigned index, struct error *e)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = source };

    *source = (struct source){ kind, index };
    if (epoll_ctl(n->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        return fail(e, ERR_IO, "a network thread cannot watch: %s", strerror(errno));
    return ERR_NONE;
}

enum err net_open(struct net *n, struct server *s, unsigned number, struct error *e)
{
    enum err r;

    n->server = s;
    n->number = number;
    n->look_ms = INT64_MAX;
    pthread_mutex_init(&n->lock, NULL);
    n->epoll = epoll_create1(EPOLL_CLOEXEC);
    n->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (n->epoll < 0 || n->bell < 0)
        return fail(e, ERR_IO, "no descriptors for a network thread: %s", strerror(errno));
    r = watch(n, n->bell, &n->mailbox, SOURCE_MAILBOX, 0, e);
    for (unsigned i = 0; i < LISTEN_COUNT; i++)
        n->listeners[i] = (struct source){ SOURCE_LISTENER, i };
    for (unsigned i = 0; i < LIBRARY_COUNT && !r; i++) {
        n->library[i] = open_library(n, i == LIBRARY_TLS);
        if (n->library[i] == NULL)
            return fail(e, ERR_IO, "libmicrohttpd does not start");
        r = watch(n, MHD_get_daemon_info(n->library[i], MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, &n->libraries[i], SOURCE_LIBRARY, i, e);
    }
    return r;
}

enum err net_start(struct net *n, struct error *e)
{
    char name[16];
    enum err r;

    snprintf(name, sizeof(name), "signet-net%u", n->number);
    r = thread_start(&n->thread, name, STACK, run, n, e);
    n->is_started = !r;
    return r;
}

void net_close(struct net *n)
{
    if (n->server == NULL)
        return;
    for (int i = 0; i < LIBRARY_COUNT; i++) {
        if (n->library[i] != NULL)
            MHD_stop_daemon(n->library[i]);
    }
    if (n->bell >= 0)
        close(n->bell);
    if (n->epoll >= 0)
        close(n->epoll);
    pthread_mutex_destroy(&n->lock);
    n->server = NULL;
}
