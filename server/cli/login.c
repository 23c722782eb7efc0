#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/remote.h"
#include "pki/hash.h"
#include "pki/pem.h"

/* Whole or not at all, 0600. */
static enum err save(struct cli *c, const char *file, const char *text, const char **path, struct error *e)
{
    const char *fresh;
    char *folder;
    int fd;
    bool ok;
    enum err r = remote_config_path(c->arena, file, path, e);

    if (r)
        return r;
    folder = arena_text(c->arena, *path);
    for (char *p = folder + 1; *p != '\0'; p++)
        if (*p == '/') {
            *p = '\0';
            if (mkdir(folder, 0700) != 0 && errno != EEXIST)
                return fail(e, ERR_IO, "cannot make the folder %s", folder);
            *p = '/';
        }
    fresh = arena_printf(c->arena, "%s.new", *path);
    fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (!ok || rename(fresh, *path) != 0)
        return fail(e, ERR_IO, "cannot write %s", *path);
    return ERR_NONE;
}

/* The root by an untrusted connection, believed because its fingerprint is the one that was read out to us. */
static enum err learn_root(struct cli *c, const char *url, const char *fingerprint, const char **ca, struct error *e)
{
    struct fetch_ask ask = { .method = "GET", .url = arena_printf(c->arena, "%s/trust/root.pem", url), .is_unverified = true, .max = 65536 };
    uint8_t wanted[SHA256_LEN], got[SHA256_LEN];
    struct fetch_answer answer;
    const char *at, *label;
    struct bytes der;
    size_t len;
    enum err r;

    if (!text_unhex(fingerprint, wanted, sizeof(wanted), &len) || len != sizeof(wanted))
        return fail(e, ERR_INVALID, "--fingerprint is the SHA-256 of the root: 64 hexadecimal digits");
    r = fetch(&ask, c->arena, &answer, e);
    if (r)
        return r;
    at = (const char *)answer.body.at;
    if (answer.status != 200 || pem_next(&at, at + answer.body.len, c->arena, &label, &der, e) != ERR_NONE)
        return fail(e, ERR_IO, "%s did not give its root certificate", url);
    hash_sha256(der, got);
    if (memcmp(wanted, got, sizeof(got)) != 0)
        return fail(e, ERR_DENIED, "the root of %s has another fingerprint: %s. Is it the right server?", url,
                    text_hex_in(c->arena, bytes_of(got, sizeof(got))));
    return save(c, "root.pem", pem_text(c->arena, "CERTIFICATE", der), ca, e);
}

static enum err post(struct cli *c, const char *url, const char *ca, const char *path, const char *cookie, json_t *body,
                     struct fetch_answer *out, struct error *e)
{
    char *text = json_dumps(body, JSON_COMPACT);
    const char *headers[] = { "Content-Type: application/json", "X-Signet: 1", "Sec-Fetch-Site: same-origin",
                              cookie != NULL ? arena_printf(c->arena, "Cookie: %s", cookie) : NULL, NULL };
    struct fetch_ask ask = { .method = "POST", .url = arena_printf(c->arena, "%s%s", url, path), .ca_file = ca, .headers = headers };
    json_t *problem;
    enum err r;

    ask.body = bytes_text(arena_text(c->arena, text));
    own_wipe(text, strlen(text));
    free(text);
    json_decref(body);
    r = fetch(&ask, c->arena, out, e);
    if (r || out->status < 400)
        return r;
    problem = json_loadb((const char *)out->body.at, out->body.len, 0, NULL);
    fail(e, ERR_DENIED, "%s", json_string_value(json_object_get(problem, "detail")) != NULL
                                  ? json_string_value(json_object_get(problem, "detail")) : "the daemon refused");
    json_decref(problem);
    return ERR_DENIED;
}

/* A session is short; what is kept is a token of its own, which can be ended alone. */
static enum err make_token(struct cli *c, const char *url, const char *ca, const char **token, struct error *e)
{
    struct fetch_answer answer;
    const char *password;
    char host[64] = "host", now[TIME_TEXT];
    json_t *made;
    enum err r;

    r = cli_secret(c, "password-file", "password", false, &password, e);
    if (!r)
        r = post(c, url, ca, "/api/v1/session", NULL, json_pack("{s:s, s:s}", "name", cli_value(c, "name"), "password", password), &answer, e);
    if (r)
        return r;
    gethostname(host, sizeof(host) - 1);
    time_text(clock_now(), now);   /* each sign-in has a token of its own, told apart in the list */
    r = post(c, url, ca, "/api/v1/tokens", answer.cookie,
             json_pack("{s:o, s:s, s:i}", "name", json_sprintf("command line on %.20s, %s, %ld", host, now, (long)getpid()), "role", "admin", "expires_in_days", 90), &answer, e);
    if (r)
        return r;
    made = json_loadb((const char *)answer.body.at, answer.body.len, 0, NULL);
    if (json_string_value(json_object_get(made, "token")) == NULL)
        return fail(e, ERR_IO, "what answered is not Signet");
    *token = arena_text(c->arena, json_string_value(json_object_get(made, "token")));
    json_decref(made);
    return ERR_NONE;
}

static int login(struct cli *c)
{
    const char *url = cli_value(c, "url"), *ca = cli_value(c, "ca"), *token = NULL, *path;
    struct error e = { 0 };
    enum err r = ERR_NONE;

    if (url == NULL || !text_starts(url, "https://"))
        return cli_usage(c, "where? Give --url https://host:8443");
    if (cli_flag(c, "token-file") == cli_flag(c, "name"))
        return cli_usage(c, "give either --name NAME (the password is asked) or --token-file FILE");
    if (text_ends(url, "/"))
        url = arena_copy(c->arena, url, strlen(url) - 1);
    if (ca != NULL && *ca != '/') {
        char *whole = realpath(ca, NULL);

        if (whole == NULL)
            return cli_usage(c, "cannot read %s", ca);
        ca = arena_text(c->arena, whole);
        free(whole);
    }
    if (cli_value(c, "fingerprint") != NULL)
        r = learn_root(c, url, cli_value(c, "fingerprint"), &ca, &e);
    if (!r)
        r = cli_flag(c, "name") ? make_token(c, url, ca, &token, &e) : cli_secret(c, "token-file", "token", false, &token, &e);
    if (!r)
        r = save(c, "config", arena_printf(c->arena, "url = %s\n%s%s%stoken = %s\n", url, ca != NULL ? "ca = " : "",
                                           ca != NULL ? ca : "", ca != NULL ? "\n" : "", token), &path, &e);
    if (r)
        return cli_fail(&e);
    fprintf(stderr, "signet: saved in %s\n", path);
    return EXIT_OK;
}

static const struct cli_option login_options[] = {
    { "name", "NAME", "sign in as this administrator" },
    { "password-file", "FILE", "its password; - is standard input (default: asked)" },
    { "token-file", "FILE", "use this API token instead" },
    { "fingerprint", "SHA256", "fetch the root and trust it if this is its fingerprint" },
    { 0 }
};

const struct cli_verb login_verbs[] = {
    { "login", "", "", "remember a daemon, its root and a token for the other verbs",
      "  signet login --url https://ca.example.lan:8443 --fingerprint 3fa9… --name alice\n", login, login_options },
    { 0 }
};
