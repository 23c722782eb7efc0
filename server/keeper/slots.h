/* slots - the keys that are loaded in the keeper, by handle. Counted: one that is dropped while a thread signs with it goes after that. */
#ifndef KEEPER_SLOTS_H
#define KEEPER_SLOTS_H

#include <pthread.h>

#include "keeper/blob.h"
#include "keeper/private.h"

enum { SLOTS = 256 };

struct slot {
    struct private key;
    struct blob head;
    unsigned users;                    /* under the lock of its slots: the table, and threads at work */
};
struct slots {
    pthread_mutex_t lock;
    struct slot *at[SLOTS];
    uint32_t round[SLOTS];             /* a handle of a former tenant finds nothing */
};

void slots_init(struct slots *s);
/* Takes the key. */
enum err slots_add(struct slots *s, struct private *key, const struct blob *head, uint32_t *handle, struct error *e) MUST_CHECK;
struct slot *slots_borrow(struct slots *s, uint32_t handle);               /* NULL: nothing there */
void slots_give_back(struct slots *s, struct slot *slot);
bool slots_drop(struct slots *s, uint32_t handle);

#endif
