#include "net/probe.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/own.h"
#include "base/time.h"
#include "net/resolve.h"

enum { PROBE_MS = 5000, RESOLVE_MS = 3000, CONNECT_MS = 2000, BYTES_MAX = 256 * 1024, AT_ONCE_MAX = 4, CERT_BYTES_MAX = 64 * 1024 };

/* where to ---------------------------------------------------------------------------------------------- */

const char *probe_refuses_port(uint16_t port)
{
    static const uint16_t tls[] = { 443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995 };
    static const uint16_t later[] = { 21, 25, 110, 119, 143, 389, 587 };

    if (port >= 1024)
        return NULL;
    for (size_t i = 0; i < sizeof(tls) / sizeof(*tls); i++)
        if (tls[i] == port)
            return NULL;
    for (size_t i = 0; i < sizeof(later) / sizeof(*later); i++)
        if (later[i] == port)
            return "this port speaks TLS only after a command in the clear: run openssl s_client -starttls, and paste what it prints";
    return "below 1024 only ports are asked that speak TLS from the first byte, such as 443, 636, 853, 993";
}

static const char loopback[] = "it leads to this very machine (loopback): ask by its name on the network, or allow it by the setting tools.loopback";

static const char *refuses_v4(uint32_t at, bool may_loopback)
{
    static const struct { uint32_t net; int bits; const char *why; } nets[] = {
        { 0x7f000000, 8, loopback },
        { 0xa9fe0000, 16, "it leads to a link-local address (169.254.0.0/16), where no server is that people open" },
        { 0x00000000, 8, "it leads to no host (0.0.0.0/8)" },
        { 0xe0000000, 3, "it leads to no host (multicast or reserved)" },
    };

    for (size_t i = 0; i < sizeof(nets) / sizeof(*nets); i++)
        if ((at ^ nets[i].net) >> (32 - nets[i].bits) == 0)
            return nets[i].why == loopback && may_loopback ? NULL : nets[i].why;
    return NULL;
}

static uint32_t last_four(const uint8_t *at)
{
    return (uint32_t)at[12] << 24 | (uint32_t)at[13] << 16 | (uint32_t)at[14] << 8 | at[15];
}

static const char *refuses_v6(const struct in6_addr *at, bool may_loopback)
{
    static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };

    if (IN6_IS_ADDR_LOOPBACK(at))
        return may_loopback ? NULL : loopback;
    if (IN6_IS_ADDR_LINKLOCAL(at))
        return "it leads to a link-local address (fe80::/10), where no server is that people open";
    if (IN6_IS_ADDR_UNSPECIFIED(at) || IN6_IS_ADDR_MULTICAST(at))
        return "it leads to no host (:: or multicast)";
    if (IN6_IS_ADDR_V4MAPPED(at) || IN6_IS_ADDR_V4COMPAT(at) || memcmp(at->s6_addr, nat64, sizeof(nat64)) == 0)
        return refuses_v4(last_four(at->s6_addr), may_loopback);
    return NULL;
}

const char *probe_refuses(const struct sockaddr *to, bool may_loopback)
{
    if (to->sa_family == AF_INET)
        return refuses_v4(ntohl(((const struct sockaddr_in *)to)->sin_addr.s_addr), may_loopback);
    if (to->sa_family == AF_INET6)
        return refuses_v6(&((const struct sockaddr_in6 *)to)->sin6_addr, may_loopback);
    return "it leads to no address of the Internet protocols";
}

/* the connection ---------------------------------------------------------------------------------------- */

struct probe {
    const struct probe_ask *ask;
    struct arena *arena;
    struct probe_answer *out;
    int64_t until_ms;                  /* monotonic: for all of it */
    size_t heard;                      /* bytes */
    bool is_flood;                     /* more than a handshake needs */
    int fd;
    gnutls_session_t session;
    gnutls_certificate_credentials_t nothing;
};

static atomic_int at_once;

static void probe_done(struct probe *p)
{
    if (p->session != NULL)
        gnutls_deinit(p->session);
    if (p->nothing != NULL)
        gnutls_certificate_free_credentials(p->nothing);
    if (p->fd >= 0)
        close(p->fd);
    atomic_fetch_sub(&at_once, 1);
}

static int left_ms(const struct probe *p, int most)
{
    int64_t left = p->until_ms - clock_mono_ms();

    return left <= 0 ? 0 : left > most ? most : (int)left;
}

