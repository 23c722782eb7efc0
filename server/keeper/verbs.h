/* verbs - what the keeper does when it is asked: one row a verb. Runs in the keeper's process, on the thread of the channel. */
#ifndef KEEPER_VERBS_H
#define KEEPER_VERBS_H

#include <stdatomic.h>

#include "keeper/frame.h"
#include "keeper/ring.h"
#include "keeper/slots.h"

struct vault {
    struct ring *ring;                 /* on a locked page of its own; read only once is_open */
    atomic_bool is_open;
    struct ring_file file;             /* what a passphrase will open */
    pthread_mutex_t unseal;            /* guards the two below */
    bool has_refused;
    int64_t refused_at_ms;
    struct slots slots;
};

void vault_init(struct vault *v, struct ring *ring);
/* False: the frame is malformed, which only a bug or an attacker sends. Else *status and `out` are the answer. */
bool verbs_answer(struct vault *v, const struct frame *asked, enum err *status, struct buf *out);

#endif
