#include "net/resolve.h"

#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/own.h"

enum { HOST_ROOM = 256, LOOKUPS_MAX = 16 };

/* A look-up on a thread of its own. Whoever comes last frees it. */
struct lookup {
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool is_done, is_left;
    int code;                          /* of getaddrinfo */
    char host[HOST_ROOM], full[HOST_ROOM];
    struct resolved found;
};

static atomic_int lookups;             /* those that were left included: their threads still wait */

static struct lookup *lookup_new(const char *host)
{
    struct lookup *l = own_alloc(sizeof(*l));
    pthread_condattr_t monotonic;

    snprintf(l->host, sizeof(l->host), "%s", host);
    pthread_mutex_init(&l->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&l->done, &monotonic);
    pthread_condattr_destroy(&monotonic);
    atomic_fetch_add(&lookups, 1);
    return l;
}

static void lookup_free(struct lookup *l)
{
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->done);
    free(l);
    atomic_fetch_sub(&lookups, 1);
}

/* With the lock held. */
static void take(struct lookup *l, const struct addrinfo *found)
{
    if (found != NULL && found->ai_canonname != NULL)
        snprintf(l->full, sizeof(l->full), "%s", found->ai_canonname);
    for (; found != NULL && l->found.len < RESOLVED_MAX; found = found->ai_next) {
        if (found->ai_addrlen > sizeof(l->found.at[0].to))
            continue;
        memcpy(&l->found.at[l->found.len].to, found->ai_addr, found->ai_addrlen);
        l->found.at[l->found.len++].len = found->ai_addrlen;
    }
}

static void *look_up(void *arg)
{
    struct lookup *l = arg;
    struct addrinfo hints = { .ai_flags = AI_CANONNAME, .ai_socktype = SOCK_STREAM }, *found = NULL;
    int code = getaddrinfo(l->host, NULL, &hints, &found);
    bool is_left;

    pthread_mutex_lock(&l->lock);
    l->code = code;
    if (code == 0)
        take(l, found);
    l->is_done = true;
    is_left = l->is_left;
    pthread_cond_signal(&l->done);
    pthread_mutex_unlock(&l->lock);
    if (code == 0)
        freeaddrinfo(found);
    if (is_left)
        lookup_free(l);
    return NULL;
}

/* True when the answer is there, else the thread has to free it. */
static bool wait_for(struct lookup *l, int64_t within_ms)
{
    struct timespec until;
    bool is_done;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += within_ms / 1000;
    until.tv_nsec += within_ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&l->lock);
    while (!l->is_done)
        if (pthread_cond_timedwait(&l->done, &l->lock, &until) != 0)
            break;
    is_done = l->is_done;
    l->is_left = !is_done;
    pthread_mutex_unlock(&l->lock);
    return is_done;
}

static enum err answer(struct lookup *l, struct arena *a, struct resolved *out, struct error *e)
{
    enum err r = l->code == 0 && l->found.len > 0 ? ERR_NONE : fail(e, ERR_IO, "%.100s: %s", l->host, l->code != 0 ? gai_strerror(l->code) : "it has no address");

    if (r == ERR_NONE) {
        *out = l->found;
        out->full = arena_text(a, l->full);
    }
    lookup_free(l);
    return r;
}

enum err resolve(const char *host, int64_t within_ms, struct arena *a, struct resolved *out, struct error *e)
{
    struct lookup *l;
    pthread_t thread;

    if (strlen(host) >= HOST_ROOM)
        return fail(e, ERR_INVALID, "a name has fewer than %d bytes", HOST_ROOM);
    if (atomic_load(&lookups) >= LOOKUPS_MAX)
        return fail_kind(e, ERR_LIMIT, "busy", "too many look-ups wait for the resolver: try again in a moment, and look at /etc/resolv.conf");
    l = lookup_new(host);
    if (pthread_create(&thread, NULL, look_up, l) != 0) {
        lookup_free(l);
        return fail(e, ERR_IO, "no thread for a look-up: raise the limit of processes");
    }
    if (!wait_for(l, within_ms)) {
        pthread_detach(thread);
        return fail(e, ERR_IO, "%.100s: the resolver did not answer in time", host);
    }
    pthread_join(thread, NULL);
    return answer(l, a, out, e);
}
