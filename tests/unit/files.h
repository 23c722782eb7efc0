/* files - test data from disk: tests/data/good and tests/data/bad, each file named after what is right or wrong with it. */
#ifndef FILES_H
#define FILES_H

#include <stdio.h>

#include "base/arena.h"

/* Tests run in the root of the tree. False: not there. */
static inline bool file_read(const char *path, struct arena *a, struct bytes *out)
{
    FILE *f = fopen(path, "rb");
    uint8_t *at;
    long len;

    if (f == NULL)
        return false;
    fseek(f, 0, SEEK_END);
    len = ftell(f);
    rewind(f);
    if (len < 0) {
        fclose(f);
        return false;
    }
    at = arena_take(a, (size_t)len + 1);
    len = (long)fread(at, 1, (size_t)len, f);
    fclose(f);
    *out = bytes_of(at, (size_t)len);
    return true;
}

#endif
