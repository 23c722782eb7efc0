#include "base/config.h"

#include <ctype.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define KEY(name, otherwise, value, help) \
    { #name, offsetof(struct config, name), sizeof(((struct config *)0)->name), otherwise, value, help }

const struct config_key config_keys[] = {
    KEY(data, "/var/lib/signet", "DIR", "directory of the database, the keys and the control socket"),
    KEY(https, "[::]:8443", "ADDR:PORT", "console and REST; [::] is dual stack"),
    KEY(http, "[::]:8080", "ADDR:PORT", "trust page, CA certificates and CRLs, redirects"),
    KEY(probe, "", "ADDR:PORT", "where a browser finds out whether it trusts this CA (default: the HTTPS port + 1)"),
    KEY(config, "", "FILE", "read these settings from an INI file"),
    KEY(network_threads, "", "N", "threads that speak TLS and HTTP (default: one a core, at most 4)"),
    KEY(workers, "32", "N", "threads that run handlers"),
    { 0 }
};

static const struct config_key *key_find(const char *name)
{
    for (const struct config_key *k = config_keys; k->name != NULL; k++)
        if (strcmp(k->name, name) == 0)
            return k;
    return NULL;
}

static enum err put(struct config *c, const struct config_key *k, const char *value, const char *origin, struct error *e)
{
    if (strlen(value) >= k->room)
        return fail(e, ERR_INVALID, "%s: the value of %s is longer than %zu characters", origin, k->name, k->room - 1);
    strcpy((char *)c + k->offset, value);
    return ERR_NONE;
}

struct reading {
    struct config *config;
    struct error *e;
    enum err r;
};

static int read_line(void *arg, const char *section, const char *name, const char *value)
{
    struct reading *reading = arg;
    const struct config_key *k = key_find(name);

    if (reading->r != ERR_NONE)
        return 0;
    if (*section != '\0' || k == NULL || strcmp(name, "config") == 0) {
        reading->r = fail(reading->e, ERR_INVALID, "unknown key %s%s%s", section, *section != '\0' ? "." : "", name);
        return 0;
    }
    reading->r = put(reading->config, k, value, "configuration file", reading->e);
    return reading->r == ERR_NONE;
}

static enum err read_file(struct config *c, const char *path, struct error *e)
{
    struct error why = { 0 };
    struct reading reading = { c, &why, ERR_NONE };
    int line = ini_parse(path, read_line, &reading);

    if (line == 0)
        return ERR_NONE;
    if (line < 0)
        return fail(e, ERR_INVALID, "cannot read the configuration file %s", path);
    return fail(e, ERR_INVALID, "%s, line %d: %s", path, line, reading.r != ERR_NONE ? why.text : "not \"key = value\"");
}

static const char *from_environment(const char *name)
{
    char variable[64];
    size_t n = (size_t)snprintf(variable, sizeof(variable), "SIGNET_%s", name);

    for (size_t i = 0; i < n; i++)
        variable[i] = (char)toupper((unsigned char)variable[i]);
    return getenv(variable);
}

static const char *from_flags(const char *const *given, size_t pairs, const char *name)
{
    const char *value = NULL;

    for (size_t i = 0; i < pairs; i++)
        if (strcmp(given[i * 2], name) == 0)
            value = given[i * 2 + 1];
    return value;
}

enum err config_load(const char *const *given, size_t pairs, struct config *out, struct error *e)
{
    const char *file = from_flags(given, pairs, "config");
    struct config c = { 0 };
    enum err r;

    for (const struct config_key *k = config_keys; k->name != NULL; k++)
        strcpy((char *)&c + k->offset, k->otherwise);
    if (file == NULL)
        file = from_environment("config");
    if (file != NULL) {
        r = read_file(&c, file, e);
        if (r)
            return r;
    }
    for (const struct config_key *k = config_keys; k->name != NULL; k++) {
        const char *flag = from_flags(given, pairs, k->name), *environment = from_environment(k->name);

        if (flag == NULL && environment == NULL)
            continue;
        r = put(&c, k, flag != NULL ? flag : environment, flag != NULL ? "command line" : "environment", e);
        if (r)
            return r;
    }

    *out = c;
    return ERR_NONE;
}

enum err config_path(const struct config *c, const char *name, char *out, size_t room, struct error *e)
{
    int n = snprintf(out, room, "%s/%s", c->data, name);

    if (n < 0 || (size_t)n >= room)
        return fail(e, ERR_INVALID, "the path of the data directory is too long");
    return ERR_NONE;
}

enum err config_address(const char *text, char *host, size_t room, unsigned *port, struct error *e)
{
    const char *colon = strrchr(text, ':');
    size_t len = colon != NULL ? (size_t)(colon - text) : 0;
    int64_t number;

    if (colon == NULL || !text_number(colon + 1, 0, 65535, &number))
        return fail(e, ERR_INVALID, "\"%s\" is not ADDRESS:PORT, such as [::]:8443 or 127.0.0.1:8443", text);
    if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (len >= room)
        return fail(e, ERR_INVALID, "the address in \"%.80s\" is too long", text);

    memcpy(host, text, len);
    host[len] = '\0';
    *port = (unsigned)number;
    return ERR_NONE;
}

enum err config_probe(const struct config *c, char *out, size_t room, struct error *e)
{
    const char *colon = strrchr(c->https, ':');
    char host[128];
    unsigned port;
    enum err r;

    if (c->probe[0] != '\0') {
        snprintf(out, room, "%s", c->probe);
        return ERR_NONE;
    }
    r = config_address(c->https, host, sizeof(host), &port, e);
    if (r)
        return r;
    snprintf(out, room, "%.*s:%u", (int)(colon - c->https), c->https, port > 0 ? port + 1 : 0);
    return ERR_NONE;
}
