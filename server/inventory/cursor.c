#include "inventory/cursor.h"

#include "base/buf.h"
#include "base/text.h"
#include "pki/hash.h"

/* version 1, order 1, question 8, then veiled: n 8, not_after 8, common name (rest); MAC 16 of all as it was before */
enum { CURSOR_VERSION = 2, QUESTION_END = 10, HEAD_LEN = 26, MAC_LEN = 16, CURSOR_TEXT_MAX = 600 };

static void put_number(struct buf *b, int64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        buf_byte(b, (uint8_t)((uint64_t)value >> shift));
}

static int64_t get_number(const uint8_t *at)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value = value << 8 | at[i];
    return (int64_t)value;
}

static void put_question(struct buf *b, const struct inventory_ask *ask)
{
    const char *parts[] = { ask->q, ask->filter };
    uint8_t hash[SHA256_LEN];
    struct buf text;

    buf_init(&text, 8192);
    for (size_t i = 0; i < 2; i++) {
        buf_text(&text, parts[i] != NULL ? parts[i] : "");
        buf_byte(&text, '\0');
    }
    hash_sha256(buf_bytes(&text), hash);
    buf_done(&text);
    buf_add(b, hash, 8);
}

static void mac_of(struct store *store, struct bytes body, uint8_t out[SHA256_LEN])
{
    hash_hmac_sha256(bytes_of(store_secret(store), STORE_SECRET_LEN), body, out);
}

/* The place may be that of a certificate which the caller may not see: a walk ends at any. The MAC makes the stream another one for each
   place; once more, and it is off. */
static void veil(struct store *store, uint8_t *body, size_t len, const uint8_t *mac)
{
    uint8_t seed[MAC_LEN + 1], stream[SHA256_LEN];

    memcpy(seed, mac, MAC_LEN);
    for (size_t i = 0; i + QUESTION_END < len; i++) {
        if (i % SHA256_LEN == 0) {
            seed[MAC_LEN] = (uint8_t)(i / SHA256_LEN);
            mac_of(store, bytes_of(seed, sizeof(seed)), stream);
        }
        body[QUESTION_END + i] ^= stream[i % SHA256_LEN];
    }
}

const char *cursor_write(struct store *store, const struct inventory_ask *ask, enum walk_order order, const struct walk_row *last, struct arena *a)
{
    bool is_by_name = order == WALK_NAME_UP || order == WALK_NAME_DOWN;
    uint8_t mac[SHA256_LEN];
    const char *text;
    struct buf b;

    buf_init(&b, CURSOR_TEXT_MAX);
    buf_byte(&b, CURSOR_VERSION);
    buf_byte(&b, (uint8_t)order);
    put_question(&b, ask);
    put_number(&b, last->n);
    put_number(&b, last->not_after);
    if (is_by_name)
        buf_text(&b, last->common_name);
    mac_of(store, buf_bytes(&b), mac);
    veil(store, b.at, b.len, mac);
    buf_add(&b, mac, MAC_LEN);
    text = text_base64url(a, buf_bytes(&b));
    buf_done(&b);
    return text;
}

static bool is_of(struct bytes raw, const struct inventory_ask *ask, enum walk_order order)
{
    struct buf b;
    bool is_same;

    buf_init(&b, 64);
    buf_byte(&b, CURSOR_VERSION);
    buf_byte(&b, (uint8_t)order);
    put_question(&b, ask);
    is_same = memcmp(b.at, raw.at, b.len) == 0;
    buf_done(&b);
    return is_same;
}

enum err cursor_read(struct store *store, const struct inventory_ask *ask, enum walk_order order, struct arena *a, struct walk_from *out, struct error *e)
{
    uint8_t mac[SHA256_LEN], *open;
    struct bytes raw, body;

    *out = (struct walk_from){ 0 };
    if (ask->cursor == NULL || ask->cursor[0] == '\0')
        return ERR_NONE;
    if (strlen(ask->cursor) > 2 * CURSOR_TEXT_MAX || !text_unbase64url(a, ask->cursor, strlen(ask->cursor), &raw) || raw.len < HEAD_LEN + MAC_LEN)
        return fail_at(e, "/cursor", "not a cursor of this server: begin again without one");
    body = bytes_of(raw.at, raw.len - MAC_LEN);
    open = arena_copy(a, body.at, body.len);
    veil(store, open, body.len, raw.at + body.len);
    body.at = open;
    mac_of(store, body, mac);
    if (!hash_same(bytes_of(mac, MAC_LEN), bytes_of(raw.at + body.len, MAC_LEN)))
        return fail_at(e, "/cursor", "not a cursor of this server: begin again without one");
    if (!is_of(body, ask, order))
        return fail_at(e, "/cursor", "a cursor of another question: q, filter and sort must stay the same from page to page");

    out->is_set = true;
    out->n = get_number(body.at + QUESTION_END);
    out->not_after = get_number(body.at + QUESTION_END + 8);
    out->common_name = arena_copy(a, body.at + HEAD_LEN, body.len - HEAD_LEN);
    return ERR_NONE;
}
