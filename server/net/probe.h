/* probe - what a TLS server shows to whoever connects: its certificates, or the alert by which it says no. The handshake is all there is: nothing
   is trusted, nothing is asked over the connection, nothing but certificates and alerts is told of what came. */
#ifndef NET_PROBE_H
#define NET_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/error.h"

enum { PROBE_CERTS_MAX = 16 };

struct probe_ask {
    const char *host;                  /* a name, or an address as text */
    uint16_t port;
    bool is_address;                   /* no SNI then: RFC 6066, 3 */
    bool may_loopback;                 /* services of this very machine too */
};
struct probe_answer {
    struct bytes certs[PROBE_CERTS_MAX];   /* as they were sent */
    size_t certs_len;
    const char *address;               /* that was connected to */
    const char *protocol;              /* "TLS1.3"; "" the handshake did not come to its end */
    const char *alert;                 /* that the server sent; "" none */
    bool wants_certificate;            /* it asked the client for one */
    const char *trouble;               /* why the handshake did not come to its end; "" it did */
};
/* Five seconds for all of it, 256 KiB, four at a time (else ERR_LIMIT). ERR_IO: nobody answers there. ERR_DENIED: it must not be asked. */
enum err probe_tls(const struct probe_ask *ask, struct arena *a, struct probe_answer *out, struct error *e) MUST_CHECK;

/* Ports with TLS from the first byte, and all from 1024 on. NULL: it may be asked; else why not. */
const char *probe_refuses_port(uint16_t port);
/* Private networks are where servers stand. What has no business there: this machine by loopback, unless allowed; link-local (where clouds keep
   secrets); multicast and what is no host. An IPv4 address inside of an IPv6 one counts as what it is. */
const char *probe_refuses(const struct sockaddr *to, bool may_loopback);

#endif
