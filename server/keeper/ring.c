#include "keeper/ring.h"

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/own.h"
#include "base/random.h"
#include "keeper/keeper.h"

/* The file: magic, wrap, number of keys, setting (crypt(5) text for a passphrase, 32 random octets for a credential), nonce;
   then AES-256-GCM over {id, key} each, with all that as associated data. */
enum { SETTING = 64, NONCE = 12, TAG = 16, ENTRY = 4 + KEK_LEN, HEAD = 8 + 1 + 1 + SETTING + NONCE, YESCRYPT_COST = 7 };
static const char magic[8] = { 'S', 'G', 'N', 'R', 'I', 'N', 'G', '1' };

void ring_make(struct ring *out)
{
    memset(out, 0, sizeof(*out));
    out->len = 1;
    random_fill(&out->kek[0], sizeof(out->kek[0]));
}

const struct kek *ring_newest(const struct ring *ring)
{
    return &ring->kek[ring->len - 1];
}

const struct kek *ring_find(const struct ring *ring, uint32_t id)
{
    for (size_t i = 0; i < ring->len; i++)
        if (ring->kek[i].id == id)
            return &ring->kek[i];
    return NULL;
}

/* wrapping ------------------------------------------------------------------------------------------------ */

static enum err hkdf(struct bytes secret, struct bytes salt, uint8_t out[KEK_LEN], struct error *e)
{
    gnutls_datum_t key = { (void *)(uintptr_t)secret.at, (unsigned)secret.len };
    gnutls_datum_t with = { (void *)(uintptr_t)salt.at, (unsigned)salt.len };
    gnutls_datum_t label = { (void *)(uintptr_t)"signet keeper.ring", 18 };
    uint8_t extracted[32];
    gnutls_datum_t middle = { extracted, sizeof(extracted) };
    int rc;

    rc = gnutls_hkdf_extract(GNUTLS_MAC_SHA256, &key, &with, extracted);
    if (rc == 0)
        rc = gnutls_hkdf_expand(GNUTLS_MAC_SHA256, &middle, &label, out, KEK_LEN);
    own_wipe(extracted, sizeof(extracted));
    if (rc < 0)
        return fail(e, ERR_BUG, "the wrapping key was not derived: %s", gnutls_strerror(rc));
    return ERR_NONE;
}

/* yescrypt of the passphrase under the setting; its text is the secret of the HKDF. */
static enum err from_passphrase(struct bytes secret, const uint8_t setting[SETTING], uint8_t out[KEK_LEN], struct error *e)
{
    char phrase[PASSPHRASE_MAX + 1], how[SETTING + 1] = { 0 };
    void *room = NULL;
    int room_len = 0;
    const char *text;
    enum err r;

    if (secret.len > PASSPHRASE_MAX || memchr(secret.at, 0, secret.len) != NULL)
        return fail(e, ERR_DENIED, "the passphrase is wrong");
    memcpy(phrase, secret.at, secret.len);
    phrase[secret.len] = '\0';
    memcpy(how, setting, SETTING);

    text = crypt_ra(phrase, how, &room, &room_len);
    own_wipe(phrase, sizeof(phrase));
    if (text == NULL || text[0] == '*')
        r = fail(e, ERR_IO, "the passphrase could not be stretched: yescrypt wants memory, or keeper.ring is damaged");
    else
        r = hkdf(bytes_text(text), bytes_of(setting, SETTING), out, e);
    own_wipe(room, (size_t)room_len);
    free(room);
    return r;
}

/* A bare ring goes the same way under a key of zeros: its tag then is a checksum and no more. */
static enum err wrapping_key(enum ring_wrap wrap, struct bytes secret, const uint8_t setting[SETTING], uint8_t out[KEK_LEN], struct error *e)
{
    memset(out, 0, KEK_LEN);
    if (wrap == RING_BARE)
        return ERR_NONE;
    if (wrap == RING_PASSPHRASE)
        return from_passphrase(secret, setting, out, e);
    return hkdf(secret, bytes_of(setting, SETTING), out, e);
}

static enum err cipher_for(const uint8_t key[KEK_LEN], gnutls_aead_cipher_hd_t *out, struct error *e)
{
    gnutls_datum_t with = { (void *)(uintptr_t)key, KEK_LEN };
    int rc;

    rc = gnutls_aead_cipher_init(out, GNUTLS_CIPHER_AES_256_GCM, &with);
    if (rc < 0)
        return fail(e, ERR_BUG, "AES-256-GCM does not start: %s", gnutls_strerror(rc));
    return ERR_NONE;
}

