#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK 4000   /* with its head a little under a page */
#define FIRST 960    /* one piece with the arena, from the thread's own free list: most requests need no other */

struct block {
    struct block *next;
    size_t used, room;
    _Alignas(16) uint8_t at[];
};

struct arena {
    struct block *blocks;   /* the one at the front is being filled */
    struct block first;     /* its bytes follow */
};

struct arena *arena_new(void)
{
    struct arena *a = own_alloc(sizeof(*a) + FIRST);

    a->first.room = FIRST;
    a->blocks = &a->first;
    return a;
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    while (a->blocks != NULL) {
        struct block *b = a->blocks;

        a->blocks = b->next;
        own_wipe(b->at, b->used);
        if (b != &a->first)
            free(b);
    }
    free(a);
}

void *arena_take(struct arena *a, size_t len)
{
    size_t need = (len + 15) & ~(size_t)15;
    struct block *b = a->blocks;

    if (len > SIZE_MAX / 2)
        abort();
    if (b->room - b->used < need) {
        size_t room = need > BLOCK ? need : BLOCK;

        b = own_alloc(sizeof(*b) + room);
        b->room = room;
        /* A large one goes behind, so that the rest of the block in use is not lost. */
        if (need > BLOCK / 4) {
            b->next = a->blocks->next;
            a->blocks->next = b;
        } else {
            b->next = a->blocks;
            a->blocks = b;
        }
    }
    b->used += need;
    return b->at + b->used - need;
}

void *arena_copy(struct arena *a, const void *at, size_t len)
{
    uint8_t *copy = arena_take(a, len + 1);

    if (len > 0)
        memcpy(copy, at, len);
    return copy;
}

struct bytes arena_bytes(struct arena *a, struct bytes from)
{
    return bytes_of(arena_copy(a, from.at, from.len), from.len);
}

char *arena_text(struct arena *a, const char *text)
{
    return arena_copy(a, text, strlen(text));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    char small[512], *text;        /* formatting twice, once only to count, showed in the profile of issuing */
    va_list args, again;
    int len;

    va_start(args, fmt);
    va_copy(again, args);
    len = vsnprintf(small, sizeof(small), fmt, args);
    va_end(args);
    if (len < 0)
        abort();
    if ((size_t)len < sizeof(small)) {
        text = arena_copy(a, small, (size_t)len);
    } else {
        text = arena_take(a, (size_t)len + 1);
        vsnprintf(text, (size_t)len + 1, fmt, again);
    }
    va_end(again);
    own_wipe(small, (size_t)len < sizeof(small) ? (size_t)len : sizeof(small));
    return text;
}
