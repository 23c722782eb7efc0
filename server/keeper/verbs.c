#include "keeper/verbs.h"

#include "base/time.h"
#include "base/fault.h"
#include "keeper/rules.h"
#include "pki/hash.h"
#include "pki/pbe.h"

enum { UNSEAL_PAUSE_MS = 1000, ITERATIONS_MAX = 2000000, TLS_BODY_MAX = 4096 };

void vault_init(struct vault *v, struct ring *ring)
{
    memset(v, 0, sizeof(*v));
    v->ring = ring;
    pthread_mutex_init(&v->unseal, NULL);
    slots_init(&v->slots);
}

/* Every verb reads all its fields before it does anything: only then is the frame known to be whole. The value is never sent. */
static enum err malformed(struct error *e)
{
    return fail(e, ERR_BUG, "malformed");
}

/* the ring ------------------------------------------------------------------------------------------------------- */

static enum err try_passphrase(struct vault *v, struct bytes phrase, struct error *e)
{
    enum err r;

    if (v->is_open)
        return fail(e, ERR_CONFLICT, "the keeper is not sealed");
    if (v->has_refused && clock_mono_ms() - v->refused_at_ms < UNSEAL_PAUSE_MS)
        return fail(e, ERR_LIMIT, "one try a second: wait and give the passphrase again");
    r = ring_open(&v->file, phrase, v->ring, e);
    if (r) {
        v->has_refused = true;
        v->refused_at_ms = clock_mono_ms();
        return r;
    }
    v->is_open = true;
    return ERR_NONE;
}

static enum err verb_unseal(struct vault *v, struct fields *f, struct buf *out, struct error *e)
{
    struct bytes phrase = fields_bytes(f);
    enum err r;

    (void)out;
    if (!fields_done(f))
        return malformed(e);
    pthread_mutex_lock(&v->unseal);
    r = try_passphrase(v, phrase, e);
    pthread_mutex_unlock(&v->unseal);
    return r;
}

/* keys ------------------------------------------------------------------------------------------------------------ */

/* What MAKE and SEAL say of a key; the name of a CA is bound by its digest. */
static void read_spec(struct fields *f, struct blob *head, struct bytes *name)
{
    int64_t path_len;

    memset(head, 0, sizeof(*head));
    head->purpose = (enum purpose)fields_u8(f);
    head->type = (enum key_type)fields_u8(f);
    fields_fixed(f, head->id.b, sizeof(head->id.b));
    head->is_exportable = fields_flag(f);
    head->may_make_cas = fields_flag(f);
    path_len = fields_i64(f);
    head->not_after = fields_i64(f);
    *name = fields_bytes(f);
    head->path_len = path_len < -1 || path_len > 255 ? -2 : (int)path_len;   /* -2: rules_make refuses it */
}

/* Bounds are for authorities; others carry none. */
static void bind(struct blob *head, struct bytes name)
{
    if (head->purpose == PURPOSE_CA) {
        hash_sha256(name, head->name_sha256);
        return;
    }
    head->may_make_cas = false;
    head->path_len = -1;
    head->not_after = 0;
}

static enum err give_sealed(struct vault *v, struct blob *head, struct bytes spki, struct bytes pkcs8, struct buf *out, struct error *e)
{
    struct buf blob;
    enum err r;

    hash_sha256(spki, head->spki_sha256);
    buf_init(&blob, BLOB_MAX);
    r = blob_seal(head, v->ring, pkcs8, &blob, e);
    if (r == ERR_NONE) {
        frame_put_bytes(out, buf_bytes(&blob));
        frame_put_bytes(out, spki);
        frame_put_u32(out, head->kek);
    }
    buf_done(&blob);
    return r;
}

static enum err verb_make(struct vault *v, struct fields *f, struct buf *out, struct error *e)
{
    struct buf pkcs8, spki;
    struct bytes name;
    struct blob head;
    enum err r;

    read_spec(f, &head, &name);
    if (!fields_done(f))
        return malformed(e);
    r = rules_make(&head, name, false, e);
    if (r)
        return r;

