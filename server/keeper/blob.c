#include "keeper/blob.h"

#include <gnutls/crypto.h>

#include "base/random.h"

static const uint8_t magic[4] = { 'S', 'G', 'N', 'K' };
enum { FORMAT = 1 };

static uint8_t *put(uint8_t *at, uint64_t value, unsigned octets)
{
    while (octets-- > 0)
        *at++ = (uint8_t)(value >> (8 * octets));
    return at;
}

static uint64_t get(const uint8_t **at, unsigned octets)
{
    uint64_t value = 0;

    while (octets-- > 0)
        value = value << 8 | *(*at)++;
    return value;
}

static uint8_t *put_raw(uint8_t *at, const void *from, size_t len)
{
    memcpy(at, from, len);
    return at + len;
}

static void get_raw(const uint8_t **at, void *out, size_t len)
{
    memcpy(out, *at, len);
    *at += len;
}

static void head_write(const struct blob *head, uint8_t out[BLOB_HEAD])
{
    uint8_t *at = out;

    at = put_raw(at, magic, sizeof(magic));
    at = put(at, FORMAT, 1);
    at = put(at, head->kek, 4);
    at = put_raw(at, head->id.b, sizeof(head->id.b));
    at = put(at, head->purpose, 1);
    at = put(at, head->is_exportable, 1);
    at = put(at, head->type, 2);
    at = put_raw(at, head->spki_sha256, sizeof(head->spki_sha256));
    at = put_raw(at, head->name_sha256, sizeof(head->name_sha256));
    at = put(at, head->may_make_cas, 1);
    at = put(at, (uint16_t)(head->path_len + 1), 2);   /* 0: no limit */
    put(at, (uint64_t)head->not_after, 8);
}

static bool read_head(struct bytes from, struct blob *out)
{
    const uint8_t *at = from.at;
    struct blob head = { 0 };
    uint64_t exportable, may;

    if (from.len < BLOB_HEAD + BLOB_NONCE + BLOB_TAG || from.len > BLOB_MAX || memcmp(at, magic, sizeof(magic)) != 0 || at[4] != FORMAT)
        return false;

    at += sizeof(magic) + 1;
    head.kek = (uint32_t)get(&at, 4);
    get_raw(&at, head.id.b, sizeof(head.id.b));
    head.purpose = (enum purpose)get(&at, 1);
    exportable = get(&at, 1);
    head.type = (enum key_type)get(&at, 2);
    get_raw(&at, head.spki_sha256, sizeof(head.spki_sha256));
    get_raw(&at, head.name_sha256, sizeof(head.name_sha256));
    may = get(&at, 1);
    head.path_len = (int)get(&at, 2) - 1;
    head.not_after = (int64_t)get(&at, 8);
    if (head.purpose < PURPOSE_CA || head.purpose > PURPOSE_SECRET || head.type > KEY_RSA_OTHER || exportable > 1 || may > 1)
        return false;

    head.is_exportable = exportable == 1;
    head.may_make_cas = may == 1;
    *out = head;
    return true;
}

bool keeper_blob_head(struct bytes from, struct blob_head *out)
{
    struct blob head;

    if (!read_head(from, &head))
        return false;
    *out = (struct blob_head){ .purpose = head.purpose, .type = head.type, .id = head.id, .is_exportable = head.is_exportable, .kek = head.kek };
    memcpy(out->spki_sha256, head.spki_sha256, sizeof(out->spki_sha256));
    return true;
}

/* What stays true of every blob, whoever asks for it and however its head came to be. */
static enum err check(const struct blob *head, struct error *e)
{
    if (head->is_exportable && head->purpose != PURPOSE_SUBJECT)
        return fail(e, ERR_DENIED, "only keys of subjects may be exportable: a key of an authority, of OCSP or of a seal never leaves");
    return ERR_NONE;
}

enum err blob_seal(struct blob *head, const struct ring *ring, struct bytes plain, struct buf *out, struct error *e)
{
    const struct kek *kek = ring_newest(ring);
    gnutls_datum_t key = { (void *)(uintptr_t)kek->key, KEK_LEN };
    uint8_t clear[BLOB_HEAD], nonce[BLOB_NONCE], sealed[BLOB_MAX];
    size_t sealed_len = sizeof(sealed);
    gnutls_aead_cipher_hd_t cipher;
    enum err r;
    int rc;

    r = check(head, e);
    if (r)
        return r;
    if (plain.len > BLOB_MAX - BLOB_HEAD - BLOB_NONCE - BLOB_TAG)
        return fail(e, ERR_LIMIT, "a key or secret of %zu bytes is too long to be kept", plain.len);
    rc = gnutls_aead_cipher_init(&cipher, GNUTLS_CIPHER_AES_256_GCM, &key);
    if (rc < 0)
        return fail(e, ERR_BUG, "AES-256-GCM does not start: %s", gnutls_strerror(rc));

    head->kek = kek->id;
    head_write(head, clear);
    random_fill(nonce, sizeof(nonce));
    rc = gnutls_aead_cipher_encrypt(cipher, nonce, sizeof(nonce), clear, sizeof(clear), BLOB_TAG, plain.at, plain.len, sealed, &sealed_len);
    gnutls_aead_cipher_deinit(cipher);
    if (rc < 0)
        return fail(e, ERR_BUG, "the key was not sealed: %s", gnutls_strerror(rc));

    buf_add(out, clear, sizeof(clear));
    buf_add(out, nonce, sizeof(nonce));
    buf_add(out, sealed, sealed_len);
    return ERR_NONE;
}

enum err blob_open(struct bytes from, const struct ring *ring, struct blob *head, struct buf *plain, struct error *e)
{
    const struct kek *kek;
    const uint8_t *sealed = from.at + BLOB_HEAD + BLOB_NONCE;
    uint8_t open[BLOB_MAX];
    size_t open_len = sizeof(open);
    gnutls_aead_cipher_hd_t cipher;
    gnutls_datum_t key;
    int rc;

    if (!read_head(from, head))
        return fail(e, ERR_INVALID, "this is not a key that the keeper sealed");
    kek = ring_find(ring, head->kek);
    if (kek == NULL)
        return fail(e, ERR_CONFLICT, "keeper.ring does not hold wrapping key %08x of this key; restore the ring that belongs to this database", head->kek);
    key = (gnutls_datum_t){ (void *)(uintptr_t)kek->key, KEK_LEN };
    rc = gnutls_aead_cipher_init(&cipher, GNUTLS_CIPHER_AES_256_GCM, &key);
    if (rc < 0)
        return fail(e, ERR_BUG, "AES-256-GCM does not start: %s", gnutls_strerror(rc));

    rc = gnutls_aead_cipher_decrypt(cipher, from.at + BLOB_HEAD, BLOB_NONCE, from.at, BLOB_HEAD, BLOB_TAG,
                                    sealed, from.len - BLOB_HEAD - BLOB_NONCE, open, &open_len);
    gnutls_aead_cipher_deinit(cipher);
    if (rc < 0)
        return fail(e, ERR_INVALID, "the sealed key was changed after it was made; restore it from a backup");
    buf_add(plain, open, open_len);
    own_wipe(open, open_len);
    return check(head, e);
}
