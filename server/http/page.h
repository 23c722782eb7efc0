/* page - a frozen answer: bytes, type, ETag, and its compressed twins. Shared, counted; changed by replacement. */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H

#include "base/bytes.h"

struct page;
struct page_parts {
    struct bytes body, gzip, brotli;       /* the latter two may be empty */
    const char *type;
    const char *cache_control;             /* "public, max-age=31536000, immutable", "no-store" */
    const char *const *headers;            /* name, value, name, value, NULL; may be NULL */
    int64_t modified_at;                   /* 0: none */
    bool is_static;                        /* bytes live for ever: not copied */
};
struct page *page_new(const struct page_parts *p);     /* strong ETag = SHA-256; a compressed twin has its own */
struct page *page_ref(struct page *p);
void page_unref(struct page *p);                       /* NULL is fine */
const char *page_etag(const struct page *p);           /* of the body as it is, with its quotes */

#endif