    bind(&head, name);
    buf_init(&pkcs8, PKCS8_MAX);
    buf_init(&spki, SPKI_MAX);
    r = private_make(head.type, &pkcs8, &spki, e);
    if (r == ERR_NONE)
        r = give_sealed(v, &head, buf_bytes(&spki), buf_bytes(&pkcs8), out, e);
    buf_wipe(&pkcs8);
    buf_done(&spki);
    return r;
}

static enum err verb_seal(struct vault *v, struct fields *f, struct buf *out, struct error *e)
{
    struct private key = { 0 };
    struct buf pkcs8;
    struct bytes name, from;
    struct blob head;
    enum err r;

    read_spec(f, &head, &name);
    from = fields_bytes(f);
    if (!fields_done(f))
        return malformed(e);
    r = rules_make(&head, name, true, e);
    if (r)
        return r;

    bind(&head, name);
    buf_init(&pkcs8, PKCS8_MAX);
    r = private_import(from, &key, &pkcs8, e);
    if (r == ERR_NONE && head.type != KEY_NONE && head.type != key.type)
        r = fail(e, ERR_INVALID, "the private key is of type %s, not %s", key_type_text(key.type), key_type_text(head.type));
    head.type = key.type;
    if (r == ERR_NONE)
        r = give_sealed(v, &head, private_spki(&key), buf_bytes(&pkcs8), out, e);
    private_done(&key);
    buf_wipe(&pkcs8);
    return r;
}

/* Opens a blob of any key; the bytes of the key go to `pkcs8` too, which the caller wipes, when it is not NULL. */
static enum err open_key(struct vault *v, struct bytes from, struct blob *head, struct private *key, struct buf *pkcs8, struct error *e)
{
    struct buf plain;
    enum err r;

    buf_init(&plain, BLOB_MAX);
    r = blob_open(from, v->ring, head, &plain, e);
    if (r == ERR_NONE && head->purpose == PURPOSE_SECRET)
        r = fail(e, ERR_DENIED, "this is a secret, not a key");
    if (r == ERR_NONE)
        r = private_load(buf_bytes(&plain), key, e);
    if (r == ERR_NONE && pkcs8 != NULL)
        buf_add(pkcs8, plain.at, plain.len);
    buf_wipe(&plain);
    return r;
}

static enum err verb_load(struct vault *v, struct fields *f, struct buf *out, struct error *e)
{
    struct bytes from = fields_bytes(f);
    struct private key = { 0 };
    struct blob head;
    uint32_t handle;
    enum err r;

    if (!fields_done(f))
        return malformed(e);
    r = open_key(v, from, &head, &key, NULL, e);
    if (r)
        return r;
    frame_put_u8(out, (uint8_t)key.type);
    frame_put_bytes(out, private_spki(&key));
    r = slots_add(&v->slots, &key, &head, &handle, e);
    if (r) {
        private_done(&key);
        return r;
    }
    frame_put_u32(out, handle);
    return ERR_NONE;
}

static enum err verb_drop(struct vault *v, struct fields *f, struct buf *out, struct error *e)
{
    uint32_t handle = fields_u32(f);

    (void)out;
    if (!fields_done(f))
        return malformed(e);
    if (!slots_drop(&v->slots, handle))
        return fail(e, ERR_ABSENT, "this key is not loaded");
    return ERR_NONE;
}

static enum err give_signature(enum err r, const struct buf *signature, struct buf *out)
{
    if (r == ERR_NONE)
        frame_put_bytes(out, buf_bytes(signature));
    return r;
}

static enum err verb_sign(struct vault *v, struct fields *f, struct buf *out, struct error *e)
{
    uint32_t handle = fields_u32(f);
    enum signed_shape shape = (enum signed_shape)fields_u8(f);
    struct bytes body = fields_bytes(f);
    struct buf signature;
    struct slot *slot;
    enum err r;

