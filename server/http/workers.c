#include "http/workers.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/own.h"
#include "http/exchange.h"
#include "http/net.h"
#include "http/thread.h"

enum { LANE_LIGHT, LANE_HEAVY, LANE_COUNT };
enum { HEAVY_AT_ONCE = 2, HEAVY_NICE = 5, STACK = 1024 * 1024 };

struct lane {
    struct workers *of;
    unsigned max;
    int nice;                      /* of its threads: what takes long lets what is short go first, or two derivations take both cores */
    struct exchange *first, **last;
    unsigned len, running, sleeping;
    pthread_cond_t work;
};
struct workers {
    pthread_mutex_t lock;          /* guards all below */
    struct lane lanes[LANE_COUNT];
    unsigned started;
    bool is_stopping;
    pthread_t threads[];
};

static const struct { unsigned max; int nice; } kinds[LANE_COUNT] = { [LANE_LIGHT] = { 1024, 0 }, [LANE_HEAVY] = { 64, HEAVY_NICE } };

/* With the lock held: the next to run. */
static struct exchange *take(struct lane *lane)
{
    struct exchange *x = lane->first;

    if (x == NULL)
        return NULL;
    lane->first = x->next;
    if (lane->first == NULL)
        lane->last = &lane->first;
    lane->len--;
    lane->running++;
    return x;
}

static void work_on(struct exchange *x, bool is_refused)
{
    struct error e = { 0 };

    if (is_refused) {
        fail_kind(&e, ERR_IO, "busy", "the server is stopping: ask again in a moment");
        exchange_refuse(x, &e);
    } else {
        exchange_work(x);
    }
    net_answered(x->rq.conn->net, x);
}

static void *run(void *ctx)
{
    struct lane *lane = ctx;
    struct workers *w = lane->of;

    setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + lane->nice);   /* of this thread alone: Linux */
    pthread_mutex_lock(&w->lock);
    for (;;) {
        struct exchange *x = take(lane);
        bool is_refused = w->is_stopping;

        if (x == NULL && w->is_stopping)
            break;
        if (x == NULL) {
            lane->sleeping++;
            pthread_cond_wait(&lane->work, &w->lock);
            lane->sleeping--;
            continue;
        }
        pthread_mutex_unlock(&w->lock);
        work_on(x, is_refused);
        pthread_mutex_lock(&w->lock);
        lane->running--;
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void lane_init(struct lane *lane, struct workers *w, int kind)
{
    lane->of = w;
    lane->max = kinds[kind].max;
    lane->nice = kinds[kind].nice;
    lane->last = &lane->first;
    pthread_cond_init(&lane->work, NULL);
}

enum err workers_open(unsigned threads, struct workers **out, struct error *e)
{
    unsigned all = threads + HEAVY_AT_ONCE;
    struct workers *w = own_alloc(sizeof(*w) + all * sizeof(*w->threads));
    enum err r = ERR_NONE;

    pthread_mutex_init(&w->lock, NULL);
    for (int i = 0; i < LANE_COUNT; i++)
        lane_init(&w->lanes[i], w, i);
    while (!r && w->started < all) {
        struct lane *lane = &w->lanes[w->started < threads ? LANE_LIGHT : LANE_HEAVY];

        r = thread_start(&w->threads[w->started], "signet-worker", STACK, run, lane, e);
        w->started += r ? 0 : 1;
    }
    if (r) {
        workers_stop(w);
        workers_free(w);
        return r;
    }
    *out = w;
    return ERR_NONE;
}

bool workers_push(struct workers *w, struct exchange *x, bool is_heavy)
{
    struct lane *lane = &w->lanes[is_heavy ? LANE_HEAVY : LANE_LIGHT];
    bool has_room, wakes;

    pthread_mutex_lock(&w->lock);
    has_room = !w->is_stopping && lane->len < lane->max;
    if (has_room) {
        x->next = NULL;
        *lane->last = x;
        lane->last = &x->next;
        lane->len++;
    }
    wakes = has_room && lane->sleeping > 0;
    pthread_mutex_unlock(&w->lock);
    /* One, and outside the lock: waking all of them, or onto a held lock, costs a switch each. */
    if (wakes)
        pthread_cond_signal(&lane->work);
    return has_room;
}

unsigned workers_queued(struct workers *w)
{
    unsigned len;

    pthread_mutex_lock(&w->lock);
    len = w->lanes[LANE_LIGHT].len + w->lanes[LANE_HEAVY].len;
    pthread_mutex_unlock(&w->lock);
    return len;
}

void workers_stop(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    w->is_stopping = true;
    for (int i = 0; i < LANE_COUNT; i++)
        pthread_cond_broadcast(&w->lanes[i].work);
    pthread_mutex_unlock(&w->lock);
    while (w->started > 0)
        pthread_join(w->threads[--w->started], NULL);
}

void workers_free(struct workers *w)
{
    if (w == NULL)
        return;
    for (int i = 0; i < LANE_COUNT; i++)
        pthread_cond_destroy(&w->lanes[i].work);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
