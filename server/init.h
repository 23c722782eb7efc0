/* init - the first run without a browser: root, issuing CA, administrator, the server's own certificate. */
#ifndef INIT_H
#define INIT_H

#include "cli/cli.h"

int init_run(struct cli *c);

#endif