    if (!fields_done(f))
        return malformed(e);
    slot = slots_borrow(&v->slots, handle);
    if (slot == NULL)
        return fail(e, ERR_ABSENT, "this key is not loaded");
    buf_init(&signature, SPKI_MAX);
    r = rules_sign(&slot->head, shape, body, e);
    if (r == ERR_NONE)
        r = private_sign(&slot->key, body, &signature, e);
    slots_give_back(&v->slots, slot);
    fault_point("keeper-signed");
    r = give_signature(r, &signature, out);
    buf_done(&signature);
    return r;
}

static enum err verb_sign_once(struct vault *v, struct fields *f, struct buf *out, struct error *e)
{
    struct bytes from = fields_bytes(f);
    enum signed_shape shape = (enum signed_shape)fields_u8(f);
    struct bytes body = fields_bytes(f);
    struct private key = { 0 };
    struct buf signature;
    struct blob head;
    enum err r;

    if (!fields_done(f))
        return malformed(e);
    r = open_key(v, from, &head, &key, NULL, e);
    if (r)
        return r;
    buf_init(&signature, SPKI_MAX);
    if (head.purpose != PURPOSE_SUBJECT)
        r = fail(e, ERR_DENIED, "only keys of subjects sign without being loaded");
    if (r == ERR_NONE)
        r = rules_sign(&head, shape, body, e);
    if (r == ERR_NONE)
        r = private_sign(&key, body, &signature, e);
    private_done(&key);
    r = give_signature(r, &signature, out);
    buf_done(&signature);
    return r;
}

/* TLS ------------------------------------------------------------------------------------------------------------- */

static enum err sign_for_tls(struct vault *v, struct fields *f, struct buf *out, struct error *e,
                             enum err (*sign)(const struct private *p, unsigned alg, struct bytes from, struct buf *out, struct error *e))
{
    uint32_t handle = fields_u32(f), alg = fields_u32(f);
    struct bytes from = fields_bytes(f);
    struct buf signature;
    struct slot *slot;
    enum err r;

    if (!fields_done(f) || from.len > TLS_BODY_MAX) {
        f->is_bad = true;
        return malformed(e);
    }
    slot = slots_borrow(&v->slots, handle);
    if (slot == NULL)
        return fail(e, ERR_ABSENT, "this key is not loaded");
    buf_init(&signature, SPKI_MAX);
    r = rules_tls(&slot->head, e);
    if (r == ERR_NONE)
        r = sign(&slot->key, alg, from, &signature, e);
    slots_give_back(&v->slots, slot);
    r = give_signature(r, &signature, out);
    buf_done(&signature);
    return r;
}

static enum err verb_tls_hash(struct vault *v, struct fields *f, struct buf *out, struct error *e)
{
    return sign_for_tls(v, f, out, e, private_sign_hash);
}

static enum err verb_tls_data(struct vault *v, struct fields *f, struct buf *out, struct error *e)
{
    return sign_for_tls(v, f, out, e, private_sign_data);
}

/* out under a password ---------------------------------------------------------------------------------------------- */

static enum err encrypt(enum pbe scheme, unsigned iterations, struct bytes password, struct bytes pkcs8, struct buf *out, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();   /* wiped with all that was in it */
    struct bytes sealed;
    enum err r;

    if (memchr(password.at, 0, password.len) != NULL)
        return fail_at(e, "/password", "a password has no NUL in it");
    r = pbe_encrypt_key(scheme, iterations, arena_copy(a, password.at, password.len), pkcs8, a, &sealed, e);
    if (r)
        return r;
    frame_put_bytes(out, sealed);
    return ERR_NONE;
}

static enum err verb_export(struct vault *v, struct fields *f, struct buf *out, struct error *e)
{
    struct bytes from = fields_bytes(f);
    bool is_bare = fields_flag(f);
    enum pbe scheme = (enum pbe)fields_u8(f);
    uint32_t iterations = fields_u32(f);
    struct bytes password = fields_bytes(f);
    struct private key = { 0 };
    struct buf pkcs8;
    struct blob head;
    enum err r;

