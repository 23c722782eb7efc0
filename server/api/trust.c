/* trust - /api/v1/trust/seen: which programs were seen trusting the root, as the probe listener and the console tell. */
#include "api/api.h"
#include "api/asked.h"
#include "api/json.h"
#include "api/tables.h"
#include "base/agent.h"
#include "base/time.h"
#include "store/seen.h"

static json_t *seen_json(const struct seen_row *row)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I}", "address", json_of_text(row->address), "agent", json_of_text(row->agent),
                     "name", row->name[0] != '\0' ? json_of_text(row->name) : json_null(), "first_at", json_of_time(row->first_at),
                     "last_at", json_of_time(row->last_at), "times", (json_int_t)row->times);
}

static enum err list(struct app *app, struct request *rq, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct seen_row *rows;
    json_t *items, *body;
    size_t len;
    enum err r = store_look(app->store, &look, e);

    if (r == ERR_NONE)
        r = store_seen_list(look_db(&look), rq->arena, &rows, &len, e);
    if (r)
        return r;
    items = json_array();
    for (size_t i = 0; i < len; i++)
        json_array_append_new(items, seen_json(&rows[i]));
    body = json_list(items, NULL);
    json_object_set_new(body, "most", json_integer(SEEN_MAX));
    json_object_set_new(body, "probe_url", json_of_text(asked_probe_url(app, rq)));
    json_object_set_new(body, "trust_url", json_of_text(asked_trust_url(app, rq)));
    reply_json(rq, 200, body);
    return ERR_NONE;
}

static enum err put(struct tx *tx, void *arg, struct error *e)
{
    return store_seen_put(tx, arg, e);
}

/* The console's probe has come through: the probe listener knows the program, we know who sits before it. */
static enum err report(struct app *app, struct request *rq, struct error *e)
{
    char agent[AGENT_TEXT];
    struct seen_row row = { .address = request_source(rq), .agent = agent, .name = rq->who.name, .last_at = clock_now() };
    enum err r;

    agent_words(request_header(rq, "User-Agent"), agent);
    r = store_write_bulk(app->store, &rq->who, put, &row, e);
    if (r)
        return r;
    reply_empty(rq, 204);
    return ERR_NONE;
}

static const struct shape nothing = { (const struct shape_member[]){ { 0 } } };

const struct route trust_api_routes[] = {
    { "GET",  "/api/v1/trust/seen", list,   RIGHT_READ, 0, 0, NULL },
    { "POST", "/api/v1/trust/seen", report, RIGHT_SELF, 0, 0, &nothing },
    { 0 }
};
