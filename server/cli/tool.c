#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cli/remote.h"
#include "cli/tool.h"
#include "pki/pem.h"

enum { TEXT_MAX = 1024 * 1024 };

const struct column tool_chain_columns[] = {
    { "SUBJECT", "subject", 40 }, { "ISSUER", "issuer", 40 }, { "VALID TO", "not_after", 20 }, { 0 }
};

/* files ------------------------------------------------------------------------------------------------- */

static enum err add_file(const char *path, struct buf *out, struct error *e)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char block[4096];
    size_t n;

    if (file == NULL)
        return fail(e, ERR_ABSENT, "cannot read %s", path);
    for (;;) {
        n = fread(block, 1, sizeof(block), file);
        if (n == 0)
            break;
        buf_add(out, block, n);
    }
    if (file != stdin)
        fclose(file);
    return out->is_over ? fail(e, ERR_INVALID, "%s is larger than 1 MiB", path) : ERR_NONE;
}

enum err tool_read(struct cli *c, const char *path, const char *label, const char **out, struct error *e)
{
    struct buf b;
    enum err r;

    buf_init(&b, TEXT_MAX);
    r = add_file(path, &b, e);
    if (!r && memmem(b.at, b.len, "-----BEGIN", 10) != NULL && memchr(b.at, '\0', b.len) == NULL)
        *out = arena_printf(c->arena, "%.*s\n", (int)b.len, (const char *)b.at);
    else if (!r)
        *out = label != NULL ? pem_text(c->arena, label, buf_bytes(&b)) : text_base64(c->arena, buf_bytes(&b));
    buf_wipe(&b);
    return r;
}

enum err tool_password(struct cli *c, json_t *body, struct error *e)
{
    const char *password = NULL;
    enum err r;

    if (cli_value(c, "password-file") == NULL)
        return ERR_NONE;
    r = cli_secret(c, "password-file", "password of the file", false, &password, e);
    if (!r)
        json_object_set_new(body, "password", json_string(password));
    return r;
}

/* All arguments, one after the other. */
enum err tool_read_all(struct cli *c, const char **out, struct error *e)
{
    const char *all = "", *one;

    for (size_t i = 0; i < c->arguments_len; i++) {
        enum err r = tool_read(c, c->arguments[i], "CERTIFICATE", &one, e);

        if (r)
            return r;
        all = arena_printf(c->arena, "%s%s", all, one);
    }
    *out = all;
    return ERR_NONE;
}

enum err tool_ask(struct cli *c, const char *path, json_t *body, json_t **answer, struct error *e)
{
    if (body == NULL)
        return fail(e, ERR_INVALID, "what was given is not UTF-8");
    return remote_json(c, "POST", path, body, answer, e);
}

void tool_findings(const json_t *findings)
{
    json_t *finding;
    size_t i;

    json_array_foreach(findings, i, finding)
        printf("%s: %s (%s)\n", json_string_value(json_object_get(finding, "level")), json_string_value(json_object_get(finding, "detail")),
               json_string_value(json_object_get(finding, "rule")));
}

/* verbs ------------------------------------------------------------------------------------------------- */

static int show_verdict(struct cli *c, json_t *answer)
{
    bool is_valid = json_is_true(json_object_get(answer, "valid"));

    if (c->is_json) {
        print_json(answer);
    } else {
        print_table(json_object_get(answer, "chain"), tool_chain_columns);
        tool_findings(json_object_get(answer, "findings"));
        printf("%s\n", is_valid ? "valid" : "not valid");
    }
    return is_valid ? EXIT_OK : EXIT_FAILED;
}

static int verify(struct cli *c)
{
    static const char *const members[] = { "name", "purpose", "at" };
    const char *chain = NULL, *roots = NULL;
    struct error e = { 0 };
    json_t *body, *answer;
    enum err r;

    if (c->arguments_len == 0)
        return cli_usage(c, "which chain? Give its files, the certificate that is judged first");
    r = tool_read_all(c, &chain, &e);
    if (!r && cli_value(c, "roots") != NULL)
        r = tool_read(c, cli_value(c, "roots"), "CERTIFICATE", &roots, &e);
    if (r)
        return cli_fail(&e);
    body = json_pack("{s:s}", "chain", chain);
    if (roots != NULL)
        json_object_set_new(body, "roots", json_string(roots));
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
        if (cli_value(c, members[i]) != NULL)
            json_object_set_new(body, members[i], json_string(cli_value(c, members[i])));
    r = tool_ask(c, "/api/v1/tools/verify", body, &answer, &e);
    return r ? cli_fail(&e) : show_verdict(c, answer);
}