/* 0: not within the time. */
static int wait_for(const struct probe *p, short what, int most)
{
    struct pollfd fd = { .fd = p->fd, .events = what };
    int rc;

    do {
        rc = poll(&fd, 1, left_ms(p, most));
    } while (rc < 0 && errno == EINTR);
    return rc;
}

static void put_port(struct sockaddr_storage *to, uint16_t port)
{
    if (to->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)to)->sin6_port = htons(port);
    else
        ((struct sockaddr_in *)to)->sin_port = htons(port);
}

static int connect_error(struct probe *p, const struct sockaddr_storage *to, socklen_t len)
{
    socklen_t room = sizeof(int);
    int code = 0;

    if (connect(p->fd, (const struct sockaddr *)to, len) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (wait_for(p, POLLOUT, CONNECT_MS) <= 0)
        return ETIMEDOUT;
    return getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &code, &room) == 0 ? code : errno;
}

static enum err connect_to(struct probe *p, const struct sockaddr_storage *resolved, socklen_t len, struct error *e)
{
    struct sockaddr_storage to = *resolved;
    char text[NI_MAXHOST];
    int code;

    put_port(&to, p->ask->port);
    if (getnameinfo((struct sockaddr *)&to, len, text, sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
        return fail(e, ERR_IO, "an address without a text");
    p->fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (p->fd < 0)
        return fail(e, ERR_IO, "no socket: %s", strerror(errno));
    code = connect_error(p, &to, len);
    if (code == 0) {
        p->out->address = arena_text(p->arena, text);
        return ERR_NONE;
    }
    close(p->fd);
    p->fd = -1;
    return fail(e, ERR_IO, "%.60s port %u: %s. Is the service running, and does a firewall stand in between?", text, p->ask->port, strerror(code));
}

/* The addresses that are asked are those that were looked at: the name is resolved once. */
static enum err connect_any(struct probe *p, const struct resolved *found, struct error *e)
{
    const char *why = NULL;
    enum err r = ERR_DENIED;

    for (size_t i = 0; i < found->len && left_ms(p, 1) > 0; i++) {
        const char *refused = probe_refuses((const struct sockaddr *)&found->at[i].to, p->ask->may_loopback);

        if (refused != NULL) {
            why = refused;
            continue;
        }
        r = connect_to(p, &found->at[i].to, found->at[i].len, e);
        if (r == ERR_NONE)
            return r;
    }
    return r == ERR_DENIED ? fail(e, ERR_DENIED, "%.80s: %s", p->ask->host, why != NULL ? why : "no time was left to connect") : r;
}

/* the handshake ----------------------------------------------------------------------------------------- */

static ssize_t hear(gnutls_transport_ptr_t arg, void *at, size_t room)
{
    struct probe *p = arg;
    ssize_t n;

    if (p->heard + room > BYTES_MAX) {
        p->is_flood = true;
        gnutls_transport_set_errno(p->session, EMSGSIZE);
        return -1;
    }
    n = recv(p->fd, at, room, 0);
    gnutls_transport_set_errno(p->session, n < 0 ? errno : 0);
    p->heard += n > 0 ? (size_t)n : 0;
    return n;
}

static ssize_t say(gnutls_transport_ptr_t arg, const void *at, size_t len)
{
    struct probe *p = arg;
    ssize_t n = send(p->fd, at, len, MSG_NOSIGNAL);

    gnutls_transport_set_errno(p->session, n < 0 ? errno : 0);
    return n;
}

/* Called when the certificates have come, whatever becomes of the handshake then. Nobody is trusted by it. */
static int keep_certs(gnutls_session_t session)
{
    struct probe *p = gnutls_session_get_ptr(session);
    unsigned len = 0;
    const gnutls_datum_t *certs = gnutls_certificate_get_peers(session, &len);

    for (unsigned i = 0; certs != NULL && i < len && p->out->certs_len < PROBE_CERTS_MAX; i++)
        if (certs[i].size <= CERT_BYTES_MAX)
            p->out->certs[p->out->certs_len++] = arena_bytes(p->arena, bytes_of(certs[i].data, certs[i].size));
    return 0;
}

/* Old servers are to be explained as well, so old versions are spoken. */
static enum err prepare(struct probe *p, struct error *e)
{
    if (gnutls_certificate_allocate_credentials(&p->nothing) != 0 || gnutls_init(&p->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) != 0 ||
        gnutls_priority_set_direct(p->session, "NORMAL:+VERS-TLS1.1:+VERS-TLS1.0:%COMPAT", NULL) != 0)
        return fail(e, ERR_BUG, "no TLS session to connect with");
    gnutls_certificate_set_verify_function(p->nothing, keep_certs);
    gnutls_credentials_set(p->session, GNUTLS_CRD_CERTIFICATE, p->nothing);
    gnutls_session_set_ptr(p->session, p);
    gnutls_transport_set_ptr(p->session, p);
    gnutls_transport_set_pull_function(p->session, hear);
    gnutls_transport_set_push_function(p->session, say);
    if (!p->ask->is_address)
        gnutls_server_name_set(p->session, GNUTLS_NAME_DNS, p->ask->host, strlen(p->ask->host));
    return ERR_NONE;
}

static const char *trouble_of(const struct probe *p, int rc)
{
    if (rc == GNUTLS_E_FATAL_ALERT_RECEIVED)
        return "it ended the handshake with an alert";
    if (p->is_flood)
        return "it sends more than a handshake needs";
    if (rc == GNUTLS_E_PREMATURE_TERMINATION || rc == GNUTLS_E_PULL_ERROR || rc == GNUTLS_E_PUSH_ERROR)
        return p->heard == 0 ? "it closed the connection without a word: does this port speak TLS?" : "it closed the connection in the middle of the handshake";
    if (rc == GNUTLS_E_UNEXPECTED_PACKET_LENGTH || rc == GNUTLS_E_UNSUPPORTED_VERSION_PACKET || rc == GNUTLS_E_RECORD_OVERFLOW || rc == GNUTLS_E_UNEXPECTED_PACKET)
        return "what answers does not speak TLS";
    return arena_printf(p->arena, "the handshake failed: %s", gnutls_strerror(rc));
}

/* The number is the peer's to choose: most have no name (RFC 8446, 6). */
static const char *alert_of(const struct probe *p)
{
    gnutls_alert_description_t number = gnutls_alert_get(p->session);
    const char *name = gnutls_alert_get_name(number);

    return name != NULL ? name : arena_printf(p->arena, "Alert %d, which is none that is known", (int)number);
}

static void shake(struct probe *p)
{
    int rc;

    for (;;) {
        rc = gnutls_handshake(p->session);
        if (rc == GNUTLS_E_SUCCESS || (rc < 0 && gnutls_error_is_fatal(rc)))
            break;
        if (rc == GNUTLS_E_WARNING_ALERT_RECEIVED)
            p->out->alert = alert_of(p);
        if (wait_for(p, gnutls_record_get_direction(p->session) == 1 ? POLLOUT : POLLIN, PROBE_MS) <= 0 || left_ms(p, 1) == 0) {
            p->out->trouble = p->heard == 0 ? "it took the connection and said nothing in time: does this port speak TLS?" : "the handshake was not over in time";
            return;
        }
    }
    p->out->wants_certificate = gnutls_certificate_client_get_request_status(p->session) > 0;
    if (rc == GNUTLS_E_FATAL_ALERT_RECEIVED)
        p->out->alert = alert_of(p);
    if (rc != GNUTLS_E_SUCCESS)
        p->out->trouble = trouble_of(p, rc);
    else
        p->out->protocol = arena_text(p->arena, gnutls_protocol_get_name(gnutls_protocol_get_version(p->session)));
}

enum err probe_tls(const struct probe_ask *ask, struct arena *a, struct probe_answer *out, struct error *e)
{
    struct probe_answer answer = { .address = "", .protocol = "", .alert = "", .trouble = "" };
    CLEANUP(probe_done) struct probe p = { .ask = ask, .arena = a, .out = &answer, .fd = -1, .until_ms = clock_mono_ms() + PROBE_MS };
    const char *refused = probe_refuses_port(ask->port);
    struct resolved found;
    enum err r;

    if (atomic_fetch_add(&at_once, 1) >= AT_ONCE_MAX)
        return fail_kind(e, ERR_LIMIT, "busy", "%d servers are being asked already: try again in a moment", AT_ONCE_MAX);
    if (refused != NULL)
        return fail(e, ERR_DENIED, "port %u: %s", ask->port, refused);
    r = resolve(ask->host, RESOLVE_MS, a, &found, e);
    if (r == ERR_NONE)
        r = connect_any(&p, &found, e);
    if (r == ERR_NONE)
        r = prepare(&p, e);
    if (r)
        return r;
    shake(&p);
    *out = answer;
    return ERR_NONE;
}
