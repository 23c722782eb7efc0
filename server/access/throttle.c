/* One slot a (name, address), found by hash; when all are taken the one that began first gives way. An attacker who fills the
   table pays a password derivation for every slot, two at a time. */
#include <stdlib.h>

#include "access/parts.h"

enum { SLOTS = 4096 };

struct slot { uint8_t key[SHA256_LEN]; int64_t since; unsigned tries; };
struct throttle {
    pthread_mutex_t lock;
    struct slot slots[SLOTS];
};

struct throttle *throttle_new(void)
{
    struct throttle *t = own_alloc(sizeof(*t));

    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void throttle_free(struct throttle *t)
{
    if (t == NULL)
        return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static void key_of(const char *name, const char *source, uint8_t key[SHA256_LEN])
{
    uint8_t both[2 * SHA256_LEN];

    access_hash(name, both);
    access_hash(source, both + SHA256_LEN);
    hash_sha256(bytes_of(both, sizeof(both)), key);
}

/* Its slot, or the one it may have. */
static struct slot *slot_of(struct throttle *t, const uint8_t key[SHA256_LEN], int64_t now)
{
    struct slot *oldest = &t->slots[0];

    for (size_t i = 0; i < SLOTS; i++) {
        struct slot *s = &t->slots[i];

        if (s->tries > 0 && memcmp(s->key, key, SHA256_LEN) == 0) {
            oldest = s;
            break;
        }
        if (s->tries == 0 ? oldest->tries > 0 : oldest->tries > 0 && s->since < oldest->since)
            oldest = s;
    }
    if (oldest->tries == 0 || memcmp(oldest->key, key, SHA256_LEN) != 0 || now - oldest->since >= THROTTLE_SEC || now < oldest->since) {
        memcpy(oldest->key, key, SHA256_LEN);
        oldest->since = now;
        oldest->tries = 0;
    }
    return oldest;
}

enum err throttle_take(struct throttle *t, const char *name, const char *source, int64_t now, unsigned *tries, struct error *e)
{
    uint8_t key[SHA256_LEN];
    struct slot *s;
    int64_t wait;

    *tries = 0;
    if (strcmp(source, "local") == 0)
        return ERR_NONE;
    key_of(name, source, key);
    pthread_mutex_lock(&t->lock);
    s = slot_of(t, key, now);
    if (s->tries <= THROTTLE_TRIES)
        s->tries++;
    *tries = s->tries;
    wait = s->since + THROTTLE_SEC - now;
    pthread_mutex_unlock(&t->lock);
    if (*tries <= THROTTLE_TRIES)
        return ERR_NONE;
    return fail_kind(e, ERR_LIMIT, "throttled", "too many tries for this name from this address: wait %d minutes, or reset the password on the "
                     "host itself with \"signet admin reset-password\"", (int)((wait + 59) / 60));
}

void throttle_forgive(struct throttle *t, const char *name, const char *source)
{
    uint8_t key[SHA256_LEN];

    key_of(name, source, key);
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < SLOTS; i++)
        if (t->slots[i].tries > 0 && memcmp(t->slots[i].key, key, SHA256_LEN) == 0)
            t->slots[i].tries = 0;
    pthread_mutex_unlock(&t->lock);
}
