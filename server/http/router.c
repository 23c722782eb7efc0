#include "http/router.h"

#include <stdio.h>
#include <string.h>

static size_t prefix_len(const char *prefix)
{
    size_t len = strlen(prefix);

    return len > 0 && prefix[len - 1] == '/' ? len - 1 : len;
}

/* "/api/v1" covers "/api/v1" and "/api/v1/x", not "/api/v10"; "/" and "" cover all. */
static bool covers(const char *prefix, const char *path)
{
    size_t len = prefix_len(prefix);

    return strncmp(prefix, path, len) == 0 && (path[len] == '/' || path[len] == '\0' || len == 0);
}

static const struct surface *surface_of(const struct surface *const *surfaces, const char *path)
{
    const struct surface *best = NULL;

    for (; *surfaces != NULL; surfaces++) {
        if (covers((*surfaces)->prefix, path) && (best == NULL || strlen((*surfaces)->prefix) > strlen(best->prefix)))
            best = *surfaces;
    }
    return best;
}

static bool add_param(struct match *m, struct arena *a, const char *name, size_t name_len, const char *value, size_t len)
{
    if (len == 0 || m->params_len == ROUTER_PARAMS)
        return false;
    m->params[m->params_len++] = (struct pair){ arena_copy(a, name, name_len), arena_copy(a, value, len) };
    return true;
}

/* How many segments are literal, or -1 when it does not fit. The first pass takes nothing from the arena (m is NULL). */
static int fit(const char *pattern, const char *path, struct arena *a, struct match *m)
{
    int literal = 0;

    while (*pattern != '\0') {
        if (*pattern == '{') {
            size_t name = strcspn(pattern + 1, "*}");
            bool is_rest = pattern[1 + name] == '*';
            size_t len = is_rest ? strlen(path) : strcspn(path, "/");

            if (len == 0 || (m != NULL && !add_param(m, a, pattern + 1, name, path, len)))
                return -1;
            pattern += strcspn(pattern, "}") + 1;
            path += len;
        } else {
            if (*pattern != *path)
                return -1;
            literal += *pattern == '/' ? 0 : 1;
            pattern++;
            path++;
        }
    }
    return *path == '\0' ? literal : -1;
}

static void note_method(struct match *m, const char *method)
{
    const char *word = strcmp(method, "GET") == 0 ? "GET, HEAD" : method;
    size_t len = strlen(m->allow);

    if (strstr(m->allow, method) == NULL)
        snprintf(m->allow + len, sizeof(m->allow) - len, "%s%s", len > 0 ? ", " : "", word);
}

/* Does it answer to any other? */
static bool list_methods(struct match *m, const char *path)
{
    for (const struct route *const *table = m->surface->tables; *table != NULL; table++) {
        for (const struct route *row = *table; row->method != NULL; row++) {
            if (fit(row->pattern, path, NULL, NULL) >= 0)
                note_method(m, row->method);
        }
    }
    return m->allow[0] != '\0';
}

enum found router_find(const struct surface *const *surfaces, const char *method, const char *path, struct arena *a, struct match *out)
{
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
    size_t same;
    int best = -1;

    *out = (struct match){ .surface = surface_of(surfaces, path) };
    if (out->surface == NULL)
        return FOUND_NOTHING;
    same = prefix_len(out->surface->prefix);   /* path and every pattern begin so: not looked at again */
    for (const struct route *const *table = out->surface->tables; *table != NULL; table++) {
        for (const struct route *row = *table; row->method != NULL; row++) {
            int literal = strcmp(row->method, wanted) == 0 ? fit(row->pattern + same, path + same, NULL, NULL) : -1;

            if (literal > best) {
                best = literal;
                out->route = row;
            }
        }
    }
    if (out->route == NULL)
        return list_methods(out, path) ? FOUND_OTHER_METHOD : FOUND_NOTHING;
    return fit(out->route->pattern, path, a, out) >= 0 ? FOUND : FOUND_NOTHING;
}

static enum err check_row(const struct surface *s, const struct route *row, struct error *e)
{
    bool is_open = row->flags & ROUTE_OPEN;

    if (row->allow == 0)
        return fail(e, ERR_BUG, "%s %s has no access rule: nobody may be let in by accident", row->method, row->pattern);
    if (is_open && row->allow != ROUTE_PUBLIC)
        return fail(e, ERR_BUG, "%s %s is open to all and asks for a right: it must be one of the two", row->method, row->pattern);
    if (!is_open && (s->admit == NULL || s->may == NULL))
        return fail(e, ERR_BUG, "%s %s needs a caller, and its surface cannot tell callers", row->method, row->pattern);
    if (row->run == NULL || row->pattern[0] != '/' || !covers(s->prefix, row->pattern))
        return fail(e, ERR_BUG, "%s %s is not a row of the surface %s", row->method, row->pattern, s->prefix);
    return ERR_NONE;
}

enum err router_check(const struct surface *const *surfaces, struct error *e)
{
    for (; *surfaces != NULL; surfaces++) {
        for (const struct route *const *table = (*surfaces)->tables; *table != NULL; table++) {
            for (const struct route *row = *table; row->method != NULL; row++) {
                enum err r = check_row(*surfaces, row, e);

                if (r)
                    return r;
            }
        }
    }
    return ERR_NONE;
}
