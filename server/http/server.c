#include "http/server.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/own.h"
#include "base/time.h"
#include "http/inside.h"
#include "http/listener.h"
#include "http/router.h"

enum { WORKERS_MAX = 256 };

static void panic(void *ctx, const char *file, unsigned line, const char *why)
{
    (void)ctx;
    log_error("libmicrohttpd gave up at %s:%u: %s", file, line, why != NULL ? why : "no reason given");
    abort();
}

static enum err open_doors(struct server *s, const struct server_options *how, struct error *e)
{
    for (int i = 0; i < LISTEN_COUNT; i++) {
        const struct listen_on *on = &how->on[i];
        enum err r;

        if (on->address == NULL)
            continue;
        r = router_check(on->surfaces, e);
        if (!r)
            r = listener_open(on->address, &s->doors[i].fd, &s->doors[i].port, e);
        if (r)
            return r;
        s->doors[i].tls = on->tls;
        s->doors[i].surfaces = on->surfaces;
        if (i == LISTEN_CONTROL)
            s->doors[i].path = own_text(on->address);
    }
    return ERR_NONE;
}

static enum err open_threads(struct server *s, const struct server_options *how, struct error *e)
{
    unsigned want = how->threads < 1 ? 1 : how->threads > NETS_MAX ? NETS_MAX : how->threads;
    unsigned workers = how->workers < 1 ? 32 : how->workers > WORKERS_MAX ? WORKERS_MAX : how->workers;
    enum err r;

    r = workers_open(workers, &s->workers, e);
    for (unsigned i = 0; i < want && !r; i++) {
        r = net_open(&s->nets[i], s, i, e);
        s->nets_len = i + 1;
    }
    return r;
}

static enum err start(struct server *s, struct error *e)
{
    enum err r = ERR_NONE;

    for (unsigned i = 0; i < s->nets_len && !r; i++)
        r = net_start(&s->nets[i], e);
    return r;
}

enum err server_open(const struct server_options *how, struct server **out, struct error *e)
{
    struct server *s = own_alloc(sizeof(*s));
    enum err r;

    MHD_set_panic_func(panic, NULL);
    s->app = how->app;
    s->addresses = addresses_new();
    pthread_mutex_init(&s->lock, NULL);
    for (int i = 0; i < LISTEN_COUNT; i++)
        s->doors[i].fd = -1;
    server_limits(s, &how->limits);
    r = open_doors(s, how, e);
    if (!r)
        r = open_threads(s, how, e);
    /* Before the first visitor: handlers find the server by the app, and that is where `out` points. */
    if (!r)
        *out = s;
    if (!r)
        r = start(s, e);
    if (r) {
        *out = NULL;
        server_stop(s, 0);
        server_free(s);
    }
    return r;
}

static void ring_all(struct server *s)
{
    for (unsigned i = 0; i < s->nets_len; i++) {
        if (s->nets[i].is_started)
            net_ring(&s->nets[i]);
    }
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

/* Visitors are let go in order: no new ones, idle ones cut, those that are served get their answer within the grace. */
void server_stop(struct server *s, unsigned grace_ms)
{
    int64_t until = clock_mono_ms() + grace_ms;

    atomic_store(&s->is_draining, true);
    ring_all(s);
    while (atomic_load(&s->connections) > 0 && clock_mono_ms() < until)
        pause_ms(10);
    if (s->workers != NULL)
        workers_stop(s->workers);

    atomic_store(&s->is_closing, true);
    ring_all(s);
    for (unsigned i = 0; i < s->nets_len; i++) {
        if (s->nets[i].is_started)
            pthread_join(s->nets[i].thread, NULL);
        s->nets[i].is_started = false;
    }
    for (unsigned i = 0; i < s->nets_len; i++)
        net_close(&s->nets[i]);
    s->nets_len = 0;
}

void server_free(struct server *s)
{
    if (s == NULL)
        return;
    for (int i = 0; i < LISTEN_COUNT; i++) {
        if (s->doors[i].fd >= 0)
            close(s->doors[i].fd);
        if (s->doors[i].path != NULL)
            unlink(s->doors[i].path);
        free(s->doors[i].path);
    }
    workers_free(s->workers);
    addresses_free(s->addresses);
    for (size_t i = 0; i < s->hosts_len; i++)
        free(s->hosts[i]);
    free(s->hosts);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

unsigned server_port(const struct server *s, enum listener which)
{
    return s->doors[which].port;
}

static unsigned or_default(unsigned given, unsigned otherwise)
{
    return given > 0 ? given : otherwise;
}

void server_limits(struct server *s, const struct server_limits *l)
{
    atomic_store(&s->per_address, or_default(l->per_address, 256));
    atomic_store(&s->max_connections, or_default(l->connections, 16384));
    atomic_store(&s->handshake_ms, or_default(l->handshake_ms, 10000));
    atomic_store(&s->headers_ms, or_default(l->headers_ms, 10000));
    atomic_store(&s->body_ms, or_default(l->body_ms, 30000));
    atomic_store(&s->idle_ms, or_default(l->idle_ms, 75000));
}

void server_hosts(struct server *s, const char *const *names, size_t len)
{
    char **fresh = own_alloc((len + 1) * sizeof(*fresh));
    char **old;
    size_t old_len;

    for (size_t i = 0; i < len; i++)
        fresh[i] = own_text(names[i]);
    pthread_mutex_lock(&s->lock);
    old = s->hosts;
    old_len = s->hosts_len;
    s->hosts = fresh;
    s->hosts_len = len;
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < old_len; i++)
        free(old[i]);
    free(old);
}

/* An IPv6 address has many spellings. */
static bool same_host(const char *a, const char *b)
{
    struct in6_addr left, right;

    if (strcasecmp(a, b) == 0)
        return true;
    if (strchr(a, ':') == NULL || strchr(b, ':') == NULL)
        return false;
    return inet_pton(AF_INET6, a, &left) == 1 && inet_pton(AF_INET6, b, &right) == 1 && memcmp(&left, &right, sizeof(left)) == 0;
}

bool server_knows_host(struct server *s, const char *name)
{
    bool is_known;

    pthread_mutex_lock(&s->lock);
    is_known = s->hosts_len == 0;
    for (size_t i = 0; i < s->hosts_len && !is_known; i++)
        is_known = same_host(s->hosts[i], name);
    pthread_mutex_unlock(&s->lock);
    return is_known;
}

struct server_counts server_counts(const struct server *s)
{
    return (struct server_counts){
        .connections = atomic_load(&s->connections),
        .streams = atomic_load(&s->streams),
        .queued = workers_queued(s->workers),
        .requests = atomic_load(&s->requests),
        .handshakes = atomic_load(&s->handshakes),
    };
}
