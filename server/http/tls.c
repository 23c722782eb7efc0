#include "http/tls.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <strings.h>

#include "base/own.h"

/* Suites without AEAD or forward secrecy are not there at all. AES-128-GCM and X25519 first save 7 % of a handshake;
   the order is ours, because clients put AES-256 first out of habit. Tickets would show an old certificate after a swap. */
#define PRIORITIES \
    "NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AES-128-GCM:+CHACHA20-POLY1305:+AES-256-GCM:+AEAD:+ECDHE-ECDSA:+ECDHE-RSA:" \
    "+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+CTYPE-X509:+COMP-NULL:+SIGN-ECDSA-SECP256R1-SHA256:" \
    "+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SECP384R1-SHA384:+SIGN-ECDSA-SHA384:+SIGN-EDDSA-ED25519:+SIGN-RSA-PSS-RSAE-SHA256:" \
    "+SIGN-RSA-PSS-RSAE-SHA384:+SIGN-RSA-SHA256:+SIGN-RSA-SHA384:+SIGN-RSA-SHA512:%SERVER_PRECEDENCE:%NO_TICKETS"

enum { CHAIN_MAX = 8 };

struct shown {
    char *sni;
    gnutls_certificate_credentials_t credentials;
};
struct tls_identity {
    atomic_uint refs;
    uint64_t generation;
    struct shown *shown;
    size_t len;
    const struct shown *otherwise;     /* the entry of "" */
};
struct tls_slot {
    pthread_mutex_t lock;              /* guards now */
    struct tls_identity *now;
};

static gnutls_priority_t priorities;
static pthread_once_t priorities_once = PTHREAD_ONCE_INIT;

static void make_priorities(void)
{
    if (gnutls_priority_init(&priorities, PRIORITIES, NULL) != 0)
        priorities = NULL;
}

enum err tls_session_prepare(gnutls_session_t session, struct error *e)
{
    pthread_once(&priorities_once, make_priorities);
    if (priorities == NULL || gnutls_priority_set(session, priorities) != 0)
        return fail(e, ERR_BUG, "this GnuTLS refuses our choice of TLS suites");
    return ERR_NONE;
}

/* Asks by signing and verifying: the key may live in another process and show no parameters. */
static enum err check_pair(gnutls_pcert_st *leaf, gnutls_privkey_t key, struct error *e)
{
    static const unsigned char nonce[] = "this key belongs to this certificate";
    gnutls_datum_t text = { (unsigned char *)nonce, sizeof(nonce) }, signature = { 0 };
    gnutls_digest_algorithm_t hash = GNUTLS_DIG_SHA256;
    unsigned must = 0;
    gnutls_sign_algorithm_t algorithm;
    int rc;

    if (gnutls_pubkey_get_preferred_hash_algorithm(leaf->pubkey, &hash, &must) != 0)
        return fail(e, ERR_INVALID, "the certificate's key is of a kind that TLS cannot use");
    algorithm = gnutls_pk_to_sign((gnutls_pk_algorithm_t)gnutls_pubkey_get_pk_algorithm(leaf->pubkey, NULL), hash);
    if (gnutls_privkey_get_pk_algorithm(key, NULL) != gnutls_pubkey_get_pk_algorithm(leaf->pubkey, NULL))
        return fail(e, ERR_INVALID, "the key is of another kind than the certificate's");
    rc = gnutls_privkey_sign_data2(key, algorithm, 0, &text, &signature);
    if (rc < 0)
        return fail(e, ERR_IO, "the server's key cannot sign: %s", gnutls_strerror(rc));
    rc = gnutls_pubkey_verify_data2(leaf->pubkey, algorithm, 0, &text, &signature);
    gnutls_free(signature.data);
    if (rc < 0)
        return fail(e, ERR_INVALID, "the key does not belong to the certificate");
    return ERR_NONE;
}

static enum err read_chain(const struct tls_entry *from, gnutls_pcert_st *chain, size_t *done, struct error *e)
{
    if (from->chain_len == 0 || from->chain_len > CHAIN_MAX)
        return fail(e, ERR_INVALID, "a chain holds 1 to %d certificates, not %zu", CHAIN_MAX, from->chain_len);
    for (*done = 0; *done < from->chain_len; (*done)++) {
        gnutls_datum_t der = { (unsigned char *)from->chain[*done].at, (unsigned)from->chain[*done].len };
        int rc = gnutls_pcert_import_x509_raw(&chain[*done], &der, GNUTLS_X509_FMT_DER, 0);

        if (rc < 0)
            return fail(e, ERR_INVALID, "certificate %zu of the chain cannot be read: %s", *done + 1, gnutls_strerror(rc));
    }
    return ERR_NONE;
}

