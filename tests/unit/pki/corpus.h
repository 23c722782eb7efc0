/* corpus - public test material of others, beside the project: rows of its index, one file each. CORPUS=DIR says where it is;
   named and absent is a failure, not named and absent is one line. Tests run at the top of the tree. */
#ifndef CORPUS_H
#define CORPUS_H

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "pki/pem.h"

struct corpus_row {
    char file[256], kind[64], expected[64], why[512], password[128];
    struct bytes data;   /* as the file is */
    struct bytes der;    /* of its first PEM block, or the file */
};

/* What its index says that opens it; NULL: nothing is given. */
static inline const char *corpus_password(const struct corpus_row *row)
{
    return row->password[0] == '\0' || row->password[0] == '(' || strcmp(row->password, "-") == 0 ? NULL : row->password;
}

static inline bool corpus_read(struct arena *a, const char *path, struct bytes *out)
{
    FILE *f = fopen(path, "rb");
    uint8_t block[4096];
    struct buf b;
    size_t n;

    if (f == NULL)
        return false;
    buf_init(&b, 16 * 1024 * 1024);
    while ((n = fread(block, 1, sizeof(block), f)) > 0)
        buf_add(&b, block, n);
    fclose(f);
    *out = arena_bytes(a, buf_bytes(&b));
    buf_done(&b);
    return true;
}

static inline void corpus_column(const char **at, char *out, size_t room)
{
    size_t len = strcspn(*at, "\t\n"), n = len < room ? len : room - 1;

    memcpy(out, *at, n);
    out[n] = '\0';
    *at += len + ((*at)[len] == '\t');
}

static inline struct bytes corpus_first_block(struct arena *a, struct bytes data)
{
    const char *at = (const char *)data.at, *label;
    struct bytes der;

    if (data.len > 0 && memmem(data.at, data.len, "-----BEGIN", 10) != NULL &&
        pem_next(&at, at + data.len, a, &label, &der, NULL) == ERR_NONE)
        return der;
    return data;
}

/* Every row of `kind` goes to `each` with an arena of its own. Gives how many there were; -1: no corpus. */
static inline int corpus_walk(const char *kind, void (*each)(const struct corpus_row *row, struct arena *a, void *arg), void *arg)
{
    const char *dir = getenv("CORPUS"), *base = dir != NULL && *dir != '\0' ? dir : "../shared/corpus";
    char path[1024], line[8192];
    FILE *index;
    int n = 0;

    snprintf(path, sizeof(path), "%s/INDEX.tsv", base);
    index = fopen(path, "r");
    if (index == NULL && base == dir)
        fail_msg("CORPUS=%s has no INDEX.tsv", dir);
    if (index == NULL) {
        print_message("skipped: the %s rows of the corpus, which is not at %s\n", kind, base);
        return -1;
    }
    while (fgets(line, sizeof(line), index) != NULL) {
        CLEANUP(arena_drop) struct arena *a = arena_new();
        struct corpus_row row;
        const char *at = line;

        corpus_column(&at, row.file, sizeof(row.file));
        corpus_column(&at, row.kind, sizeof(row.kind));
        corpus_column(&at, row.expected, sizeof(row.expected));
        corpus_column(&at, row.why, sizeof(row.why));
        corpus_column(&at, row.password, sizeof(row.password));
        if (strcmp(row.kind, kind) != 0)
            continue;
        snprintf(path, sizeof(path), "%s/%s", base, row.file);
        if (!corpus_read(a, path, &row.data))
            fail_msg("%s is in the index but cannot be read", path);
        row.der = corpus_first_block(a, row.data);
        each(&row, a, arg);
        n++;
    }
    fclose(index);
    return n;
}

#endif
