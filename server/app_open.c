#include "app_open.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/access.h"
#include "api/api.h"
#include "base/log.h"
#include "base/own.h"
#include "base/text.h"
#include "base/time.h"
#include "ca/ca.h"
#include "http/server.h"
#include "http/stream.h"
#include "identity/identity.h"
#include "jobs/jobs.h"
#include "keeper/keeper.h"
#include "publish/console.h"
#include "publish/publish.h"
#include "store/settings.h"
#include "store/store.h"

enum { IDLE_MS = 75000 };

struct running {
    struct app app;
    struct config config;
    int lock;
    bool is_network;
    struct tls_slot *https, *probe;
    char probe_on[160], control[300];
    atomic_bool keeper_is_dead;
};

static unsigned cores(unsigned most)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > (long)most ? most : (unsigned)n;
}

static unsigned number_of(const char *text, unsigned otherwise, unsigned most)
{
    int64_t n;

    return text_number(text, 1, most, &n) ? (unsigned)n : otherwise;
}

#ifdef TEST_SEAMS
static time_t gnutls_now(time_t *out)
{
    time_t now = (time_t)clock_now();

    if (out != NULL)
        *out = now;
    return now;
}
#endif

static enum err open_process(struct running *r, struct error *e)
{
    struct rlimit files;

    (void)e;
    umask(0077);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    r->lock = -1;
    return ERR_NONE;
}

static enum err open_folder(struct running *r, struct error *e)
{
    struct stat is;

    if (mkdir(r->config.data, 0700) != 0 && errno != EEXIST)
        return fail(e, ERR_IO, "cannot make the data directory %s: %s", r->config.data, strerror(errno));
    if (stat(r->config.data, &is) != 0 || !S_ISDIR(is.st_mode))
        return fail(e, ERR_IO, "the data directory %s is not a directory", r->config.data);
    if ((is.st_mode & 0077) != 0 && chmod(r->config.data, 0700) != 0)
        return fail(e, ERR_IO, "others may enter the data directory %s, and its mode cannot be changed", r->config.data);
    return config_path(&r->config, "control", r->control, sizeof(r->control), e);
}

static void heard_dead_keeper(void *arg)
{
    struct running *r = arg;

    atomic_store(&r->keeper_is_dead, true);
    log_error("the keeper has died; without it nothing can be signed: stopping");
    kill(getpid(), SIGTERM);
}

/* A fresh ring beside an old database would make every key in it unreadable for ever, and hide why. */
static enum err check_ring(const struct config *config, const char *ring, struct error *e)
{
    char database[300];
    enum err r = config_path(config, "signet.db", database, sizeof(database), e);

    if (!r && access(ring, F_OK) != 0 && access(database, F_OK) == 0)
        return fail(e, ERR_ABSENT, "%s is gone, and without it no key in the database can be read: bring it back from a copy", ring);
    return r;
}

static enum err open_keeper(struct running *r, struct error *e)
{
    char ring[300];
    unsigned threads = number_of(r->config.network_threads, cores(4), 64);
    struct keeper_options how = { .ring_path = ring, .hand = r->is_network ? threads * 2 : 1, .work = number_of(r->config.workers, 32, 256) };
    enum err err = config_path(&r->config, "keeper.ring", ring, sizeof(ring), e);

    if (!err)
        err = check_ring(&r->config, ring, e);
    return err ? err : keeper_start(&how, &r->app.keeper, e);
}

static void close_keeper(struct running *r)
{
    keeper_stop(r->app.keeper);
}

/* After the fork, as the clock of the tests: it reads a file, which the keeper must not. */
static void take_test_clock(void)
{
#ifdef TEST_SEAMS
    gnutls_global_set_time_function(gnutls_now);
#endif
}

/* After the fork: the keeper must not hold it. */
static enum err open_lock(struct running *r, struct error *e)
{
    char path[300], owner[32] = "";
    enum err err = config_path(&r->config, "lock", path, sizeof(path), e);
    ssize_t n;

    if (err)
        return err;
    r->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (r->lock < 0)
        return fail(e, ERR_IO, "cannot write in the data directory %s: %s", r->config.data, strerror(errno));
    if (flock(r->lock, LOCK_EX | LOCK_NB) != 0) {
        n = pread(r->lock, owner, sizeof(owner) - 1, 0);
        owner[n > 0 ? strcspn(owner, "\n") : 0] = '\0';
        return fail(e, ERR_CONFLICT, "the data directory %s is in use by another daemon (process %s)", r->config.data, owner);
    }
    n = snprintf(owner, sizeof(owner), "%ld\n", (long)getpid());
    if (ftruncate(r->lock, 0) != 0 || pwrite(r->lock, owner, (size_t)n, 0) != n)
        return fail(e, ERR_IO, "cannot write the lock of %s: %s", r->config.data, strerror(errno));
    take_test_clock();
    keeper_watch(r->app.keeper, heard_dead_keeper, r);
    return ERR_NONE;
}

