#include "http/address.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/random.h"

enum { BUCKETS = 1024 };

struct entry {
    struct entry *next;
    uint8_t key[16];
    unsigned count;
};
struct addresses {
    pthread_mutex_t lock;          /* guards the buckets */
    uint64_t seed;                 /* so that nobody can aim at one bucket */
    struct entry *bucket[BUCKETS];
};

void address_of(const struct sockaddr *from, struct address *out)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

    *out = (struct address){ .text = "local" };
    if (from->sa_family == AF_INET) {
        const struct in_addr *v4 = &((const struct sockaddr_in *)from)->sin_addr;

        memcpy(out->key, mapped, 12);
        memcpy(out->key + 12, v4, 4);
        inet_ntop(AF_INET, v4, out->text, sizeof(out->text));
        out->is_counted = true;
    } else if (from->sa_family == AF_INET6) {
        const struct in6_addr *v6 = &((const struct sockaddr_in6 *)from)->sin6_addr;
        bool is_v4 = memcmp(v6, mapped, 12) == 0;

        memcpy(out->key, v6, is_v4 ? 16 : 8);
        inet_ntop(is_v4 ? AF_INET : AF_INET6, is_v4 ? (const void *)(v6->s6_addr + 12) : v6, out->text, sizeof(out->text));
        out->is_counted = true;
    }
}

struct addresses *addresses_new(void)
{
    struct addresses *a = own_alloc(sizeof(*a));

    pthread_mutex_init(&a->lock, NULL);
    random_fill(&a->seed, sizeof(a->seed));
    return a;
}

void addresses_free(struct addresses *a)
{
    if (a == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (a->bucket[i] != NULL) {
            struct entry *entry = a->bucket[i];

            a->bucket[i] = entry->next;
            free(entry);
        }
    }
    pthread_mutex_destroy(&a->lock);
    free(a);
}

static struct entry **find(struct addresses *a, const struct address *who)
{
    uint64_t high, low;
    struct entry **at;

    memcpy(&high, who->key, 8);
    memcpy(&low, who->key + 8, 8);
    at = &a->bucket[((high ^ a->seed) * UINT64_C(0x9e3779b97f4a7c15) + (low ^ a->seed) * UINT64_C(0xc2b2ae3d27d4eb4f)) >> 54];
    while (*at != NULL && memcmp((*at)->key, who->key, sizeof(who->key)) != 0)
        at = &(*at)->next;
    return at;
}

bool addresses_enter(struct addresses *a, const struct address *who, unsigned max)
{
    struct entry **at;
    bool may;

    if (!who->is_counted)
        return true;
    pthread_mutex_lock(&a->lock);
    at = find(a, who);
    if (*at == NULL) {
        *at = own_alloc(sizeof(**at));
        memcpy((*at)->key, who->key, sizeof(who->key));
    }
    may = max == 0 || (*at)->count < max;
    (*at)->count += may ? 1 : 0;
    pthread_mutex_unlock(&a->lock);
    return may;
}

void addresses_leave(struct addresses *a, const struct address *who)
{
    struct entry **at;

    if (!who->is_counted)
        return;
    pthread_mutex_lock(&a->lock);
    at = find(a, who);
    if (*at != NULL && --(*at)->count == 0) {
        struct entry *gone = *at;

        *at = gone->next;
        free(gone);
    }
    pthread_mutex_unlock(&a->lock);
}
