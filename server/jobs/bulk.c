/* bulk - rows "bulk": one thing done to many certificates, in the name of whoever asked. What cannot be done is counted and told, the rest goes on.
   The position is in the row: after a crash it goes on there. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "access/rights.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/time.h"
#include "ca/ca.h"
#include "inventory/describe.h"
#include "inventory/lineage.h"
#include "jobs/work.h"
#include "store/jobs.h"

enum { LEASE_SEC = 120, ATTEMPTS_MAX = 3, NEVER_AGAIN = 1, TOLD_MAX = 5, PROGRESS_SEC = 1 };

struct bulk {
    struct app *app;
    struct actor who;
    struct arena *arena;
    char lease[48];
    struct job_row row;
    bool found, is_hopeless;       /* is_hopeless: none of them could be done, and trying again would not help */
    const char *problem;
    json_t *body;
    size_t len, at, failed;
    const char *told;              /* the first failures, a line each */
};

static enum err claim(struct tx *tx, void *arg, struct error *e)
{
    struct bulk *b = arg;

    return store_job_claim(tx, "bulk", b->lease, LEASE_SEC, b->arena, &b->row, &b->found, e);
}

static enum err settle(struct tx *tx, void *arg, struct error *e)
{
    struct bulk *b = arg;

    if (b->problem == NULL)
        return store_job_finish(tx, b->row.n, b->lease, e);
    return store_job_fail(tx, b->row.n, b->lease, b->problem, b->is_hopeless ? NEVER_AGAIN : ATTEMPTS_MAX, e);
}

static const char *progress_text(struct bulk *b)
{
    return arena_printf(b->arena, "%zu of %zu%s%s", b->at, b->len, b->failed > 0 ? arena_printf(b->arena, ", %zu not done", b->failed) : "", b->told);
}

static enum err tell(struct tx *tx, void *arg, struct error *e)
{
    struct bulk *b = arg;

    return store_job_progress(tx, b->row.n, b->lease, progress_text(b), LEASE_SEC, e);
}

static const char *member(const struct bulk *b, const char *name)
{
    const char *text = json_string_value(json_object_get(b->body, name));

    return text != NULL ? text : "";
}

static size_t texts(const struct bulk *b, const char *name, struct arena *a, const char *const **out)
{
    const json_t *list = json_object_get(b->body, name);
    const char **at = arena_take(a, (json_array_size(list) + 1) * sizeof(*at));

    for (size_t i = 0; i < json_array_size(list); i++)
        at[i] = json_string_value(json_array_get(list, i));
    *out = at;
    return json_array_size(list);
}

/* What was checked when it was asked for is not asked again: the ids in the body are those that it was allowed for. */
static void be_asker(struct bulk *b)
{
    snprintf(b->who.name, sizeof(b->who.name), "%s", member(b, "name"));
    snprintf(b->who.source, sizeof(b->who.source), "%s", member(b, "source"));
    if (!id_parse(member(b, "principal"), &b->who.id))
        b->who.id = (struct id){ { 0 } };
    b->who.kind = (enum actor_kind)json_integer_value(json_object_get(b->body, "kind"));
    b->who.rights = RIGHT_BIT(RIGHT_READ) | RIGHT_BIT(RIGHT_ISSUE) | RIGHT_BIT(RIGHT_MANAGE);
}

/* With the version: a renewal is not done twice after a crash. */
static enum err placed(struct tx *tx, const struct issued *made, void *arg, struct error *e)
{
    (void)made;
    return tell(tx, arg, e);
}

static enum err renew_one(struct bulk *b, const struct id *id, struct arena *a, struct findings *faults, struct error *e)
{
    struct renewal_wish wish = { .certificate = *id, .source = "renewal", .also = placed, .arg = b };
    struct issued made;

    return ca_renew(b->app->ca, &b->who, &wish, a, faults, &made, e);
}

static enum err archive_one(struct bulk *b, const struct id *id, struct arena *a, struct findings *faults, struct error *e)
{
    struct users users = { 0 };

    return inventory_archive(b->app->store, &b->who, id, true, a, &users, faults, e);
}

static enum err unarchive_one(struct bulk *b, const struct id *id, struct arena *a, struct findings *faults, struct error *e)
{
    struct users users = { 0 };