static void show_item(const json_t *item)
{
    const json_t *problem = json_object_get(item, "problem");
    json_t *line;
    size_t i;

    printf("%s  %s\n", json_string_value(json_object_get(item, "kind")), json_string_value(json_object_get(item, "title")));
    if (json_is_string(problem))
        printf("  %s\n", json_string_value(problem));
    json_array_foreach(json_object_get(item, "details"), i, line)
        printf("  %-28s %s\n", json_string_value(json_object_get(line, "field")), json_string_value(json_object_get(line, "value")));
    tool_findings(json_object_get(item, "findings"));
}

static int decode_one(struct cli *c, const char *path)
{
    json_t *answer, *item, *body = NULL;
    const char *text = NULL;
    struct error e = { 0 };
    enum err r;
    size_t i;

    r = tool_read(c, path, NULL, &text, &e);
    if (!r)
        body = json_pack("{s:s}", "data", text);
    if (body != NULL)
        r = tool_password(c, body, &e);
    if (!r)
        r = tool_ask(c, "/api/v1/tools/decode", body, &answer, &e);
    if (r)
        return cli_fail(&e);
    if (c->is_json)
        print_json(json_object_get(answer, "items"));
    else
        json_array_foreach(json_object_get(answer, "items"), i, item)
            show_item(item);
    return EXIT_OK;
}

static int decode(struct cli *c)
{
    if (c->arguments_len == 0)
        return cli_usage(c, "what? Give one file or more, PEM or DER");
    for (size_t i = 0; i < c->arguments_len; i++) {
        int code = decode_one(c, c->arguments[i]);

        if (code != EXIT_OK)
            return code;
    }
    return EXIT_OK;
}

static int show_match(struct cli *c, json_t *answer)
{
    bool is_match = json_is_true(json_object_get(answer, "match"));

    if (c->is_json)
        print_json(answer);
    else
        printf("%s\n", is_match ? "they belong together" : "they do not belong together: the public keys differ");
    return is_match ? EXIT_OK : EXIT_FAILED;
}

static int match(struct cli *c)
{
    const char *certificate = NULL, *other = NULL;
    json_t *answer, *body = NULL;
    struct error e = { 0 };
    enum err r;

    if (c->arguments_len != 2)
        return cli_usage(c, "give two files: a certificate, and a private key or a request");
    r = tool_read(c, c->arguments[0], "CERTIFICATE", &certificate, &e);
    if (!r)
        r = tool_read(c, c->arguments[1], "PRIVATE KEY", &other, &e);
    if (!r)
        body = json_pack("{s:s, s:s}", "certificate", certificate, strstr(other, "REQUEST-----") != NULL ? "request" : "key", other);
    if (body != NULL)
        r = tool_password(c, body, &e);
    if (!r)
        r = tool_ask(c, "/api/v1/tools/match", body, &answer, &e);
    return r ? cli_fail(&e) : show_match(c, answer);
}

static const struct cli_option verify_options[] = {
    { "roots", "FILE", "trust these roots (default: those of the server that is asked)" },
    { "name", "NAME", "must be good for this host name or address" },
    { "purpose", "PURPOSE", "server (default), client or any" },
    { "at", "TIME", "as of this time, such as 2027-01-01T00:00:00Z" },
    { 0 }
};

static const struct cli_option password_options[] = {
    { "password-file", "FILE", "password of the file, if it has one; - is standard input" },
    { 0 }
};

const struct cli_verb tool_verbs[] = {
    { "tool", "verify", "FILE...", "judge a chain: order, dates, key use, names, constraints",
      "  signet tool verify www.pem --name www.example.lan\n  signet tool verify leaf.pem sub.pem --roots root.pem\n", verify, verify_options },
    { "tool", "decode", "FILE...", "say what a file holds: certificate, request, CRL, key, PKCS #7, PFX",
      "  signet tool decode request.csr\n  signet tool decode old.pfx --password-file secret.txt\n", decode, password_options },
    { "tool", "match", "CERTIFICATE OTHER", "see whether a private key or a request belongs to a certificate",
      "  signet tool match www.pem www.key\n", match, password_options },
    { "tool", "convert", "FILE...", "make PEM, DER, PKCS #7 or a PFX of files; nothing is kept on the server",
      "  signet tool convert old.pfx --password-file secret.txt --to pem --out www.pem\n"
      "  signet tool convert www.pem www.key chain.pem --for windows-2016 --new-password-file secret.txt\n", tool_convert, tool_convert_options },
    { "tool", "explain", "WORDS...|HOST:PORT", "say what is meant by the error of a browser or program, and what to do",
      "  signet tool explain NET::ERR_CERT_AUTHORITY_INVALID\n  signet tool explain www.example.lan:443\n"
      "  openssl s_client -connect www.example.lan:443 -showcerts </dev/null 2>&1 | signet tool explain --file - --name www.example.lan\n",
      tool_explain, tool_explain_options },
    { 0 }
};
