/* inside - struct server, for http/ only. */
#ifndef HTTP_INSIDE_H
#define HTTP_INSIDE_H

#include <stdatomic.h>

#include "http/net.h"
#include "http/workers.h"

enum { NETS_MAX = 4 };
struct door {                      /* an open listener */
    int fd;                        /* -1: not opened */
    unsigned port;
    struct tls_slot *tls;
    const struct surface *const *surfaces;
    char *path;                    /* of a Unix socket, removed at the end */
};
struct server {
    struct app *app;
    struct door doors[LISTEN_COUNT];
    struct net nets[NETS_MAX];
    unsigned nets_len;
    struct workers *workers;
    struct addresses *addresses;

    atomic_uint per_address, max_connections;
    atomic_uint handshake_ms, headers_ms, body_ms, idle_ms;
    atomic_bool is_draining, is_closing;
    atomic_uint connections, streams;
    atomic_ullong requests, handshakes;

    pthread_mutex_t lock;          /* guards hosts */
    char **hosts;
    size_t hosts_len;
};
bool server_knows_host(struct server *s, const char *name);

#endif
