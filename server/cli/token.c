#include <stdio.h>

#include "base/text.h"
#include "cli/remote.h"

static const struct column columns[] = {
    { "ID", "id", 36 }, { "NAME", "name", 24 }, { "ROLE", "role", 10 }, { "EXPIRES", "expires_at", 20 }, { "LAST USED", "used_at", 20 }, { 0 }
};

static int create(struct cli *c)
{
    const char *name = cli_value(c, "name"), *role = cli_value(c, "role"), *days = cli_value(c, "days");
    json_t *body, *answer;
    struct error e = { 0 };
    int64_t number = 90;
    enum err r;

    if (name == NULL || role == NULL)
        return cli_usage(c, "a token needs a --name and a --role");
    if (days != NULL && !text_number(days, 1, 365, &number))
        return cli_usage(c, "--days needs 1 to 365");
    body = json_pack("{s:s, s:s, s:I}", "name", name, "role", role, "expires_in_days", (json_int_t)number);
    if (body == NULL)
        return cli_usage(c, "--name and --role must be UTF-8");
    r = remote_json(c, "POST", "/api/v1/tokens", body, &answer, &e);
    if (r)
        return cli_fail(&e);
    if (c->is_json) {
        print_json(answer);
        return EXIT_OK;
    }
    fprintf(stderr, "signet: keep it now; it is not shown again. Good until %s.\n",
            json_string_value(json_object_get(answer, "expires_at")));
    printf("%s\n", json_string_value(json_object_get(answer, "token")));
    return EXIT_OK;
}

static int list(struct cli *c)
{
    return print_list(c, "/api/v1/tokens", columns);
}

static int revoke(struct cli *c)
{
    const char *id = cli_argument(c, 0);
    struct fetch_answer answer;
    struct error e = { 0 };
    enum err r;

    if (id == NULL)
        return cli_usage(c, "which token? Give its ID (signet token list shows them)");
    r = remote_call(c, "DELETE", arena_printf(c->arena, "/api/v1/tokens/%s", remote_escape(c->arena, id)), NULL, &answer, &e);
    return r ? cli_fail(&e) : EXIT_OK;
}

static const struct cli_option create_options[] = {
    { "name", "NAME", "what it is for" },
    { "role", "ROLE", "admin, operator, requester, auditor, viewer" },
    { "days", "N", "good for so long, at most 365 (default 90)" },
    { 0 }
};

const struct cli_verb token_verbs[] = {
    { "token", "create", "", "make an API token; it is shown once", "  signet token create --name ci --role operator --days 30\n", create, create_options },
    { "token", "list", "", "list the API tokens", "  signet token list\n", list, NULL },
    { "token", "revoke", "ID", "end an API token at once", "  signet token revoke 0192…\n", revoke, NULL },
    { 0 }
};
