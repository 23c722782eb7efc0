/* inventory - a database with an authority's certificates in it, and certificates of them made on the spot. */
#ifndef TEST_INVENTORY_H
#define TEST_INVENTORY_H

#include "../store/store.h"
#include "base/random.h"
#include "base/time.h"
#include "inventory/inventory.h"
#include "pki/key.h"
#include "pki/tbs.h"
#include "store/issuers.h"

struct making {
    const char *common_name;
    const char *names[4];          /* "10.1.2.3" is an address */
    int64_t not_before, not_after;
    const struct making *issuer;   /* NULL: self-signed */
    const char *store, *source;
    struct id issuer_id, key;
    bool is_ca, is_self_signed;
    uint8_t ski[20];
    /* results */
    struct id certificate;         /* given: a version of that lineage */
    int64_t n;
    int number;
    struct bytes der;
};

static inline struct bytes making_spki(struct arena *a)
{
    static const uint8_t head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
                                    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04 };
    uint8_t *spki = arena_take(a, sizeof(head) + 64);

    memcpy(spki, head, sizeof(head));
    random_fill(spki + sizeof(head), 64);
    return bytes_of(spki, sizeof(head) + 64);
}

static inline enum err making_cert(struct making *m, struct arena *a, struct cert *out, struct error *e)
{
    struct name *names = arena_take(a, 4 * sizeof(*names));
    struct tbs t = { .alg = SIG_ECDSA_SHA256, .path_len = -1, .not_before = m->not_before, .not_after = m->not_after, .spki = making_spki(a) };
    uint8_t nothing[8] = { 0x30, 6, 2, 1, 1, 2, 1, 1 };    /* nobody verifies it here */
    struct bytes tbs;
    enum err r;

    for (; t.names.len < 4 && m->names[t.names.len] != NULL; t.names.len++) {
        r = name_any(m->names[t.names.len], strlen(m->names[t.names.len]), a, &names[t.names.len], e);
        if (r)
            return r;
    }
    t.names.at = names;
    serial_make(t.serial);
    random_fill(m->ski, sizeof(m->ski));
    memcpy(t.ski, m->ski, sizeof(t.ski));
    memcpy(t.aki, m->issuer != NULL ? m->issuer->ski : m->ski, sizeof(t.aki));
    t.has_aki = m->issuer != NULL;
    t.subject = dn_build(a, NULL, m->common_name);
    t.issuer = dn_build(a, NULL, m->issuer != NULL ? m->issuer->common_name : m->common_name);
    t.is_ca = m->is_ca;
    t.usage = m->is_ca ? USE_CERT_SIGN | USE_CRL_SIGN : USE_DIGITAL_SIGNATURE;
    t.purposes = m->is_ca ? 0 : FOR_SERVER;
    r = tbs_build(&t, a, &tbs, e);
    if (r)
        return r;
    m->der = arena_bytes(a, signed_build(a, tbs, t.alg, bytes_of(nothing, sizeof(nothing))));
    return cert_parse(m->der, a, out, e);
}

struct making_step { struct making *m; struct version_add add; struct issuer_row issuer; };

static inline enum err making_record(struct tx *tx, void *arg, struct error *e)
{
    struct making_step *s = arg;
    enum err r = s->m->issuer == NULL && s->add.is_new ? store_issuer_add(tx, &s->issuer, e) : ERR_NONE;

    if (r == ERR_NONE)
        r = inventory_add_version(tx, &s->add, &s->m->n, &s->m->number, e);
    return r;
}

/* Builds and records it. */
static inline enum err make(struct place *p, struct making *m, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct making_step s = { .m = m };
    enum err r;

    m->not_before = m->not_before != 0 ? m->not_before : clock_now() - 60;
    m->not_after = m->not_after != 0 ? m->not_after : clock_now() + 90 * DAYS;
    r = making_cert(m, a, &s.add.cert, e);
    if (r)
        return r;
    s.add.is_new = id_is_none(&m->certificate);
    if (s.add.is_new)
        m->certificate = id_new();
    if (m->issuer == NULL && s.add.is_new)
        m->issuer_id = id_new();
    s.issuer = (struct issuer_row){ .id = m->issuer_id, .name = s.add.cert.subject, .key_identifier = bytes_of(m->ski, sizeof(m->ski)), .label = m->common_name };
    s.add.certificate = m->certificate;
    s.add.label = m->common_name;
    s.add.store = m->store != NULL ? m->store : "personal";
    s.add.source = m->source != NULL ? m->source : "rest";
    s.add.profile = "web-server";
    s.add.issuer = m->issuer != NULL ? m->issuer->issuer_id : m->issuer_id;
    s.add.is_issued = !m->is_self_signed;
    s.add.key = m->key;
    s.add.flags = (m->is_self_signed ? VERSION_SELF_SIGNED : 0) | (m->is_ca ? VERSION_AUTHORITY : 0);
    r = store_write(p->store, &p->who, making_record, &s, e);
    m->der = (struct bytes){ 0 };                  /* it lived in our arena */
    return r;
}

#endif
