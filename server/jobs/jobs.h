/* jobs - what happens by the clock, and what a commit left to be done: a clock that wakes each second, runners that do one thing each. */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "app.h"
#include "base/error.h"

struct jobs;

enum err jobs_open(struct app *app, struct jobs **out, struct error *e) MUST_CHECK;
void jobs_stop(struct jobs *j);        /* waits for what runs; what is queued stays queued; frees. NULL is fine */
void jobs_wake(struct jobs *j);        /* any thread: something was committed, look for rows now; NULL is fine */

#endif
