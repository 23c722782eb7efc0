/* target - the request target, decoded once: path, query pairs, and the authority of an absolute form. Pure. */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include "base/arena.h"

enum { TARGET_MAX = 4096, TARGET_PAIRS = 64 };
struct pair {
    const char *name, *value;
};
struct target {
    const char *path;              /* begins with "/", or is "*" */
    const char *authority;         /* of "https://host:port/..."; NULL otherwise */
    struct pair *query;
    size_t query_len;
};
/* NULL when fine; else what is wrong with it. Everything in `out` is clean UTF-8 and lives in the arena. */
const char *target_read(struct arena *a, const char *raw, struct target *out);

#endif
