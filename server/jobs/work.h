/* work - the things that jobs do, one function each; jobs.c has the table. Each runs on a runner, one of a kind at a time. */
#ifndef JOBS_WORK_H
#define JOBS_WORK_H

#include "app.h"
#include "base/error.h"

enum err job_bulk(struct app *app, struct error *e) MUST_CHECK;        /* rows "bulk": one thing done to many certificates */
enum err job_crl(struct app *app, struct error *e) MUST_CHECK;         /* lists past half of their life are signed again */
enum err job_follow(struct app *app, struct error *e) MUST_CHECK;      /* rows "follow": a lineage in use got a new version */
enum err job_renew(struct app *app, struct error *e) MUST_CHECK;       /* this server's own certificates */
enum err job_tidy(struct app *app, struct error *e) MUST_CHECK;        /* rows whose time is over */

#endif
