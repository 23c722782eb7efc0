/* remote - the daemon as the command line asks it: by DIR/control on the host itself, else over HTTPS with a token. */
#ifndef CLI_REMOTE_H
#define CLI_REMOTE_H

#include <jansson.h>

#include "cli/cli.h"
#include "net/fetch.h"

/* path: "/api/v1/…". body may be NULL and is taken. Answers over 399 become errors: their detail, first field and code. */
enum err remote_call(struct cli *c, const char *method, const char *path, json_t *body, struct fetch_answer *out, struct error *e) MUST_CHECK;
/* The same, read as JSON; *out lives until the process ends. */
enum err remote_json(struct cli *c, const char *method, const char *path, json_t *body, json_t **out, struct error *e) MUST_CHECK;
enum err remote_get(struct cli *c, const char *path, const char **etag, json_t **out, struct error *e) MUST_CHECK;
/* After remote_get: what was read with this ETag is changed only if it is still the same; else ERR_CONFLICT of kind "precondition". */
enum err remote_put(struct cli *c, const char *path, const char *etag, json_t *body, json_t **out, struct error *e) MUST_CHECK;
char *remote_escape(struct arena *a, const char *text);                    /* for a query */
const char *remote_with(struct arena *a, const char *path, const char *name, const char *value);   /* path?name=value, or &; value NULL: path as it is */

/* ~/.config/signet/FILE (XDG_CONFIG_HOME) */
enum err remote_config_path(struct arena *a, const char *file, const char **out, struct error *e) MUST_CHECK;

/* Tables for people: one row per item, columns by member name; lists are joined. */
struct column { const char *title, *member; int width; };
void print_table(json_t *items, const struct column *columns);
void print_members(json_t *object, const struct column *rows);             /* title and value, one a line */
void print_json(const json_t *value);
int print_items(const struct cli *c, const json_t *answer, const struct column *columns);   /* those of a list, as asked for; EXIT_OK */
int print_list(struct cli *c, const char *path, const struct column *columns);   /* GET, page by page, then all items; the exit code */

#endif
