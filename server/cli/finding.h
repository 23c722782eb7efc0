/* finding - what the verbs that mean many certificates share. */
#ifndef CLI_FINDING_H
#define CLI_FINDING_H

#include <jansson.h>

#include "cli/cli.h"

/* --search, --filter, --sort, or all of them by --collection NAME; NULL where nothing was said. */
struct question { const char *q, *filter, *sort; };
enum err cli_question(struct cli *c, struct question *out, struct error *e) MUST_CHECK;
int cli_list_csv(struct cli *c, const struct question *ask);

#endif
