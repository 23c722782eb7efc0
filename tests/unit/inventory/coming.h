/* coming - what comes into an inventory, said in words, and brought in by the very functions of an import. */
#ifndef TEST_COMING_H
#define TEST_COMING_H

#include "inventory.h"
#include "inventory/incoming.h"
#include "pki/hash.h"

/* What comes in, said in words: names, whose key, who signed, when it begins. What is not a CA is "www.lan" of "CA" unless it says otherwise. */
struct coming {
    const char *common_name, *issuer;      /* issuer NULL: of a CA itself */
    const char *names[3];
    struct bytes spki;                     /* empty: a key of its own */
    int begins, days;                      /* from now; how long, 0: 90 */
    uint32_t purposes;                     /* 0: FOR_SERVER */
    bool is_ca, is_flagged;
    const char *store;                     /* NULL: where it belongs */
};
struct came {
    struct imported out;
    struct import im;
    struct import_wish wish;
    struct incoming in;
    struct item item;
};

static inline void fill(struct coming *c)
{
    if (c->is_ca)
        return;
    c->common_name = c->common_name != NULL ? c->common_name : "www.lan";
    c->issuer = c->issuer != NULL ? c->issuer : "CA";
    c->names[0] = c->names[0] != NULL ? c->names[0] : "www.lan";
}

static inline struct cert coming_cert(struct coming *c, struct arena *a)
{
    struct name *names = arena_take(a, 3 * sizeof(*names));
    struct tbs t = { .alg = SIG_ECDSA_SHA256, .path_len = -1, .is_ca = c->is_ca, .spki = c->spki.len > 0 ? c->spki : making_spki(a) };
    uint8_t nothing[8] = { 0x30, 6, 2, 1, 1, 2, 1, 1 };
    struct cert out;
    struct bytes tbs;
    struct error e;

    fill(c);
    for (; t.names.len < 3 && c->names[t.names.len] != NULL; t.names.len++)
        assert_ok(name_any(c->names[t.names.len], strlen(c->names[t.names.len]), a, &names[t.names.len], &e));
    t.names.at = names;
    t.not_before = clock_now() + c->begins * DAYS;
    t.not_after = t.not_before + (c->days != 0 ? c->days : 90) * DAYS;
    t.subject = dn_build(a, NULL, c->common_name);
    t.issuer = dn_build(a, NULL, c->issuer != NULL ? c->issuer : c->common_name);
    t.usage = c->is_ca ? USE_CERT_SIGN : USE_DIGITAL_SIGNATURE;
    t.purposes = c->is_ca ? 0 : c->purposes != 0 ? c->purposes : FOR_SERVER;
    serial_make(t.serial);
    hash_sha1(t.spki, t.ski);
    hash_sha1(bytes_text(c->issuer != NULL ? c->issuer : "-"), t.aki);
    t.has_aki = c->issuer != NULL;
    assert_ok(tbs_build(&t, a, &tbs, &e));
    assert_ok(cert_parse(arena_bytes(a, signed_build(a, tbs, t.alg, bytes_of(nothing, sizeof(nothing)))), a, &out, &e));
    return out;
}

static inline enum err write_certificate(struct tx *tx, void *arg, struct error *e)
{
    struct came *c = arg;

    return incoming_certificate(tx, &c->im, &c->in, e);
}

static inline enum err write_key(struct tx *tx, void *arg, struct error *e)
{
    struct came *c = arg;

    return incoming_key(tx, &c->im, &c->in, e);
}

static inline void begin(struct came *c, const char *store, struct bytes spki, struct arena *a)
{
    c->wish = (struct import_wish){ .store = store };
    c->im = (struct import){ .wish = &c->wish, .arena = a };
    c->out = (struct imported){ .action = "ignored", .store = "" };
    c->in.item = &c->item;
    c->in.filename = "file.pem";
    c->in.out = &c->out;
    c->in.is_taken = true;
    c->in.fresh = id_new();
    c->in.fresh_issuer = id_new();
    hash_sha256(spki, c->in.spki_sha256);
}

static inline struct imported bring_cert(struct place *p, struct cert cert, const struct coming *how, struct arena *a)
{
    struct came *c = arena_take(a, sizeof(*c));
    struct error e = { 0 };

    begin(c, how->store, cert.key.der, a);
    c->item.kind = ITEM_CERTIFICATE;
    c->in.cert = cert;
    c->in.label = cert.common_name;
    c->in.is_flagged = how->is_flagged;
    c->out.sha256 = arena_bytes(a, bytes_of(cert.sha256, sizeof(cert.sha256)));
    assert_ok(store_write(p->store, &p->who, write_certificate, c, &e));
    return c->out;
}

static inline struct imported bring(struct place *p, struct coming how, struct arena *a)
{
    return bring_cert(p, coming_cert(&how, a), &how, a);
}

static inline struct imported bring_key(struct place *p, struct bytes spki, struct arena *a)
{
    struct came *c = arena_take(a, sizeof(*c));
    struct error e = { 0 };

    begin(c, NULL, spki, a);
    c->item.kind = ITEM_KEY;
    c->in.key = (struct key_row){ .id = id_new(), .purpose = "subject", .type = "ec-p256", .spki = spki, .blob = bytes_text("sealed"), .kek = 1,
                                  .is_exportable = true, .origin = "imported", .created_at = clock_now() };
    assert_ok(store_write(p->store, &p->who, write_key, c, &e));
    return c->out;
}

static inline void says(struct imported got, const char *action, const char *store, int version)
{
    if (strcmp(got.action, action) != 0 || strcmp(got.store, store) != 0 || got.version != version)
        fail_msg("%s to %s as version %d, not %s to %s as %d", got.action, got.store, got.version, action, store, version);
}

#define IN_PLACE CLEANUP(arena_drop) struct arena *a = arena_new(); struct place *p = *state

#endif
