/* house - a real keeper and a real store in a directory of their own, and the authority on top. */
#ifndef HOUSE_H
#define HOUSE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ca/ca.h"
#include "check.h"

struct house {
    char dir[64];
    struct keeper *keeper;
    struct store *store;
    struct ca *ca;
    struct arena *arena;
    struct actor who;
    struct authority root, issuing;
};

/* The keeper forks: before the store has threads. */
static inline int house_open(void **state)
{
    struct house *h = calloc(1, sizeof(*h));
    struct keeper_options keeper = { .hand = 1, .work = 1 };
    struct store_options store = { .readers = 2 };
    struct error e = { 0 };
    char ring[96], path[96];

    strcpy(h->dir, "/tmp/signet-ca-XXXXXX");
    if (mkdtemp(h->dir) == NULL)
        return -1;
    snprintf(ring, sizeof(ring), "%s/keeper.ring", h->dir);
    snprintf(path, sizeof(path), "%s/signet.db", h->dir);
    keeper.ring_path = ring;
    store.path = path;
    if (keeper_start(&keeper, &h->keeper, &e) || store_open(&store, &h->store, &e) || ca_open(h->store, h->keeper, NULL, &h->ca, &e)) {
        print_error("%s\n", e.text);
        return -1;
    }
    h->arena = arena_new();
    h->who = (struct actor){ .kind = ACTOR_USER, .id = id_new(), .name = "test", .rights = UINT64_MAX, .source = "local", .if_match = -1 };
    ca_public_url(h->ca, "http://ca.lab.lan:8080/");
    *state = h;
    return 0;
}

static inline int house_close(void **state)
{
    struct house *h = *state;
    char command[128];

    ca_close(h->ca);
    store_close(h->store);
    keeper_stop(h->keeper);
    arena_free(h->arena);
    snprintf(command, sizeof(command), "rm -r %s", h->dir);
    free(h);
    return system(command);
}

static inline int house_with_authorities(void **state)
{
    struct authority_wish root = { .name = "Lab Root CA", .organization = "Lab", .path_len = -1 }, issuing = { .name = "Lab Issuing CA", .organization = "Lab" };
    struct error e = { 0 };
    struct house *h;

    if (house_open(state))
        return -1;
    h = *state;
    if (ca_authority_make(h->ca, &h->who, &root, h->arena, &h->root, &e) == ERR_NONE) {
        issuing.parent = h->root.id;
        if (ca_authority_make(h->ca, &h->who, &issuing, h->arena, &h->issuing, &e) == ERR_NONE)
            return 0;
    }
    print_error("%s\n", e.text);
    return -1;
}

#endif
