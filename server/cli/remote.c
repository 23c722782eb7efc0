#include "cli/remote.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"

enum { LISTED_MAX = 100000 };   /* items of a list that is shown; files and reports take more */
#define DEFAULT_CONTROL "/var/lib/signet/control"

struct remote {
    const char *base;          /* "https://host:8443", or "http://localhost" by the socket */
    const char *socket, *ca, *token;
    const char *if_match;      /* of one call */
};

enum err remote_config_path(struct arena *a, const char *file, const char **out, struct error *e)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    if (xdg == NULL && home == NULL)
        return fail(e, ERR_ABSENT, "neither XDG_CONFIG_HOME nor HOME says where settings are kept");
    *out = xdg != NULL ? arena_printf(a, "%s/signet/%s", xdg, file) : arena_printf(a, "%s/.config/signet/%s", home, file);
    return ERR_NONE;
}

struct reading {
    struct remote *remote;
    struct arena *arena;
};

static int read_saved(void *arg, const char *section, const char *name, const char *value)
{
    struct reading *r = arg;

    (void)section;
    if (strcmp(name, "url") == 0)
        r->remote->base = arena_text(r->arena, value);
    if (strcmp(name, "ca") == 0)
        r->remote->ca = arena_text(r->arena, value);
    if (strcmp(name, "token") == 0)
        r->remote->token = arena_text(r->arena, value);
    return 1;
}

static enum err by_network(struct cli *c, struct remote *r, struct error *e)
{
    struct reading reading = { r, c->arena };
    struct error none;
    const char *path;

    if (remote_config_path(c->arena, "config", &path, &none) == ERR_NONE && access(path, R_OK) == 0)
        ini_parse(path, read_saved, &reading);
    if (getenv("SIGNET_URL") != NULL)
        r->base = getenv("SIGNET_URL");
    if (getenv("SIGNET_CA") != NULL)
        r->ca = getenv("SIGNET_CA");
    if (getenv("SIGNET_TOKEN") != NULL)
        r->token = getenv("SIGNET_TOKEN");
    if (cli_value(c, "url") != NULL)
        r->base = cli_value(c, "url");
    if (cli_value(c, "ca") != NULL)
        r->ca = cli_value(c, "ca");
    if (r->base == NULL)
        return fail(e, ERR_INVALID, "which daemon? Give --data DIR on its host, or run `signet login --url https://host:8443` first");
    if (!text_starts(r->base, "https://"))
        return fail(e, ERR_INVALID, "%s is no https:// address: a token would be read on its way", r->base);
    if (text_ends(r->base, "/"))
        r->base = arena_copy(c->arena, r->base, strlen(r->base) - 1);
    return ERR_NONE;
}

static enum err remote_open(struct cli *c, struct error *e)
{
    struct remote *r = arena_take(c->arena, sizeof(*r));
    const char *data = cli_value(c, "data");
    enum err err;

    if (data == NULL && cli_value(c, "url") == NULL && getenv("SIGNET_URL") == NULL)
        data = getenv("SIGNET_DATA");
    if (data != NULL)
        r->socket = arena_printf(c->arena, "%s/control", data);
    if (r->socket == NULL) {
        err = by_network(c, r, e);
        if (err && access(DEFAULT_CONTROL, W_OK) != 0)
            return err;
        if (err)
            r->socket = DEFAULT_CONTROL;
    }
    if (r->socket != NULL) {
        if (access(r->socket, F_OK) != 0)
            return fail(e, ERR_IO, "%s is not there: no daemon runs on this data directory", r->socket);
        r->base = "http://localhost";
    }
    c->remote = r;
    return ERR_NONE;
}

