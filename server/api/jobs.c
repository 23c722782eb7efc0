/* jobs - /api/v1/jobs: what waits, runs, and how it ended. */
#include "api/api.h"
#include "api/json.h"
#include "api/tables.h"
#include "base/text.h"
#include "store/jobs.h"

static json_t *job_json(const struct job_row *j)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:o, s:o}", "id", json_of_id(&j->id), "kind", json_of_text(j->kind),
                     "subject_id", json_of_id(&j->subject_id), "state", json_of_text(j->state), "run_at", json_of_time(j->run_at),
                     "attempts", j->attempts, "progress", json_of_text(j->progress),
                     "problem", json_of_text(j->problem[0] != '\0' ? j->problem : NULL), "created_at", json_of_time(j->created_at),
                     "done_at", json_of_time(j->done_at));
}

static enum err list(struct app *app, struct request *rq, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    const char *cursor = request_query(rq, "cursor"), *next = NULL;
    struct job_row *all;
    int64_t below = 0, limit;
    json_t *items;
    size_t len;
    enum err r = api_limit(rq, 100, &limit, e);

    if (r)
        return r;
    if (cursor != NULL && !text_number(cursor, 1, INT64_MAX, &below))
        return fail_at(e, "/cursor", "a cursor is what next_cursor of the page before said");
    r = store_look(app->store, &look, e);
    if (!r)
        r = store_job_list(look_db(&look), below, (unsigned)limit, rq->arena, &all, &len, e);
    if (r)
        return r;
    items = json_array();
    for (size_t i = 0; i < len; i++)
        json_array_append_new(items, job_json(&all[i]));
    if (len == (size_t)limit)
        next = arena_printf(rq->arena, "%lld", (long long)all[len - 1].n);
    reply_json(rq, 200, json_list(items, next));
    return ERR_NONE;
}

static enum err show(struct app *app, struct request *rq, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct job_row job;
    struct id id;
    enum err r = request_id_path(rq, "id", &id, e);

    if (!r)
        r = store_look(app->store, &look, e);
    if (!r)
        r = store_job_show(look_db(&look), &id, rq->arena, &job, e);
    if (r)
        return r;
    reply_json(rq, 200, job_json(&job));
    return ERR_NONE;
}

const struct route jobs_routes[] = {
    { "GET", "/api/v1/jobs",      list, RIGHT_READ, 0, 0, NULL },
    { "GET", "/api/v1/jobs/{id}", show, RIGHT_READ, 0, 0, NULL },
    { 0 }
};
