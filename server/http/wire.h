/* wire - the bytes of a TLS connection between GnuTLS and the kernel, in as few system calls as a handshake or an answer allows: what
   came behind a record's head is kept for the next read, and records wait for the one that completes what the peer waits for. */
#ifndef HTTP_WIRE_H
#define HTTP_WIRE_H

#include <sys/types.h>
#include <sys/uio.h>

#include "base/bytes.h"

enum wire_holds { HOLDS_NONE, HOLDS_NEXT, HOLDS_ALL };
struct wire {
    int fd;
    enum wire_holds holds;         /* nothing; the next record, which another follows at once; all until we read */
    uint8_t *held;                 /* leaves before what is sent next, or before we wait for the peer */
    size_t held_at, held_len;
    uint16_t ahead_at, ahead_len;
    uint8_t ahead[1024];           /* a request of most clients; of what is longer, the rest is read straight */
};

/* As recv and sendmsg would: -1 with errno, EAGAIN when the peer must do something first. */
ssize_t wire_read(struct wire *w, void *out, size_t room);
ssize_t wire_write(struct wire *w, const struct iovec *parts, size_t len);
/* After EAGAIN: must the peer take what we have, before it says more? */
static inline bool wire_is_full(const struct wire *w)
{
    return w->held_at < w->held_len;
}
void wire_done(struct wire *w);

#endif
