/* fuzz_framing - the head of a request: first line the method, then the target, then "name:value" lines. What passes must hold
   what the rest of the server takes for granted. */
#include "fuzz.h"

#include <string.h>

#include "base/text.h"
#include "http/framing.h"
#include "http/router.h"

enum { HEADERS = 110 };

static const struct route rows[] = {
    { "GET", "/api/v1/things/{id}", NULL, 1, 0, 0, NULL }, { "POST", "/api/v1/things/{id}/parts/{n}", NULL, 1, 0, 0, NULL },
    { "GET", "/{rest*}", NULL, 1, 0, 0, NULL }, { 0 },
};
static const struct route *const tables[] = { rows, NULL };
static const struct surface surface = { "/", tables, NULL, NULL, NULL, NULL };
static const struct surface *const surfaces[] = { &surface, NULL };

static const char *next_line(struct arena *a, const uint8_t **at, const uint8_t *end, size_t *len)
{
    const uint8_t *stop = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
    const char *line;

    if (stop == NULL)
        stop = end;
    *len = (size_t)(stop - *at);
    line = arena_copy(a, *at, *len);
    *at = stop < end ? stop + 1 : end;
    return line;
}

static void try_target(struct arena *a, const char *method, const char *raw)
{
    struct target t;
    struct match m;

    if (target_read(a, raw, &t) != NULL)
        return;
    must(t.path[0] == '/' || strcmp(t.path, "*") == 0);
    must(text_is_clean(bytes_text(t.path)));
    must(strstr(t.path, "/../") == NULL && !text_ends(t.path, "/.."));
    must(t.query_len <= TARGET_PAIRS);
    for (size_t i = 0; i < t.query_len; i++)
        must(text_is_clean(bytes_text(t.query[i].name)) && text_is_clean(bytes_text(t.query[i].value)));
    router_find(surfaces, method, t.path, a, &m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct header list[HEADERS];
    const uint8_t *at = data, *end = data + size;
    const char *method, *target;
    struct framing f;
    size_t n = 0, len;
    char name[64];

    method = next_line(a, &at, end, &len);
    target = next_line(a, &at, end, &len);
    try_target(a, method, target);
    while (at < end && n < HEADERS) {
        const char *line = next_line(a, &at, end, &len);
        const char *colon = memchr(line, ':', len);
        size_t name_len = colon != NULL ? (size_t)(colon - line) : len;

        list[n].name = arena_copy(a, line, name_len);
        list[n].name_len = name_len;
        list[n].value_len = colon != NULL ? len - name_len - 1 : 0;
        list[n].value = arena_copy(a, line + len - list[n].value_len, list[n].value_len);
        list[n++].is_bare = false;
    }
    if (framing_check(method, "HTTP/1.1", list, n, &f) != NULL)
        return 0;
    must(f.host != NULL && !(f.is_chunked && f.content_length >= 0));
    if (framing_host(f.host, name, sizeof(name)))
        must(strlen(name) > 0 && strpbrk(name, " /@[]%") == NULL);
    return 0;
}
