#include "base/findings.h"

#include <stdarg.h>
#include <stdio.h>

#define MOST 100

void findings_init(struct findings *f, struct arena *a)
{
    *f = (struct findings){ .arena = a };
}

void findings_add(struct findings *f, enum level level, const char *rule, const char *pointer, const char *fmt, ...)
{
    char text[256];
    va_list args;

    if (f->len >= MOST)
        return;
    if (f->len == f->room) {
        size_t room = f->room > 0 ? f->room * 2 : 4;
        struct finding *more = arena_take(f->arena, room * sizeof(*more));

        if (f->len > 0)
            memcpy(more, f->at, f->len * sizeof(*more));
        f->at = more;
        f->room = room;
    }
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    f->at[f->len++] = (struct finding){ level, arena_text(f->arena, rule), arena_text(f->arena, pointer),
                                        arena_text(f->arena, text) };
}

size_t findings_count(const struct findings *f, enum level level)
{
    size_t n = 0;

    for (size_t i = 0; i < f->len; i++)
        n += f->at[i].level == level;
    return n;
}

enum err findings_fail(const struct findings *f, struct error *e)
{
    for (size_t i = 0; i < f->len; i++)
        if (f->at[i].level == LEVEL_ERROR)
            return fail_at(e, f->at[i].pointer, "%s", f->at[i].text);
    return ERR_NONE;
}
