#include "ca/held.h"

#include <stdlib.h>

#include "base/own.h"
#include "store/authorities.h"

enum { CHAIN_MAX = 10 };

/* The key of an authority that was held before is handed on: loading costs a round trip and a slot in the keeper. */
static struct keeper_key *handed_on(const struct roll *old, const struct id *id)
{
    for (size_t i = 0; old != NULL && i < old->len; i++) {
        if (id_equal(&old->at[i].view.id, id) && old->at[i].key != NULL)
            return keeper_key_ref(old->at[i].key);
    }
    return NULL;
}

static enum err take_key(struct ca *ca, const struct roll *old, const struct authority_row *row, struct held *out, struct error *e)
{
    out->key = handed_on(old, &row->id);
    if (out->key != NULL || row->blob.len == 0 || keeper_state(ca->keeper) != KEEPER_OPEN)
        return ERR_NONE;
    return keeper_load(ca->keeper, row->blob, &out->key, e);
}

static enum err read_held(struct roll *roll, const struct authority_row *row, struct held *out, struct error *e)
{
    char id[ID_TEXT];
    enum err r;

    id_text(&row->id, id);
    r = cert_parse(row->der, roll->arena, &out->view.cert, e);
    if (r)
        return r;
    if (out->view.cert.ski.len != sizeof(out->ski))
        return fail(e, ERR_BUG, "the certificate of authority %s has no key identifier of 20 octets", id);

    memcpy(out->ski, out->view.cert.ski.at, sizeof(out->ski));
    out->view.id = row->id;
    out->view.parent = row->parent;
    out->view.name = row->label;
    out->view.state = row->state;
    out->view.public_url = row->public_url;
    out->view.certificate_id = row->certificate;
    out->view.der = row->der;
    out->view.key_type = out->view.cert.key.type;
    out->view.crl_number = row->crl_number;
    out->view.crl_this_update = row->crl_this_update;
    out->view.crl_next_update = row->crl_next_update;
    out->version = row->version;
    out->crl_days = row->crl_days;
    out->alg = sig_alg_for(out->view.key_type);
    out->crl_url = arena_printf(roll->arena, "%s/crl/%s.crl", row->public_url, id);
    out->cer_url = arena_printf(roll->arena, "%s/ca/%s.cer", row->public_url, id);
    return ERR_NONE;
}

/* A root is what clients have already: it ends the chain and is left out of it. */
static void link_chain(struct roll *roll, struct held *held)
{
    struct bytes *chain = arena_take(roll->arena, CHAIN_MAX * sizeof(*chain));
    const struct held *at = held;

    while (held->chain_len < CHAIN_MAX && !id_is_none(&at->view.parent)) {
        chain[held->chain_len++] = at->view.der;
        if (roll_find(roll, &at->view.parent, &at, NULL) != ERR_NONE)
            break;
    }
    held->chain = chain;
}

static enum err read_rows(struct ca *ca, struct roll *roll, struct authority_row **rows, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    enum err r;

    r = store_look(ca->store, &look, e);
    if (r)
        return r;
    return store_authorities(look_db(&look), roll->arena, rows, &roll->len, e);
}

static enum err fill(struct ca *ca, const struct roll *old, struct roll *roll, struct error *e)
{
    struct authority_row *rows = NULL;
    enum err r;

    r = read_rows(ca, roll, &rows, e);
    if (r)
        return r;
    roll->at = arena_take(roll->arena, roll->len * sizeof(*roll->at) + 1);
    for (size_t i = 0; i < roll->len; i++) {
        r = read_held(roll, &rows[i], &roll->at[i], e);
        if (r)
            return r;
        r = take_key(ca, old, &rows[i], &roll->at[i], e);
        if (r)
            return r;
    }
    for (size_t i = 0; i < roll->len; i++)
        link_chain(roll, &roll->at[i]);
    return ERR_NONE;
}

static void put(struct ca *ca, struct roll *fresh)
{
    struct roll *drop = fresh;

    pthread_mutex_lock(&ca->lock);
    if (ca->now == NULL || ca->now->ticket < fresh->ticket) {
        drop = ca->now;
        ca->now = fresh;
    }
    pthread_mutex_unlock(&ca->lock);
    roll_unref(drop);
}

enum err held_reload(struct ca *ca, struct error *e)
{
    CLEANUP(roll_drop) struct roll *old = NULL;
    CLEANUP(roll_drop) struct roll *fresh = own_alloc(sizeof(*fresh));
    enum err r;

    atomic_init(&fresh->refs, 1);
    fresh->arena = arena_new();
    pthread_mutex_lock(&ca->lock);
    fresh->ticket = ++ca->tickets;
    pthread_mutex_unlock(&ca->lock);

    old = held_roll(ca);
    r = fill(ca, old, fresh, e);
    if (r)
        return r;
    put(ca, TAKE(fresh));
    return ERR_NONE;
}

struct roll *held_roll(struct ca *ca)
{
    struct roll *roll;

    pthread_mutex_lock(&ca->lock);
    roll = ca->now;
    if (roll != NULL)
        atomic_fetch_add_explicit(&roll->refs, 1, memory_order_relaxed);
    pthread_mutex_unlock(&ca->lock);
    return roll;
}

void roll_unref(struct roll *roll)
{
    if (roll == NULL || atomic_fetch_sub_explicit(&roll->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; roll->at != NULL && i < roll->len; i++)
        keeper_key_unref(roll->at[i].key);
    arena_free(roll->arena);
    free(roll);
}

enum err roll_find(const struct roll *roll, const struct id *id, const struct held **out, struct error *e)
{
    for (size_t i = 0; i < roll->len; i++) {
        if (id_equal(&roll->at[i].view.id, id)) {
            *out = &roll->at[i];
            return ERR_NONE;
        }
    }
    return fail(e, ERR_ABSENT, "there is no authority of that id");
}

static bool is_active(const struct held *held)
{
    return strcmp(held->view.state, "active") == 0;
}

/* The oldest issuing authority; a root only where nothing stands below it. */
enum err roll_default(const struct roll *roll, const struct held **out, struct error *e)
{
    const struct held *best = NULL;

    for (size_t i = 0; i < roll->len; i++) {
        const struct held *held = &roll->at[i];

        if (!is_active(held) || (best != NULL && id_is_none(&held->view.parent)))
            continue;
        if (best == NULL || id_is_none(&best->view.parent))
            best = held;
    }
    if (best == NULL)
        return fail(e, ERR_CONFLICT, "there is no certification authority yet: finish the setup first");
    *out = best;
    return ERR_NONE;
}

enum err held_ready(const struct held *held, int64_t now, struct error *e)
{
    if (!is_active(held))
        return fail(e, ERR_CONFLICT, "the authority \"%s\" is %s and signs nothing", held->view.name, held->view.state);
    if (held->view.cert.not_after <= now)
        return fail(e, ERR_CONFLICT, "the authority \"%s\" has expired: make a new one", held->view.name);
    if (held->key == NULL)
        return fail_kind(e, ERR_IO, "sealed", "the key of \"%s\" is sealed: run signet unlock on the server", held->view.name);
    return ERR_NONE;
}

const char *held_public_url(struct ca *ca, struct arena *a)
{
    const char *url;

    pthread_mutex_lock(&ca->lock);
    url = arena_text(a, ca->public_url);
    pthread_mutex_unlock(&ca->lock);
    return url;
}
