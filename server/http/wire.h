/* wire - the bytes of a TLS connection between GnuTLS and the kernel, in as few system calls as an answer allows: what came behind a
   record's head is kept for the next read, and the record with an answer's head waits for the one with its body. */
#ifndef HTTP_WIRE_H
#define HTTP_WIRE_H

#include <sys/types.h>
#include <sys/uio.h>

#include "base/arena.h"

struct wire {
    int fd;
    struct arena *keeper;          /* not NULL: the next record is held, here */
    struct bytes held;
    uint16_t ahead_at, ahead_len;
    uint8_t ahead[1024];           /* a request of most clients; of what is longer, the rest is read straight */
};

/* As recv and sendmsg would: -1 with errno, EAGAIN when the peer must do something first. */
ssize_t wire_read(struct wire *w, void *out, size_t room);
ssize_t wire_write(struct wire *w, const struct iovec *parts, size_t len);
/* The next record goes out with the one after it. Only where another follows at once; `a` must outlive both. */
void wire_hold(struct wire *w, struct arena *a);
/* What is held is forgotten: its arena dies. */
void wire_drop(struct wire *w);

#endif
