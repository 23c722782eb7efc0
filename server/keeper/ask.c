#include "keeper/ask.h"

#include <stdlib.h>

#include "keeper/blob.h"

enum { FIELDS_MAX = FRAME_SMALL };

/* channels ------------------------------------------------------------------------------------------------------- */

/* A thread stays with the channel that it was given first. */
static struct channel *hand_take(struct keeper *k)
{
    static _Thread_local struct { unsigned keeper, index; } mine;
    struct lane_of *l = &k->lanes[LANE_HAND];
    struct channel *c;

    if (mine.keeper != k->number) {
        mine.keeper = k->number;
        mine.index = atomic_fetch_add(&k->next_hand, 1) % (unsigned)l->len;
    }
    c = &l->at[mine.index];
    pthread_mutex_lock(&c->lock);
    return c;
}

static struct channel *free_one(struct lane_of *l)
{
    for (size_t i = 0; i < l->len; i++)
        if (!l->at[i].is_lent)
            return &l->at[i];
    return NULL;
}

static struct channel *channel_take(struct keeper *k, enum lane lane)
{
    struct lane_of *l = &k->lanes[lane];
    struct channel *c;

    if (lane == LANE_HAND)
        return hand_take(k);
    pthread_mutex_lock(&l->lock);
    for (c = free_one(l); c == NULL; c = free_one(l))
        pthread_cond_wait(&l->returned, &l->lock);
    c->is_lent = true;
    pthread_mutex_unlock(&l->lock);
    return c;
}

static void channel_give_back(struct keeper *k, enum lane lane, struct channel *c)
{
    struct lane_of *l = &k->lanes[lane];

    if (lane == LANE_HAND) {
        pthread_mutex_unlock(&c->lock);
        return;
    }
    pthread_mutex_lock(&l->lock);
    c->is_lent = false;
    pthread_mutex_unlock(&l->lock);
    pthread_cond_signal(&l->returned);
}

static enum err is_gone(struct error *e)
{
    return fail(e, ERR_IO, "the keeper process has ended, so no private key can be used; the daemon has to be started again");
}

enum err ask(struct keeper *k, enum lane lane, enum verb verb, const struct buf *fields, struct bytes tail, struct answer *out, struct error *e)
{
    struct channel *c;
    bool is_good;

    out->room.large = NULL;
    out->room.used = 0;
    if (fields->is_over || fields->len + tail.len > frame_question_ceiling(verb))
        return fail(e, ERR_LIMIT, "this is too long for the keeper");
    if (k->state == KEEPER_DEAD)
        return is_gone(e);

    c = channel_take(k, lane);
    is_good = frame_send(c->fd, verb, 0, buf_bytes(fields), tail) &&
              frame_receive(c->fd, frame_answer_ceiling, &out->room, &out->frame) == FRAME_HERE && out->frame.verb == verb;
    channel_give_back(k, lane, c);
    if (!is_good) {
        k->state = KEEPER_DEAD;
        return is_gone(e);
    }
    if (out->frame.status != ERR_NONE)
        return fail(e, out->frame.status <= ERR_BUG ? (enum err)out->frame.status : ERR_BUG, "%.*s",
                    (int)out->frame.body.len, (const char *)out->frame.body.at);
    out->f = fields_of(out->frame.body);
    return ERR_NONE;
}

void ask_done(struct answer *a)
{
    frame_wipe(&a->room);
}

static enum err check_answer(const struct answer *a, struct error *e)
{
    if (!fields_done(&a->f))
        return fail(e, ERR_BUG, "the keeper's answer makes no sense");
    return ERR_NONE;
}

/* An answer that is one field. */
static enum err ask_bytes(struct keeper *k, enum lane lane, enum verb verb, struct buf *fields, struct bytes tail, struct arena *a, struct bytes *out, struct error *e)
{
    CLEANUP(ask_done) struct answer got;
    struct bytes field;
    enum err r;

    r = ask(k, lane, verb, fields, tail, &got, e);
    buf_wipe(fields);
    if (r)
        return r;
    field = fields_bytes(&got.f);
    r = check_answer(&got, e);
    if (r)
        return r;
    *out = arena_bytes(a, field);
    return ERR_NONE;
}

