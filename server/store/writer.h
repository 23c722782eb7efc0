/* writer - the thread that owns the one connection that writes: a queue of functions, grouped into commits. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include <semaphore.h>

#include "store/store.h"

struct writer;

/* One function waiting to be run; it stands on its caller's stack, who sleeps until `done`. */
struct write {
    const struct actor *by;
    store_fn fn;
    void *arg;
    int64_t now;
    enum err result;
    struct error error;
    sem_t done;
    struct write *next;
};
enum lane { LANE_FRONT, LANE_BULK, LANE_COUNT };

/* Opens and migrates the file; rest is called on the writer's thread when nothing was asked for a while. */
enum err writer_open(const char *path, void (*rest)(void *arg), void *arg, struct writer **out, struct error *e) MUST_CHECK;
void writer_stop(struct writer *w);                                /* does what is queued, ends the thread */
void writer_free(struct writer *w);                                /* checkpoints and closes: the last connection of the file */
/* Queues; a full queue: ERR_IO "busy". The caller then waits for `done`. */
enum err writer_ask(struct writer *w, enum lane lane, struct write *write, struct error *e) MUST_CHECK;
void writer_watch(struct writer *w, void (*fn)(void *arg, const struct note *notes, size_t len), void *arg);
bool writer_is_self(const struct writer *w);
bool writer_is_broken(struct writer *w);                           /* the last commit did not reach the disk */

#endif
