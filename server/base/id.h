/* id - the name that the outside sees of a thing: UUIDv7 (RFC 9562, 5.7), made by us, sorted by time. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>

#include "base/bytes.h"

struct id {
    uint8_t b[16];
};

enum { ID_TEXT = 37 };
struct id id_new(void);
void id_text(const struct id *id, char *out);            /* out holds ID_TEXT */
bool id_parse(const char *text, struct id *out);         /* any UUID, either case, 36 characters */
bool id_is_none(const struct id *id);                    /* all zero */
static inline bool id_equal(const struct id *a, const struct id *b) { return memcmp(a->b, b->b, 16) == 0; }
static inline struct bytes id_bytes(const struct id *id) { return bytes_of(id->b, sizeof(id->b)); }

#endif
