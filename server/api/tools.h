/* tools - what the toolbox's handlers share. */
#ifndef API_TOOLS_H
#define API_TOOLS_H

#include "app.h"
#include "http/request.h"
#include "pki/chain.h"

enum { TOOLS_TEXT_MAX = 1024 * 1024 };     /* of one text: a whole trust store of an operating system fits */

enum err tools_decode(struct app *app, struct request *rq, struct error *e) MUST_CHECK;
enum err tools_match(struct app *app, struct request *rq, struct error *e) MUST_CHECK;
enum err tools_convert(struct app *app, struct request *rq, struct error *e) MUST_CHECK;
enum err tools_explain(struct app *app, struct request *rq, struct error *e) MUST_CHECK;
/* PEM, or DER in base64: the bytes of the first thing in it. `field` for the error. */
enum err tools_der(struct request *rq, const char *text, const char *field, struct bytes *out, struct error *e) MUST_CHECK;
/* A file as it is sent: PEM as it stands, anything else in base64. */
enum err tools_file(struct request *rq, const char *text, struct bytes *out, struct error *e) MUST_CHECK;
/* Judges `text`, which came as the member `field`, by the members roots, name, purpose, at and max_chain_depth of the body; faults go to rq->findings. */
enum err tools_judge(struct app *app, struct request *rq, const char *text, const char *field, struct chain *out, struct error *e) MUST_CHECK;
/* Every finding, whatever its level. */
json_t *tools_findings(const struct findings *f);
json_t *tools_chain(const struct chain *c);

#endif
