/* cert_import - signet cert import FILE…: each file goes to the daemon as it is. */
#ifndef CLI_CERT_IMPORT_H
#define CLI_CERT_IMPORT_H

#include <jansson.h>

#include "cli/cli.h"

int cert_import(struct cli *c);
extern const struct cli_option cert_import_options[];
enum { CERT_FILE_MAX = 6 * 1024 * 1024 };     /* what fits into a request of 8 MiB as base64 */
void cert_file_name(json_t *body, const char *path);      /* the member filename, when there is one to tell */

#endif