/* Takes *key when it succeeds; then it is NULL. */
static enum err fill(struct shown *out, const struct tls_entry *from, gnutls_privkey_t *key, struct error *e)
{
    gnutls_pcert_st chain[CHAIN_MAX];
    size_t done = 0;
    enum err r;
    int rc = 0;

    r = read_chain(from, chain, &done, e);
    if (!r)
        r = check_pair(&chain[0], *key, e);
    if (!r && gnutls_certificate_allocate_credentials(&out->credentials) != 0)
        r = fail(e, ERR_BUG, "no TLS credentials to be had");
    if (r) {
        while (done > 0)
            gnutls_pcert_deinit(&chain[--done]);
        return r;
    }
    /* From here the credentials own chain and key, whatever comes. */
    rc = gnutls_certificate_set_key(out->credentials, NULL, 0, chain, (int)done, *key);
    *key = NULL;
    if (rc < 0)
        return fail(e, ERR_INVALID, "the certificate cannot serve TLS: %s", gnutls_strerror(rc));
    return ERR_NONE;
}

static void identity_free(struct tls_identity *t)
{
    for (size_t i = 0; i < t->len; i++) {
        free(t->shown[i].sni);
        if (t->shown[i].credentials != NULL)
            gnutls_certificate_free_credentials(t->shown[i].credentials);
    }
    free(t->shown);
    free(t);
}

enum err tls_identity_new(const struct tls_entry *entries, size_t len, uint64_t generation, struct tls_identity **out, struct error *e)
{
    struct tls_identity *t = own_alloc(sizeof(*t));
    enum err r = ERR_NONE;

    atomic_init(&t->refs, 1);
    t->generation = generation;
    t->shown = own_alloc((len + 1) * sizeof(*t->shown));
    t->len = len;
    for (size_t i = 0; i < len; i++) {
        gnutls_privkey_t key = entries[i].key;

        t->shown[i].sni = own_text(entries[i].sni);
        if (entries[i].sni[0] == '\0')
            t->otherwise = &t->shown[i];
        if (!r)
            r = fill(&t->shown[i], &entries[i], &key, e);
        if (key != NULL)
            gnutls_privkey_deinit(key);
    }
    if (!r && t->otherwise == NULL)
        r = fail(e, ERR_INVALID, "no certificate is the default: visitors by address would see none");
    if (r) {
        identity_free(t);
        return r;
    }
    *out = t;
    return ERR_NONE;
}

struct tls_identity *tls_identity_ref(struct tls_identity *t)
{
    atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
    return t;
}

void tls_identity_unref(struct tls_identity *t)
{
    if (t != NULL && atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) == 1)
        identity_free(t);
}

uint64_t tls_identity_generation(const struct tls_identity *t)
{
    return t->generation;
}

/* "*.x.lan" covers "a.x.lan", not "x.lan" and not "b.a.x.lan": RFC 6125, 6.4.3. */
static bool wildcard_covers(const char *pattern, const char *name)
{
    const char *dot = strchr(name, '.');

    return pattern[0] == '*' && pattern[1] == '.' && dot != NULL && dot != name && strcasecmp(pattern + 1, dot) == 0;
}

static const struct shown *shown_for(const struct tls_identity *t, const char *name)
{
    for (size_t i = 0; i < t->len && name[0] != '\0'; i++) {
        if (strcasecmp(t->shown[i].sni, name) == 0)
            return &t->shown[i];
    }
    for (size_t i = 0; i < t->len; i++) {
        if (wildcard_covers(t->shown[i].sni, name))
            return &t->shown[i];
    }
    return t->otherwise;
}

const char *tls_identity_use(struct tls_identity *t, gnutls_session_t session)
{
    char name[256];
    size_t len = sizeof(name);
    unsigned type = 0;
    const struct shown *s;

    /* A name too long for us is one that we do not have. */
    if (gnutls_server_name_get(session, name, &len, &type, 0) != 0 || type != GNUTLS_NAME_DNS)
        name[0] = '\0';
    s = shown_for(t, name);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, s->credentials);
    return s->sni;
}

struct tls_slot *tls_slot_new(void)
{
    struct tls_slot *s = own_alloc(sizeof(*s));

    pthread_mutex_init(&s->lock, NULL);
    return s;
}

void tls_slot_free(struct tls_slot *s)
{
    if (s == NULL)
        return;
    tls_identity_unref(s->now);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

void tls_slot_put(struct tls_slot *s, struct tls_identity *fresh)
{
    struct tls_identity *old;

    pthread_mutex_lock(&s->lock);
    old = s->now;
    s->now = fresh;
    pthread_mutex_unlock(&s->lock);
    tls_identity_unref(old);
}

struct tls_identity *tls_slot_get(struct tls_slot *s)
{
    struct tls_identity *t;

    pthread_mutex_lock(&s->lock);
    t = s->now != NULL ? tls_identity_ref(s->now) : NULL;
    pthread_mutex_unlock(&s->lock);
    return t;
}
