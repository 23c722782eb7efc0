/* listener - a socket that waits for visitors: "[::]:8443", "127.0.0.1:0", "*:80", or the path of a Unix socket. */
#ifndef HTTP_LISTENER_H
#define HTTP_LISTENER_H

#include "base/error.h"

/* Non-blocking, close-on-exec. A busy port: ERR_CONFLICT. *port is what the kernel gave; 0 for a Unix socket. */
enum err listener_open(const char *address, int *fd, unsigned *port, struct error *e) MUST_CHECK;

#endif
