/* fetch - one HTTP exchange with somebody else's server, or with our own daemon by its local socket. Over libcurl. */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include "base/arena.h"
#include "base/error.h"

struct fetch_ask {
    const char *method, *url;
    const char *unix_socket;           /* NULL: by the network */
    const char *ca_file;               /* NULL: the system's own trust */
    bool is_unverified;                /* only to learn a root that is compared with a fingerprint */
    const char *const *headers;        /* "Name: value", NULL-terminated; may be NULL */
    struct bytes body;
    size_t max;                        /* ceiling of the answer; 0: 16 MiB */
    long timeout_ms;                   /* 0: 30 s */
};
struct fetch_answer {
    long status;
    const char *type;                  /* Content-Type; "" when none */
    const char *filename;              /* of Content-Disposition; "" when none */
    const char *etag;                  /* "" when none */
    const char *cookie;                /* first Set-Cookie, "name=value"; "" when none */
    struct bytes body;
};
/* ERR_IO with a sentence for a person when nothing was heard; any status is an answer. No redirects are followed. */
enum err fetch(const struct fetch_ask *ask, struct arena *a, struct fetch_answer *out, struct error *e) MUST_CHECK;

#endif
