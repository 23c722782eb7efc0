#include <stdio.h>

#include "base/text.h"
#include "cli/remote.h"

static const struct column columns[] = {
    { "ID", "id", 36 }, { "NAME", "name", 28 }, { "KIND", "kind", 8 }, { "KEY", "key_type", 8 }, { "VALID TO", "not_after", 20 },
    { "CRL UNTIL", "crl.next_update", 20 }, { 0 }
};
static const struct column rows[] = {
    { "Id", "id", 22 }, { "Name", "name", 22 }, { "Kind", "kind", 22 }, { "Subject", "subject", 22 }, { "Below", "parent_id", 22 },
    { "Key", "key_type", 22 }, { "Valid from", "not_before", 22 }, { "Valid to", "not_after", 22 }, { "Serial number", "serial", 22 },
    { "Thumbprint (SHA-1)", "thumbprint_sha1", 22 }, { "Thumbprint (SHA-256)", "thumbprint_sha256", 22 },
    { "Certificate at", "certificate_url", 22 }, { "CRL at", "crl.url", 22 }, { "CRL number", "crl.number", 22 },
    { "CRL until", "crl.next_update", 22 }, { 0 }
};

static int show_one(struct cli *c, json_t *authority)
{
    if (c->is_json)
        print_json(authority);
    else
        print_members(authority, rows);
    return EXIT_OK;
}

static int list(struct cli *c)
{
    return print_list(c, "/api/v1/authorities", columns);
}

static int show(struct cli *c)
{
    const char *id = cli_argument(c, 0);
    struct error e = { 0 };
    json_t *answer;
    enum err r;

    if (id == NULL)
        return cli_usage(c, "which authority? Give its ID (signet ca list shows them)");
    r = remote_json(c, "GET", arena_printf(c->arena, "/api/v1/authorities/%s", remote_escape(c->arena, id)), NULL, &answer, &e);
    return r ? cli_fail(&e) : show_one(c, answer);
}

static int create(struct cli *c)
{
    static const char *const members[][2] = { { "name", "name" }, { "organization", "organization" }, { "key", "key_type" }, { "parent", "parent_id" } };
    const char *years = cli_value(c, "years");
    json_t *body = json_object(), *answer;
    struct error e = { 0 };
    int64_t number;
    enum err r;

    if (cli_value(c, "name") == NULL)
        return cli_usage(c, "the authority needs a --name");
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
        if (cli_value(c, members[i][0]) != NULL)
            json_object_set_new(body, members[i][1], json_string(cli_value(c, members[i][0])));
    if (years != NULL && !text_number(years, 1, 100, &number))
        return cli_usage(c, "--years needs a whole number");
    if (years != NULL)
        json_object_set_new(body, "years", json_integer(number));
    r = remote_json(c, "POST", "/api/v1/authorities", body, &answer, &e);
    return r ? cli_fail(&e) : show_one(c, answer);
}

static const struct cli_option create_options[] = {
    { "name", "NAME", "its common name" },
    { "organization", "NAME", "organization in its subject" },
    { "parent", "ID", "the authority above it (default: none, a new root)" },
    { "key", "TYPE", "ec-p256 (default), ec-p384, ed25519, rsa-3072, rsa-4096" },
    { "years", "N", "how long it is valid (default 10)" },
    { 0 }
};

const struct cli_verb ca_verbs[] = {
    { "ca", "list", "", "list the authorities", "  signet ca list\n", list, NULL },
    { "ca", "show", "ID", "everything about one authority", "  signet ca show 0192… --json\n", show, NULL },
    { "ca", "create", "", "make a root, or an issuing CA below one",
      "  signet ca create --name 'Lab Root CA'\n  signet ca create --name 'Lab Issuing CA' --parent 0192… --years 5\n", create, create_options },
    { 0 }
};
