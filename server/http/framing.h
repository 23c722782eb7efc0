/* framing - is this head one that every HTTP/1.1 reader understands alike? The library accepts what invites request
   smuggling (RFC 9112, 11.2), so the check is ours. Pure: a list of headers in, a sentence out. */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct header {
    const char *name, *value;
    size_t name_len, value_len;
    bool is_bare;                  /* its line did not end in CR LF */
};
struct framing {
    bool is_chunked;
    int64_t content_length;        /* -1: none given */
    const char *host;              /* value of the one Host header, as it came */
    unsigned seen;                 /* which of those that may stand once have come */
};
/* NULL when fine; else what is wrong, for the 400 that ends the connection. `version` is "HTTP/1.1" or "HTTP/1.0". */
const char *framing_check(const char *method, const char *version, const struct header *list, size_t len, struct framing *out);
/* A Host or authority split: lower-case name without port and brackets into `name` (room bytes). False when it is malformed. */
bool framing_host(const char *host, char *name, size_t room);

#endif
