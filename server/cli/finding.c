#include "cli/finding.h"

#include <stdio.h>

#include "cli/remote.h"

static const struct column collection_columns[] = { { "NAME", "name", 24 }, { "STORE", "store", 12 }, { "SEARCH", "q", 20 }, { "FILTER", "filter", 48 }, { "SORT", "sort", 12 }, { 0 } };

static const struct column facet_columns[] = { { "FACET", "facet", 8 }, { "VALUE", "label", 28 }, { "COUNT", "count", 10 }, { "FILTER", "filter", 48 }, { 0 } };

static enum err find_collection(struct cli *c, const char *name, json_t **out, struct error *e)
{
    json_t *answer = NULL;
    enum err r = remote_json(c, "GET", remote_with(c->arena, "/api/v1/collections", "name", name), NULL, &answer, e);

    if (r)
        return r;
    *out = json_array_get(json_object_get(answer, "items"), 0);
    return *out != NULL ? ERR_NONE : fail(e, ERR_ABSENT, "there is no collection of that name");
}

static const char *said(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL && text[0] != '\0' ? text : NULL;
}

enum err cli_question(struct cli *c, struct question *out, struct error *e)
{
    const char *name = cli_value(c, "collection");
    json_t *kept = NULL;
    enum err r;

    *out = (struct question){ cli_value(c, "search"), cli_value(c, "filter"), cli_value(c, "sort") };
    if (name == NULL)
        return ERR_NONE;
    r = find_collection(c, name, &kept, e);
    if (r)
        return r;
    out->q = out->q != NULL ? out->q : said(kept, "q");
    out->sort = out->sort != NULL ? out->sort : said(kept, "sort");
    out->filter = arena_printf(c->arena, "%s%s %s %s", said(kept, "store") != NULL ? "store:" : "", said(kept, "store") != NULL ? said(kept, "store") : "",
                               said(kept, "filter") != NULL ? said(kept, "filter") : "", out->filter != NULL ? out->filter : "");
    return ERR_NONE;
}

static void put(json_t *body, const char *name, const char *value)
{
    if (value != NULL)
        json_object_set_new(body, name, json_string(value));
}

static void put_all(const struct cli *c, json_t *body, const char *name, const char *option)
{
    const char *values[100];
    size_t n = cli_values(c, option, values, 100);
    json_t *list;

    if (n == 0)
        return;
    list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(values[i]));
    json_object_set_new(body, name, list);
}

static void put_question(json_t *body, const struct question *ask)
{
    put(body, "q", ask->q);
    put(body, "filter", ask->filter);
    put(body, "sort", ask->sort);
}

