/* ring - the wrapping keys (KEKs), and DIR/keeper.ring that keeps them: bare, or wrapped by a passphrase or a systemd credential.
   A KEK is random and never changes with the passphrase: a new one wraps the ring anew, not the database. */
#ifndef KEEPER_RING_H
#define KEEPER_RING_H

#include "base/bytes.h"
#include "base/error.h"

enum { KEK_LEN = 32, RING_KEKS = 8, RING_FILE_MAX = 512, PASSPHRASE_MIN = 8, PASSPHRASE_MAX = 256 };
enum ring_wrap { RING_BARE, RING_PASSPHRASE, RING_CREDENTIAL };

struct kek {
    uint32_t id;                       /* random: a ring of another database is told apart */
    uint8_t key[KEK_LEN];
};
struct ring {                          /* open; the newest key is the last */
    size_t len;
    struct kek kek[RING_KEKS];
};
struct ring_file {                     /* as read: says nothing yet but how it is wrapped */
    enum ring_wrap wrap;
    size_t len;
    uint8_t at[RING_FILE_MAX];
};

void ring_make(struct ring *out);                                          /* one fresh key */
const struct kek *ring_newest(const struct ring *ring);
const struct kek *ring_find(const struct ring *ring, uint32_t id);         /* NULL: not held */

/* ERR_ABSENT: there is no such file. Refuses a file that others may read. */
enum err ring_read(const char *path, struct ring_file *out, struct error *e) MUST_CHECK;
/* secret: the passphrase or the credential; nothing for a bare one. ERR_DENIED: it is the wrong one. */
enum err ring_open(const struct ring_file *file, struct bytes secret, struct ring *out, struct error *e) MUST_CHECK;
/* Atomic and on disk when it returns. is_first: ERR_CONFLICT when a file is there already, which stays. */
enum err ring_write(const char *path, const struct ring *ring, enum ring_wrap wrap, struct bytes secret, bool is_first, struct error *e) MUST_CHECK;

#endif
