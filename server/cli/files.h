/* files - what a verb reads for its user. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "cli/cli.h"

/* "-" is standard input. */
enum err cli_read_file(struct cli *c, const char *path, size_t max, struct bytes *out, struct error *e) MUST_CHECK;

#endif
