/* bytes - a length and where it begins; lent, never owned. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *at;
    size_t len;
};

static inline struct bytes bytes_of(const void *at, size_t len)
{
    return (struct bytes){ at, len };
}

static inline struct bytes bytes_text(const char *text)
{
    return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

/* Not for secrets: stops at the first difference. */
static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

#endif
