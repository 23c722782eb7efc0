#include <stdio.h>

#include "base/text.h"
#include "cli/remote.h"

static const struct column rows[] = {
    { "State", "state", 22 }, { "Serving", "serving.subject", 22 }, { "Certificate", "serving.certificate_id", 22 },
    { "Version", "serving.version", 22 }, { "Expiration date", "serving.not_after", 22 },
    { "Thumbprint (SHA-1)", "serving.thumbprint_sha1", 22 }, { "Thumbprint (SHA-256)", "serving.thumbprint_sha256", 22 },
    { "Reached by", "names", 22 }, { "Confirm by", "pending.confirm_by", 22 }, { "Confirm by", "confirm_by", 22 }, { 0 }
};
static const struct column steps[] = { { "STEP", "name", 10 }, { "RESULT", "result", 8 }, { "", "text", 0 }, { 0 } };

static int say(struct cli *c, json_t *answer)
{
    if (c->is_json) {
        print_json(answer);
        return EXIT_OK;
    }
    if (json_object_get(answer, "steps") != NULL)
        print_table(json_object_get(answer, "steps"), steps);
    print_members(answer, rows);
    return EXIT_OK;
}

static int act(struct cli *c, const char *method, const char *path, json_t *body)
{
    struct error e = { 0 };
    json_t *answer;
    enum err r = remote_json(c, method, path, body, &answer, &e);

    return r ? cli_fail(&e) : say(c, answer);
}

static int show(struct cli *c)
{
    return act(c, "GET", "/api/v1/web-server", NULL);
}

static int confirm(struct cli *c)
{
    return act(c, "POST", "/api/v1/web-server/confirm", json_object());
}

static int rollback(struct cli *c)
{
    return act(c, "POST", "/api/v1/web-server/rollback", json_object());
}

static int select_(struct cli *c)
{
    const char *id = cli_argument(c, 0), *within = cli_value(c, "confirm-within"), *names[100];
    json_t *body = json_object(), *hostnames = json_array(), *accept = json_array();
    size_t n = cli_values(c, "hostname", names, 100);
    int64_t number;

    if (id == NULL)
        return cli_usage(c, "which certificate? Give its ID (signet cert list shows them)");
    if (within != NULL && !text_number(within, 0, 3600, &number))
        return cli_usage(c, "--confirm-within needs seconds, at most 3600");
    json_object_set_new(body, "certificate_id", json_string(id));
    if (within != NULL)
        json_object_set_new(body, "confirm_within_sec", json_integer(number));
    for (size_t i = 0; i < n; i++)
        json_array_append_new(hostnames, json_string(names[i]));
    if (n > 0)
        json_object_set(body, "hostnames", hostnames);
    if (cli_flag(c, "accept-untrusted"))
        json_array_append_new(accept, json_string("untrusted"));
    if (cli_flag(c, "accept-name-mismatch"))
        json_array_append_new(accept, json_string("name-mismatch"));
    if (json_array_size(accept) > 0)
        json_object_set(body, "accept", accept);
    json_decref(hostnames);
    json_decref(accept);
    return act(c, "PUT", "/api/v1/web-server", body);
}

static const struct cli_option select_options[] = {
    { "confirm-within", "SECONDS", "go back by itself unless `signet server confirm` is said in time" },
    { "hostname", "NAME", "show it for this name only (SNI); again for more" },
    { "accept-untrusted", NULL, "go on although the chain is not known" },
    { "accept-name-mismatch", NULL, "go on although it does not match every name of this server" },
    { 0 }
};

const struct cli_verb server_verbs[] = {
    { "server", "show", "", "which certificate this server shows", "  signet server show\n", show, NULL },
    { "server", "select", "ID", "show another certificate, at once and without a restart",
      "  signet server select 0192… --confirm-within 60\n", select_, select_options },
    { "server", "confirm", "", "keep the certificate that was selected", "  signet server confirm\n", confirm, NULL },
    { "server", "rollback", "", "go back to the previous certificate", "  signet server rollback\n", rollback, NULL },
    { 0 }
};
