/* net - a network thread: one epoll loop over the listeners, the library's daemons (run from here, without threads of their own),
   what waits half-open, and a mailbox from the workers. Everything about a connection happens on its thread. */
#ifndef HTTP_NET_H
#define HTTP_NET_H

#include <pthread.h>
#include <stdatomic.h>

#include "http/conn.h"

enum { LIBRARY_PLAIN, LIBRARY_TLS, LIBRARY_COUNT };

struct arrival;
struct net {
    struct server *server;
    unsigned number;
    pthread_t thread;
    bool is_started;

    int epoll, bell;               /* the bell is an eventfd: something is in the mailbox */
    atomic_bool is_rung;
    struct source listeners[LISTEN_COUNT], libraries[LIBRARY_COUNT], mailbox;
    struct MHD_Daemon *library[LIBRARY_COUNT];
    bool is_due[LIBRARY_COUNT];    /* has work that its epoll does not tell */

    struct conn *conns;
    atomic_uint conns_len;         /* others look at it to choose the least busy thread */
    unsigned peak;                 /* since memory was last given back */
    struct conn *arriving;         /* between conn_open and the library's notice */
    struct exchange *streaming;    /* those with a stream */
    int64_t look_ms;               /* when conns are to be looked at; INT64_MAX: never */
    bool is_listening, is_draining, is_closing;

    pthread_mutex_t lock;          /* guards the two lists */
    struct exchange *answered;     /* from the workers */
    struct arrival *arrivals;      /* from brothers */
};

enum err net_open(struct net *n, struct server *s, unsigned number, struct error *e) MUST_CHECK;
enum err net_start(struct net *n, struct error *e) MUST_CHECK;
/* After the thread has ended. */
void net_close(struct net *n);
/* Any thread. */
void net_ring(struct net *n);
void net_answered(struct net *n, struct exchange *x);
void net_wake(void *net);          /* for streams: only sets a flag and rings */
/* A deadline came nearer: look then at the latest. */
static inline void net_look_at(struct net *n, int64_t when_ms)
{
    if (when_ms < n->look_ms)
        n->look_ms = when_ms;
}

#endif
