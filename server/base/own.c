#include "base/own.h"

#include <stdlib.h>
#include <string.h>

enum { SMALL = 1024 };

/* What is small comes from the thread's own free list, which this libc's calloc passes by. */
void *own_alloc(size_t len)
{
    void *at = len <= SMALL ? malloc(len > 0 ? len : 1) : calloc(1, len);

    if (at == NULL)
        abort();
    return len <= SMALL ? memset(at, 0, len) : at;
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
