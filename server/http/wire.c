#include "http/wire.h"

#include <errno.h>
#include <sys/socket.h>

enum { PARTS_MAX = 8 };

ssize_t wire_read(struct wire *w, void *out, size_t room)
{
    size_t len;

    if (w->ahead_at == w->ahead_len) {
        ssize_t got;

        if (room >= sizeof(w->ahead))
            return recv(w->fd, out, room, 0);
        got = recv(w->fd, w->ahead, sizeof(w->ahead), 0);
        if (got <= 0)
            return got;
        w->ahead_at = 0;
        w->ahead_len = (uint16_t)got;
    }
    len = w->ahead_len - w->ahead_at;
    len = len < room ? len : room;
    memcpy(out, w->ahead + w->ahead_at, len);
    w->ahead_at += (uint16_t)len;
    return (ssize_t)len;
}

static ssize_t hold(struct wire *w, const struct iovec *parts, size_t len)
{
    size_t all = 0;
    uint8_t *at;

    for (size_t i = 0; i < len; i++)
        all += parts[i].iov_len;
    at = arena_take(w->keeper, all);
    w->keeper = NULL;
    w->held = bytes_of(at, all);
    for (size_t i = 0; i < len; i++) {
        memcpy(at, parts[i].iov_base, parts[i].iov_len);
        at += parts[i].iov_len;
    }
    return (ssize_t)all;
}

ssize_t wire_write(struct wire *w, const struct iovec *parts, size_t len)
{
    struct iovec all[PARTS_MAX + 1] = { { (void *)w->held.at, w->held.len } };
    struct msghdr message = { .msg_iov = all };
    ssize_t sent;

    if (w->keeper != NULL)
        return hold(w, parts, len);
    len = len < PARTS_MAX ? len : PARTS_MAX;
    memcpy(all + 1, parts, len * sizeof(*parts));
    message.msg_iovlen = len + 1;
    sent = sendmsg(w->fd, &message, MSG_NOSIGNAL);
    if (sent < 0)
        return sent;
    if ((size_t)sent > w->held.len) {
        sent -= (ssize_t)w->held.len;
        w->held.len = 0;
        return sent;
    }
    w->held = bytes_of(w->held.at + sent, w->held.len - (size_t)sent);
    errno = EAGAIN;
    return -1;
}

void wire_hold(struct wire *w, struct arena *a)
{
    w->keeper = a;
}

void wire_drop(struct wire *w)
{
    w->keeper = NULL;
    w->held.len = 0;
}
