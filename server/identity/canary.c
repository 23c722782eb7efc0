#include "identity/parts.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

struct pair {
    int fd[2];
    gnutls_session_t server, client;
    gnutls_certificate_credentials_t trust;
};

static void pair_done(struct pair *p)
{
    if (p->server != NULL)
        gnutls_deinit(p->server);
    if (p->client != NULL)
        gnutls_deinit(p->client);
    if (p->trust != NULL)
        gnutls_certificate_free_credentials(p->trust);
    for (int n = 0; n < 2; n++)
        if (p->fd[n] >= 0)
            close(p->fd[n]);
}

static int take_identity(gnutls_session_t session)
{
    tls_identity_use(gnutls_session_get_ptr(session), session);
    return 0;
}

static enum err open_server(struct pair *p, struct tls_identity *t, struct error *e)
{
    enum err r;

    if (gnutls_init(&p->server, GNUTLS_SERVER | GNUTLS_NONBLOCK) != 0)
        return fail(e, ERR_BUG, "no TLS session for the trial handshake");
    r = tls_session_prepare(p->server, e);
    if (r)
        return r;
    gnutls_session_set_ptr(p->server, t);
    gnutls_handshake_set_post_client_hello_function(p->server, take_identity);
    gnutls_transport_set_int(p->server, p->fd[0]);
    return ERR_NONE;
}

static enum err open_client(struct pair *p, const struct canary *c, const char *priority, struct error *e)
{
    gnutls_datum_t root = { (unsigned char *)c->root.at, (unsigned)c->root.len };

    if (gnutls_certificate_allocate_credentials(&p->trust) != 0 || gnutls_init(&p->client, GNUTLS_CLIENT | GNUTLS_NONBLOCK) != 0)
        return fail(e, ERR_BUG, "no TLS session for the trial handshake");
    if (c->root.len > 0 && gnutls_certificate_set_x509_trust_mem(p->trust, &root, GNUTLS_X509_FMT_DER) != 1)
        return fail(e, ERR_INVALID, "the root of the chain cannot be read by TLS clients");
    if (gnutls_priority_set_direct(p->client, priority, NULL) != 0)
        return fail(e, ERR_BUG, "no priorities for the trial handshake");
    gnutls_credentials_set(p->client, GNUTLS_CRD_CERTIFICATE, p->trust);
    if (*c->sni != '\0')
        gnutls_server_name_set(p->client, GNUTLS_NAME_DNS, c->sni, strlen(c->sni));
    gnutls_transport_set_int(p->client, p->fd[1]);
    return ERR_NONE;
}

/* Both ends in one thread: each goes as far as it can, in turn. */
static enum err shake(struct pair *p, const char *version, struct error *e)
{
    int server = GNUTLS_E_AGAIN, client = GNUTLS_E_AGAIN;

    for (int turn = 0; turn < 100 && (server != 0 || client != 0); turn++) {
        if (client != 0)
            client = gnutls_handshake(p->client);
        if (server != 0)
            server = gnutls_handshake(p->server);
        if (client < 0 && gnutls_error_is_fatal(client))
            return fail(e, ERR_INVALID, "a %s client refuses it: %s", version, gnutls_strerror(client));
        if (server < 0 && gnutls_error_is_fatal(server))
            return fail(e, ERR_INVALID, "the server cannot use it for %s: %s", version, gnutls_strerror(server));
    }
    if (server != 0 || client != 0)
        return fail(e, ERR_INVALID, "the %s handshake did not come to an end", version);
    return ERR_NONE;
}

static enum err look_at_peer(struct pair *p, const struct canary *c, const char *version, struct error *e)
{
    gnutls_datum_t why = { 0 };
    const gnutls_datum_t *peers;
    unsigned len = 0, status = 0;
    int rc;

    peers = gnutls_certificate_get_peers(p->client, &len);
    if (peers == NULL || len == 0 || !bytes_equal(bytes_of(peers[0].data, peers[0].size), c->leaf))
        return fail(e, ERR_INVALID, "a %s client was shown another certificate", version);
    if (c->root.len == 0)
        return ERR_NONE;

    rc = gnutls_certificate_verify_peers2(p->client, &status);
    if (rc < 0)
        return fail(e, ERR_INVALID, "a %s client cannot check the chain: %s", version, gnutls_strerror(rc));
    if (status == 0)
        return ERR_NONE;
    gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &why, 0);
    fail(e, ERR_INVALID, "a %s client does not trust the chain: %s", version, why.data != NULL ? (char *)why.data : "?");
    gnutls_free(why.data);
    return ERR_INVALID;
}

static enum err shake_as(struct tls_identity *t, const struct canary *c, const char *version, const char *priority, struct error *e)
{
    CLEANUP(pair_done) struct pair p = { .fd = { -1, -1 } };
    enum err r;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, p.fd) != 0)
        return fail(e, ERR_IO, "no socket pair for the trial handshake: %s", strerror(errno));
    r = open_server(&p, t, e);
    if (!r)
        r = open_client(&p, c, priority, e);
    if (!r)
        r = shake(&p, version, e);
    if (!r)
        r = look_at_peer(&p, c, version, e);
    return r;
}

enum err canary_shake(struct tls_identity *t, const struct canary *c, struct error *e)
{
    static const char *const ways[][2] = {
        { "TLS 1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.3" },
        { "TLS 1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.2" },
    };
    enum err r = ERR_NONE;

    for (size_t n = 0; !r && n < sizeof(ways) / sizeof(*ways); n++)
        r = shake_as(t, c, ways[n][0], ways[n][1], e);
    return r;
}
