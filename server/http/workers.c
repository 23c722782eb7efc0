#include "http/workers.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/own.h"
#include "http/exchange.h"
#include "http/net.h"
#include "http/thread.h"

enum { LANE_LIGHT, LANE_HEAVY, LANE_COUNT };
enum { LIGHT_MAX = 1024, HEAVY_MAX = 64, HEAVY_AT_ONCE = 2, STACK = 1024 * 1024 };

struct lane {
    struct exchange *first, **last;
    unsigned len, running;
};
struct workers {
    pthread_mutex_t lock;          /* guards all below */
    pthread_cond_t work;
    struct lane lanes[LANE_COUNT];
    unsigned sleeping, started;
    bool is_stopping;
    pthread_t threads[];
};

static const unsigned lane_max[LANE_COUNT] = { LIGHT_MAX, HEAVY_MAX };

/* With the lock held: the next to run, heavy work first when its lane has room, since it may have no more than that. */
static struct exchange *take(struct workers *w, struct lane **from)
{
    struct lane *heavy = &w->lanes[LANE_HEAVY];
    struct lane *lane = heavy->first != NULL && heavy->running < HEAVY_AT_ONCE ? heavy : &w->lanes[LANE_LIGHT];
    struct exchange *x = lane->first;

    if (x == NULL)
        return NULL;
    lane->first = x->next;
    if (lane->first == NULL)
        lane->last = &lane->first;
    lane->len--;
    lane->running++;
    *from = lane;
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
    struct workers *w = ctx;

    pthread_mutex_lock(&w->lock);
    for (;;) {
        struct lane *lane = NULL;
        struct exchange *x = take(w, &lane);
        bool is_refused = w->is_stopping;

        if (x == NULL && w->is_stopping)
            break;
        if (x == NULL) {
            w->sleeping++;
            pthread_cond_wait(&w->work, &w->lock);
            w->sleeping--;
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

enum err workers_open(unsigned threads, struct workers **out, struct error *e)
{
    struct workers *w = own_alloc(sizeof(*w) + threads * sizeof(*w->threads));
    enum err r = ERR_NONE;

    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    for (int i = 0; i < LANE_COUNT; i++)
        w->lanes[i].last = &w->lanes[i].first;
    while (!r && w->started < threads) {
        r = thread_start(&w->threads[w->started], "signet-worker", STACK, run, w, e);
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
    has_room = !w->is_stopping && lane->len < lane_max[is_heavy ? LANE_HEAVY : LANE_LIGHT];
    if (has_room) {
        x->next = NULL;
        *lane->last = x;
        lane->last = &x->next;
        lane->len++;
    }
    wakes = has_room && w->sleeping > 0;
    pthread_mutex_unlock(&w->lock);
    /* One, and outside the lock: waking all of them, or onto a held lock, costs a switch each. */
    if (wakes)
        pthread_cond_signal(&w->work);
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

unsigned workers_busy(struct workers *w)
{
    unsigned busy = 0;

    pthread_mutex_lock(&w->lock);
    for (int i = 0; i < LANE_COUNT; i++)
        busy += w->lanes[i].len + w->lanes[i].running;
    pthread_mutex_unlock(&w->lock);
    return busy;
}

void workers_stop(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    w->is_stopping = true;
    pthread_cond_broadcast(&w->work);
    pthread_mutex_unlock(&w->lock);
    while (w->started > 0)
        pthread_join(w->threads[--w->started], NULL);
}

void workers_free(struct workers *w)
{
    if (w == NULL)
        return;
    pthread_cond_destroy(&w->work);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
