/* ask - the side of the daemon: channels to the keeper, and a question with its answer. Private to keeper/. */
#ifndef KEEPER_ASK_H
#define KEEPER_ASK_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "keeper/frame.h"
#include "keeper/keeper.h"
#include "keeper/serve.h"

struct channel {
    int fd;
    bool is_lent;                      /* work, slow: under the lock of the lane */
    pthread_mutex_t lock;              /* hand: held for a question; nobody waits unless threads outnumber channels */
};
struct lane_of {
    struct channel *at;
    size_t len;
    pthread_mutex_t lock;
    pthread_cond_t returned;
};
struct keeper {
    unsigned number;                   /* of this process's keepers: tells threads whose channel they remember */
    pid_t pid;
    int life;
    struct lane_of lanes[LANE_COUNT];
    atomic_uint next_hand;
    _Atomic enum keeper_state state;
    atomic_bool is_stopping;
    bool is_watched;
    pthread_t watcher;
    void (*told)(void *arg);
    void *told_arg;
};

struct answer {                        /* ask_done wipes it */
    struct frame_room room;
    struct frame frame;
    struct fields f;
};

/* Fields, then the tail that frame_put_tail announced. A refusal of the keeper comes back as its code and sentence. */
enum err ask(struct keeper *k, enum lane lane, enum verb verb, const struct buf *fields, struct bytes tail, struct answer *out, struct error *e) MUST_CHECK;
void ask_done(struct answer *a);

struct keeper_key {
    struct keeper *keeper;
    uint32_t handle;
    enum key_type type;
    atomic_uint refs;
    size_t spki_len;
    uint8_t spki[];
};
enum err ask_tls(const struct keeper_key *key, enum verb verb, unsigned alg, struct bytes from, struct answer *out, struct bytes *signature, struct error *e) MUST_CHECK;

#endif
