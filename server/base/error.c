#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fill(struct error *e, enum err code, const char *kind, const char *field, const char *fmt, va_list args)
{
    if (e == NULL)
        return;

    memset(e, 0, sizeof(*e));
    e->code = code;
    snprintf(e->kind, sizeof(e->kind), "%s", kind);
    snprintf(e->field, sizeof(e->field), "%s", field);
    vsnprintf(e->text, sizeof(e->text), fmt, args);
    for (char *p = e->text; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
}

enum err fail(struct error *e, enum err code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fill(e, code, "", "", fmt, args);
    va_end(args);
    return code;
}

enum err fail_at(struct error *e, const char *field, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fill(e, ERR_INVALID, "", field, fmt, args);
    va_end(args);
    return ERR_INVALID;
}

enum err fail_kind(struct error *e, enum err code, const char *kind, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fill(e, code, kind, "", fmt, args);
    va_end(args);
    return code;
}
