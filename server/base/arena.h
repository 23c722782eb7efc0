/* arena - memory that dies with its request or job run: many small takes, one free. One thread at a time. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/bytes.h"
#include "base/own.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);                             /* NULL is fine; everything is wiped first */
DEFINE_DROP(arena)
void *arena_take(struct arena *a, size_t len) __attribute__((returns_nonnull));   /* zeroed, aligned for anything */
void *arena_copy(struct arena *a, const void *at, size_t len) __attribute__((returns_nonnull));   /* a NUL follows */
struct bytes arena_bytes(struct arena *a, struct bytes from);
char *arena_text(struct arena *a, const char *text) __attribute__((returns_nonnull));
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3), returns_nonnull));

#endif
