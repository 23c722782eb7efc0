/* lineage - signet cert uses, archive, unarchive, delete, replace, rollback: a certificate with all its versions. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/cert_import.h"
#include "cli/files.h"
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

/* Another version -------------------------------------------------------------------------------------------- */

static json_t *accepted(const struct cli *c)
{
    const char *words[16];
    size_t n = cli_values(c, "accept", words, 16);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(words[i]));
    return list;
}

static int confirm_usage(const struct cli *c)
{
    return cli_usage(c, "--confirm-within needs seconds, at most 3600");
}

/* false: it makes no sense. */
static bool read_confirm(const struct cli *c, json_t *body)
{
    const char *text = cli_value(c, "confirm-within");
    int64_t seconds;

    if (text == NULL)
        return true;
    if (!text_number(text, 0, 3600, &seconds))
        return false;
    json_object_set_new(body, "confirm_within_sec", json_integer(seconds));
    return true;
}

static void tell_pending(const json_t *answer)
{
    const json_t *swap = json_object_get(answer, "swap"), *state = json_object_get(swap, "state");

    if (state != NULL && strcmp(json_string_value(state), "pending") == 0)
        fprintf(stderr, "signet: say `signet server confirm` before %s, else what was shown before comes back\n", json_string_value(json_object_get(swap, "confirm_by")));
}

static void tell_lines(const json_t *lines, const char *word, const char *text)
{
    json_t *line;
    size_t i;

    json_array_foreach((json_t *)lines, i, line)
        fprintf(stderr, "signet: %s: %s\n", json_string_value(json_object_get(line, word)), json_string_value(json_object_get(line, text)));
}

static enum err read_replace(struct cli *c, json_t *body, struct error *e)
{
    const char *path = cli_argument(c, 1), *password = NULL;
    struct bytes file;
    enum err r = ERR_NONE;

    if (cli_value(c, "password-file") != NULL)
        r = cli_secret(c, "password-file", "password of the file", false, &password, e);
    if (r == ERR_NONE)
        r = cli_read_file(c, path, CERT_FILE_MAX, &file, e);
    if (r)
        return r;
    json_object_set_new(body, "data", json_string(text_base64(c->arena, file)));
    json_object_set_new(body, "preview", json_boolean(cli_flag(c, "preview")));
    json_object_set_new(body, "exportable", json_boolean(!cli_flag(c, "not-exportable")));
    json_object_set_new(body, "accept", accepted(c));
    if (password != NULL)
        json_object_set_new(body, "password", json_string(password));
    cert_file_name(body, path);
    return ERR_NONE;
}

static int replace(struct cli *c)
{
    json_t *body = json_object(), *answer;
    struct error e = { 0 };
    enum err r;

    if (cli_argument(c, 0) == NULL || cli_argument(c, 1) == NULL)
        return cli_usage(c, "which certificate by which file? Give its ID, then PEM, DER, P7B or PFX");
    if (!read_confirm(c, body))
        return confirm_usage(c);
    r = read_replace(c, body, &e);
    if (r == ERR_NONE)
        r = remote_json(c, "POST", path_of(c, "/replace"), body, &answer, &e);
    if (r)
        return cli_fail(&e);
    if (c->is_json)
        print_json(answer);
    tell_lines(json_object_get(answer, "differences"), "rule", "detail");
    tell_lines(json_object_get(answer, "steps"), "name", "text");
    fprintf(stderr, json_is_true(json_object_get(answer, "preview")) ? "signet: it would be version %lld\n" : "signet: version %lld is the current one\n",
            (long long)json_integer_value(json_object_get(answer, "version")));
    tell_pending(answer);
    return EXIT_OK;
}

static int rollback(struct cli *c)
{
    const char *text = cli_value(c, "version");
    json_t *body = json_object(), *answer;
    struct error e = { 0 };
    int64_t version;

    if (cli_argument(c, 0) == NULL)
        return which(c);
    if (text == NULL || !text_number(text, 1, INT32_MAX, &version))
        return cli_usage(c, "to which version? --version N (signet cert show tells how many there are)");
    if (!read_confirm(c, body))
        return confirm_usage(c);
    json_object_set_new(body, "version", json_integer(version));
    json_object_set_new(body, "accept", accepted(c));
    if (remote_json(c, "POST", path_of(c, "/rollback"), body, &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    if (c->is_json)
        print_json(answer);
    else
        fprintf(stderr, "signet: %s: version %s is the current one\n", json_string_value(json_object_get(answer, "label")), text);
    tell_pending(answer);
    return EXIT_OK;
}

static const struct cli_option replace_options[] = {
    { "password-file", "FILE", "password of the PFX or of its key; - is standard input" },
    { "preview", NULL, "only tell what would happen" },
    { "accept", "DIFFERENCE", "agree to it: other-names, other-purpose, no-private-key, older, expired, flagged, untrusted, name-mismatch; again for more" },
    { "not-exportable", NULL, "a private key that comes in can never leave again" },
    { "confirm-within", "SECONDS", "where this server shows it: go back by itself unless `signet server confirm` is said in time" },
    { 0 }
};
static const struct cli_option rollback_options[] = {
    { "version", "N", "the version that is to be the current one" },
    { "accept", "WHAT", "agree to it: expired, revoked, untrusted, name-mismatch; again for more" },
    { "confirm-within", "SECONDS", "where this server shows it: go back by itself unless `signet server confirm` is said in time" },
    { 0 }
};
static const struct cli_option delete_options[] = {
    { "confirm", "NAME", "its common name or label: then it need not be archived first" },
    { 0 }
};

const struct cli_verb lineage_verbs[] = {
    { "cert", "replace", "ID FILE", "a file becomes the next version of a certificate, and whatever uses it follows",
      "  signet cert replace 0192… new.pfx --password-file secret.txt\n  signet cert replace 0192… new.pem --preview\n", replace, replace_options },
    { "cert", "rollback", "ID", "an earlier version becomes the current one again", "  signet cert rollback 0192… --version 1\n", rollback, rollback_options },
    { "cert", "uses", "ID", "who uses a certificate", "  signet cert uses 0192…\n", uses, NULL },
    { "cert", "archive", "ID", "put a certificate away: no longer listed, counted or renewed",
      "  signet cert archive 0192…\n  signet cert list --filter is:archived\n", archive, NULL },
    { "cert", "unarchive", "ID", "bring a certificate back from the archive", "  signet cert unarchive 0192…\n", unarchive, NULL },
    { "cert", "delete", "ID", "delete a certificate with all its versions and its private key, for ever",
      "  signet cert archive 0192… && signet cert delete 0192…\n  signet cert delete 0192… --confirm web.example.lan\n", delete_, delete_options },
    { 0 }
};
