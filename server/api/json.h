/* json - how our types read in JSON. Every function returns a new reference; none returns NULL. */
#ifndef API_JSON_H
#define API_JSON_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/findings.h"
#include "base/id.h"

json_t *json_of_text(const char *text);                    /* null for NULL; what is not UTF-8 is replaced by "?" */
json_t *json_of_time(int64_t at);                          /* RFC 3339; null for 0 */
json_t *json_of_id(const struct id *id);                   /* null for none */
json_t *json_of_hex(struct bytes from);                    /* lower case, no separators */
json_t *json_of_texts(const char *const *at, size_t len);
json_t *json_of_findings(const struct findings *f, enum level level);   /* [{rule, pointer, detail}] */
json_t *json_list(json_t *items, const char *next_cursor); /* takes items: {items, next_cursor} */

struct request;
/* The member's texts, in the request's arena; 0 when absent. The route's shape has checked them. */
size_t body_texts(const struct request *rq, const char *name, const char *const **out);

#endif
