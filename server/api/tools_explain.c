/* tools_explain - what a program said, and what its chain shows: which rule fails, for whom, what to do. */
#include "api/tools.h"

#include "api/json.h"
#include "pki/explain.h"

enum { CAUSES_MOST = 24 };

struct cause {
    const struct explanation *why;
    json_t *said;
    bool is_in_chain;
};
struct causes {
    struct cause at[CAUSES_MOST];
    size_t len;
};

static struct cause *find_cause(struct causes *l, const char *rule)
{
    for (size_t i = 0; i < l->len; i++)
        if (strcmp(l->at[i].why->rule, rule) == 0)
            return &l->at[i];
    return NULL;
}

/* NULL: there is no room, or no explanation. */
static struct cause *add_cause(struct causes *l, const char *rule)
{
    const struct explanation *why = explain_rule(rule);
    struct cause *known = find_cause(l, rule);

    if (known != NULL || why == NULL || l->len == CAUSES_MOST)
        return known;
    l->at[l->len] = (struct cause){ .why = why, .said = json_array() };
    return &l->at[l->len++];
}

static void hear(struct causes *l, const char *text)
{
    struct said said[SAID_MAX];
    size_t len = explain_text(bytes_text(text), said);

    for (size_t i = 0; i < len; i++) {
        struct cause *cause = add_cause(l, said[i].rule);

        if (cause != NULL)
            json_array_append_new(cause->said, json_pack("{s:s, s:s}", "program", said[i].program, "code", said[i].code));
    }
}

static bool means_too(const struct explanation *why, const char *rule)
{
    for (size_t i = 0; i < sizeof(why->also) / sizeof(*why->also) && why->also[i] != NULL; i++)
        if (strcmp(why->also[i], rule) == 0)
            return true;
    return false;
}

/* What stands in the chain is a cause of its own, and makes those true that were said by the same words. */
static void see(struct causes *l, const struct findings *found, const struct chain *chain)
{
    for (size_t i = 0; i < found->len; i++) {
        const char *rule = strcmp(found->at[i].rule, "untrusted") == 0 ? explain_untrusted(chain) : found->at[i].rule;
        struct cause *cause = add_cause(l, rule);

        if (cause != NULL)
            cause->is_in_chain = true;
        for (size_t k = 0; k < l->len; k++)
            l->at[k].is_in_chain |= means_too(l->at[k].why, rule);
    }
}

static json_t *texts(const char *const *list, size_t most)
{
    size_t len = 0;

    while (len < most && list[len] != NULL)
        len++;
    return json_of_texts(list, len);
}

static json_t *causes_json(const struct causes *l, bool has_chain)
{
    json_t *list = json_array();

    for (size_t i = 0; i < l->len; i++) {
        const struct cause *c = &l->at[i];

        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "rule", c->why->rule, "title", c->why->title, "affects", c->why->affects,
                                              "remedy", texts(c->why->remedy, sizeof(c->why->remedy) / sizeof(*c->why->remedy)), "said", c->said,
                                              "in_chain", has_chain ? json_boolean(c->is_in_chain) : json_null()));
    }
    return list;
}

/* What openssl s_client prints has both in it. */
static struct judging chain_in(struct request *rq)
{
    const char *chain = body_text(rq, "chain"), *text = body_text(rq, "text"), *name = body_text(rq, "name");

    if (chain != NULL)
        return (struct judging){ chain, "/chain", name };
    if (text != NULL && strstr(text, "-----BEGIN CERTIFICATE-----") != NULL)
        return (struct judging){ text, "/text", name };
    return (struct judging){ NULL, "/text", name };
}

/* The server itself is asked; it is judged by the name it was asked by, unless another is given. */
static enum err ask(struct app *app, struct request *rq, struct judging *judging, struct shown_by *shown, struct error *e)
{
    enum err r;

    if (judging->text != NULL)
        return fail_at(e, "/host", "the server, or the chain that it shows: give one of the two");
    r = tools_probe(app, rq, shown, e);
    if (r)
        return r;
    judging->field = "/host";
    judging->text = shown->pem[0] != '\0' ? shown->pem : NULL;
    judging->name = judging->name != NULL ? judging->name : shown->name;
    return ERR_NONE;
}

static void hear_server(struct causes *l, const struct shown_by *shown)
{
    struct cause *cause = shown->rule != NULL ? add_cause(l, shown->rule) : NULL;

    if (cause != NULL)
        json_array_append_new(cause->said, json_pack("{s:s, s:o}", "program", "The server", "code", json_of_text(shown->said)));
}

static enum err judge(struct app *app, struct request *rq, const struct judging *judging, struct chain *chain, struct error *e)
{
    enum err r = judging->text != NULL ? tools_judge(app, rq, judging, chain, e) : ERR_NONE;

    if (r == ERR_NONE && chain->len > 0)
        explain_clients(chain->at[0], &rq->findings);
    return r;
}

enum err tools_explain(struct app *app, struct request *rq, struct error *e)
{
    const char *text = body_text(rq, "text");
    struct judging judging = chain_in(rq);
    struct shown_by shown = { .json = NULL };
    struct causes causes = { 0 };
    struct chain chain = { 0 };
    enum err r = ERR_NONE;

    if (body_text(rq, "host") != NULL)
        r = ask(app, rq, &judging, &shown, e);
    else if (text == NULL && judging.text == NULL)
        r = fail_at(e, "/text", "what did the program say? Give its words, the server as HOST:PORT, or the chain that it shows");
    if (r == ERR_NONE)
        r = judge(app, rq, &judging, &chain, e);
    if (r) {
        json_decref(shown.json);
        return r;
    }
    if (text != NULL)
        hear(&causes, text);
    hear_server(&causes, &shown);
    see(&causes, &rq->findings, &chain);
    reply_json(rq, 200, json_pack("{s:o, s:o, s:o, s:o, s:o}", "causes", causes_json(&causes, judging.text != NULL),
                                  "valid", judging.text == NULL ? json_null() : json_boolean(findings_count(&rq->findings, LEVEL_ERROR) == 0),
                                  "chain", tools_chain(&chain), "findings", tools_findings(&rq->findings),
                                  "host", shown.json != NULL ? shown.json : json_null()));
    return ERR_NONE;
}
