#include "keeper/slots.h"

#include <stdlib.h>

void slots_init(struct slots *s)
{
    memset(s, 0, sizeof(*s));
    pthread_mutex_init(&s->lock, NULL);
}

/* Under the lock. */
static void release(struct slot *slot)
{
    if (--slot->users > 0)
        return;
    private_done(&slot->key);
    free(slot);
}

enum err slots_add(struct slots *s, struct private *key, const struct blob *head, uint32_t *handle, struct error *e)
{
    struct slot *slot;
    uint32_t i = 0;

    pthread_mutex_lock(&s->lock);
    while (i < SLOTS && s->at[i] != NULL)
        i++;
    if (i < SLOTS) {
        slot = own_alloc(sizeof(*slot));
        slot->key = *key;
        slot->head = *head;
        slot->users = 1;
        s->at[i] = slot;
        s->round[i]++;
        *handle = s->round[i] * SLOTS + i;
    }
    pthread_mutex_unlock(&s->lock);
    if (i == SLOTS)
        return fail(e, ERR_LIMIT, "the keeper holds %d keys at once and no more", SLOTS);

    memset(key, 0, sizeof(*key));
    return ERR_NONE;
}

/* Under the lock. */
static struct slot **find(struct slots *s, uint32_t handle)
{
    uint32_t i = handle % SLOTS;

    if (s->at[i] == NULL || s->round[i] * SLOTS + i != handle)
        return NULL;
    return &s->at[i];
}

struct slot *slots_borrow(struct slots *s, uint32_t handle)
{
    struct slot **place, *slot = NULL;

    pthread_mutex_lock(&s->lock);
    place = find(s, handle);
    if (place != NULL) {
        slot = *place;
        slot->users++;
    }
    pthread_mutex_unlock(&s->lock);
    return slot;
}

void slots_give_back(struct slots *s, struct slot *slot)
{
    pthread_mutex_lock(&s->lock);
    release(slot);
    pthread_mutex_unlock(&s->lock);
}

bool slots_drop(struct slots *s, uint32_t handle)
{
    struct slot **place;

    pthread_mutex_lock(&s->lock);
    place = find(s, handle);
    if (place != NULL) {
        release(*place);
        *place = NULL;
    }
    pthread_mutex_unlock(&s->lock);
    return place != NULL;
}