static void close_lock(struct running *r)
{
    if (r->lock >= 0)
        close(r->lock);
}

static enum err open_store(struct running *r, struct error *e)
{
    char path[300];
    struct store_options how = { .path = path, .readers = 4 };
    enum err err = config_path(&r->config, "signet.db", path, sizeof(path), e);

    return err ? err : store_open(&how, &r->app.store, e);
}

static void close_store(struct running *r)
{
    store_close(r->app.store);
}

static enum err open_settings(struct running *r, struct error *e)
{
    return settings_open(r->app.store, &r->app.settings, e);
}

static void close_settings(struct running *r)
{
    settings_close(r->app.settings);
}

static void bound_sessions(struct running *r)
{
    access_session_limits(r->app.access, settings_number(r->app.settings, "session.idle_minutes") * MINUTES,
                          settings_number(r->app.settings, "session.absolute_hours") * HOURS);
}

static enum err open_access(struct running *r, struct error *e)
{
    enum err err = access_open(r->app.store, r->config.data, &r->app.access, e);

    if (err)
        return err;
    bound_sessions(r);
    return ERR_NONE;
}

static void close_access(struct running *r)
{
    access_close(r->app.access);
}

static void take_public_url(struct running *r)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();

    ca_public_url(r->app.ca, settings_text(r->app.settings, "server.public_http_url", a));
}

static enum err open_ca(struct running *r, struct error *e)
{
    enum err err = ca_open(r->app.store, r->app.keeper, r->app.settings, &r->app.ca, e);

    if (!err)
        take_public_url(r);
    return err;
}

static void close_ca(struct running *r)
{
    ca_close(r->app.ca);
}

static enum err open_identity(struct running *r, struct error *e)
{
    struct identity_options how;

    r->https = tls_slot_new();
    r->probe = tls_slot_new();
    how = (struct identity_options){ r->app.store, r->app.keeper, r->app.ca, r->app.settings, r->https, r->probe };
    return identity_open(&how, &r->app.identity, e);
}

static void close_identity(struct running *r)
{
    identity_close(r->app.identity);
    tls_slot_free(r->https);
    tls_slot_free(r->probe);
}

static enum err open_streams(struct running *r, struct error *e)
{
    (void)e;
    r->app.streams = streams_new();
    return ERR_NONE;
}

static void close_streams(struct running *r)
{
    streams_free(r->app.streams);
}

static enum err open_publish(struct running *r, struct error *e)
{
    return publish_open(r->app.store, &r->app.publish, e);
}

static void close_publish(struct running *r)
{
    publish_close(r->app.publish);
}

/* What the database tells after a commit; on the writer thread: each copies and wakes. */
static void heard(void *arg, const struct note *notes, size_t len)
{
    struct running *r = arg;

    access_heard(r->app.access, notes, len);
    if (!r->is_network)
        return;
    publish_heard(r->app.publish, notes, len);
    api_events_heard(&r->app, notes, len);
    jobs_wake(r->app.jobs);
}

static struct server_limits limits_of(struct settings *s)
{
    return (struct server_limits){
        .per_address = (unsigned)settings_number(s, "limits.per_address"), .connections = (unsigned)settings_number(s, "limits.connections"),
        .handshake_ms = (unsigned)settings_number(s, "limits.handshake_ms"), .headers_ms = (unsigned)settings_number(s, "limits.headers_ms"),
        .body_ms = (unsigned)settings_number(s, "limits.body_ms"), .idle_ms = IDLE_MS,
    };
}

/* By which names the HTTPS listener lets itself be called: those of the settings, and this host's own. All, while there are none. */
static void allow_hosts(struct running *r)
{
    static const char *const own[] = { "localhost", "127.0.0.1", "::1" };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    const char *const *hosts, *const *addresses, **all;
    size_t hosts_len = settings_list(r->app.settings, "server.hostnames", a, &hosts);
    size_t addresses_len = settings_list(r->app.settings, "server.ip_addresses", a, &addresses), n = 0;

    all = arena_take(a, (hosts_len + addresses_len + 3) * sizeof(*all));
    for (size_t i = 0; i < hosts_len; i++)
        all[n++] = hosts[i];
    for (size_t i = 0; i < addresses_len; i++)
        all[n++] = addresses[i];
    for (size_t i = 0; hosts_len + addresses_len > 0 && i < 3; i++)
        all[n++] = own[i];
    server_hosts(r->app.server, all, n);
}

