/* certificate_views - what there is to see of one certificate beside itself: versions, path, details, history; and the timeline of all. */
#ifndef API_CERTIFICATE_VIEWS_H
#define API_CERTIFICATE_VIEWS_H

#include "api/api.h"
#include "inventory/inventory.h"

struct certificate_shown { struct inventory_item item; struct bytes *chain; size_t chain_len; };
/* number 0: the current version. with_root: the chain to its end. Asks whether the caller may read it. */
enum err certificate_load(struct app *app, struct request *rq, int number, bool with_root, struct certificate_shown *out, struct error *e) MUST_CHECK;
void certificate_answer(struct request *rq, int status, const struct inventory_item *item, const char *pem, const struct findings *warnings);

enum err certificate_versions(struct app *app, struct request *rq, struct error *e) MUST_CHECK;
enum err certificate_version(struct app *app, struct request *rq, struct error *e) MUST_CHECK;
enum err certificate_path(struct app *app, struct request *rq, struct error *e) MUST_CHECK;
enum err certificate_details(struct app *app, struct request *rq, struct error *e) MUST_CHECK;
enum err certificate_history(struct app *app, struct request *rq, struct error *e) MUST_CHECK;
enum err certificate_timeline(struct app *app, struct request *rq, struct error *e) MUST_CHECK;

#endif
