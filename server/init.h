/* init - the first run without a browser: root, issuing CA, administrator, the server's own certificate. */
#ifndef INIT_H
#define INIT_H

#include "base/config.h"
#include "cli/cli.h"

int init_run(struct cli *c);
/* What the command line says of the daemon's own configuration. */
enum err main_config(const struct cli *c, struct config *out, struct error *e) MUST_CHECK;

#endif
