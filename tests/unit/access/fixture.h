/* fixture - a store in a directory of its own, with access open on it. */
#ifndef ACCESS_FIXTURE_H
#define ACCESS_FIXTURE_H

#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "access/access.h"
#include "base/time.h"
#include "store/store.h"

struct fixture {
    char dir[64], path[96];
    struct store *store;
    struct access *access;
    struct arena *arena;
    struct actor setup, admin;     /* the link's bearer; the first administrator */
};

#define ADMIN_PASSWORD "a kettle on the seventh hill"

static inline void heard(void *arg, const struct note *notes, size_t len)
{
    access_heard(((struct fixture *)arg)->access, notes, len);
}

static inline void fixture_reopen(struct fixture *f)
{
    struct error e = { 0 };

    access_close(f->access);
    assert_ok(access_open(f->store, f->dir, &f->access, &e));
}

static inline int fixture_open(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    struct store_options how = { .path = f->path, .readers = 2 };
    struct error e = { 0 };

    snprintf(f->dir, sizeof(f->dir), "/tmp/signet-access-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->path, sizeof(f->path), "%s/signet.db", f->dir);
    assert_ok(store_open(&how, &f->store, &e));
    assert_ok(access_open(f->store, f->dir, &f->access, &e));
    store_watch(f->store, heard, f);
    f->arena = arena_new();
    f->setup = (struct actor){ .source = "192.0.2.1", .if_match = -1 };
    *state = f;
    return 0;
}

static inline int fixture_close(void **state)
{
    struct fixture *f = *state;
    DIR *dir = opendir(f->dir);
    struct dirent *d = readdir(dir);

    access_close(f->access);
    store_close(f->store);
    arena_free(f->arena);
    for (; d != NULL; d = readdir(dir)) {
        char path[400];

        snprintf(path, sizeof(path), "%s/%s", f->dir, d->d_name);
        unlink(path);
    }
    closedir(dir);
    rmdir(f->dir);
    free(f);
    return 0;
}

/* The first administrator by the setup link; f->admin is signed in nowhere yet. */
static inline void fixture_admin(struct fixture *f)
{
    struct error e = { 0 };
    const char *link;

    assert_ok(access_setup_link(f->access, "https://a.lan", f->arena, &link, &e));
    assert_ok(access_setup_prove(f->access, strchr(link, '=') + 1, &f->setup, &e));
    assert_ok(access_first_admin(f->access, &f->setup, "admin", ADMIN_PASSWORD, &f->admin.id, &e));
    f->admin.kind = ACTOR_USER;
    snprintf(f->admin.name, sizeof(f->admin.name), "admin");
    snprintf(f->admin.source, sizeof(f->admin.source), "192.0.2.1");
    f->admin.rights = role_rights(ROLE_ADMIN);
    f->admin.if_match = -1;
}

#define with_fixture(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

#endif