static enum err setting_make(enum ring_wrap wrap, uint8_t out[SETTING], struct error *e)
{
    char text[CRYPT_GENSALT_OUTPUT_SIZE];
    char random[32];

    memset(out, 0, SETTING);
    random_fill(random, sizeof(random));
    if (wrap == RING_CREDENTIAL)
        memcpy(out, random, sizeof(random));
    if (wrap != RING_PASSPHRASE)
        return ERR_NONE;
    if (crypt_gensalt_rn("$y$", YESCRYPT_COST, random, sizeof(random), text, sizeof(text)) == NULL || strlen(text) >= SETTING)
        return fail(e, ERR_BUG, "yescrypt makes no salt");
    memcpy(out, text, strlen(text));
    return ERR_NONE;
}

/* Open keys to the bytes of the file. */
static enum err wrap_up(const struct ring *ring, enum ring_wrap wrap, struct bytes secret, struct ring_file *out, struct error *e)
{
    uint8_t key[KEK_LEN], plain[RING_KEKS * ENTRY], *at = out->at;
    size_t sealed_len = sizeof(out->at) - HEAD;
    gnutls_aead_cipher_hd_t cipher;
    enum err r;
    int rc;

    memcpy(at, magic, sizeof(magic));
    at[8] = (uint8_t)wrap;
    at[9] = (uint8_t)ring->len;
    r = setting_make(wrap, at + 10, e);
    if (r)
        return r;
    random_fill(at + 10 + SETTING, NONCE);
    r = wrapping_key(wrap, secret, at + 10, key, e);
    if (r)
        return r;
    r = cipher_for(key, &cipher, e);
    own_wipe(key, sizeof(key));
    if (r)
        return r;

    for (size_t i = 0; i < ring->len; i++) {
        memcpy(plain + i * ENTRY, &ring->kek[i].id, 4);
        memcpy(plain + i * ENTRY + 4, ring->kek[i].key, KEK_LEN);
    }
    rc = gnutls_aead_cipher_encrypt(cipher, at + 10 + SETTING, NONCE, at, HEAD, TAG, plain, ring->len * ENTRY, at + HEAD, &sealed_len);
    own_wipe(plain, sizeof(plain));
    gnutls_aead_cipher_deinit(cipher);
    if (rc < 0)
        return fail(e, ERR_BUG, "the ring was not wrapped: %s", gnutls_strerror(rc));
    out->wrap = wrap;
    out->len = HEAD + sealed_len;
    return ERR_NONE;
}

static enum err does_not_open(enum ring_wrap wrap, struct error *e)
{
    if (wrap == RING_PASSPHRASE)
        return fail(e, ERR_DENIED, "the passphrase is wrong");
    if (wrap == RING_CREDENTIAL)
        return fail(e, ERR_DENIED, "the systemd credential signet-ring is not the one that keeper.ring was wrapped with");
    return fail(e, ERR_INVALID, "keeper.ring is damaged; restore it from a backup");
}

enum err ring_open(const struct ring_file *file, struct bytes secret, struct ring *out, struct error *e)
{
    uint8_t key[KEK_LEN], plain[RING_KEKS * ENTRY];
    size_t plain_len = sizeof(plain), count = file->at[9];
    gnutls_aead_cipher_hd_t cipher;
    enum err r;
    int rc;

    r = wrapping_key(file->wrap, secret, file->at + 10, key, e);
    if (r)
        return r;
    r = cipher_for(key, &cipher, e);
    own_wipe(key, sizeof(key));
    if (r)
        return r;
    rc = gnutls_aead_cipher_decrypt(cipher, file->at + 10 + SETTING, NONCE, file->at, HEAD, TAG, file->at + HEAD, file->len - HEAD, plain, &plain_len);
    gnutls_aead_cipher_deinit(cipher);
    if (rc < 0)
        return does_not_open(file->wrap, e);

    out->len = count;
    for (size_t i = 0; i < count; i++) {
        memcpy(&out->kek[i].id, plain + i * ENTRY, 4);
        memcpy(out->kek[i].key, plain + i * ENTRY + 4, KEK_LEN);
    }
    own_wipe(plain, sizeof(plain));
    return ERR_NONE;
}

/* the file -------------------------------------------------------------------------------------------------- */

static enum err check_shape(const char *path, struct ring_file *file, struct error *e)
{
    size_t count = file->len > HEAD ? file->at[9] : 0;

