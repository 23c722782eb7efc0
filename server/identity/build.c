#include "identity/parts.h"

#include <unistd.h>

#include "base/time.h"
#include "pki/tbs.h"
#include "store/keys.h"

static enum err load_rows(const struct db *db, int64_t version_n, struct arena *a, struct showing *s, struct error *e)
{
    struct key_row key;
    enum err r;

    r = inventory_by_version(db, version_n, a, &s->item, e);
    if (r)
        return r;
    r = inventory_chain(db, version_n, true, a, &s->chain, &s->chain_len, e);
    if (r)
        return r;
    if (id_is_none(&s->item.key_id))
        return ERR_NONE;
    r = store_key(db, &s->item.key_id, a, &key, e);
    if (!r)
        s->key_blob = key.blob;
    return r;
}

/* Complete only with a root of ours, or one that an administrator has put into the store of trusted roots. */
static bool ends_in_root(const struct db *db, const struct showing *s, struct arena *a)
{
    struct error ignored;
    struct cert last;

    if (s->chain_len < 2)
        return false;
    if (cert_parse(s->chain[s->chain_len - 1], a, &last, &ignored) != ERR_NONE || !cert_is_self_issued(&last))
        return false;
    return store_root_is_known(db, bytes_of(last.sha256, sizeof(last.sha256)));
}

enum err showing_load(struct identity *i, int64_t version_n, struct arena *a, struct showing *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct showing s = { 0 };
    enum err r;

    r = store_look(i->with.store, &look, e);
    if (r)
        return r;
    r = load_rows(look_db(&look), version_n, a, &s, e);
    if (r)
        return r;
    if (s.chain_len == 0)
        return fail(e, ERR_BUG, "a certificate without itself in its chain");
    s.is_complete = ends_in_root(look_db(&look), &s, a);
    r = cert_parse(s.chain[0], a, &s.cert, e);
    if (r)
        return r;
    *out = s;
    return ERR_NONE;
}

static enum err entry_of(struct identity *i, const char *sni, const struct showing *s, struct tls_entry *out, struct error *e)
{
    struct keeper_key *key = NULL;
    enum err r;

    if (s->key_blob.len == 0)
        return fail(e, ERR_INVALID, "there is no private key for %s here", s->item.common_name);
    r = keeper_load(i->with.keeper, s->key_blob, &key, e);
    if (r)
        return r;
    *out = (struct tls_entry){ .sni = sni, .chain = s->chain, .chain_len = s->chain_len - (s->is_complete ? 1 : 0) };
    r = keeper_tls_key(i->with.keeper, key, &out->key, e);
    keeper_key_unref(key);
    return r;
}

enum err identity_build_with(struct identity *i, const struct shown *rows, const struct showing *candidate, uint64_t generation, struct arena *a,
                             struct tls_identity **out, struct error *e)
{
    struct tls_entry *entries = arena_take(a, rows->len * sizeof(*entries));
    size_t n = 0;
    enum err r = ERR_NONE;

    for (; !r && n < rows->len; n += !r) {
        struct showing s;

        if (candidate != NULL && rows->at[n].version_n == candidate->item.n)
            s = *candidate;
        else
            r = showing_load(i, rows->at[n].version_n, a, &s, e);
        if (!r)
            r = entry_of(i, rows->at[n].sni, &s, &entries[n], e);
    }
    if (!r)
        return tls_identity_new(entries, rows->len, generation, out, e);
    for (size_t done = 0; done < n; done++)
        gnutls_privkey_deinit(entries[done].key);
    return r;
}

bool showing_is_due(const struct showing *s)
{
    return clock_now() >= s->cert.not_before + (s->cert.not_after - s->cert.not_before) / 3 * 2;
}

enum err identity_build(struct identity *i, const struct shown *rows, uint64_t generation, struct arena *a, struct tls_identity **out, struct error *e)
{
    return identity_build_with(i, rows, NULL, generation, a, out, e);
}

/* Names that a first visitor may have typed: this host's, and localhost. */
static struct names first_names(struct arena *a)
{
    struct name *at = arena_take(a, 4 * sizeof(*at));
    char host[256] = "";
    struct error ignored;
    size_t n = 0;

    gethostname(host, sizeof(host) - 1);
    if (name_dns(host, strlen(host), a, &at[n], &ignored) == ERR_NONE && strcmp(at[n].text, "localhost") != 0)
        n++;
    if (name_dns("localhost", 9, a, &at[n], &ignored) == ERR_NONE)
        n++;
    if (name_ip("127.0.0.1", 9, a, &at[n], &ignored) == ERR_NONE)
        n++;
    if (name_ip("::1", 3, a, &at[n], &ignored) == ERR_NONE)
        n++;
    return (struct names){ at, n };
}

static enum err sign_temporary(struct identity *i, const struct sealed_key *key, struct arena *a, struct bytes *der, struct error *e)
{
    struct tbs tbs = {
        .alg = sig_alg_for(KEY_EC_P256), .issuer = dn_build(a, NULL, "Signet first run"), .not_before = clock_now() - 300,
        .not_after = clock_now() + 365 * DAYS, .spki = key->spki, .names = first_names(a), .path_len = -1,
        .usage = USE_DIGITAL_SIGNATURE, .purposes = FOR_SERVER,
    };
    struct bytes body, signature;
    struct spki spki;
    enum err r;

    serial_make(tbs.serial);
    tbs.subject = tbs.issuer;
    r = spki_parse(key->spki, &spki, e);
    if (r)
        return r;
    spki_identifier(&spki, tbs.ski);
    r = tbs_build(&tbs, a, &body, e);
    if (!r)
        r = keeper_sign_once(i->with.keeper, key->blob, SHAPE_CERTIFICATE, body, a, &signature, e);
    if (!r)
        *der = signed_build(a, body, tbs.alg, signature);
    return r;
}

enum err identity_build_temporary(struct identity *i, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct key_spec spec = { .purpose = PURPOSE_SUBJECT, .type = KEY_EC_P256, .id = id_new(), .path_len = -1 };
    struct showing s = { .chain = arena_take(a, sizeof(*s.chain)), .chain_len = 1 };
    struct tls_entry entry;
    struct sealed_key key;
    enum err r;

    r = keeper_make(i->with.keeper, &spec, a, &key, e);
    if (!r)
        r = sign_temporary(i, &key, a, &s.chain[0], e);
    if (r)
        return r;
    s.key_blob = key.blob;
    s.item.common_name = "the first run";
    r = entry_of(i, "", &s, &entry, e);
    if (!r)
        r = tls_identity_new(&entry, 1, 0, &i->temporary, e);
    if (r)
        return r;
    i->temporary_leaf = bytes_of(own_alloc(s.chain[0].len), s.chain[0].len);
    memcpy((void *)i->temporary_leaf.at, s.chain[0].at, s.chain[0].len);
    return ERR_NONE;
}
