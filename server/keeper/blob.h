/* blob - a private key or a small secret as it lies in the database: a clear head, then nonce, AES-256-GCM, tag.
   The head is the associated data: it says what the key may do, and a changed one does not open. */
#ifndef KEEPER_BLOB_H
#define KEEPER_BLOB_H

#include "base/buf.h"
#include "base/error.h"
#include "keeper/keeper.h"
#include "keeper/ring.h"

struct blob {
    uint32_t kek;
    struct id id;
    enum purpose purpose;
    bool is_exportable;
    enum key_type type;                /* KEY_NONE for a secret */
    uint8_t spki_sha256[32];
    uint8_t name_sha256[32];           /* ca: of the name it signs as */
    bool may_make_cas;
    int path_len;                      /* -1: no limit */
    int64_t not_after;
};

enum { BLOB_HEAD = 104, BLOB_NONCE = 12, BLOB_TAG = 16, BLOB_MAX = 8 * 1024 };

/* Under the newest key of the ring, which it writes into head->kek. */
enum err blob_seal(struct blob *head, const struct ring *ring, struct bytes plain, struct buf *out, struct error *e) MUST_CHECK;
/* `plain` is a buffer that the caller wipes. */
enum err blob_open(struct bytes from, const struct ring *ring, struct blob *head, struct buf *plain, struct error *e) MUST_CHECK;

#endif
