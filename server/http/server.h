/* server - the listeners, their connections, the workers. What is served is a list of surfaces per listener. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "http/request.h"
#include "http/route.h"
#include "http/tls.h"

struct server;

enum listener { LISTEN_HTTPS, LISTEN_HTTP, LISTEN_PROBE, LISTEN_CONTROL, LISTEN_COUNT };

struct listen_on {
    const char *address;               /* "[::]:8443", "127.0.0.1:0", "/path/control" for LISTEN_CONTROL; NULL: not opened */
    struct tls_slot *tls;              /* NULL: plain */
    const struct surface *const *surfaces;   /* NULL-terminated */
};
/* Limits are read at each connection: change them by server_limits. */
struct server_limits {
    unsigned per_address;              /* connections of one address; loopback is counted too, DIR/control is not */
    unsigned connections;              /* in all */
    unsigned handshake_ms, headers_ms, body_ms, idle_ms;   /* 10 s, 10 s, 30 s, 75 s: absolute */
};
struct server_options {
    struct app *app;
    struct listen_on on[LISTEN_COUNT];
    unsigned threads;                  /* network threads a TLS listener; cores, at most 4 */
    unsigned workers;                  /* 32 */
    struct server_limits limits;
};
enum err server_open(const struct server_options *how, struct server **out, struct error *e) MUST_CHECK;   /* a busy port: ERR_CONFLICT, one clear line */
void server_stop(struct server *s, unsigned grace_ms);     /* quiesce, end streams, wait for what runs, resume all, close */
void server_free(struct server *s);
unsigned server_port(const struct server *s, enum listener which);        /* what :0 became */
void server_limits(struct server *s, const struct server_limits *limits);
/* Host allow-list of the HTTPS listener: lower-case names and addresses, without port; frozen copy. Others get 421. Empty: all (before setup). */
void server_hosts(struct server *s, const char *const *names, size_t len);
struct server_counts { unsigned connections, streams, queued; uint64_t requests, handshakes; };
struct server_counts server_counts(const struct server *s);

#endif
