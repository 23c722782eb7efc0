/* route - a row: method, pattern, function, who may. A surface: a protocol with its prefix, its rows, how it knows its callers, how it says no. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/request.h"

enum {   /* flags */
    ROUTE_QUICK = 1 << 0,      /* answered on the network thread, from memory */
    ROUTE_HEAVY = 1 << 1,      /* two at a time: password hashing, derivations */
    ROUTE_STEP_UP = 1 << 2,    /* a session must have given its password in the last 5 minutes, else 403 kind "step-up" */
    ROUTE_ONCE = 1 << 3,       /* honours Idempotency-Key */
    ROUTE_SECRET = 1 << 4,     /* answer shows a secret: never replayed, 409 instead */
    ROUTE_OPEN = 1 << 5,       /* no caller needed: admit and may are not asked; `allow` must be RIGHT_PUBLIC */
    ROUTE_SETUP = 1 << 6,      /* before setup is finished: the setup token or its session */
    ROUTE_MATCH = 1 << 7,      /* holds who.if_match against a version; a PUT, PATCH or DELETE without it refuses If-Match */
    ROUTE_FILE = 1 << 8        /* besides JSON the body may be the file itself, as one of the types that certificates and keys travel under */
};

enum shape_kind { SHAPE_TEXT, SHAPE_NUMBER, SHAPE_FLAG, SHAPE_TEXTS /* array of strings */, SHAPE_OBJECT, SHAPE_OBJECTS, SHAPE_ANY };
struct shape_member {
    const char *name;
    enum shape_kind kind;
    bool is_required;
    int64_t min, max;          /* text: bytes; number: value; arrays: count. 0,0: text 0..4096, arrays 0..100 */
    const struct shape *inner;
};
enum { ROUTE_PUBLIC = 1 };     /* the number of RIGHT_PUBLIC: rights are numbers here, access/ knows their names */

struct shape {                 /* ends with a member without a name; unknown and doubled members are refused with their pointer */
    const struct shape_member *members;        /* NULL: any; the handler knows them */
};
/* Every fault to `out` with its pointer. Strings must be clean UTF-8 (no NUL, no controls; \n, \r, \t are fine where max > 4096). */
void shape_check(const json_t *body, const struct shape *shape, const char *pointer, struct findings *out);
/* `pointer` with one more step, cut at the ceiling. */
enum { SHAPE_POINTER = 256 };
void shape_pointer(char out[SHAPE_POINTER], const char *pointer, const char *name);

struct route {
    const char *method, *pattern;      /* "/api/v1/certificates/{id}"; "{x*}" at the end takes the rest */
    enum err (*run)(struct app *app, struct request *rq, struct error *e);
    unsigned allow;                    /* enum right of access/rights.h; 0 = nobody: the daemon refuses to start */
    unsigned flags;
    size_t body_max;                   /* 0: 64 KiB where the method has a body */
    const struct shape *shape;         /* NULL: no JSON body (raw) */
};

struct surface {
    const char *prefix;                                    /* longest wins */
    const struct route *const *tables;                     /* NULL-terminated list of tables, each ending in a row of zeros */
    /* Worker or, for QUICK routes, network thread: who is it? Fills rq->who; then http asks `allow`. NULL, as `may`, where every row is ROUTE_OPEN. */
    enum err (*admit)(struct app *app, struct request *rq, struct error *e);
    bool (*may)(const struct actor *who, unsigned right);  /* coarse: has it anywhere; the handler asks again for the object */
    void (*problem)(struct request *rq, const struct error *e);
    /* Other answers to a repeat: looks up Idempotency-Key. NULL: none. True when it answered. */
    bool (*replay)(struct app *app, struct request *rq, struct error *e);
};

#endif
