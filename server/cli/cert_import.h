/* cert_import - signet cert import FILE…: each file goes to the daemon as it is. */
#ifndef CLI_CERT_IMPORT_H
#define CLI_CERT_IMPORT_H

#include "cli/cli.h"

int cert_import(struct cli *c);
extern const struct cli_option cert_import_options[];

#endif
