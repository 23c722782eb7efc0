#include "cli/cli.h"

#include <stdio.h>

#include "keeper/keeper.h"

static enum err ring_path(const struct cli *c, char *out, size_t room, struct error *e)
{
    struct config config;
    enum err r = cli_config(c, &config, e);

    return r ? r : config_path(&config, "keeper.ring", out, room, e);
}

/* Only the file is wrapped anew: a daemon that runs goes on, and asks at its next start. */
static int passphrase(struct cli *c)
{
    const char *old = "", *fresh = "";
    struct error e = { 0 };
    char path[300];
    enum err r = ring_path(c, path, sizeof(path), &e);

    if (!r && cli_value(c, "old-file") != NULL)
        r = cli_secret(c, "old-file", "passphrase until now", false, &old, &e);
    if (!r && !cli_flag(c, "bare"))
        r = cli_secret(c, "new-file", "new passphrase", true, &fresh, &e);
    if (!r)
        r = keeper_ring_passphrase(path, old, fresh, &e);
    if (r)
        return cli_fail(&e);
    fprintf(stderr, cli_flag(c, "bare") ? "signet: the key ring opens without a passphrase from the next start on\n"
                                        : "signet: from its next start on the daemon is sealed until `signet unlock`\n");
    return EXIT_OK;
}

static const struct cli_option options[] = {
    { "new-file", "FILE", "read the new passphrase from here; - is standard input" },
    { "old-file", "FILE", "read the passphrase until now from here" },
    { "bare", NULL, "no passphrase any more" },
    { 0 }
};

const struct cli_verb keeper_verbs[] = {
    { "keeper", "passphrase", "", "protect the key ring by a passphrase, or take it away",
      "  signet keeper passphrase --data run\n  signet keeper passphrase --data run --old-file secret --bare\n", passphrase, options },
    { 0 }
};
