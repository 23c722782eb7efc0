#include <stdio.h>

#include "cli/remote.h"

static int script(struct cli *c)
{
    static const char *const members[] = { "service", "account" };
    const char *id = cli_argument(c, 0), *kind = cli_value(c, "kind"), *path;
    struct fetch_answer answer;
    struct error e = { 0 };
    enum err r;

    if (id == NULL)
        return cli_usage(c, "which certificate? Give its ID (signet cert list shows them)");
    path = arena_printf(c->arena, "/api/v1/certificates/%s/script?kind=%s", remote_escape(c->arena, id), remote_escape(c->arena, kind != NULL ? kind : "posix"));
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
        if (cli_value(c, members[i]) != NULL)
            path = arena_printf(c->arena, "%s&%s=%s", path, members[i], remote_escape(c->arena, cli_value(c, members[i])));
    r = remote_call(c, "GET", path, NULL, &answer, &e);
    if (r)
        return cli_fail(&e);
    fwrite(answer.body.at, 1, answer.body.len, stdout);
    return EXIT_OK;
}

static const struct cli_option script_options[] = {
    { "kind", "KIND", "posix (default) or powershell" },
    { "service", "NAME", "the service that uses the certificate (posix: nginx)" },
    { "account", "NAME", "who may read the private key: a user or group, or 'NT SERVICE\\name' (default: that of cert describe --account)" },
    { 0 }
};

const struct cli_verb script_verbs[] = {
    { "cert", "script", "ID", "print a script that installs it on the host where it belongs, verifies, and undoes",
      "  signet cert script 0192… --service nginx --account www-data > install.sh\n"
      "  signet cert script 0192… --kind powershell --account 'NT SERVICE\\MyService' > install.ps1\n", script, script_options },
    { 0 }
};
