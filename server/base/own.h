/* own - who frees what: a variable that cleans up, a pointer that changes hands. */
#ifndef BASE_OWN_H
#define BASE_OWN_H

#include <stddef.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define DEFINE_DROP(type) \
    static inline void type##_drop(struct type **p) { type##_free(*p); *p = NULL; }
#define TAKE(p) (__extension__({ __typeof__(p) took_ = (p); (p) = NULL; took_; }))

/* Memory or the end: a daemon of this size cannot do better. Zeroed. */
void *own_alloc(size_t len) __attribute__((malloc, returns_nonnull));
void *own_grow(void *old, size_t len) __attribute__((returns_nonnull));
char *own_text(const char *text) __attribute__((malloc, returns_nonnull));
/* Overwrites before the memory is given back; the compiler may not drop it. */
void own_wipe(void *at, size_t len);

#endif
