#include "base/own.h"

#include <stdlib.h>
#include <string.h>

void *own_alloc(size_t len)
{
    void *at = calloc(1, len > 0 ? len : 1);

    if (at == NULL)
        abort();
    return at;
}

void *own_grow(void *old, size_t len)
{
    void *at = realloc(old, len > 0 ? len : 1);

    if (at == NULL)
        abort();
    return at;
}

char *own_text(const char *text)
{
    char *copy = strdup(text);

    if (copy == NULL)
        abort();
    return copy;
}

void own_wipe(void *at, size_t len)
{
    if (at != NULL && len > 0)
        explicit_bzero(at, len);
}
