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
/* A chain in PEM, the member that it came as, and the name that was asked for (NULL: none). */
struct judging { const char *text, *field, *name; };
/* By the members roots, purpose, at and max_chain_depth of the body; faults go to rq->findings. */
enum err tools_judge(struct app *app, struct request *rq, const struct judging *judging, struct chain *out, struct error *e) MUST_CHECK;
/* The member `host`: what that server shows. PEM "" when it showed nothing; *rule: what explains its trouble, NULL none. On record before it is asked. */
struct shown_by { const char *pem, *name, *rule, *said; json_t *json; };
enum err tools_probe(struct app *app, struct request *rq, struct shown_by *out, struct error *e) MUST_CHECK;
/* Every finding, whatever its level. */
json_t *tools_findings(const struct findings *f);
json_t *tools_chain(const struct chain *c);

#endif