    if (!fields_done(f))
        return malformed(e);
    if (scheme > PBE_3DES_SHA1 || iterations > ITERATIONS_MAX || (!is_bare && iterations == 0))
        return fail(e, ERR_INVALID, "a key is encrypted with AES-256 or 3DES and 1 to %d iterations", ITERATIONS_MAX);
    buf_init(&pkcs8, BLOB_MAX);
    r = open_key(v, from, &head, &key, &pkcs8, e);
    private_done(&key);
    if (r == ERR_NONE)
        r = rules_export(&head, e);
    if (r == ERR_NONE && is_bare)
        frame_put_bytes(out, buf_bytes(&pkcs8));
    else if (r == ERR_NONE)
        r = encrypt(scheme, iterations, password, buf_bytes(&pkcs8), out, e);
    buf_wipe(&pkcs8);
    return r;
}

/* small secrets ------------------------------------------------------------------------------------------------------ */

static enum err verb_secret_seal(struct vault *v, struct fields *f, struct buf *out, struct error *e)
{
    struct bytes secret = fields_bytes(f);
    struct blob head = { .purpose = PURPOSE_SECRET, .path_len = -1 };
    struct buf blob;
    enum err r;

    if (!fields_done(f))
        return malformed(e);
    buf_init(&blob, BLOB_MAX);
    r = blob_seal(&head, v->ring, secret, &blob, e);
    if (r == ERR_NONE)
        frame_put_bytes(out, buf_bytes(&blob));
    buf_done(&blob);
    return r;
}

static enum err verb_secret_open(struct vault *v, struct fields *f, struct buf *out, struct error *e)
{
    struct bytes from = fields_bytes(f);
    struct buf plain;
    struct blob head;
    enum err r;

    if (!fields_done(f))
        return malformed(e);
    buf_init(&plain, BLOB_MAX);
    r = blob_open(from, v->ring, &head, &plain, e);
    if (r == ERR_NONE && head.purpose != PURPOSE_SECRET)
        r = fail(e, ERR_DENIED, "this is a private key: it is never opened as a secret");
    if (r == ERR_NONE)
        frame_put_bytes(out, buf_bytes(&plain));
    buf_wipe(&plain);
    return r;
}

/* the table ---------------------------------------------------------------------------------------------------------- */

static const struct {
    enum err (*serve)(struct vault *v, struct fields *f, struct buf *out, struct error *e);
    bool is_for_sealed;
} verbs[VERB_COUNT] = {
    [VERB_UNSEAL]      = { verb_unseal, true },
    [VERB_MAKE]        = { verb_make, false },
    [VERB_SEAL]        = { verb_seal, false },
    [VERB_LOAD]        = { verb_load, false },
    [VERB_DROP]        = { verb_drop, false },
    [VERB_SIGN]        = { verb_sign, false },
    [VERB_SIGN_ONCE]   = { verb_sign_once, false },
    [VERB_TLS_HASH]    = { verb_tls_hash, false },
    [VERB_TLS_DATA]    = { verb_tls_data, false },
    [VERB_EXPORT]      = { verb_export, false },
    [VERB_SECRET_SEAL] = { verb_secret_seal, false },
    [VERB_SECRET_OPEN] = { verb_secret_open, false },
};

bool verbs_answer(struct vault *v, const struct frame *asked, enum err *status, struct buf *out)
{
    struct fields f = fields_of(asked->body);
    struct error e = { 0 };
    enum err r;

    if (asked->verb >= VERB_COUNT || verbs[asked->verb].serve == NULL || asked->status != 0)
        return false;
    if (!verbs[asked->verb].is_for_sealed && !v->is_open) {
        r = fail(&e, ERR_CONFLICT, "the keeper is sealed: `signet unlock` opens it with the passphrase");
    } else {
        r = verbs[asked->verb].serve(v, &f, out, &e);
        if (!fields_done(&f))
            return false;
    }
    if (r == ERR_NONE && out->is_over)
        r = fail(&e, ERR_LIMIT, "the answer is too long");
    if (r) {
        out->len = 0;
        out->is_over = false;
        buf_text(out, e.text);
    }
    *status = r;
    return true;
}
