#include "base/time.h"
#include "http/exchange.h"
#include "http/inside.h"
#include "http/stream.h"

#include <sys/epoll.h>

enum { BLOCK = 4096, COMMENT_MS = 15 * 1000 };

/* On the network thread, like all of this file: so "nothing there, go to sleep" cannot miss a wake, which comes by the mailbox. */
static ssize_t next_bytes(void *ctx, uint64_t at, char *out, size_t room)
{
    struct exchange *x = ctx;
    struct conn *c = x->rq.conn;
    ssize_t got;

    (void)at;
    if (c->is_dead || c->net->is_closing)
        return MHD_CONTENT_READER_END_OF_STREAM;
    got = stream_read(x->stream, out, room);
    if (got == STREAM_ENDS)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (got == STREAM_SLEEPS)
        conn_suspend(c, EPOLLRDHUP);
    else
        x->spoke_ms = clock_mono_ms();
    return got;
}

struct MHD_Response *feed_build(struct exchange *x)
{
    struct MHD_Response *m = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, next_bytes, x, NULL);
    struct net *n = x->rq.conn->net;

    if (m == NULL)
        return NULL;
    headers_add(m, &x->reply, x->reply.type);
    MHD_add_response_header(m, "X-Accel-Buffering", "no");
    x->stream = TAKE(x->reply.stream);
    x->spoke_ms = clock_mono_ms();
    x->next_stream = n->streaming;
    n->streaming = x;
    stream_attach(x->stream, net_wake, n);
    atomic_fetch_add(&n->server->streams, 1);
    net_look_at(n, x->spoke_ms + COMMENT_MS);
    return m;
}

void feed_end(struct exchange *x)
{
    struct net *n = x->rq.conn->net;

    if (x->stream == NULL)
        return;
    for (struct exchange **at = &n->streaming; *at != NULL; at = &(*at)->next_stream) {
        if (*at == x) {
            *at = x->next_stream;
            break;
        }
    }
    stream_free(TAKE(x->stream));
    atomic_fetch_sub(&n->server->streams, 1);
}

void feed_look(struct net *n, int64_t now)
{
    for (struct exchange *x = n->streaming; x != NULL; x = x->next_stream) {
        struct conn *c = x->rq.conn;

        if (!c->is_suspended)
            continue;
        if (now > 0 && now - x->spoke_ms >= COMMENT_MS)
            stream_comment(x->stream);
        if (stream_is_awake(x->stream))
            conn_resume(c);
        if (now > 0)
            net_look_at(n, x->spoke_ms + COMMENT_MS > now ? x->spoke_ms + COMMENT_MS : now + COMMENT_MS);
    }
}
