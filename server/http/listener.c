#include "http/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/text.h"

enum { BACKLOG = 1024 };

union place {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

static enum err read_place(const char *address, union place *out, socklen_t *len, struct error *e)
{
    const char *colon = strrchr(address, ':');
    char host[INET6_ADDRSTRLEN + 2];
    int64_t port;

    if (colon == NULL || (size_t)(colon - address) >= sizeof(host) || !text_number(colon + 1, 0, 65535, &port))
        return fail(e, ERR_INVALID, "\"%s\" is not an address and a port: write it like [::]:8443 or 127.0.0.1:8443", address);
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = '\0';
    memset(out, 0, sizeof(*out));
    if (host[0] == '[' && text_ends(host, "]")) {
        host[strlen(host) - 1] = '\0';
        memmove(host, host + 1, strlen(host));
    }

    if (host[0] == '\0' || strcmp(host, "*") == 0)
        strcpy(host, "::");
    if (inet_pton(AF_INET6, host, &out->v6.sin6_addr) == 1) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons((uint16_t)port);
        *len = sizeof(out->v6);
        return ERR_NONE;
    }
    if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons((uint16_t)port);
        *len = sizeof(out->v4);
        return ERR_NONE;
    }
    return fail(e, ERR_INVALID, "\"%s\" is not an IP address of this machine: write it like [::]:8443 or 127.0.0.1:8443", address);
}

/* A machine without IPv6 still serves "[::]": by IPv4 alone. */
static void without_ipv6(union place *p, socklen_t *len)
{
    in_port_t port = p->v6.sin6_port;

    memset(p, 0, sizeof(*p));
    p->v4.sin_family = AF_INET;
    p->v4.sin_port = port;
    *len = sizeof(p->v4);
}

static int open_socket(union place *p, socklen_t *len)
{
    int on = 1, off = 0;
    int fd = socket(p->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0 && errno == EAFNOSUPPORT && p->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&p->v6.sin6_addr)) {
        without_ipv6(p, len);
        fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    }
    if (fd < 0)
        return -1;
    if (p->any.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    return fd;
}

static enum err refuse(int fd, const char *address, struct error *e)
{
    int why = errno;
    const char *colon = strrchr(address, ':');

    if (fd >= 0)
        close(fd);
    if (why == EADDRINUSE)
        return fail(e, ERR_CONFLICT, "port %s is in use by another program (%s): stop it or choose another port", colon + 1, address);
    if (why == EACCES)
        return fail(e, ERR_DENIED, "port %s may not be opened by this user (%s): choose one over 1023, or grant CAP_NET_BIND_SERVICE", colon + 1, address);
    return fail(e, ERR_IO, "%s cannot be listened on: %s", address, strerror(why));
}

static unsigned port_of(int fd)
{
    union place p = { 0 };
    socklen_t len = sizeof(p);

    if (getsockname(fd, &p.any, &len) != 0)
        return 0;
    return ntohs(p.any.sa_family == AF_INET6 ? p.v6.sin6_port : p.v4.sin_port);
}

/* The data directory's lock is ours, so a socket that is there was left by a daemon that is gone. */
static enum err open_local(const char *path, int *out, struct error *e)
{
    union place p = { .local.sun_family = AF_UNIX };
    int fd;

    if (strlen(path) >= sizeof(p.local.sun_path))
        return fail(e, ERR_INVALID, "%s is too long for a Unix socket (107 bytes): choose a shorter data directory", path);
    strcpy(p.local.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(e, ERR_IO, "%s cannot be made: %s", path, strerror(errno));
    unlink(path);
    /* The mode given to the unbound socket is the one it appears with: there is no moment at which others could connect. */
    if (fchmod(fd, 0600) != 0 || bind(fd, &p.any, sizeof(p.local)) != 0 || chmod(path, 0600) != 0 || listen(fd, BACKLOG) != 0) {
        fail(e, ERR_IO, "%s cannot be listened on: %s", path, strerror(errno));
        close(fd);
        return ERR_IO;
    }
    *out = fd;
    return ERR_NONE;
}

enum err listener_open(const char *address, int *out, unsigned *port, struct error *e)
{
    union place p = { 0 };
    socklen_t len = 0;
    enum err r;
    int fd;

    *port = 0;
    if (strchr(address, '/') != NULL)
        return open_local(address, out, e);
    r = read_place(address, &p, &len, e);
    if (r)
        return r;
    fd = open_socket(&p, &len);
    if (fd < 0 || bind(fd, &p.any, len) != 0 || listen(fd, BACKLOG) != 0)
        return refuse(fd, address, e);

    *out = fd;
    *port = port_of(fd);
    return ERR_NONE;
}
