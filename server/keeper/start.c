#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "keeper/ask.h"

enum { SLOW_CHANNELS = 2, STOP_MS = 2000, WATCHER_STACK = 256 * 1024, CHANNELS_MAX = (SERVE_CHANNELS - SLOW_CHANNELS) / 2 };

static bool pair(int *ours, int *theirs)
{
    int fd[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0)
        return false;
    *ours = fd[0];
    *theirs = fd[1];
    return true;
}

static bool lane_open(struct lane_of *l, enum lane kind, unsigned len, struct serve_start *start)
{
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->returned, NULL);
    l->at = own_alloc(len * sizeof(*l->at));
    for (unsigned i = 0; i < len; i++) {
        if (!pair(&l->at[i].fd, &start->at[start->len].fd))
            return false;
        pthread_mutex_init(&l->at[i].lock, NULL);
        start->at[start->len++].lane = kind;
        l->len++;
    }
    return true;
}

static void lane_close(struct lane_of *l)
{
    for (size_t i = 0; i < l->len; i++) {
        close(l->at[i].fd);
        pthread_mutex_destroy(&l->at[i].lock);
    }
    free(l->at);
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->returned);
}

/* The daemon's copies of what the keeper holds. */
static void close_theirs(const struct serve_start *start)
{
    for (size_t i = 0; i < start->len; i++)
        close(start->at[i].fd);
    if (start->life >= 0)
        close(start->life);
}

static void free_all(struct keeper *k)
{
    for (size_t i = 0; i < LANE_COUNT; i++)
        lane_close(&k->lanes[i]);
    if (k->life >= 0)
        close(k->life);
    free(k);
}

static bool open_channels(struct keeper *k, const struct keeper_options *how, struct serve_start *start)
{
    const unsigned counts[LANE_COUNT] = { [LANE_HAND] = how->hand, [LANE_WORK] = how->work, [LANE_SLOW] = SLOW_CHANNELS };
    bool is_good = pair(&k->life, &start->life);

    for (size_t i = 0; i < LANE_COUNT; i++) {
        unsigned count = counts[i] < 1 ? 1 : counts[i] > CHANNELS_MAX ? CHANNELS_MAX : counts[i];

        is_good = lane_open(&k->lanes[i], (enum lane)i, count, start) && is_good;
    }
    return is_good;
}

/* Waits for the first and only word on the life line. */
static enum err hear_hello(struct keeper *k, struct error *e)
{
    struct frame_room room;
    struct frame hello;
    enum err r = ERR_NONE;

    if (frame_receive(k->life, frame_answer_ceiling, &room, &hello) != FRAME_HERE || hello.verb != VERB_HELLO)
        return fail(e, ERR_IO, "the keeper process ended while it started");
    if (hello.status != ERR_NONE)
        r = fail(e, (enum err)hello.status, "%.*s", (int)hello.body.len, (const char *)hello.body.at);
    else
        k->state = hello.body.len == 1 && hello.body.at[0] == 0 ? KEEPER_OPEN : KEEPER_SEALED;
    frame_wipe(&room);
    return r;
}

enum err keeper_start(const struct keeper_options *how, struct keeper **out, struct error *e)
{
    static atomic_uint numbers;
    struct serve_start start = { .how = how, .life = -1 };
    struct keeper *k = own_alloc(sizeof(*k));
    enum err r;

    k->number = atomic_fetch_add(&numbers, 1) + 1;
    k->life = -1;
    if (!open_channels(k, how, &start)) {
        r = fail(e, ERR_IO, "no channels to the keeper: %s", strerror(errno));
        close_theirs(&start);
        free_all(k);
        return r;
    }
    k->pid = fork();
    if (k->pid == 0)
        serve(&start);
    close_theirs(&start);
    r = k->pid < 0 ? fail(e, ERR_IO, "the keeper cannot be forked: %s", strerror(errno)) : hear_hello(k, e);
    if (r) {
        keeper_stop(k);
        return r;
    }
    *out = k;
    return ERR_NONE;
}

/* It ends with its sockets; one that does not is ended. */
static void wait_for(pid_t pid)
{
    struct timespec pause = { 0, 2000000 };
    int64_t until = clock_mono_ms() + STOP_MS;

    while (waitpid(pid, NULL, WNOHANG) == 0) {
        if (clock_mono_ms() > until)
            kill(pid, SIGKILL);
        nanosleep(&pause, NULL);
    }
}

void keeper_stop(struct keeper *k)
{
    if (k == NULL)
        return;
    k->is_stopping = true;
    shutdown(k->life, SHUT_RDWR);
    if (k->is_watched)
        pthread_join(k->watcher, NULL);
    if (k->pid > 0)
        wait_for(k->pid);
    free_all(k);
}

static void *watch(void *arg)
{
    struct keeper *k = arg;
    struct pollfd life = { .fd = k->life, .events = POLLIN };

    while (poll(&life, 1, -1) < 0 && errno == EINTR)
        continue;
    if (k->is_stopping)
        return NULL;
    k->state = KEEPER_DEAD;
    k->told(k->told_arg);
    return NULL;
}

void keeper_watch(struct keeper *k, void (*fn)(void *arg), void *arg)
{
    pthread_attr_t attr;

    if (k->is_watched)
        return;
    k->told = fn;
    k->told_arg = arg;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, WATCHER_STACK);
    if (pthread_create(&k->watcher, &attr, watch, k) != 0)
        abort();   /* as for memory: without the watch a dead keeper would go unnoticed */
    pthread_attr_destroy(&attr);
    k->is_watched = true;
}

enum keeper_state keeper_state(struct keeper *k)
{
    return k->state;
}

long keeper_pid(const struct keeper *k)
{
    return k->pid;
}
