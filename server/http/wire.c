#include "http/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/own.h"

enum { PARTS_MAX = 8 };

static void forget_held(struct wire *w)
{
    free(TAKE(w->held));
    w->held_at = w->held_len = 0;
}

/* What is held, and behind it the parts: how much of the parts has gone. */
static ssize_t send_all(struct wire *w, const struct iovec *parts, size_t len)
{
    size_t held = w->held_len - w->held_at;
    struct iovec all[PARTS_MAX + 1] = { { w->held + w->held_at, held } };
    struct msghdr message = { .msg_iov = held > 0 ? all : all + 1, .msg_iovlen = len + (held > 0 ? 1 : 0) };
    ssize_t sent;

    if (len > 0)
        memcpy(all + 1, parts, len * sizeof(*parts));
    sent = sendmsg(w->fd, &message, MSG_NOSIGNAL);
    if (sent < 0 || held == 0)
        return sent;
    if ((size_t)sent < held) {
        w->held_at += (size_t)sent;
        errno = EAGAIN;
        return -1;
    }
    forget_held(w);
    return sent - (ssize_t)held;
}

static ssize_t receive(struct wire *w, void *out, size_t room)
{
    if (wire_is_full(w) && send_all(w, NULL, 0) < 0)
        return -1;
    return recv(w->fd, out, room, 0);
}

ssize_t wire_read(struct wire *w, void *out, size_t room)
{
    size_t len;

    if (w->ahead_at == w->ahead_len) {
        ssize_t got;

        if (room >= sizeof(w->ahead))
            return receive(w, out, room);
        got = receive(w, w->ahead, sizeof(w->ahead));
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
    size_t before = w->held_len;

    for (size_t i = 0; i < len; i++)
        w->held_len += parts[i].iov_len;
    w->held = own_grow(w->held, w->held_len);
    for (size_t i = 0, at = before; i < len; at += parts[i++].iov_len)
        memcpy(w->held + at, parts[i].iov_base, parts[i].iov_len);
    return (ssize_t)(w->held_len - before);
}

ssize_t wire_write(struct wire *w, const struct iovec *parts, size_t len)
{
    ssize_t sent;

    len = len < PARTS_MAX ? len : PARTS_MAX;
    if (w->holds != HOLDS_NONE) {
        w->holds = w->holds == HOLDS_NEXT ? HOLDS_NONE : w->holds;
        return hold(w, parts, len);
    }
    sent = send_all(w, parts, len);
    if (sent != 0)
        return sent;
    errno = EAGAIN;                /* only what was held has gone */
    return -1;
}

void wire_done(struct wire *w)
{
    forget_held(w);
}
