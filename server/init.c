#include "init.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/access.h"
#include "api/json.h"
#include "app_open.h"
#include "base/text.h"
#include "http/route.h"
#include "identity/first_run.h"
#include "pki/pem.h"

static const struct shape admin_shape = { (const struct shape_member[]){
    { "name", SHAPE_TEXT, true, 1, 63, NULL }, { "password", SHAPE_TEXT, true, 1, 512, NULL }, { 0 } } };
static const struct shape authority_shape = { (const struct shape_member[]){
    { "name", SHAPE_TEXT, true, 1, 50, NULL }, { "key_type", SHAPE_TEXT, false, 1, 16, NULL }, { "years", SHAPE_NUMBER, false, 1, 40, NULL }, { 0 } } };
static const struct shape answers_shape = { (const struct shape_member[]){
    { "admin", SHAPE_OBJECT, true, 0, 0, &admin_shape },
    { "hostnames", SHAPE_TEXTS, true, 0, 100, NULL },
    { "ip_addresses", SHAPE_TEXTS, false, 0, 100, NULL },
    { "public_http_url", SHAPE_TEXT, false, 1, 255, NULL },
    { "organization", SHAPE_TEXT, false, 1, 64, NULL },
    { "authority", SHAPE_OBJECT, true, 0, 0, &authority_shape },
    { 0 } } };

static enum err read_answers(struct cli *c, json_t **out, struct error *e)
{
    const char *path = cli_value(c, "answers");
    FILE *file = path == NULL ? NULL : strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    struct findings faults;
    json_error_t why;

    if (path == NULL)
        return fail(e, ERR_INVALID, "what is to be made? Give --answers FILE (the README shows one)");
    if (file == NULL)
        return fail(e, ERR_ABSENT, "cannot read %s", path);
    *out = json_loadf(file, JSON_REJECT_DUPLICATES, &why);
    if (file != stdin)
        fclose(file);
    if (*out == NULL)
        return fail(e, ERR_INVALID, "the answers are not JSON: line %d, %s", why.line, why.text);
    findings_init(&faults, c->arena);
    shape_check(*out, &answers_shape, "", &faults);
    return findings_fail(&faults, e);
}

static size_t texts(struct arena *a, const json_t *list, const char *const **out)
{
    const char **at = arena_take(a, (json_array_size(list) + 1) * sizeof(*at));
    json_t *item;
    size_t n;

    json_array_foreach((json_t *)list, n, item)
        at[n] = json_string_value(item);
    *out = at;
    return json_array_size(list);
}

/* What a step names by its own member stands deeper in the answers. */
static enum err below(const char *parent, struct error *e, enum err r)
{
    char member[sizeof(e->field)];

    if (r && e->field[0] != '\0') {
        strcpy(member, e->field);
        snprintf(e->field, sizeof(e->field), "%s%.40s", parent, member);
    }
    return r;
}

static enum err make_authorities(const struct first_run *f, const struct actor *who, const json_t *answers, struct arena *a, struct authority *root, struct error *e)
{
    const json_t *wish = json_object_get(answers, "authority");
    const char *type = json_string_value(json_object_get(wish, "key_type"));
    json_int_t years = json_integer_value(json_object_get(wish, "years"));
    enum key_type key_type = KEY_EC_P256;
    struct authority issuing;

    if (type != NULL && !key_type_parse(type, &key_type))
        return fail_at(e, "/authority/key_type", "a key type is ec-p256, ec-p384, ed25519, rsa-2048, rsa-3072 or rsa-4096");
    return below("/authority", e, first_run_authorities(f, who, json_string_value(json_object_get(wish, "name")), json_string_value(json_object_get(answers, "organization")),
                                 key_type, years > 0 ? (unsigned)years : 10, a, root, &issuing, e));
}

static enum err make_names(const struct first_run *f, const struct actor *who, const struct config *config, const json_t *answers, struct arena *a, struct error *e)
{
    struct first_names names = { .public_http_url = json_string_value(json_object_get(answers, "public_http_url")) };
    struct findings faults;
    char host[128];
    enum err r = config_address(config->http, host, sizeof(host), &names.plain_port, e);

