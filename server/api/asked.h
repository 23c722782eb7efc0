/* asked - the addresses of our other listeners, as whoever asks would reach them: by the host that brought it here. */
#ifndef API_ASKED_H
#define API_ASKED_H

#include "app.h"
#include "http/request.h"
#include "http/server.h"

const char *asked_port(struct app *app, struct request *rq, enum listener which, unsigned usual);      /* ":8444"; "" where it is the usual one */
const char *asked_probe_url(struct app *app, struct request *rq);
const char *asked_trust_url(struct app *app, struct request *rq);                      /* the public page: what the administrator named goes first */

#endif
