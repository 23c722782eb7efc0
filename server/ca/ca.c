/* ca - opening and closing: the authorities' keys are loaded once and kept. */
#include "ca/ca.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/own.h"
#include "ca/held.h"

enum err ca_open(struct store *store, struct keeper *keeper, struct settings *settings, struct ca **out, struct error *e)
{
    struct ca *ca = own_alloc(sizeof(*ca));
    enum err r;

    ca->store = store;
    ca->keeper = keeper;
    ca->settings = settings;
    pthread_mutex_init(&ca->lock, NULL);
    r = held_reload(ca, e);
    if (r) {
        ca_close(ca);
        return r;
    }
    *out = ca;
    return ERR_NONE;
}

void ca_close(struct ca *ca)
{
    if (ca == NULL)
        return;
    roll_unref(ca->now);
    pthread_mutex_destroy(&ca->lock);
    free(ca);
}

enum err ca_unsealed(struct ca *ca, struct error *e)
{
    return held_reload(ca, e);
}

void ca_public_url(struct ca *ca, const char *url)
{
    size_t len = strlen(url);

    while (len > 0 && url[len - 1] == '/')
        len--;
    pthread_mutex_lock(&ca->lock);
    snprintf(ca->public_url, sizeof(ca->public_url), "%.*s", (int)len, url);
    pthread_mutex_unlock(&ca->lock);
}

enum err ca_default_issuer(struct ca *ca, struct id *out, struct error *e)
{
    CLEANUP(roll_drop) struct roll *roll = held_roll(ca);
    const struct held *held = NULL;
    enum err r;

    r = roll_default(roll, &held, e);
    if (r)
        return r;
    *out = held->view.id;
    return ERR_NONE;
}
