#include "cli/remote.h"

static const struct column columns[] = {
    { "ADDRESS", "address", 24 }, { "PROGRAM", "agent", 28 }, { "USER", "name", 16 }, { "FIRST SEEN", "first_at", 20 }, { "LAST SEEN", "last_at", 20 },
    { "TIMES", "times", 6 }, { 0 }
};

static int seen(struct cli *c)
{
    return print_list(c, "/api/v1/trust/seen", columns);
}

const struct cli_verb trust_verbs[] = {
    { "trust", "seen", "", "who was seen trusting the root, the latest first", "  signet trust seen\n  signet trust seen --json\n", seen, NULL },
    { 0 }
};
