/* web_server - what PUT /web-server and the setup wizard answer to a swap. */
#ifndef API_WEB_SERVER_H
#define API_WEB_SERVER_H

#include <jansson.h>

#include "http/request.h"
#include "identity/identity.h"

/* The swap's answer, with Connection: close; NULL with *e when what is shown cannot be read. */
json_t *web_server_swap_json(struct app *app, struct request *rq, const struct swap_result *result, struct error *e);

json_t *web_server_steps(const struct swap_result *result);     /* [{name, result, text}] */

#endif
