/* probe - how a browser finds out whether it trusts the root: it loads from a listener that shows a leaf of it; and we note who did. */
#ifndef PUBLISH_PROBE_H
#define PUBLISH_PROBE_H

#include "app.h"
#include "http/route.h"

extern const struct route probe_routes[];              /* of the probe listener */
enum err probe_redirect(struct app *app, struct request *rq, struct error *e) MUST_CHECK;      /* from the trust page to the picture there */
const char *publish_host_asked(struct request *rq);    /* name or address by which we were asked, as URLs write it: "[::1]"; NULL: none */

#endif