static void settings_changed(void *arg)
{
    struct running *r = arg;
    struct server_limits limits = limits_of(r->app.settings);

    server_limits(r->app.server, &limits);
    allow_hosts(r);
    bound_sessions(r);
}

static enum err open_server(struct running *r, struct error *e)
{
    static const struct surface *const on_https[] = { &api_surface, &problems_surface, &publish_healthz_surface, &publish_readyz_surface,
                                                      &publish_trust_surface, &console_surface, NULL };
    static const struct surface *const on_http[] = { &publish_plain_surface, NULL };
    static const struct surface *const on_probe[] = { &publish_probe_surface, NULL };
    static const struct surface *const on_control[] = { &api_surface, NULL };
    struct server_options how = {
        .app = &r->app,
        .on = { [LISTEN_HTTPS] = { r->config.https, r->https, on_https }, [LISTEN_HTTP] = { r->config.http, NULL, on_http },
                [LISTEN_PROBE] = { r->probe_on, r->probe, on_probe }, [LISTEN_CONTROL] = { r->control, NULL, on_control } },
        .threads = number_of(r->config.network_threads, cores(4), 64), .workers = number_of(r->config.workers, 32, 256),
        .limits = limits_of(r->app.settings),
    };
    enum err err = config_probe(&r->config, r->probe_on, sizeof(r->probe_on), e);

    if (!err)
        err = server_open(&how, &r->app.server, e);
    if (err)
        return err;
    allow_hosts(r);
    settings_watch(r->app.settings, settings_changed, r);
    return ERR_NONE;
}

static void close_server(struct running *r)
{
    server_free(r->app.server);
}

static enum err open_jobs(struct running *r, struct error *e)
{
    enum err err = jobs_open(&r->app, &r->app.jobs, e);

    if (!err)
        store_watch(r->app.store, heard, r);
    return err;
}

static void close_jobs(struct running *r)
{
    jobs_stop(r->app.jobs);
}

/* After `signet unlock`: what waited for the keys goes on. */
static enum err unsealed(struct app *app, struct error *e)
{
    enum err r = ca_unsealed(app->ca, e);

    return r ? r : identity_unsealed(app->identity, e);
}

static const struct phase {
    enum err (*open)(struct running *r, struct error *e);
    void (*close)(struct running *r);
    bool is_network;
} phases[] = {
    { open_process, NULL, false },
    { open_folder, NULL, false },
    { open_keeper, close_keeper, false },       /* forks: first of all that has threads, sockets or locks */
    { open_lock, close_lock, false },
    { open_store, close_store, false },
    { open_settings, close_settings, false },
    { open_access, close_access, false },
    { open_ca, close_ca, false },
    { open_identity, close_identity, false },
    { open_streams, close_streams, true },
    { open_publish, close_publish, true },
    { open_server, close_server, true },
    { open_jobs, close_jobs, true },
};

static void close_from(struct running *r, size_t opened)
{
    while (opened-- > 0)
        if (phases[opened].close != NULL && (r->is_network || !phases[opened].is_network))
            phases[opened].close(r);
    free(r);
}

enum err app_open(const struct config *config, bool without_network, struct running **out, struct error *e)
{
    struct running *r = own_alloc(sizeof(*r));

    r->config = *config;
    r->app.config = &r->config;
    r->app.unsealed = unsealed;
    r->app.started_at = clock_now();
    r->is_network = !without_network;
    for (size_t n = 0; n < sizeof(phases) / sizeof(*phases); n++) {
        enum err err = r->is_network || !phases[n].is_network ? phases[n].open(r, e) : ERR_NONE;

        if (err) {
            close_from(r, n);
            return err;
        }
    }
    *out = r;
    return ERR_NONE;
}

void app_close(struct running *r, unsigned grace_ms)
{
    if (r->is_network)
        server_stop(r->app.server, grace_ms);
    close_from(r, sizeof(phases) / sizeof(*phases));
}

struct app *app_of(struct running *r)
{
    return &r->app;
}

bool app_keeper_is_dead(const struct running *r)
{
    return atomic_load(&r->keeper_is_dead);
}
