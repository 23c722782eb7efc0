#include "store/settings_names.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pki/name.h"

static enum err read_host(const char *text, size_t len, struct arena *a, struct name *out, struct error *e)
{
    enum err r;

    if (name_ip(text, len, a, out, NULL) == ERR_NONE)
        return fail(e, ERR_INVALID, "%s is an IP address: put it under the addresses", out->text);
    r = name_dns(text, len, a, out, e);
    if (!r && out->text[0] == '*')
        r = fail(e, ERR_INVALID, "A server has a name of its own: no wildcard here.");
    return r;
}

/* Is `text` one of the entries of `list`? */
static bool holds(const char *list, const char *text)
{
    size_t len = strlen(text);

    while (*list != '\0') {
        size_t entry = strcspn(list, ",");

        if (entry == len && memcmp(list, text, len) == 0)
            return true;
        list += entry + (list[entry] == ',');
    }
    return false;
}

typedef enum err reader(const char *text, size_t len, struct arena *a, struct name *out, struct error *e);

static enum err read_list(const char *value, reader *read, struct arena *a, const char **out, struct error *e)
{
    const char *list = "";
    size_t n = 0;

    while (*value != '\0') {
        size_t whole = strcspn(value, ","), from = strspn(value, " "), len = whole;
        struct name name;
        enum err r;

        while (len > from && value[len - 1] == ' ')
            len--;
        if (len > from) {
            r = read(value + from, len - from, a, &name, e);
            if (r && e != NULL)
                snprintf(e->field, sizeof(e->field), "/%zu", n);
            if (r)
                return r;
            n++;
            if (!holds(list, name.text))
                list = arena_printf(a, "%s%s%s", list, *list != '\0' ? "," : "", name.text);
        }
        value += whole + (value[whole] == ',');
    }
    *out = list;
    return ERR_NONE;
}

enum err setting_hostnames(const char *value, struct arena *a, const char **out, struct error *e)
{
    return read_list(value, read_host, a, out, e);
}

enum err setting_addresses(const char *value, struct arena *a, const char **out, struct error *e)
{
    return read_list(value, name_ip, a, out, e);
}

/* "" or ":1" to ":65535". */
static bool is_port(const char *text)
{
    int64_t port;

    if (*text == '\0')
        return true;
    return *text == ':' && strspn(text + 1, "0123456789") == strlen(text + 1) && text_number(text + 1, 1, 65535, &port);
}

/* A name, an IPv4 address, or an IPv6 address in brackets, in front of the port. */
static bool read_authority(const char *text, struct arena *a, const char **host, const char **port)
{
    bool is_literal = text[0] == '[';
    size_t len = is_literal ? strcspn(text, "]") : strcspn(text, ":");
    struct name name;

    if (is_literal && text[len] == ']') {
        *port = text + len + 1;
        if (name_ip(text + 1, len - 1, a, &name, NULL) != ERR_NONE || name.ip_len != 16)
            return false;
        *host = arena_printf(a, "[%s]", name.text);
        return is_port(*port);
    }
    *port = text + len;
    if (name_any(text, len, a, &name, NULL) != ERR_NONE || name.text[0] == '*')
        return false;
    *host = name.text;
    return is_port(*port);
}

enum err setting_http_url(const char *value, struct arena *a, const char **out, struct error *e)
{
    const char *host, *port;
    size_t len = strlen(value);

    if (len == 0) {
        *out = "";
        return ERR_NONE;
    }
    if (len > 7 && value[len - 1] == '/')
        value = arena_copy(a, value, len - 1);
    if (!text_starts(value, "http://") || !read_authority(value + 7, a, &host, &port))
        return fail(e, ERR_INVALID, "This must read http://host or http://host:port: it stands in certificates, and clients fetch CRLs by plain HTTP.");
    *out = arena_printf(a, "http://%s%s", host, port);
    return ERR_NONE;
}