    if (r)
        return r;
    names.hostnames_len = texts(a, json_object_get(answers, "hostnames"), &names.hostnames);
    names.ip_len = texts(a, json_object_get(answers, "ip_addresses"), &names.ip_addresses);
    findings_init(&faults, a);
    return first_run_names(f, who, &names, a, &faults, e);
}

static enum err make_admin(struct app *app, struct actor *who, const json_t *answers, struct error *e)
{
    const json_t *admin = json_object_get(answers, "admin");
    struct id id;

    return below("/admin", e, access_first_admin(app->access, who, json_string_value(json_object_get(admin, "name")),
                                                 json_string_value(json_object_get(admin, "password")), &id, e));
}

static enum err write_root(const struct config *config, const char *pem, struct arena *a, const char **path, struct error *e)
{
    char joined[300], whole[4096];
    enum err r = config_path(config, "root.pem", joined, sizeof(joined), e);
    FILE *file;

    if (r)
        return r;
    file = fopen(joined, "we");
    if (file == NULL || fputs(pem, file) < 0 || fclose(file) != 0)
        return fail(e, ERR_IO, "cannot write %s", joined);
    *path = arena_text(a, realpath(joined, whole) != NULL ? whole : joined);
    return ERR_NONE;
}

static enum err print_made(const char *path, const char *fingerprint, const char *token, struct error *e)
{
    json_t *made = json_pack("{s:s, s:s, s:s}", "root_certificate", path, "fingerprint_sha256", fingerprint, "token", token);
    char *text = made != NULL ? json_dumps(made, JSON_PRESERVE_ORDER) : NULL;

    json_decref(made);
    if (text == NULL)
        return fail(e, ERR_INVALID, "the name of the data directory is not UTF-8: all is made, but its path cannot be told in JSON");
    puts(text);
    own_wipe(text, strlen(text));
    free(text);
    return ERR_NONE;
}

/* The administrator comes late and the end of setup last, so that a run cut short can be repeated. */
static enum err make_all(struct app *app, const struct config *config, const json_t *answers, struct arena *a, struct error *e)
{
    struct first_run f = { app->settings, app->ca, app->identity };
    struct actor who = { .kind = ACTOR_SETUP, .name = "signet init", .source = "local", .rights = UINT64_MAX, .if_match = -1, .request_id = id_new() };
    const char *token = NULL, *path = NULL;
    struct swap_result swap;
    struct findings faults;
    struct authority root;
    struct id id;
    enum err r;

    findings_init(&faults, a);
    r = below("/admin", e, password_check(json_string_value(json_object_get(json_object_get(answers, "admin"), "password")), e));
    if (!r)
        r = make_names(&f, &who, config, answers, a, e);
    if (!r)
        r = make_authorities(&f, &who, answers, a, &root, e);
    if (!r)
        r = first_run_certificate(&f, &who, a, &faults, &swap, e);
    if (!r)
        r = make_admin(app, &who, answers, e);
    if (!r)
        r = access_token_make(app->access, &who, "signet init", ROLE_ADMIN, 365, a, &token, &id, e);
    if (!r)
        r = access_setup_finish(app->access, &who, e);
    if (!r)
        r = write_root(config, pem_text(a, "CERTIFICATE", root.der), a, &path, e);
    if (r)
        return r;
    return print_made(path, text_hex_in(a, bytes_of(root.cert.sha256, sizeof(root.cert.sha256))), token, e);
}

int init_run(struct cli *c)
{
    json_t *answers = NULL;
    struct running *running;
    struct config config;
    struct error e = { 0 };
    enum err r;

    r = cli_config(c, &config, &e);
    if (!r)
        r = read_answers(c, &answers, &e);
    if (!r)
        r = app_open(&config, true, &running, &e);
    if (!r) {
        if (access_is_set_up(app_of(running)->access))
            r = fail(&e, ERR_CONFLICT, "%s is set up already; start it with: signet serve --data %s", config.data, config.data);
        else
            r = make_all(app_of(running), &config, answers, c->arena, &e);
        app_close(running, 0);
    }
    json_decref(answers);
    return r ? cli_fail(&e) : EXIT_OK;
}
