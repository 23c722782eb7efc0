/* detect - by which names and addresses this machine seems to be reached: what the setup wizard proposes. */
#ifndef API_DETECT_H
#define API_DETECT_H

#include "base/arena.h"

struct detected {
    const char *const *hostnames; size_t hostnames_len;
    const char *const *ip_addresses; size_t ip_len;
};
/* `asked`: the Host header by which somebody is here already, or NULL. Takes a second at most: a resolver may be slow. */
void detect_names(const char *asked, struct arena *a, struct detected *out);

#endif
