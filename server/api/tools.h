/* tools - what the toolbox's handlers share. */
#ifndef API_TOOLS_H
#define API_TOOLS_H

#include "app.h"
#include "http/request.h"

enum { TOOLS_TEXT_MAX = 1024 * 1024 };     /* of one text: a whole trust store of an operating system fits */

enum err tools_decode(struct app *app, struct request *rq, struct error *e) MUST_CHECK;
enum err tools_match(struct app *app, struct request *rq, struct error *e) MUST_CHECK;
/* PEM, or DER in base64: the bytes of the first thing in it. `field` for the error. */
enum err tools_der(struct request *rq, const char *text, const char *field, struct bytes *out, struct error *e) MUST_CHECK;
/* Every finding, whatever its level. */
json_t *tools_findings(const struct findings *f);

#endif
