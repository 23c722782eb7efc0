#include "cli/files.h"

#include <stdio.h>

enum err cli_read_file(struct cli *c, const char *path, size_t max, struct bytes *out, struct error *e)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    uint8_t *at;
    size_t n;

    if (file == NULL)
        return fail(e, ERR_ABSENT, "cannot read %s", path);
    at = arena_take(c->arena, max + 1);
    n = fread(at, 1, max + 1, file);
    if (file != stdin)
        fclose(file);
    if (n > max)
        return fail(e, ERR_INVALID, "%s is larger than %zu bytes", path, max);
    *out = bytes_of(at, n);
    return ERR_NONE;
}
