/* resolve - the addresses behind a name, within a time: a resolver may take half a minute, whoever asks does not. */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <sys/socket.h>

#include "base/arena.h"
#include "base/error.h"

enum { RESOLVED_MAX = 8 };

struct resolved {
    const char *full;                  /* the name in full as the resolver knows it; "" unknown */
    struct { struct sockaddr_storage to; socklen_t len; } at[RESOLVED_MAX];
    size_t len;
};
/* ERR_IO with a sentence: there is no such name, or no answer in time. ERR_LIMIT: too many wait for a resolver already. */
enum err resolve(const char *host, int64_t within_ms, struct arena *a, struct resolved *out, struct error *e) MUST_CHECK;

#endif
