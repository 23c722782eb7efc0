#include <string.h>

#include "cli/save.h"
#include "cli/tool.h"

const struct cli_option tool_convert_options[] = {
    { "to", "FORMAT", "pem, der, p7b or pfx" },
    { "password-file", "FILE", "password of what comes in; - is standard input" },
    { "new-password-file", "FILE", "password of the PFX or of the PEM key that is made; without it the key in PEM is not encrypted" },
    { "for", "TARGET", "a PFX for where it goes, such as windows-2016, java-8, macos (signet cert targets lists them)" },
    { "pkcs12-profile", "NAME", "windows (default), legacy (Server 2016, appliances), strict" },
    { "out", "FILE", "where to write; - is standard output (default: the name of the first file)" },
    { 0 }
};

static const char *format_of(const char *word)
{
    static const char *const words[][2] = { { "pem", "pem" }, { "der", "der" }, { "cer", "der" }, { "p7b", "p7b" }, { "pfx", "pkcs12" }, { "p12", "pkcs12" }, { "pkcs12", "pkcs12" } };

    for (size_t i = 0; word != NULL && i < sizeof(words) / sizeof(*words); i++)
        if (strcmp(word, words[i][0]) == 0)
            return words[i][1];
    return NULL;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* One file goes as it is; several are PEM, one behind the other. */
static enum err read_in(struct cli *c, const char **out, struct error *e)
{
    if (c->arguments_len == 1)
        return tool_read(c, c->arguments[0], NULL, out, e);
    return tool_read_all(c, out, e);
}

static enum err put_options(struct cli *c, json_t *body, const char *format, struct error *e)
{
    const char *fresh = NULL;
    enum err r = tool_password(c, body, e);

    if (!r && (strcmp(format, "pkcs12") == 0 || cli_value(c, "new-password-file") != NULL))
        r = cli_secret(c, "new-password-file", "password of the file that is made", true, &fresh, e);
    if (r)
        return r;
    if (fresh != NULL)
        json_object_set_new(body, "new_password", json_string(fresh));
    if (cli_value(c, "for") != NULL)
        json_object_set_new(body, "target", json_string(cli_value(c, "for")));
    if (cli_value(c, "pkcs12-profile") != NULL)
        json_object_set_new(body, "pkcs12_profile", json_string(cli_value(c, "pkcs12-profile")));
    if (strcmp(c->arguments[0], "-") != 0)
        json_object_set_new(body, "filename", json_string(base_name(c->arguments[0])));
    return ERR_NONE;
}

int tool_convert(struct cli *c)
{
    const char *to = cli_value(c, "to"), *format = format_of(to == NULL && cli_value(c, "for") != NULL ? "pfx" : to), *data = NULL;
    struct fetch_answer answer;
    struct error e = { 0 };
    json_t *body = NULL;
    enum err r;

    if (c->arguments_len == 0)
        return cli_usage(c, "what? Give one file, or several that are PEM");
    if (format == NULL)
        return cli_usage(c, "--to is one of pem, der, p7b, pfx; or say --for TARGET");
    r = read_in(c, &data, &e);
    if (!r)
        body = json_pack("{s:s, s:s}", "data", data, "format", format);
    if (body != NULL)
        r = put_options(c, body, format, &e);
    if (!r)
        r = remote_call(c, "POST", "/api/v1/tools/convert", body, &answer, &e);
    if (r)
        return cli_fail(&e);
    return cli_save(cli_value(c, "out") != NULL ? cli_value(c, "out") : answer.filename, answer.body);
}
