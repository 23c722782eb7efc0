#include "cli/cert_import.h"

#include <stdio.h>

#include "base/text.h"
#include "cli/files.h"
#include "cli/remote.h"

static const struct column columns[] = {
    { "WHAT", "kind", 11 }, { "ACTION", "action", 9 }, { "STORE", "store", 12 }, { "KEY", "key", 4 }, { "EXPIRATION DATE", "not_after", 20 },
    { "SUBJECT", "subject", 40 }, { "CERTIFICATE", "certificate_id", 36 }, { 0 }
};

const struct cli_option cert_import_options[] = {
    { "password-file", "FILE", "password of the PFX or of its keys; - is standard input" },
    { "store", "STORE", "personal, root, intermediate, people or untrusted (default: each where it belongs)" },
    { "preview", NULL, "only tell what would happen" },
    { "not-exportable", NULL, "private keys that come in can never leave again" },
    { 0 }
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

void cert_file_name(json_t *body, const char *path)
{
    if (strcmp(path, "-") != 0 && strlen(base_name(path)) <= 255 && text_is_clean(bytes_text(base_name(path))))
        json_object_set_new(body, "filename", json_string(base_name(path)));
}

/* What the server has left over of a ZIP, taken out of the list: the members to ask for next. NULL when there are none. */
static json_t *take_left_over(json_t *items)
{
    json_t *members = json_array();

    for (size_t i = json_array_size(items); i > 0; i--) {
        json_t *item = json_array_get(items, i - 1), *finding = json_array_get(json_object_get(item, "findings"), 0);
        const char *rule = json_string_value(json_object_get(finding, "rule"));

        if (rule == NULL || strcmp(rule, "left-over") != 0)
            continue;
        json_array_insert(members, 0, json_object_get(item, "member"));
        json_array_remove(items, i - 1);
    }
    if (json_array_size(members) > 0)
        return members;
    json_decref(members);
    return NULL;
}

static json_t *body_of(struct cli *c, const char *path, struct bytes file, const char *password)
{
    json_t *body = json_object();

    json_object_set_new(body, "data", json_string(text_base64(c->arena, file)));
    json_object_set_new(body, "preview", json_boolean(cli_flag(c, "preview")));
    json_object_set_new(body, "exportable", json_boolean(!cli_flag(c, "not-exportable")));
    cert_file_name(body, path);
    if (cli_value(c, "store") != NULL)
        json_object_set_new(body, "store", json_string(cli_value(c, "store")));
    if (password != NULL)
        json_object_set_new(body, "password", json_string(password));
    return body;
}

/* A large ZIP takes several requests: each takes at least one member, so it ends. */
static enum err import_one(struct cli *c, const char *path, const char *password, json_t *items, struct error *e)
{
    json_t *members = NULL, *answer = NULL;
    size_t most = SIZE_MAX;
    struct bytes file;
    enum err r = cli_read_file(c, path, CERT_FILE_MAX, &file, e);

    while (r == ERR_NONE && most > 0) {
        json_t *body = body_of(c, path, file, password);

        if (members != NULL)
            json_object_set_new(body, "members", members);
        r = remote_json(c, "POST", "/api/v1/certificates/import", body, &answer, e);
        if (r)
            return r;
        members = take_left_over(json_object_get(answer, "items"));
        json_array_extend(items, json_object_get(answer, "items"));
        most = json_array_size(members) < most ? json_array_size(members) : 0;
    }
    return r;
}

static void tell_findings(const char *path, const json_t *items)
{
    json_t *item, *finding;
    size_t i, k;

    json_array_foreach((json_t *)items, i, item) {
        const char *member = json_string_value(json_object_get(item, "member"));

        json_array_foreach(json_object_get(item, "findings"), k, finding)
            fprintf(stderr, "signet: %s%s%s: item %zu: %s\n", path, member != NULL ? ": " : "", member != NULL ? member : "", i + 1,
                    json_string_value(json_object_get(finding, "detail")));
    }
}

/* One file that is wrong does not keep out the others. */
int cert_import(struct cli *c)
{
    const char *password = NULL;
    json_t *all = json_array();
    int code = EXIT_OK;
    struct error e = { 0 };

    if (c->arguments_len == 0)
        return cli_usage(c, "which file? PEM, DER, P7B, PFX, or a ZIP of these");
    if (cli_value(c, "password-file") != NULL && cli_secret(c, "password-file", "password of the file", false, &password, &e) != ERR_NONE)
        return cli_fail(&e);
    for (size_t i = 0; i < c->arguments_len; i++) {
        json_t *items = json_array();
        struct error why = { 0 };

        if (import_one(c, cli_argument(c, i), password, items, &why) != ERR_NONE) {
            fprintf(stderr, "%s: ", cli_argument(c, i));
            code = cli_fail(&why);
            continue;
        }
        tell_findings(cli_argument(c, i), items);
        json_array_extend(all, items);
    }
    if (c->is_json)
        print_json(all);
    else if (json_array_size(all) > 0)
        print_table(all, columns);
    return code;
}