int cli_list_csv(struct cli *c, const struct question *ask)
{
    json_t *body = json_pack("{s:s}", "format", "csv");
    struct fetch_answer answer;
    struct error e = { 0 };

    put_question(body, ask);
    if (ask->q == NULL && ask->filter == NULL)
        put(body, "filter", "-is:archived");
    if (remote_call(c, "POST", "/api/v1/certificates/export", body, &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    fwrite(answer.body.at, 1, answer.body.len, stdout);
    return EXIT_OK;
}

/* counts ------------------------------------------------------------------------------------------------- */

/* A row a value, with the condition that leaves those; "+": counting all would have taken long, there are at least so many. */
static void print_facets(struct cli *c, const json_t *answer)
{
    bool is_exact = json_is_true(json_object_get(answer, "exact"));
    json_t *rows = json_array(), *facet, *value;
    size_t i, k;

    json_array_foreach(json_object_get(answer, "items"), i, facet)
        json_array_foreach(json_object_get(facet, "values"), k, value)
            json_array_append_new(rows, json_pack("{s:O, s:O, s:s, s:O}", "facet", json_object_get(facet, "facet"), "label", json_object_get(value, "label"),
                "count", arena_printf(c->arena, "%lld%s", (long long)json_integer_value(json_object_get(value, "count")), is_exact ? "" : "+"),
                "filter", json_object_get(value, "filter")));
    print_table(rows, facet_columns);
    json_decref(rows);
}

static int facets(struct cli *c)
{
    static const char *const options[] = { "store", "search", "filter" }, *const members[] = { "store", "q", "filter" };
    const char *path = "/api/v1/certificates/facets";
    struct error e = { 0 };
    json_t *answer;

    for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
        path = remote_with(c->arena, path, members[i], cli_value(c, options[i]));
    if (remote_json(c, "GET", path, NULL, &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    if (c->is_json)
        print_json(answer);
    else
        print_facets(c, answer);
    return EXIT_OK;
}

/* one ---------------------------------------------------------------------------------------------------- */

static int describe(struct cli *c)
{
    json_t *body = json_object(), *answer;
    struct error e = { 0 };

    if (cli_argument(c, 0) == NULL)
        return cli_usage(c, "which certificate? Give its id; signet cert list shows them");
    put(body, "label", cli_value(c, "label"));
    put(body, "owner", cli_value(c, "owner"));
    put(body, "notes", cli_value(c, "notes"));
    put(body, "account", cli_value(c, "account"));
    put_all(c, body, "tags", "tag");
    if (cli_flag(c, "no-tags"))
        json_object_set_new(body, "tags", json_array());
    if (json_object_size(body) == 0)
        return cli_usage(c, "what is to be said of it? --label, --owner, --notes, --account, --tag or --no-tags");
    if (remote_json(c, "PATCH", arena_printf(c->arena, "/api/v1/certificates/%s", remote_escape(c->arena, cli_argument(c, 0))), body, &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    if (c->is_json)
        print_json(answer);
    return EXIT_OK;
}

/* many --------------------------------------------------------------------------------------------------- */

static int bulk(struct cli *c)
{
    json_t *body, *answer, *ids;
    struct question ask;
    struct error e = { 0 };
    enum err r;

    if (cli_argument(c, 0) == NULL)
        return cli_usage(c, "what shall be done? renew, archive, unarchive or describe");
    r = cli_question(c, &ask, &e);
    if (r)
        return cli_fail(&e);
    body = json_pack("{s:s, s:b}", "action", cli_argument(c, 0), "dry_run", cli_flag(c, "dry-run"));
    ids = json_array();
    for (size_t i = 1; i < c->arguments_len; i++)
        json_array_append_new(ids, json_string(cli_argument(c, i)));
    if (json_array_size(ids) > 0)
        json_object_set(body, "ids", ids);
    else
        put_question(body, &ask);
    put(body, "owner", cli_value(c, "owner"));
    put(body, "account", cli_value(c, "account"));
    put_all(c, body, "add_tags", "tag");
    put_all(c, body, "remove_tags", "untag");
    if (remote_json(c, "POST", "/api/v1/certificates/bulk", body, &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    if (c->is_json)
        print_json(answer);
    else
        fprintf(stderr, "signet: %lld certificates%s%s\n", (long long)json_integer_value(json_object_get(answer, "selected")),
                said(answer, "job_id") != NULL ? ", job " : ": nothing was done", said(answer, "job_id") != NULL ? said(answer, "job_id") : "");
    return EXIT_OK;
}

/* collections -------------------------------------------------------------------------------------------- */

static int collection_list(struct cli *c)
{
    return print_list(c, "/api/v1/collections", collection_columns);
}

static int collection_save(struct cli *c)
{
    const char *name = cli_argument(c, 0);
    json_t *body = json_object(), *kept = NULL, *answer;
    struct error e = { 0 };
    const char *path = "/api/v1/collections";
    enum err r;

    if (name == NULL)
        return cli_usage(c, "under which name?");
    put(body, "name", name);
    put(body, "store", cli_value(c, "store"));
    put(body, "q", cli_value(c, "search"));
    put(body, "filter", cli_value(c, "filter"));
    put(body, "sort", cli_value(c, "sort"));
    r = find_collection(c, name, &kept, &e);
    if (r != ERR_NONE && r != ERR_ABSENT)
        return cli_fail(&e);
    if (r == ERR_NONE)
        path = arena_printf(c->arena, "/api/v1/collections/%s", said(kept, "id"));
    if (remote_json(c, r == ERR_NONE ? "PATCH" : "POST", path, body, &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    if (c->is_json)
        print_json(answer);
    return EXIT_OK;
}

static int collection_remove(struct cli *c)
{
    struct fetch_answer answer;
    struct error e = { 0 };
    json_t *kept = NULL;

    if (cli_argument(c, 0) == NULL)
        return cli_usage(c, "which one? signet collection list shows them");
    if (find_collection(c, cli_argument(c, 0), &kept, &e) != ERR_NONE
        || remote_call(c, "DELETE", arena_printf(c->arena, "/api/v1/collections/%s", said(kept, "id")), NULL, &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    return EXIT_OK;
}

static const struct cli_option describe_options[] = {
    { "label", "TEXT", "what it is called in lists" }, { "owner", "TEXT", "whose it is" }, { "notes", "TEXT", "what is to be known of it" },
    { "account", "NAME", "who uses its key on the host where it lives: 'NT SERVICE\\name', a Unix user or group; for cert script" },
    { "tag", "WORD", "a tag; again for more: they replace those it has" }, { "no-tags", NULL, "without any tag" }, { 0 }
};
static const struct cli_option bulk_options[] = {
    { "search", "WORDS", "instead of ids: what the list finds" }, { "filter", "FILTER", "instead of ids: what the list finds" },
    { "collection", "NAME", "instead of ids: a question that has a name" },
    { "owner", "TEXT", "describe: whose they are" }, { "account", "NAME", "describe: who uses their keys on the host where they live" }, { "tag", "WORD", "describe: a tag more" }, { "untag", "WORD", "describe: a tag less" },
    { "dry-run", NULL, "only count them" }, { 0 }
};
static const struct cli_option save_options[] = {
    { "store", "STORE", "personal, root, intermediate, people or untrusted" }, { "search", "WORDS", "as in the search box" },
    { "filter", "FILTER", "such as 'expires<30d -state:expired'" }, { "sort", "ORDER", "such as not_after" }, { 0 }
};
static const struct cli_option facets_options[] = {
    { "store", "STORE", "personal (default), root, intermediate, people or untrusted" }, { "search", "WORDS", "only of what the list finds" },
    { "filter", "FILTER", "only of what the list finds" }, { 0 }
};
const struct cli_verb finding_verbs[] = {
    { "cert", "facets", "", "how many there are of each state, issuer, key, source and tag, and the filter that leaves them",
      "  signet cert facets\n  signet cert facets --filter 'expires<30d'\n", facets, facets_options },
    { "cert", "describe", "ID", "say what it is called, whose it is, tags, notes", "  signet cert describe 0192… --owner 'Lab team' --tag production\n", describe, describe_options },
    { "cert", "bulk", "ACTION [ID...]", "renew, archive, unarchive or describe many at once",
      "  signet cert bulk renew --filter 'tag:lab expires<30d' --dry-run\n  signet cert bulk describe --collection 'Ends soon' --tag check\n", bulk, bulk_options },
    { "collection", "list", "", "questions that were given a name", "  signet collection list\n", collection_list, NULL },
    { "collection", "save", "NAME", "give a question a name", "  signet collection save 'Ends soon' --filter 'expires<30d' --sort not_after\n", collection_save, save_options },
    { "collection", "remove", "NAME", "forget a question", "  signet collection remove 'Ends soon'\n", collection_remove, NULL },
    { 0 }
};
