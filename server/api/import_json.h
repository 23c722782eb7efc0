/* import_json - a file that comes in as JSON, and what became of each thing in it. */
#ifndef API_IMPORT_JSON_H
#define API_IMPORT_JSON_H

#include <jansson.h>

#include "http/request.h"
#include "inventory/import.h"

/* PEM as it stands, anything else in base64; pointer: of the member, for its error. */
enum err import_read_data(struct request *rq, const char *data, const char *pointer, struct bytes *out, struct error *e) MUST_CHECK;
enum err import_reply(struct request *rq, int status, const struct import_result *result, bool is_preview, struct error *e) MUST_CHECK;
json_t *import_items(const struct import_result *result, struct arena *a);    /* the same as a tree; empty when it is too long to be told */

#endif
