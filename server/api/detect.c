#include "api/detect.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include "net/resolve.h"
#include "pki/name.h"

enum { MOST = 20, HOST_ROOM = 256, LOOK_UP_MS = 1000 };

struct found { const char *dns[MOST], *ip[MOST]; size_t dns_len, ip_len; };

static void add(struct found *f, const char *text, struct arena *a)
{
    struct name name;
    const char **list;
    size_t *len;

    if (name_any(text, strlen(text), a, &name, NULL) != ERR_NONE || name.text[0] == '*')
        return;
    list = name.kind == NAME_IP ? f->ip : f->dns;
    len = name.kind == NAME_IP ? &f->ip_len : &f->dns_len;
    for (size_t i = 0; i < *len; i++)
        if (strcmp(list[i], name.text) == 0)
            return;
    if (*len < MOST)
        list[(*len)++] = name.text;
}

static void add_full_name(struct found *f, const char *host, struct arena *a)
{
    struct resolved found;
    struct error ignored;

    if (resolve(host, LOOK_UP_MS, a, &found, &ignored) == ERR_NONE && found.full[0] != '\0')
        add(f, found.full, a);
}

static bool is_link_local(const struct sockaddr *at)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)at;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)at;

    return at->sa_family == AF_INET6 ? IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr) : ntohl(v4->sin_addr.s_addr) >> 16 == 0xa9fe;
}

static void add_addresses(struct found *f, struct arena *a)
{
    struct ifaddrs *all;
    char text[NI_MAXHOST];

    if (getifaddrs(&all) != 0)
        return;
    for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
        const struct sockaddr *at = i->ifa_addr;
        socklen_t len = sizeof(struct sockaddr_in);

        if (at == NULL || (at->sa_family != AF_INET && at->sa_family != AF_INET6) || (i->ifa_flags & IFF_LOOPBACK) || is_link_local(at))
            continue;
        if (at->sa_family == AF_INET6)
            len = sizeof(struct sockaddr_in6);
        if (getnameinfo(at, len, text, sizeof(text), NULL, 0, NI_NUMERICHOST) == 0)
            add(f, text, a);
    }
    freeifaddrs(all);
}

/* "localhost:8443", "[::1]:8443" without the port. */
static void add_asked(struct found *f, const char *asked, struct arena *a)
{
    const char *end = asked[0] == '[' ? strchr(asked, ']') : strchr(asked, ':');
    size_t from = asked[0] == '[' ? 1 : 0, len = end != NULL ? (size_t)(end - asked) : strlen(asked);

    if (len > from && len < HOST_ROOM)
        add(f, arena_copy(a, asked + from, len - from), a);
}

void detect_names(const char *asked, struct arena *a, struct detected *out)
{
    struct found f = { .dns_len = 0 };
    char host[HOST_ROOM] = "";

    if (gethostname(host, sizeof(host) - 1) == 0 && host[0] != '\0') {
        add_full_name(&f, host, a);
        add(&f, host, a);
    }
    add_addresses(&f, a);
    if (asked != NULL)
        add_asked(&f, asked, a);
    out->hostnames = arena_copy(a, f.dns, sizeof(f.dns));
    out->hostnames_len = f.dns_len;
    out->ip_addresses = arena_copy(a, f.ip, sizeof(f.ip));
    out->ip_len = f.ip_len;
}
