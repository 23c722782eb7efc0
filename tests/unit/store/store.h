/* store - a database of its own for each test, in a directory that goes with it. */
#ifndef TEST_STORE_H
#define TEST_STORE_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/store.h"

struct place {
    char dir[64], path[96];
    struct store *store;
    struct actor who;
};

static inline struct store *place_open(struct place *p, struct error *e)
{
    struct store_options how = { .path = p->path, .readers = 4 };

    return store_open(&how, &p->store, e) == ERR_NONE ? p->store : NULL;
}

static inline int place_make(void **state)
{
    struct place *p = calloc(1, sizeof(*p));
    struct error e = { 0 };

    if (p == NULL)
        return -1;
    strcpy(p->dir, "/tmp/signet-unit-XXXXXX");
    if (mkdtemp(p->dir) == NULL)
        return -1;
    snprintf(p->path, sizeof(p->path), "%s/signet.db", p->dir);
    p->who = actor_clock("test");
    p->who.kind = ACTOR_USER;
    p->who.id = id_new();
    *state = p;
    if (place_open(p, &e) != NULL)
        return 0;
    fprintf(stderr, "%s\n", e.text);
    return -1;
}

static inline int place_remove(void **state)
{
    struct place *p = *state;
    struct dirent *entry;
    DIR *dir;

    store_close(p->store);
    dir = opendir(p->dir);
    for (entry = dir != NULL ? readdir(dir) : NULL; entry != NULL; entry = readdir(dir))
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(p->dir);
    free(p);
    return 0;
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

#endif
