/* conn - one TCP connection. Owned by one network thread, and touched by it alone; workers read what is fixed before their
   request began (address, identity, kind). So there is no lock: closing, suspending and deadlines happen in one place. */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include <gnutls/gnutls.h>
#include <microhttpd.h>

#include "http/address.h"
#include "http/server.h"
#include "http/wire.h"

struct exchange;
struct net;

/* What a network thread's epoll set may point at. */
enum source_kind { SOURCE_LISTENER, SOURCE_MAILBOX, SOURCE_LIBRARY, SOURCE_CONN };
struct source {
    enum source_kind kind;
    unsigned index;                /* of the listener or the library's daemon */
};

enum phase {
    PHASE_HANDSHAKE, PHASE_HEADERS, PHASE_BODY, PHASE_ANSWER, PHASE_IDLE,     /* these have a deadline */
    PHASE_RUNNING, PHASE_STREAM                                               /* these have none */
};
struct conn {
    struct source source;          /* first: epoll hands it back */
    struct conn *next, *before;    /* of its network thread */
    struct net *net;
    struct MHD_Connection *mhd;
    int fd;
    enum listener listener;
    bool is_tls, is_local;
    struct address from;

    enum phase phase;
    int64_t deadline_ms;           /* 0: none */
    int64_t body_since_ms;
    uint64_t body_len;             /* of the body so far: the rate floor */
    uint64_t seen;                 /* TCP_INFO: bytes received when it fell idle */

    struct wire wire;              /* of TLS */
    unsigned finished;             /* Finished messages of the handshake: two end it */
    bool is_suspended, is_watched, is_dead;
    uint32_t watching;
    struct tls_identity *identity; /* what this handshake showed; a reference. NULL on plain */
    const char *shown;             /* the SNI entry of it */
    struct exchange *exchange;     /* the request in progress, or NULL */
};

/* Called by the library when it starts (`started`) or ends a connection: the conn was made by conn_open just before. */
void conn_notify(void *net, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode what);
/* Takes fd in every case. */
void conn_open(struct net *net, enum listener listener, int fd, const struct sockaddr *from, socklen_t from_len);
void conn_phase(struct conn *c, enum phase phase);
/* Takes it off the library's lists; the library watches nothing meanwhile. `events`: what our own epoll waits for, 0 for nothing. */
void conn_suspend(struct conn *c, uint32_t events);
void conn_resume(struct conn *c);
/* Ends it: the library sees the end of the peer's bytes and closes. */
void conn_cut(struct conn *c);
/* What the epoll set said about a suspended one. */
void conn_ready(struct conn *c, uint32_t events);
/* Deadline, rate floor, a request that began to trickle in. */
void conn_look(struct conn *c, int64_t now_ms);

#endif
