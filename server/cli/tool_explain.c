#include <stdio.h>
#include <string.h>

#include "cli/tool.h"

const struct cli_option tool_explain_options[] = {
    { "host", "HOST:PORT", "ask this server for the chain that it shows; the daemon connects" },
    { "file", "FILE", "what the program said, or all that openssl s_client -showcerts printed; - is standard input" },
    { "chain", "FILE", "the chain that the server shows, in PEM" },
    { "roots", "FILE", "trust these roots (default: those of the server that is asked)" },
    { "name", "NAME", "the host name or address that was asked for" },
    { 0 }
};

/* "www.lan:443": nobody's error message. */
static bool is_server(const char *text)
{
    const char *colon = strrchr(text, ':');

    return colon != NULL && colon > text && colon[1] != '\0' && colon[1 + strspn(colon + 1, "0123456789")] == '\0' &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]")] == '\0';
}

/* True: the arguments are the server, and no words. */
static bool put_server(struct cli *c, json_t *body)
{
    const char *host = cli_value(c, "host"), *argument = cli_argument(c, 0);
    bool is_argument = host == NULL && c->arguments_len == 1 && is_server(argument);

    if (is_argument)
        host = argument;
    if (host != NULL)
        json_object_set_new(body, "host", json_string(host));
    return is_argument;
}

static enum err put_words(struct cli *c, json_t *body, bool has_arguments, struct error *e)
{
    const char *text = "";
    enum err r;

    if (cli_value(c, "file") != NULL) {
        r = tool_read(c, cli_value(c, "file"), NULL, &text, e);
        if (r)
            return r;
    }
    for (size_t i = 0; has_arguments && i < c->arguments_len; i++)
        text = arena_printf(c->arena, "%s %s", text, c->arguments[i]);
    if (*text != '\0' && json_object_set_new(body, "text", json_string(text)) != 0)
        return fail(e, ERR_INVALID, "what was given is not UTF-8");
    return ERR_NONE;
}

static enum err put_chain(struct cli *c, json_t *body, struct error *e)
{
    static const char *const files[] = { "chain", "roots" };

    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        const char *text = NULL;
        enum err r;

        if (cli_value(c, files[i]) == NULL)
            continue;
        r = tool_read(c, cli_value(c, files[i]), "CERTIFICATE", &text, e);
        if (r)
            return r;
        json_object_set_new(body, files[i], json_string(text));
    }
    if (cli_value(c, "name") != NULL)
        json_object_set_new(body, "name", json_string(cli_value(c, "name")));
    return ERR_NONE;
}

static void show_cause(const json_t *cause)
{
    const json_t *in_chain = json_object_get(cause, "in_chain");
    json_t *one;
    size_t i;

    printf("%s (%s)\n", json_string_value(json_object_get(cause, "title")), json_string_value(json_object_get(cause, "rule")));
    json_array_foreach(json_object_get(cause, "said"), i, one)
        printf("  said by  %s: %s\n", json_string_value(json_object_get(one, "program")), json_string_value(json_object_get(one, "code")));
    printf("  affects  %s\n", json_string_value(json_object_get(cause, "affects")));
    if (!json_is_null(in_chain))
        printf("  chain    %s\n", json_is_true(in_chain) ? "shows it" : "does not show it: the client saw another one, or trusts other roots");
    json_array_foreach(json_object_get(cause, "remedy"), i, one)
        printf("  %zu. %s\n", i + 1, json_string_value(one));
}

static void show_host(const json_t *host)
{
    const json_t *trouble = json_object_get(host, "trouble"), *protocol = json_object_get(host, "protocol");

    if (!json_is_object(host))
        return;
    printf("%s port %lld (%s): %s\n", json_string_value(json_object_get(host, "name")), (long long)json_integer_value(json_object_get(host, "port")),
           json_string_value(json_object_get(host, "address")), json_string_value(json_is_string(trouble) ? trouble : protocol));
}

static int show_causes(struct cli *c, json_t *answer)
{
    const json_t *causes = json_object_get(answer, "causes"), *valid = json_object_get(answer, "valid");
    json_t *cause;
    size_t i;

    if (c->is_json) {
        print_json(answer);
    } else {
        show_host(json_object_get(answer, "host"));
        if (json_array_size(json_object_get(answer, "chain")) > 0)
            print_table(json_object_get(answer, "chain"), tool_chain_columns);
        tool_findings(json_object_get(answer, "findings"));
        json_array_foreach(causes, i, cause)
            show_cause(cause);
    }
    if (json_array_size(causes) > 0 || json_is_true(valid)) {
        if (!c->is_json && json_array_size(causes) == 0)
            printf("valid: nothing in it explains a refusal\n");
        return EXIT_OK;
    }
    fprintf(stderr, "signet: no message that is known here: give the code, such as NET::ERR_CERT_DATE_INVALID, or the chain by --chain\n");
    return EXIT_FAILED;
}

int tool_explain(struct cli *c)
{
    json_t *body = json_object(), *answer;
    struct error e = { 0 };
    enum err r;

    r = put_words(c, body, !put_server(c, body), &e);
    if (!r)
        r = put_chain(c, body, &e);
    if (!r && json_object_get(body, "text") == NULL && json_object_get(body, "chain") == NULL && json_object_get(body, "host") == NULL)
        return cli_usage(c, "what did the program say? Give its words, --file or --chain, or the server as HOST:PORT");
    if (!r)
        r = tool_ask(c, "/api/v1/tools/explain", body, &answer, &e);
    return r ? cli_fail(&e) : show_causes(c, answer);
}
