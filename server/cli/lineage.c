/* lineage - signet cert uses, archive, unarchive, delete: a certificate with all its versions. */
#include <stdio.h>

#include "cli/remote.h"

static const struct column users_columns[] = {
    { "BY", "by", 20 }, { "NAME", "name", 28 }, { "VERSION", "version", 7 }, { "WHAT", "text", 60 }, { 0 }
};

static const char *path_of(struct cli *c, const char *tail)
{
    return arena_printf(c->arena, "/api/v1/certificates/%s%s", remote_escape(c->arena, cli_argument(c, 0)), tail);
}

static int which(const struct cli *c)
{
    return cli_usage(c, "which certificate? Give its ID (signet cert list shows them)");
}

static int uses(struct cli *c)
{
    if (cli_argument(c, 0) == NULL)
        return which(c);
    return print_list(c, path_of(c, "/uses"), users_columns);
}

static int put_away(struct cli *c, const char *tail, const char *done)
{
    struct error e = { 0 };
    json_t *answer;

    if (cli_argument(c, 0) == NULL)
        return which(c);
    if (remote_json(c, "POST", path_of(c, tail), json_object(), &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    if (c->is_json)
        print_json(answer);
    else
        fprintf(stderr, "signet: %s: %s\n", json_string_value(json_object_get(answer, "label")), done);
    return EXIT_OK;
}

static int archive(struct cli *c)
{
    return put_away(c, "/archive", "archived; signet cert unarchive brings it back");
}

static int unarchive(struct cli *c)
{
    return put_away(c, "/unarchive", "back from the archive");
}

static int delete_(struct cli *c)
{
    const char *name = cli_value(c, "confirm");
    struct fetch_answer answer;
    struct error e = { 0 };

    if (cli_argument(c, 0) == NULL)
        return which(c);
    if (remote_call(c, "DELETE", path_of(c, name == NULL ? "" : arena_printf(c->arena, "?confirm=%s", remote_escape(c->arena, name))), NULL, &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    fprintf(stderr, "signet: deleted\n");
    return EXIT_OK;
}

static const struct cli_option delete_options[] = {
    { "confirm", "NAME", "its common name or label: then it need not be archived first" },
    { 0 }
};

const struct cli_verb lineage_verbs[] = {
    { "cert", "uses", "ID", "who uses a certificate", "  signet cert uses 0192…\n", uses, NULL },
    { "cert", "archive", "ID", "put a certificate away: no longer listed, counted or renewed",
      "  signet cert archive 0192…\n  signet cert list --filter is:archived\n", archive, NULL },
    { "cert", "unarchive", "ID", "bring a certificate back from the archive", "  signet cert unarchive 0192…\n", unarchive, NULL },
    { "cert", "delete", "ID", "delete a certificate with all its versions and its private key, for ever",
      "  signet cert archive 0192… && signet cert delete 0192…\n  signet cert delete 0192… --confirm web.example.lan\n", delete_, delete_options },
    { 0 }
};
