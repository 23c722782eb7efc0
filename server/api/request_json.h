/* request_json - a certificate request as the REST interface tells it. New references. */
#ifndef API_REQUEST_JSON_H
#define API_REQUEST_JSON_H

#include <jansson.h>

#include "ca/requests.h"

/* As lists have it. */
json_t *request_row_json(const struct request_row *row, struct arena *a);
/* The request itself, decoded. */
json_t *request_decoded_json(const struct csr *csr, struct arena *a);
/* What would be signed, and where that is not what was asked for. */
json_t *request_policy_json(const struct judged *judged, const struct findings *notes);

#endif
