/* error - what went wrong, for the caller (code) and for a person (text). */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

enum err {
    ERR_NONE = 0,
    ERR_INVALID,   /* the input is wrong                 422 */
    ERR_DENIED,    /* this caller may not                403 */
    ERR_ABSENT,    /* no such thing                      404 */
    ERR_CONFLICT,  /* the thing is in another state      409 */
    ERR_LIMIT,     /* too many, too large, too soon      429 */
    ERR_IO,        /* disk, database, network, keeper    503 */
    ERR_BUG        /* cannot happen; it did              500 */
};

struct error {
    enum err code;
    char kind[32];    /* protocol word, "badCSR", "stale"; "" when none */
    char field[64];   /* which input, as a JSON pointer "/dns_names/3"; "" when none */
    char text[256];   /* one sentence: what happened, why, what to do; no newline */
};

/* Fills *e (when not NULL) and returns code, so that a failure is one line. */
enum err fail(struct error *e, enum err code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, naming the input (a JSON pointer). */
enum err fail_at(struct error *e, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));                       /* ERR_INVALID */
/* The same, with a protocol word that the edge maps to a status or a problem type. */
enum err fail_kind(struct error *e, enum err code, const char *kind, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
