/* Signet: a private certificate authority and its console. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access/access.h"
#include "api/api.h"
#include "app_open.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/sd.h"
#include "base/text.h"
#include "ca/ca.h"
#include "cli/cli.h"
#include "http/server.h"
#include "init.h"
#include "keeper/keeper.h"

enum { EXIT_KEEPER = 70, GRACE_MS = 20000 };

/* The root's fingerprint to compare, or the link to begin with. */
static void greet(struct app *app, const struct config *config)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    const char *url = api_base_url(app, a), *link;
    struct authority *all;
    struct error e;
    size_t len;

    if (!access_is_set_up(app->access) && access_setup_link(app->access, url, a, &link, &e) == ERR_NONE)
        printf("Set up:  %s\n", link);
    else
        printf("Console: %s\n", url);
    if (ca_authorities(app->ca, a, &all, &len, &e) == ERR_NONE)
        for (size_t n = 0; n < len; n++)
            if (id_is_none(&all[n].parent))
                printf("Root:    SHA-256 %s  %s\n", text_hex_in(a, bytes_of(all[n].cert.sha256, sizeof(all[n].cert.sha256))), all[n].name);
    if (keeper_state(app->keeper) == KEEPER_SEALED)
        printf("Sealed:  signet unlock --data %s opens the key ring; nothing is signed until then\n", config->data);
    printf("Data:    %s\nStop:    Ctrl-C, or kill %ld\n", config->data, (long)getpid());
}

static void say_ready(struct app *app)
{
    char line[128];

    snprintf(line, sizeof(line), "READY https=%u http=%u probe=%u", server_port(app->server, LISTEN_HTTPS),
             server_port(app->server, LISTEN_HTTP), server_port(app->server, LISTEN_PROBE));
    log_info("%s", line);
    printf("%s\n", line);
    fflush(stdout);
    sd_tell("READY=1");
}

static void say_state(struct app *app)
{
    static const char *const keepers[] = { [KEEPER_OPEN] = "open", [KEEPER_SEALED] = "sealed", [KEEPER_DEAD] = "dead" };
    struct server_counts now = server_counts(app->server);

    log_info("state: keeper %s, %u connections, %u streams, %u requests waiting; %llu requests and %llu handshakes so far", keepers[keeper_state(app->keeper)],
             now.connections, now.streams, now.queued, (unsigned long long)now.requests, (unsigned long long)now.handshakes);
}

/* Until one of them ends it: USR1 asks how it is, HUP asks for nothing. */
static void hear_signals(const sigset_t *signals, struct app *app)
{
    int signal = 0;

    for (;;) {
        sigwait(signals, &signal);
        if (signal == SIGUSR1)
            say_state(app);
        else if (signal != SIGHUP)
            return;
    }
}

static int serve(struct cli *c)
{
    struct running *running;
    struct config config;
    struct error e = { 0 };
    sigset_t signals;
    bool is_dead;
    enum err r;

    /* Before any thread and before the keeper: only this thread hears them, and a Ctrl-C in the terminal does not take the keeper first. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);

    r = cli_config(c, &config, &e);
    if (r)
        return cli_fail(&e) == EXIT_OK ? EXIT_OK : EXIT_USAGE;
    r = app_open(&config, false, &running, &e);
    if (r)
        return cli_fail(&e);
    greet(app_of(running), &config);
    say_ready(app_of(running));

    hear_signals(&signals, app_of(running));
    sd_tell("STOPPING=1");
    is_dead = app_keeper_is_dead(running);
    if (is_dead)
        nanosleep(&(struct timespec){ .tv_nsec = 500 * 1000000 }, NULL);   /* so that /readyz can say why */
    app_close(running, is_dead ? 500 : GRACE_MS);
    return is_dead ? EXIT_KEEPER : EXIT_OK;
}

static const struct cli_option serve_options[] = {
    { "https", "ADDR:PORT", "console and REST (default [::]:8443, dual stack)" },
    { "http", "ADDR:PORT", "trust page, CA certificates, CRLs (default [::]:8080)" },
    { "probe", "ADDR:PORT", "where a browser finds out whether it trusts this CA (default: HTTPS port + 1)" },
    { "config", "FILE", "read these settings from an INI file" },
    { "network-threads", "N", "threads that speak TLS and HTTP (default: one a core, at most 4)" },
    { "workers", "N", "threads that run handlers (default 32)" },
    { 0 }
};
static const struct cli_option init_options[] = {
    { "answers", "FILE", "what the setup wizard would ask, as JSON; - is standard input" },
    { "https", "ADDR:PORT", "as for serve" },
    { "http", "ADDR:PORT", "as for serve: its port stands in the addresses of CRLs" },
    { "probe", "ADDR:PORT", "as for serve" },
    { "config", "FILE", "as for serve" },
    { 0 }
};

static const struct cli_verb local[] = {
    { "serve", "", "", "run the daemon", "  signet serve --data run --https '[::]:8443' --http '[::]:8080'\n", serve, serve_options },
    { "init", "", "", "the first run without a browser; prints the root, its fingerprint and a token",
      "  signet init --data run --answers answers.json\n", init_run, init_options },
    { 0 }
};

int main(int argc, char **argv)
{
    return cli_main(argc, argv, local);
}
