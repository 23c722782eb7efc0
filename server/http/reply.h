/* reply - the answer being made: status, headers, and a body from the arena, from a page or from a stream. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include <microhttpd.h>

#include "base/buf.h"
#include "http/request.h"

enum { REPLY_HEADERS = 24 };
struct reply_header {
    const char *name, *value;          /* in the arena; no control characters */
};
struct reply {
    int status;                        /* 0: none yet */
    const char *type;
    struct bytes body;                 /* lent: arena, static, or `made` */
    struct buf made;                   /* JSON; wiped with the reply */
    struct page *page;                 /* a reference */
    struct stream *stream;             /* owned until it is fed to the connection */
    bool closes;
    struct reply_header *headers;      /* NULL, or room for REPLY_HEADERS */
    size_t len;
};
void reply_clear(struct reply *r);     /* back to none */
const char *reply_find(const struct reply *r, const char *name);
/* The answer as the library wants it: a new reference, or one lent by a page. Streams are made by exchange.c, which feeds them. */
struct built {
    struct MHD_Response *answer;       /* NULL: no memory */
    int status;
    bool is_lent, has_body;
};
struct built reply_build(struct request *rq);

/* What every answer carries, unless the reply itself names that header: headers.c. */
void headers_add(struct MHD_Response *to, const struct reply *r, const char *type);

/* page.c, for reply_build. */
struct built page_answer(struct request *rq, struct page *page);

#endif
