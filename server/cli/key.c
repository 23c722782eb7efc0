/* key - signet key permissions: who may use, export and manage the private key of a certificate. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/remote.h"

static const struct column columns[] = {
    { "KIND", "kind", 6 }, { "NAME", "name", 28 }, { "USE", "use", 5 }, { "EXPORT", "export", 6 }, { "MANAGE", "manage", 6 }, { 0 }
};
enum { CHANGE_TURNS = 20 };

static const char *const allows[] = { "use", "export", "manage" };

static const char *path_of(struct cli *c)
{
    return arena_printf(c->arena, "/api/v1/certificates/%s/permissions", remote_escape(c->arena, cli_argument(c, 1)));
}

static int told(struct cli *c, json_t *answer)
{
    if (c->is_json)
        print_json(answer);
    else
        print_table(json_object_get(answer, "items"), columns);
    return EXIT_OK;
}

static int show(struct cli *c)
{
    struct error e = { 0 };
    json_t *answer;

    if (remote_json(c, "GET", path_of(c), NULL, &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    return told(c, answer);
}

static enum err check(struct cli *c, const char *name, json_t **out, struct error *e)
{
    json_t *body = json_pack("{s:s}", "name", name);

    return body == NULL ? fail(e, ERR_INVALID, "a name must be UTF-8") : remote_json(c, "POST", "/api/v1/principals/check", body, out, e);
}

static int check_name(struct cli *c)
{
    struct error e = { 0 };
    json_t *answer;

    if (check(c, cli_argument(c, 1), &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    if (c->is_json)
        print_json(answer);
    else
        printf("%s:%s\n", json_string_value(json_object_get(answer, "kind")), json_string_value(json_object_get(answer, "name")));
    return EXIT_OK;
}

static json_t *entry_of(json_t *items, const json_t *who)
{
    json_t *item, *fresh;
    size_t i;

    json_array_foreach(items, i, item)
        if (json_equal(json_object_get(item, "kind"), json_object_get(who, "kind")) && json_equal(json_object_get(item, "name"), json_object_get(who, "name")))
            return item;
    fresh = json_deep_copy(who);
    json_array_append_new(items, fresh);
    return fresh;
}

static void drop_empty(json_t *items)
{
    for (size_t i = json_array_size(items); i > 0; i--) {
        const json_t *item = json_array_get(items, i - 1);
        bool is_empty = true;

        for (size_t k = 0; k < sizeof(allows) / sizeof(*allows); k++)
            is_empty = is_empty && !json_is_true(json_object_get(item, allows[k]));
        if (is_empty)
            json_array_remove(items, i - 1);
    }
}

/* The whole list is put back: only if it is still the one that was read. all: no right was named. */
static enum err change_once(struct cli *c, const json_t *who, bool is_grant, bool all, json_t **answer, struct error *e)
{
    json_t *list, *entry;
    const char *etag;
    enum err r = remote_get(c, path_of(c), &etag, &list, e);

    if (r)
        return r;
    list = json_object_get(list, "items");
    entry = entry_of(list, who);
    for (size_t k = 0; k < sizeof(allows) / sizeof(*allows); k++)
        if (cli_flag(c, allows[k]) || all)
            json_object_set_new(entry, allows[k], json_boolean(is_grant));
    drop_empty(list);
    return remote_put(c, path_of(c), etag, json_pack("{s:O}", "items", list), answer, e);
}

/* Revoke without a right takes all of them. Whom another was faster than reads again. */
static int change(struct cli *c, bool is_grant)
{
    json_t *who, *answer;
    struct error e = { 0 };
    bool says = false;
    enum err r;

    for (size_t k = 0; k < sizeof(allows) / sizeof(*allows); k++)
        says = says || cli_flag(c, allows[k]);
    if (cli_argument(c, 2) == NULL)
        return cli_usage(c, "to whom? Give the name of a user, a role or a token, such as role:viewer");
    if (is_grant && !says)
        return cli_usage(c, "grant what? --use, --export, --manage");
    r = check(c, cli_argument(c, 2), &who, &e);
    if (r)
        return cli_fail(&e);
    for (int turn = 0; turn < CHANGE_TURNS; turn++) {
        e = (struct error){ 0 };
        r = change_once(c, who, is_grant, !says, &answer, &e);
        if (strcmp(e.kind, "precondition") != 0)
            break;
    }
    return r ? cli_fail(&e) : told(c, answer);
}

static int permissions(struct cli *c)
{
    const char *what = cli_argument(c, 0);

    if (what == NULL || cli_argument(c, 1) == NULL)
        return cli_usage(c, "show ID, grant ID NAME, revoke ID NAME, or check NAME");
    if (strcmp(what, "show") == 0)
        return show(c);
    if (strcmp(what, "check") == 0)
        return check_name(c);
    if (strcmp(what, "grant") == 0)
        return change(c, true);
    if (strcmp(what, "revoke") == 0)
        return change(c, false);
    return cli_usage(c, "show, grant, revoke or check, not \"%s\"", what);
}

static const struct cli_option options[] = {
    { "use", NULL, "renew, replace and roll back" },
    { "export", NULL, "take the private key out" },
    { "manage", NULL, "change who may" },
    { 0 }
};

const struct cli_verb key_verbs[] = {
    { "key", "permissions", "show|grant|revoke|check ...", "who may use, export and manage the private key of a certificate",
      "  signet key permissions show 0192…\n  signet key permissions grant 0192… token:deploy --use --export\n"
      "  signet key permissions revoke 0192… token:deploy --export\n  signet key permissions check deploy\n", permissions, options },
    { 0 }
};