    if (count < 1 || count > RING_KEKS || memcmp(file->at, magic, sizeof(magic)) != 0 || file->at[8] > RING_CREDENTIAL ||
        file->len != HEAD + count * ENTRY + TAG)
        return fail(e, ERR_INVALID, "%s is damaged; restore it from a backup", path);
    file->wrap = (enum ring_wrap)file->at[8];
    return ERR_NONE;
}

enum err ring_read(const char *path, struct ring_file *out, struct error *e)
{
    struct stat st;
    ssize_t got;
    int fd;

    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return fail(e, ERR_ABSENT, "%s does not exist", path);
    if (fd < 0 || fstat(fd, &st) != 0) {
        enum err r = fail(e, ERR_IO, "%s cannot be read: %s", path, strerror(errno));

        if (fd >= 0)
            close(fd);
        return r;
    }
    got = read(fd, out->at, sizeof(out->at));
    close(fd);
    if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
        return fail(e, ERR_DENIED, "%s may be read by others: chmod 600 it, and ask who has", path);
    if (got < 0)
        return fail(e, ERR_IO, "%s cannot be read: %s", path, strerror(errno));
    out->len = (size_t)got;
    return check_shape(path, out, e);
}

static void sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int fd;

    snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1, slash == NULL ? "." : path);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static bool write_whole(const char *path, const struct ring_file *file)
{
    bool is_good;
    int fd;

    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    is_good = write(fd, file->at, file->len) == (ssize_t)file->len && fchmod(fd, 0600) == 0 && fsync(fd) == 0;
    close(fd);
    return is_good;
}

/* The first one is linked, not renamed: of two daemons that start on one empty directory the later must not replace the ring of the first. */
static enum err put_in_place(const char *fresh, const char *path, bool is_first, struct error *e)
{
    int rc;

    fault_point("ring-before-rename");
    rc = is_first ? link(fresh, path) : rename(fresh, path);
    if (rc != 0) {
        enum err r = errno == EEXIST ? fail(e, ERR_CONFLICT, "%s is there already", path)
                                     : fail(e, ERR_IO, "%s cannot be written: %s", path, strerror(errno));

        unlink(fresh);
        return r;
    }
    if (is_first)
        unlink(fresh);
    fault_point("ring-after-rename");
    sync_folder(path);
    return ERR_NONE;
}

enum err ring_write(const char *path, const struct ring *ring, enum ring_wrap wrap, struct bytes secret, bool is_first, struct error *e)
{
    struct ring_file file = { 0 };
    char fresh[PATH_MAX];
    enum err r;
    int n;

    n = snprintf(fresh, sizeof(fresh), "%s.%ld.new", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof(fresh))
        return fail(e, ERR_INVALID, "the path of keeper.ring is too long");
    r = wrap_up(ring, wrap, secret, &file, e);
    if (r)
        return r;

    unlink(fresh);   /* of a process that ended half-way under the same number */
    if (!write_whole(fresh, &file)) {
        r = fail(e, ERR_IO, "%s cannot be written: %s", fresh, strerror(errno));
        unlink(fresh);
    } else {
        r = put_in_place(fresh, path, is_first, e);
    }
    own_wipe(&file, sizeof(file));
    return r;
}

static enum err check_passphrase(const char *text, struct error *e)
{
    size_t len = strlen(text);

    if (len > 0 && (len < PASSPHRASE_MIN || len > PASSPHRASE_MAX))
        return fail_at(e, "/passphrase", "a passphrase has %d to %d characters", PASSPHRASE_MIN, PASSPHRASE_MAX);
    return ERR_NONE;
}

enum err keeper_ring_passphrase(const char *ring_path, const char *old_passphrase, const char *new_passphrase, struct error *e)
{
    struct ring_file file;
    struct ring ring;
    enum err r;

    r = check_passphrase(new_passphrase, e);
    if (r)
        return r;
    r = ring_read(ring_path, &file, e);
    if (r)
        return r;
    if (file.wrap == RING_CREDENTIAL)
        return fail(e, ERR_CONFLICT, "keeper.ring is wrapped by a systemd credential: it needs no passphrase");
    r = ring_open(&file, bytes_text(old_passphrase), &ring, e);
    if (r)
        return r;

    r = ring_write(ring_path, &ring, *new_passphrase == '\0' ? RING_BARE : RING_PASSPHRASE, bytes_text(new_passphrase), false, e);
    own_wipe(&ring, sizeof(ring));
    return r;
}
