/* health - is the process there, and can it do its work? For load balancers and monitors: says nothing secret. */
#ifndef PUBLISH_HEALTH_H
#define PUBLISH_HEALTH_H

#include "http/request.h"
#include "publish/publish.h"

enum err health_alive(struct app *app, struct request *rq, struct error *e) MUST_CHECK;
enum err health_ready(struct app *app, struct request *rq, struct error *e) MUST_CHECK;    /* asks the disk: on a worker */
int64_t health_crl_until(struct publish *p);     /* when the first published list ends */

#endif
