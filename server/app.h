/* app - pointers to what is open, handed down to floor 6; no globals. */
#ifndef APP_H
#define APP_H

#include <stdint.h>

#include "base/error.h"

struct access;
struct ca;
struct config;
struct identity;
struct jobs;
struct keeper;
struct publish;
struct server;
struct settings;
struct store;
struct streams;

struct app {
    const struct config *config;     /* base/config.h: what the command line and the file said */
    struct keeper *keeper;
    struct store *store;
    struct settings *settings;       /* store/settings.h: a frozen snapshot, replaced on change */
    struct access *access;
    struct ca *ca;
    struct identity *identity;
    struct jobs *jobs;
    struct publish *publish;
    struct streams *streams;
    struct server *server;
    int64_t started_at;
    enum err (*unsealed)(struct app *app, struct error *e);      /* app_open.c: what waited for the keys goes on */
};

#endif