    return inventory_archive(b->app->store, &b->who, id, false, a, &users, faults, e);
}

static enum err describe_one(struct bulk *b, const struct id *id, struct arena *a, struct findings *faults, struct error *e)
{
    struct description wish = { .owner = json_string_value(json_object_get(b->body, "owner")), .account = json_string_value(json_object_get(b->body, "account")) };

    wish.tags_len = texts(b, "add_tags", a, &wish.tags);
    wish.untags_len = texts(b, "remove_tags", a, &wish.untags);
    return inventory_describe(b->app->store, &b->who, id, &wish, faults, e);
}

static const struct { const char *word; enum err (*run)(struct bulk *b, const struct id *id, struct arena *a, struct findings *faults, struct error *e); } deeds[] = {
    { "renew", renew_one }, { "archive", archive_one }, { "unarchive", unarchive_one }, { "describe", describe_one },
};

static enum err do_one(struct bulk *b, const char *text, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct findings faults;
    struct id id;

    findings_init(&faults, a);
    if (!id_parse(text, &id))
        return fail(e, ERR_BUG, "the job holds no id");
    for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++)
        if (strcmp(deeds[i].word, member(b, "action")) == 0)
            return deeds[i].run(b, &id, a, &faults, e);
    return fail(e, ERR_BUG, "the job holds no action that is known");
}

static void not_done(struct bulk *b, const char *id, const struct error *why)
{
    if (++b->failed <= TOLD_MAX)
        b->told = arena_printf(b->arena, "%s\n%s: %s", b->told, id, why->text);
}

/* Where the last attempt came to: what progress_text wrote. */
static void go_on(struct bulk *b)
{
    const char *failed = strstr(b->row.progress, ", "), *told = strchr(b->row.progress, '\n');

    b->at = (size_t)strtoul(b->row.progress, NULL, 10);
    b->failed = failed != NULL ? (size_t)strtoul(failed + 2, NULL, 10) : 0;
    b->told = told != NULL ? told : "";
}

/* What is done twice after a crash is as if it was done once; renewals record their own place. */
static enum err do_all(struct bulk *b, struct error *e)
{
    const json_t *ids = json_object_get(b->body, "ids");
    struct actor clock = actor_clock("bulk");
    int64_t told_at = clock_now();
    enum err r = ERR_NONE;

    b->len = json_array_size(ids);
    go_on(b);
    while (r == ERR_NONE && b->at < b->len) {
        const char *id = json_string_value(json_array_get(ids, b->at++));
        struct error why = { 0 };

        if (do_one(b, id, &why) != ERR_NONE)
            not_done(b, id, &why);
        fault_point("bulk.one");
        if (clock_now() - told_at >= PROGRESS_SEC) {
            told_at = clock_now();
            r = store_write(b->app->store, &clock, tell, b, e);
        }
    }
    return r ? r : store_write(b->app->store, &clock, tell, b, e);
}

static enum err bulk_one(struct bulk *b, const struct actor *clock, struct error *e)
{
    struct error why = { 0 };
    enum err r;

    b->found = b->is_hopeless = false;
    r = store_write(b->app->store, clock, claim, b, e);
    if (r || !b->found)
        return r;
    b->body = json_loads(b->row.body, 0, NULL);
    be_asker(b);
    if (do_all(b, &why) != ERR_NONE) {
        b->problem = why.text;
        log_warn("job bulk, attempt %d: %s", b->row.attempts, why.text);
    } else {
        b->is_hopeless = b->len > 0 && b->failed == b->len;
        b->problem = b->is_hopeless ? arena_printf(b->arena, "nothing was done%s", b->told) : NULL;
    }
    json_decref(b->body);
    return store_write(b->app->store, clock, settle, b, e);
}

enum err job_bulk(struct app *app, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct actor clock = actor_clock("bulk");
    struct bulk b = { .app = app, .arena = a, .who = actor_clock("bulk") };
    char id[ID_TEXT];
    enum err r;

    id_text(&clock.request_id, id);
    snprintf(b.lease, sizeof(b.lease), "bulk %s", id);
    do {
        r = bulk_one(&b, &clock, e);
        if (r)
            return r;
    } while (b.found);
    return ERR_NONE;
}
