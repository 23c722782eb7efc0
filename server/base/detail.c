#include "base/detail.h"

#include <stdio.h>

const char *detail_quote(struct arena *a, const char *text)
{
    char *out = arena_take(a, strlen(text) * 6 + 3);
    char *at = out;

    *at++ = '"';
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            *at++ = '\\';
        if (c < 0x20 || c == 0x7f)
            at += snprintf(at, 7, "\\u%04x", c);
        else
            *at++ = (char)c;
    }
    *at = '"';
    return out;
}