static enum err as_error(const struct fetch_answer *answer, struct error *e)
{
    static const struct { long from, to; enum err code; } codes[] = {
        { 401, 401, ERR_DENIED }, { 403, 403, ERR_DENIED }, { 404, 404, ERR_ABSENT }, { 409, 409, ERR_CONFLICT },
        { 412, 412, ERR_CONFLICT }, { 429, 429, ERR_LIMIT }, { 500, 599, ERR_IO }, { 400, 499, ERR_INVALID },
    };
    json_t *problem = json_loadb((const char *)answer->body.at, answer->body.len, 0, NULL), *first;
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    enum err code = ERR_IO;

    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
        if (answer->status >= codes[i].from && answer->status <= codes[i].to) {
            code = codes[i].code;
            break;
        }
    fail_kind(e, code, answer->status == 412 ? "precondition" : "", "%s", detail != NULL ? detail : answer->status == 401 ? "not signed in: run `signet login`" : "the daemon refused");
    first = json_array_get(json_object_get(problem, "errors"), 0);
    if (json_string_value(json_object_get(first, "detail")) != NULL)
        snprintf(e->text, sizeof(e->text), "%s", json_string_value(json_object_get(first, "detail")));
    if (json_string_value(json_object_get(first, "pointer")) != NULL)
        snprintf(e->field, sizeof(e->field), "%s", json_string_value(json_object_get(first, "pointer")));
    json_decref(problem);
    return code;
}

enum err remote_call(struct cli *c, const char *method, const char *path, json_t *body, struct fetch_answer *out, struct error *e)
{
    const char *headers[6];
    struct fetch_ask ask = { .method = method, .headers = headers };
    size_t n = 0;
    char *text;
    enum err r;

    if (c->remote == NULL) {
        r = remote_open(c, e);
        if (r)
            return r;
    }
    if (body != NULL) {
        text = json_dumps(body, JSON_COMPACT);
        ask.body = bytes_text(arena_text(c->arena, text));
        own_wipe(text, strlen(text));
        free(text);
        json_decref(body);
        headers[n++] = "Content-Type: application/json";
    }
    if (c->remote->token != NULL && c->remote->socket == NULL)
        headers[n++] = arena_printf(c->arena, "Authorization: Bearer %s", c->remote->token);
    if (c->remote->if_match != NULL)
        headers[n++] = arena_printf(c->arena, "If-Match: %s", c->remote->if_match);
    headers[n] = NULL;
    ask.url = arena_printf(c->arena, "%s%s", c->remote->base, path);
    ask.unix_socket = c->remote->socket;
    ask.ca_file = c->remote->ca;
    r = fetch(&ask, c->arena, out, e);
    if (r)
        return r;
    if (out->status >= 300 && out->status < 400)
        return fail(e, ERR_IO, "%s sends elsewhere (%ld): is it the address of the console?", c->remote->base, out->status);
    return out->status >= 400 ? as_error(out, e) : ERR_NONE;
}

static enum err read_json(const struct fetch_answer *answer, json_t **out, struct error *e)
{
    *out = answer->body.len > 0 ? json_loadb((const char *)answer->body.at, answer->body.len, 0, NULL) : json_null();
    if (*out == NULL)
        return fail(e, ERR_IO, "what answered is not Signet: no JSON came back");
    return ERR_NONE;
}

enum err remote_json(struct cli *c, const char *method, const char *path, json_t *body, json_t **out, struct error *e)
{
    struct fetch_answer answer;
    enum err r = remote_call(c, method, path, body, &answer, e);

    return r ? r : read_json(&answer, out, e);
}

enum err remote_get(struct cli *c, const char *path, const char **etag, json_t **out, struct error *e)
{
    struct fetch_answer answer;
    enum err r = remote_call(c, "GET", path, NULL, &answer, e);

    if (r)
        return r;
    *etag = answer.etag;
    return read_json(&answer, out, e);
}

enum err remote_put(struct cli *c, const char *path, const char *etag, json_t *body, json_t **out, struct error *e)
{
    enum err r;

    c->remote->if_match = etag;
    r = remote_json(c, "PUT", path, body, out, e);
    c->remote->if_match = NULL;
    return r;
}