/* questions ---------------------------------------------------------------------------------------------------------- */

enum err keeper_unseal(struct keeper *k, const char *passphrase, struct error *e)
{
    CLEANUP(ask_done) struct answer got;
    struct buf fields;
    enum err r;

    buf_init(&fields, FIELDS_MAX);
    frame_put_bytes(&fields, bytes_text(passphrase));
    r = ask(k, LANE_SLOW, VERB_UNSEAL, &fields, bytes_of(NULL, 0), &got, e);
    buf_wipe(&fields);
    if (r == ERR_NONE) {
        enum keeper_state sealed = KEEPER_SEALED;

        atomic_compare_exchange_strong(&k->state, &sealed, KEEPER_OPEN);   /* it may have died since */
    }
    return r;
}

static void put_spec(struct buf *b, const struct key_spec *spec)
{
    frame_put_u8(b, (uint8_t)spec->purpose);
    frame_put_u8(b, (uint8_t)spec->type);
    frame_put_bytes(b, id_bytes(&spec->id));
    frame_put_u8(b, spec->is_exportable);
    frame_put_u8(b, spec->may_make_cas);
    frame_put_i64(b, spec->path_len);
    frame_put_i64(b, spec->not_after);
    frame_put_bytes(b, spec->name);
}

static enum err ask_sealed(struct keeper *k, enum lane lane, enum verb verb, struct buf *fields, struct bytes tail, struct arena *a, struct sealed_key *out, struct error *e)
{
    CLEANUP(ask_done) struct answer got;
    struct bytes blob, spki;
    uint32_t kek;
    enum err r;

    r = ask(k, lane, verb, fields, tail, &got, e);
    buf_wipe(fields);
    if (r)
        return r;
    blob = fields_bytes(&got.f);
    spki = fields_bytes(&got.f);
    kek = fields_u32(&got.f);
    r = check_answer(&got, e);
    if (r)
        return r;
    *out = (struct sealed_key){ arena_bytes(a, blob), arena_bytes(a, spki), kek };
    return ERR_NONE;
}

static bool is_slow(enum key_type type)
{
    return type >= KEY_RSA_2048;
}

enum err keeper_make(struct keeper *k, const struct key_spec *spec, struct arena *a, struct sealed_key *out, struct error *e)
{
    struct buf fields;

    buf_init(&fields, FIELDS_MAX);
    put_spec(&fields, spec);
    return ask_sealed(k, is_slow(spec->type) ? LANE_SLOW : LANE_WORK, VERB_MAKE, &fields, bytes_of(NULL, 0), a, out, e);
}

enum err keeper_seal(struct keeper *k, const struct key_spec *spec, struct bytes pkcs8, struct arena *a, struct sealed_key *out, struct error *e)
{
    struct buf fields;

    buf_init(&fields, FIELDS_MAX);
    put_spec(&fields, spec);
    frame_put_tail(&fields, pkcs8);
    return ask_sealed(k, LANE_SLOW, VERB_SEAL, &fields, pkcs8, a, out, e);   /* slow: the primes of an RSA key are tested */
}

enum err keeper_load(struct keeper *k, struct bytes blob, struct keeper_key **out, struct error *e)
{
    CLEANUP(ask_done) struct answer got;
    struct keeper_key *key;
    struct buf fields;
    struct bytes spki;
    enum key_type type;
    uint32_t handle;
    enum err r;

    buf_init(&fields, FIELDS_MAX);
    frame_put_tail(&fields, blob);
    r = ask(k, LANE_WORK, VERB_LOAD, &fields, blob, &got, e);
    buf_done(&fields);
    if (r)
        return r;
    type = (enum key_type)fields_u8(&got.f);
    spki = fields_bytes(&got.f);
    handle = fields_u32(&got.f);
    r = check_answer(&got, e);
    if (r)
        return r;

    key = own_alloc(sizeof(*key) + spki.len);
    key->keeper = k;
    key->handle = handle;
    key->type = type;
    key->refs = 1;
    key->spki_len = spki.len;
    memcpy(key->spki, spki.at, spki.len);
    *out = key;
    return ERR_NONE;
}

