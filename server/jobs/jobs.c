#include "jobs/jobs.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/own.h"
#include "base/time.h"
#include "identity/identity.h"
#include "jobs/work.h"
#include "store/jobs.h"

enum { RUNNERS_MAX = 4, ROWS_LOOK_SEC = 30, GATHER_MS = 50 };

/* every_sec 0: when a row is due. One of a kind at a time, so nothing here asks whether it runs already. */
static const struct task {
    const char *kind;
    enum err (*run)(struct app *app, struct error *e);
    int64_t every_sec;
} tasks[] = {
    { "crl", job_crl, 1 * MINUTES },
    { "renew", job_renew, 1 * HOURS },
    { "tidy", job_tidy, 10 * MINUTES },
    { "follow", job_follow, 0 },
    { "bulk", job_bulk, 0 },
};
enum { TASKS = sizeof(tasks) / sizeof(*tasks) };

struct jobs {
    struct app *app;
    pthread_mutex_t lock;          /* guards what follows */
    pthread_cond_t clock_wakes, work_waits;
    struct { bool waits, runs; int64_t ran_at; } at[TASKS];
    bool is_stopping, is_woken;
    size_t idle, runners_len;
    pthread_t clock, runners[RUNNERS_MAX];
    int64_t rows_at;               /* clock thread only: when rows are to be looked for */
};

/* runners ------------------------------------------------------------------------------------------------- */

/* With the lock held. TASKS: nothing waits. */
static size_t next_waiting(const struct jobs *j)
{
    for (size_t i = 0; i < TASKS; i++) {
        if (j->at[i].waits && !j->at[i].runs)
            return i;
    }
    return TASKS;
}

static void run(struct jobs *j, const struct task *task)
{
    struct error e = { 0 };

    if (task->run(j->app, &e) != ERR_NONE)
        log_warn("job %s: %s", task->kind, e.text);
}

static void *runner(void *arg)
{
    struct jobs *j = arg;

    pthread_mutex_lock(&j->lock);
    while (!j->is_stopping) {
        size_t i = next_waiting(j);

        if (i == TASKS) {
            j->idle++;
            pthread_cond_wait(&j->work_waits, &j->lock);
            j->idle--;
            continue;
        }
        j->at[i].waits = false;
        j->at[i].runs = true;
        pthread_mutex_unlock(&j->lock);
        run(j, &tasks[i]);
        pthread_mutex_lock(&j->lock);
        j->at[i].runs = false;
    }
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

/* With the lock held. A runner is started when the first thing waits that no other is free for. */
static void offer(struct jobs *j, size_t i)
{
    j->at[i].waits = true;
    if (j->idle == 0 && j->runners_len < RUNNERS_MAX && pthread_create(&j->runners[j->runners_len], NULL, runner, j) == 0)
        j->runners_len++;
    pthread_cond_signal(&j->work_waits);
}

/* clock --------------------------------------------------------------------------------------------------- */

/* A clock that was set back must not silence a task until it has caught up. */
static bool is_due(const struct jobs *j, size_t i, int64_t now)
{
    int64_t ran_at = j->at[i].ran_at;

    return tasks[i].every_sec > 0 && (now >= ran_at + tasks[i].every_sec || now < ran_at);
}

static void offer_due(struct jobs *j, int64_t now, bool rows_are_due)
{
    pthread_mutex_lock(&j->lock);
    for (size_t i = 0; i < TASKS; i++) {
        if (!is_due(j, i, now) && !(tasks[i].every_sec == 0 && rows_are_due))
            continue;
        j->at[i].ran_at = now;
        offer(j, i);
    }
    pthread_mutex_unlock(&j->lock);
}

/* Asks the database only when something was committed, when the next row is due, or after half a minute. */
static bool look_for_rows(struct jobs *j, int64_t now, bool is_woken)
{
    CLEANUP(look_done) struct look look = { 0 };
    int64_t at = INT64_MAX;

    if (!is_woken && now < j->rows_at)
        return false;
    j->rows_at = now + ROWS_LOOK_SEC;
    if (store_look(j->app->store, &look, NULL) != ERR_NONE || store_job_next(look_db(&look), &at, NULL) != ERR_NONE)
        return false;
    if (at > now && at < j->rows_at)
        j->rows_at = at;
    return at <= now;
}

/* A second, or until woken. False: stop. */
static bool wait_a_second(struct jobs *j, bool *is_woken)
{
    struct timespec until;
    bool goes_on;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    pthread_mutex_lock(&j->lock);
    while (!j->is_stopping && !j->is_woken) {
        if (pthread_cond_timedwait(&j->clock_wakes, &j->lock, &until) == ETIMEDOUT)
            break;
    }
    *is_woken = j->is_woken;
    j->is_woken = false;
    goes_on = !j->is_stopping;
    pthread_mutex_unlock(&j->lock);
    return goes_on;
}

/* Hundreds of commits a second wake us under load: one look serves those of a moment. */
static void gather(bool is_woken)
{
    const struct timespec moment = { .tv_nsec = GATHER_MS * 1000000L };

    if (is_woken)
        nanosleep(&moment, NULL);
}

static void *clock_thread(void *arg)
{
    struct jobs *j = arg;
    bool is_woken = true;

    do {
        int64_t now = clock_now();

        identity_tick(j->app->identity);
        offer_due(j, now, look_for_rows(j, now, is_woken));
        gather(is_woken);
    } while (wait_a_second(j, &is_woken));
    return NULL;
}

/* --------------------------------------------------------------------------------------------------------- */

static void free_jobs(struct jobs *j)
{
    pthread_cond_destroy(&j->work_waits);
    pthread_cond_destroy(&j->clock_wakes);
    pthread_mutex_destroy(&j->lock);
    free(j);
}

static enum err free_leases(struct tx *tx, void *arg, struct error *e)
{
    enum err r = ERR_NONE;

    (void)arg;
    for (size_t i = 0; r == ERR_NONE && i < TASKS; i++)
        r = store_jobs_free(tx, tasks[i].kind, e);
    return r;
}

enum err jobs_open(struct app *app, struct jobs **out, struct error *e)
{
    struct actor who = actor_clock("jobs");
    pthread_condattr_t monotonic;
    struct jobs *j;
    enum err r = store_write(app->store, &who, free_leases, NULL, e);

    if (r)
        return r;
    j = own_alloc(sizeof(*j));
    j->app = app;
    pthread_mutex_init(&j->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&j->clock_wakes, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_cond_init(&j->work_waits, NULL);
    if (pthread_create(&j->clock, NULL, clock_thread, j) != 0) {
        free_jobs(j);
        return fail(e, ERR_IO, "no thread for the clock: raise the limit of processes");
    }
    *out = j;
    return ERR_NONE;
}

void jobs_stop(struct jobs *j)
{
    if (j == NULL)
        return;
    pthread_mutex_lock(&j->lock);
    j->is_stopping = true;
    pthread_cond_signal(&j->clock_wakes);
    pthread_cond_broadcast(&j->work_waits);
    pthread_mutex_unlock(&j->lock);
    pthread_join(j->clock, NULL);
    for (size_t i = 0; i < j->runners_len; i++)
        pthread_join(j->runners[i], NULL);
    free_jobs(j);
}

void jobs_wake(struct jobs *j)
{
    if (j == NULL)
        return;
    pthread_mutex_lock(&j->lock);
    j->is_woken = true;
    pthread_cond_signal(&j->clock_wakes);
    pthread_mutex_unlock(&j->lock);
}
