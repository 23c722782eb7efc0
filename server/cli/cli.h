/* cli - the verbs of the command line: one table gives parsing, help and completion. Each verb is a client of the REST API. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/arena.h"
#include "base/config.h"
#include "base/error.h"

enum exit_code { EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_ABSENT, EXIT_DENIED, EXIT_CONFLICT, EXIT_TIMEOUT };

struct cli_option {
    const char *name;          /* "--dns" without the dashes */
    const char *value;         /* placeholder; NULL: a flag */
    const char *help;
};

struct cli;
struct cli_verb {
    const char *noun, *verb;   /* verb "" for "signet status" */
    const char *arguments;     /* "ID", "FILE..."; "" none */
    const char *summary, *examples;
    int (*run)(struct cli *c);
    const struct cli_option *options;      /* ends with an option without a name; may be NULL */
};

struct cli {
    struct arena *arena;
    const struct cli_verb *verb;
    const char *const *given;              /* name, value pairs as they came */
    size_t pairs;
    const char *const *arguments;
    size_t arguments_len;
    bool is_json;
    struct remote *remote;                 /* opened on first use: remote.h */
};

const char *cli_value(const struct cli *c, const char *option);            /* the last one given; NULL */
size_t cli_values(const struct cli *c, const char *option, const char **out, size_t room);
bool cli_flag(const struct cli *c, const char *option);
const char *cli_argument(const struct cli *c, size_t n);                   /* NULL when not given */
int cli_usage(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));   /* EXIT_USAGE, with the verb's line */
/* The daemon's own configuration, as the flags of the verb, the environment and the file say. */
enum err cli_config(const struct cli *c, struct config *out, struct error *e) MUST_CHECK;
int cli_fail(const struct error *e);                                       /* says it on stderr; the exit code */
/* Never from the command line: FILE, "-" for standard input, or a prompt without echo. First line only. */
enum err cli_secret(const struct cli *c, const char *option, const char *prompt, bool twice, const char **out, struct error *e) MUST_CHECK;

/* local: verbs that are not clients (serve, init); ends with a verb without a run. */
int cli_main(int argc, char **argv, const struct cli_verb *local);

extern const struct cli_verb cert_verbs[], ca_verbs[], server_verbs[], token_verbs[], admin_verbs[], login_verbs[], keeper_verbs[], tool_verbs[], script_verbs[], request_verbs[],
    lineage_verbs[], finding_verbs[], trust_verbs[], key_verbs[];

#endif
