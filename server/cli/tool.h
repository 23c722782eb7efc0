/* tool - what the verbs of the toolbox share. */
#ifndef CLI_TOOL_H
#define CLI_TOOL_H

#include "cli/cli.h"
#include "cli/remote.h"

extern const struct column tool_chain_columns[];
extern const struct cli_option tool_convert_options[], tool_explain_options[];

int tool_convert(struct cli *c);
int tool_explain(struct cli *c);

/* PEM as it is. Anything else becomes a block under `label`, or bare base64 when there is none. */
enum err tool_read(struct cli *c, const char *path, const char *label, const char **out, struct error *e) MUST_CHECK;
/* All arguments, one after the other. */
enum err tool_read_all(struct cli *c, const char **out, struct error *e) MUST_CHECK;
/* Adds the password of --password-file, when it is given. */
enum err tool_password(struct cli *c, json_t *body, struct error *e) MUST_CHECK;
enum err tool_ask(struct cli *c, const char *path, json_t *body, json_t **answer, struct error *e) MUST_CHECK;
void tool_findings(const json_t *findings);

#endif
