#include "publish/seen.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/actor.h"
#include "base/agent.h"
#include "base/log.h"
#include "base/own.h"
#include "store/seen.h"

enum { HOUR = 3600, ADDRESS_TEXT = 64 };

struct slot { char address[ADDRESS_TEXT], agent[AGENT_TEXT]; int64_t at; bool is_pending; };
struct batch { struct slot list[SEEN_EACH_MINUTE]; size_t len; };
struct seen {
    struct store *store;
    pthread_mutex_t lock;          /* guards what follows; not held while the store is asked */
    pthread_cond_t changed;
    struct slot slots[SEEN_SLOTS];
    int64_t minute;
    unsigned in_minute;
    bool has_pending, is_closing;
    pthread_t writer;
};

/* what comes in ------------------------------------------------------------------------------------------ */

/* The slot for a newcomer: the oldest that is written. NULL: it is a repeat, or too much. */
static struct slot *place_for(struct seen *s, const char *address, const char *agent, int64_t now)
{
    struct slot *oldest = NULL;
    unsigned of_address = 0;

    for (size_t i = 0; i < SEEN_SLOTS; i++) {
        struct slot *slot = &s->slots[i];
        bool is_near = slot->at > now - HOUR && strcmp(slot->address, address) == 0;

        if (is_near && strcmp(slot->agent, agent) == 0 && (slot->is_pending || slot->at > now - SEEN_QUIET_SEC))
            return NULL;
        of_address += is_near && strcmp(slot->agent, agent) != 0;
        if (!slot->is_pending && (oldest == NULL || slot->at < oldest->at))
            oldest = slot;
    }
    return of_address < SEEN_EACH_ADDRESS ? oldest : NULL;
}

static bool has_room(struct seen *s, int64_t now)
{
    if (s->minute != now / 60)
        s->in_minute = 0;
    s->minute = now / 60;
    return s->in_minute < SEEN_EACH_MINUTE;
}

bool seen_note(struct seen *s, const char *address, const char *agent, int64_t now)
{
    char words[AGENT_TEXT];
    struct slot *slot;

    agent_words(agent, words);
    pthread_mutex_lock(&s->lock);
    slot = has_room(s, now) ? place_for(s, address, words, now) : NULL;
    if (slot != NULL) {
        *slot = (struct slot){ .at = now, .is_pending = true };
        snprintf(slot->address, sizeof(slot->address), "%s", address);
        memcpy(slot->agent, words, sizeof(words));
        s->in_minute++;
        s->has_pending = true;
        pthread_cond_signal(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return slot != NULL;
}

/* what is written ---------------------------------------------------------------------------------------- */

static bool take(struct seen *s, struct batch *out)
{
    bool goes_on;

    out->len = 0;
    pthread_mutex_lock(&s->lock);
    while (!s->has_pending && !s->is_closing)
        pthread_cond_wait(&s->changed, &s->lock);
    for (size_t i = 0; i < SEEN_SLOTS && out->len < SEEN_EACH_MINUTE; i++) {
        if (!s->slots[i].is_pending)
            continue;
        s->slots[i].is_pending = false;
        out->list[out->len++] = s->slots[i];
    }
    s->has_pending = out->len == SEEN_EACH_MINUTE;
    goes_on = !s->is_closing;
    pthread_mutex_unlock(&s->lock);
    return goes_on;
}

static enum err put_all(struct tx *tx, void *arg, struct error *e)
{
    const struct batch *b = arg;
    enum err r = ERR_NONE;

    for (size_t i = 0; r == ERR_NONE && i < b->len; i++)
        r = store_seen_put(tx, &(struct seen_row){ .address = b->list[i].address, .agent = b->list[i].agent, .name = "", .last_at = b->list[i].at }, e);
    return r;
}

static void *write_all(void *arg)
{
    struct actor who = actor_clock("probe");
    struct seen *s = arg;
    struct batch b;

    while (take(s, &b)) {
        struct error e = { 0 };

        if (b.len > 0 && store_write_bulk(s->store, &who, put_all, &b, &e) != ERR_NONE)
            log_warn("who was seen trusting was not written: %s", e.text);
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------------------------- */

enum err seen_open(struct store *store, struct seen **out, struct error *e)
{
    struct seen *s = own_alloc(sizeof(*s));

    s->store = store;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    if (pthread_create(&s->writer, NULL, write_all, s) != 0) {
        free(s);
        return fail(e, ERR_IO, "no thread for what the probe listener sees: raise the limit of processes");
    }
    *out = s;
    return ERR_NONE;
}

void seen_close(struct seen *s)
{
    if (s == NULL)
        return;
    pthread_mutex_lock(&s->lock);
    s->is_closing = true;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->writer, NULL);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
