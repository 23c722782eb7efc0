/* findings - every fault of a check, each with its pointer: what a form shows beside its fields. */
#ifndef BASE_FINDINGS_H
#define BASE_FINDINGS_H

#include "base/arena.h"
#include "base/error.h"

enum level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_NOTE };

struct finding {
    enum level level;
    const char *rule;      /* stable slug: "key-mismatch", "weak-key" */
    const char *pointer;   /* JSON pointer of the input; "" when none */
    const char *text;      /* one sentence for a person */
};

struct findings {
    struct arena *arena;   /* texts live there */
    struct finding *at;
    size_t len, room;
};

void findings_init(struct findings *f, struct arena *a);   /* nothing to free: the arena owns all */
/* Past 100 findings the rest is dropped: a hostile input must not make a large answer. */
void findings_add(struct findings *f, enum level level, const char *rule, const char *pointer, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
size_t findings_count(const struct findings *f, enum level level);
/* ERR_INVALID with the first LEVEL_ERROR in it, or ERR_NONE. */
enum err findings_fail(const struct findings *f, struct error *e);

#endif
