#include <stdio.h>

#include "cli/remote.h"

static const struct column status_rows[] = {
    { "Version", "version", 22 }, { "Since", "started_at", 22 }, { "Set up", "set_up", 22 }, { "Sealed", "sealed", 22 },
    { "Valid certificates", "counters.valid", 22 }, { "Expiring soon", "counters.expiring", 22 }, { "Expired", "counters.expired", 22 },
    { "Counted to the end", "counters.exact", 22 },
    { "Authorities", "authorities", 22 }, { "This server shows", "web_server.common_name", 22 }, { "until", "web_server.not_after", 22 },
    { "Open connections", "connections.open", 22 }, { "Root (SHA-256)", "root_thumbprint_sha256", 22 }, { 0 }
};

static int status(struct cli *c)
{
    struct error e = { 0 };
    json_t *answer;
    enum err r = remote_json(c, "GET", "/api/v1/status", NULL, &answer, &e);

    if (r)
        return cli_fail(&e);
    if (c->is_json)
        print_json(answer);
    else
        print_members(answer, status_rows);
    return EXIT_OK;
}

static int setup_link(struct cli *c)
{
    struct error e = { 0 };
    json_t *answer;
    enum err r = remote_json(c, "POST", "/api/v1/setup-link", json_object(), &answer, &e);

    if (r)
        return cli_fail(&e);
    if (c->is_json)
        print_json(answer);
    else
        printf("%s\n", json_string_value(json_object_get(answer, "url")));
    return EXIT_OK;
}

static int unlock(struct cli *c)
{
    struct error e = { 0 };
    struct fetch_answer answer;
    const char *passphrase;
    enum err r = cli_secret(c, "passphrase-file", "passphrase of the key ring", false, &passphrase, &e);

    if (!r)
        r = remote_call(c, "POST", "/api/v1/unlock", json_pack("{s:s}", "passphrase", passphrase), &answer, &e);
    return r ? cli_fail(&e) : EXIT_OK;
}

static int reset_password(struct cli *c)
{
    const char *name = cli_argument(c, 0), *password;
    struct error e = { 0 };
    struct fetch_answer answer;
    enum err r;

    if (name == NULL)
        return cli_usage(c, "whose password? Give the name of the administrator");
    r = cli_secret(c, "password-file", "new password", true, &password, &e);
    if (!r)
        r = remote_call(c, "PUT", arena_printf(c->arena, "/api/v1/users/%s/password", remote_escape(c->arena, name)),
                        json_pack("{s:s}", "password", password), &answer, &e);
    return r ? cli_fail(&e) : EXIT_OK;
}

static const struct cli_option unlock_options[] = { { "passphrase-file", "FILE", "read it from here; - is standard input" }, { 0 } };
static const struct cli_option reset_options[] = { { "password-file", "FILE", "read it from here; - is standard input" }, { 0 } };

const struct cli_verb admin_verbs[] = {
    { "status", "", "", "how the daemon is", "  signet status\n  signet status --json\n", status, NULL },
    { "setup-link", "", "", "print the one-time link of the first run, or make a new one when it is over", "  signet setup-link --data run\n", setup_link, NULL },
    { "unlock", "", "", "open the key ring of a sealed daemon", "  signet unlock --data run\n", unlock, unlock_options },
    { "admin", "reset-password", "NAME", "give an administrator a new password, on the host itself",
      "  signet admin reset-password alice --data run\n", reset_password, reset_options },
    { 0 }
};