char *remote_escape(struct arena *a, const char *text)
{
    char *out = arena_take(a, strlen(text) * 3 + 1), *p = out;

    for (; *text != '\0'; text++) {
        bool is_plain = (*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');

        if (is_plain)
            *p++ = *text;
        else
            p += snprintf(p, 4, "%%%02X", (unsigned char)*text);
    }
    return out;
}

const char *remote_with(struct arena *a, const char *path, const char *name, const char *value)
{
    if (value == NULL)
        return path;
    return arena_printf(a, "%s%c%s=%s", path, strchr(path, '?') == NULL ? '?' : '&', name, remote_escape(a, value));
}

/* Text of any value; arrays with ", ". */
static const char *words_of(struct arena *a, const json_t *value)
{
    const char *out = "";
    json_t *item;
    size_t i;

    switch (json_typeof(value)) {
    case JSON_STRING: return arena_text(a, json_string_value(value));
    case JSON_INTEGER: return arena_printf(a, "%lld", (long long)json_integer_value(value));
    case JSON_REAL: return arena_printf(a, "%g", json_real_value(value));
    case JSON_TRUE: return "yes";
    case JSON_FALSE: return "no";
    case JSON_ARRAY:
        json_array_foreach((json_t *)value, i, item)
            out = arena_printf(a, "%s%s%s", out, i > 0 ? ", " : "", words_of(a, item));
        return out;
    case JSON_OBJECT: return "…";
    case JSON_NULL: break;
    }
    return "-";
}

static const json_t *member(const json_t *object, const char *path)
{
    char part[64];

    for (const char *dot = strchr(path, '.'); dot != NULL; dot = strchr(path, '.')) {
        snprintf(part, sizeof(part), "%.*s", (int)(dot - path), path);
        object = json_object_get(object, part);
        path = dot + 1;
    }
    return json_object_get(object, path);
}

void print_table(json_t *items, const struct column *columns)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    json_t *item;
    size_t i;

    for (const struct column *c = columns; c->title != NULL; c++)
        printf("%-*s%s", c->width, c->title, c[1].title != NULL ? "  " : "\n");
    json_array_foreach(items, i, item) {
        for (const struct column *c = columns; c->title != NULL; c++) {
            const json_t *value = member(item, c->member);

            printf("%-*s%s", c->width, value != NULL ? words_of(a, value) : "-", c[1].title != NULL ? "  " : "\n");
        }
    }
}

void print_members(json_t *object, const struct column *rows)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();

    for (const struct column *r = rows; r->title != NULL; r++) {
        const json_t *value = member(object, r->member);

        if (value != NULL)
            printf("%-*s  %s\n", r->width, r->title, words_of(a, value));
    }
}

void print_json(const json_t *value)
{
    json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
    printf("\n");
}

static int print_all(const struct cli *c, json_t *items, const struct column *columns)
{
    if (c->is_json)
        print_json(items);
    else
        print_table(items, columns);
    return EXIT_OK;
}

int print_items(const struct cli *c, const json_t *answer, const struct column *columns)
{
    return print_all(c, json_object_get(answer, "items"), columns);
}

int print_list(struct cli *c, const char *path, const struct column *columns)
{
    json_t *all = json_array(), *page;
    const char *cursor = NULL;
    struct error e = { 0 };

    do {
        if (remote_json(c, "GET", remote_with(c->arena, path, "cursor", cursor), NULL, &page, &e) != ERR_NONE)
            return cli_fail(&e);
        json_array_extend(all, json_object_get(page, "items"));
        cursor = json_string_value(json_object_get(page, "next_cursor"));
    } while (cursor != NULL && json_array_size(all) < LISTED_MAX);
    if (cursor != NULL)
        fprintf(stderr, "signet: these are the first %zu, there are more: narrow the list\n", json_array_size(all));
    return print_all(c, all, columns);
}