struct keeper_key *keeper_key_ref(struct keeper_key *key)
{
    atomic_fetch_add(&key->refs, 1);
    return key;
}

void keeper_key_unref(struct keeper_key *key)
{
    CLEANUP(ask_done) struct answer got = { 0 };
    struct buf fields;
    enum err r;

    if (key == NULL || atomic_fetch_sub(&key->refs, 1) > 1)
        return;
    buf_init(&fields, FIELDS_MAX);
    frame_put_u32(&fields, key->handle);
    r = ask(key->keeper, LANE_WORK, VERB_DROP, &fields, bytes_of(NULL, 0), &got, NULL);
    (void)r;   /* a keeper that has ended has dropped it */
    buf_done(&fields);
    free(key);
}

enum key_type keeper_key_type(const struct keeper_key *key)
{
    return key->type;
}

struct bytes keeper_key_spki(const struct keeper_key *key)
{
    return bytes_of(key->spki, key->spki_len);
}

enum err keeper_sign(struct keeper *k, const struct keeper_key *key, enum signed_shape shape, struct bytes tbs, struct arena *a, struct bytes *signature, struct error *e)
{
    struct buf fields;

    buf_init(&fields, FIELDS_MAX);
    frame_put_u32(&fields, key->handle);
    frame_put_u8(&fields, (uint8_t)shape);
    frame_put_tail(&fields, tbs);
    return ask_bytes(k, LANE_WORK, VERB_SIGN, &fields, tbs, a, signature, e);
}

enum err keeper_sign_once(struct keeper *k, struct bytes blob, enum signed_shape shape, struct bytes tbs, struct arena *a, struct bytes *signature, struct error *e)
{
    struct buf fields;

    buf_init(&fields, FIELDS_MAX);
    frame_put_bytes(&fields, blob);
    frame_put_u8(&fields, (uint8_t)shape);
    frame_put_tail(&fields, tbs);
    return ask_bytes(k, LANE_WORK, VERB_SIGN_ONCE, &fields, tbs, a, signature, e);
}

/* The signature is lent from `out`. */
enum err ask_tls(const struct keeper_key *key, enum verb verb, unsigned alg, struct bytes from, struct answer *out, struct bytes *signature, struct error *e)
{
    struct buf fields;
    enum err r;

    buf_init(&fields, FIELDS_MAX);
    frame_put_u32(&fields, key->handle);
    frame_put_u32(&fields, alg);
    frame_put_tail(&fields, from);
    r = ask(key->keeper, LANE_HAND, verb, &fields, from, out, e);
    buf_done(&fields);
    if (r)
        return r;
    *signature = fields_bytes(&out->f);
    return check_answer(out, e);
}

enum err keeper_export(struct keeper *k, struct bytes blob, const struct export_scheme *how, const char *password, struct arena *a, struct bytes *out, struct error *e)
{
    struct buf fields;
    enum err r;

    if (!how->is_bare) {
        r = pbe_password_check(password, e);
        if (r)
            return r;
    }
    buf_init(&fields, FIELDS_MAX);
    frame_put_bytes(&fields, blob);
    frame_put_u8(&fields, how->is_bare);
    frame_put_u8(&fields, (uint8_t)how->scheme);
    frame_put_u32(&fields, how->iterations);
    frame_put_bytes(&fields, bytes_text(how->is_bare ? "" : password));
    return ask_bytes(k, LANE_SLOW, VERB_EXPORT, &fields, bytes_of(NULL, 0), a, out, e);
}

enum err keeper_secret_seal(struct keeper *k, struct bytes secret, struct arena *a, struct bytes *out, struct error *e)
{
    struct buf fields;

    buf_init(&fields, FIELDS_MAX);
    frame_put_tail(&fields, secret);
    return ask_bytes(k, LANE_WORK, VERB_SECRET_SEAL, &fields, secret, a, out, e);
}

enum err keeper_secret_open(struct keeper *k, struct bytes blob, struct arena *a, struct bytes *out, struct error *e)
{
    struct buf fields;

    buf_init(&fields, FIELDS_MAX);
    frame_put_tail(&fields, blob);
    return ask_bytes(k, LANE_WORK, VERB_SECRET_OPEN, &fields, blob, a, out, e);
}
