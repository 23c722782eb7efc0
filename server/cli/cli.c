#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"

/* Options of every verb that talks to the daemon. */
static const struct cli_option common[] = {
    { "data", "DIR", "ask the daemon of this data directory by its local socket" },
    { "url", "URL", "ask the daemon at this address (else SIGNET_URL, then what `signet login` saved)" },
    { "ca", "FILE", "trust this root for --url (else SIGNET_CA)" },
    { "json", NULL, "print what the REST API answered" },
    { "help", NULL, "show this help" },
    { 0 }
};

static const struct cli_verb *const tables[] = { login_verbs, cert_verbs, lineage_verbs, key_verbs, finding_verbs, request_verbs, trust_verbs, script_verbs, ca_verbs, server_verbs, token_verbs, admin_verbs, keeper_verbs, tool_verbs };

static const struct cli_verb *each(const struct cli_verb *local, size_t *table, size_t *row)
{
    for (;;) {
        const struct cli_verb *t = *table == 0 ? local : *table <= sizeof(tables) / sizeof(*tables) ? tables[*table - 1] : NULL;

        if (t == NULL)
            return NULL;
        if (t[*row].run != NULL)
            return &t[(*row)++];
        *row = 0;
        (*table)++;
    }
}

static const struct cli_option *option_find(const struct cli_verb *v, const char *name)
{
    for (const struct cli_option *o = v->options; o != NULL && o->name != NULL; o++)
        if (strcmp(o->name, name) == 0)
            return o;
    for (const struct cli_option *o = common; o->name != NULL; o++)
        if (strcmp(o->name, name) == 0)
            return o;
    return NULL;
}

static void show_options(const struct cli_option *o)
{
    for (; o != NULL && o->name != NULL; o++) {
        char left[48];

        snprintf(left, sizeof(left), "--%s%s%s", o->name, o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
        printf("  %-28s %s\n", left, o->help);
    }
}

static void show_verb(const struct cli_verb *v)
{
    printf("Examples:\n%s\n", v->examples);
    printf("signet %s%s%s%s%s  -  %s\n\n", v->noun, *v->verb != '\0' ? " " : "", v->verb, *v->arguments != '\0' ? " " : "",
           v->arguments, v->summary);
    show_options(v->options);
    show_options(common);
}

static void show_all(const struct cli_verb *local)
{
    const struct cli_verb *v;

    printf("Examples:\n"
           "  signet serve --data run                      start the daemon\n"
           "  signet cert issue --dns web.example.lan      issue a certificate\n"
           "  signet server select ID --confirm-within 60  show another certificate\n\n"
           "Verbs (signet NOUN VERB --help tells more):\n");
    for (size_t table = 0, row = 0; (v = each(local, &table, &row)) != NULL;) {
        char left[48];

        snprintf(left, sizeof(left), "%s%s%s %s", v->noun, *v->verb != '\0' ? " " : "", v->verb, v->arguments);
        printf("  %-28s %s\n", left, v->summary);
    }
    printf("\nExit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 denied, 5 conflict, 6 no answer in time.\n");
}

/* The verb of argv, and how many words named it. */
static const struct cli_verb *find(const struct cli_verb *local, int argc, char **argv, int *words)
{
    const struct cli_verb *v;

    for (size_t table = 0, row = 0; argc > 1 && (v = each(local, &table, &row)) != NULL;) {
        if (strcmp(argv[1], v->noun) != 0)
            continue;
        if (*v->verb == '\0') {
            *words = 1;
            return v;
        }
        if (argc > 2 && strcmp(argv[2], v->verb) == 0) {
            *words = 2;
            return v;
        }
    }
    return NULL;
}

/* "signet cert": what can be done with it. False when there is no such noun. */
static bool show_noun(const struct cli_verb *local, const char *noun, FILE *to)
{
    const struct cli_verb *v;
    bool is_known = false;

    for (size_t table = 0, row = 0; (v = each(local, &table, &row)) != NULL;) {
        char left[64];

        if (strcmp(v->noun, noun) != 0 || *v->verb == '\0')
            continue;
        if (!is_known)
            fprintf(to, "Verbs of \"%s\" (signet %s VERB --help tells more):\n", noun, noun);
        is_known = true;
        snprintf(left, sizeof(left), "%s %s %s", v->noun, v->verb, v->arguments);
        fprintf(to, "  %-28s %s\n", left, v->summary);
    }
    return is_known;
}

static size_t distance(const char *a, const char *b)
{
    size_t row[32], la = strlen(a), lb = strlen(b);

    if (la > 30 || lb > 30)
        return 99;
    for (size_t j = 0; j <= lb; j++)
        row[j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t above = row[j], best = corner + (a[i - 1] != b[j - 1]);

            best = above + 1 < best ? above + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            corner = above;
            row[j] = best;
        }
    }
    return row[lb];
}

static int say_unknown(const struct cli_verb *local, int argc, char **argv)
{
    char said[64], name[64], best[64] = "";
    const struct cli_verb *v;
    size_t nearest = 4;
    bool asks = argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0);

    if ((argc == 2 || asks) && show_noun(local, argv[1], asks ? stdout : stderr))
        return asks ? EXIT_OK : EXIT_USAGE;
    snprintf(said, sizeof(said), "%s%s%s", argv[1], argc > 2 && argv[2][0] != '-' ? " " : "", argc > 2 && argv[2][0] != '-' ? argv[2] : "");
    for (size_t table = 0, row = 0; (v = each(local, &table, &row)) != NULL;) {
        snprintf(name, sizeof(name), "%s%s%s", v->noun, *v->verb != '\0' ? " " : "", v->verb);
        if (distance(said, name) < nearest) {
            nearest = distance(said, name);
            strcpy(best, name);
        }
    }
    fprintf(stderr, "signet: there is no \"%s\"%s%s%s; `signet --help` lists what there is\n", said,
            *best != '\0' ? "; did you mean \"" : "", best, *best != '\0' ? "\"?" : "");
    return EXIT_USAGE;
}

static int parse(struct cli *c, int argc, char **argv, int from)
{
    const char **given = arena_take(c->arena, (size_t)argc * 2 * sizeof(*given));
    const char **arguments = arena_take(c->arena, (size_t)argc * sizeof(*arguments));

    c->given = given;
    c->arguments = arguments;
    for (int i = from; i < argc; i++) {
        const char *name = strcmp(argv[i], "-h") == 0 ? "--help" : argv[i], *equals;
        const struct cli_option *o;

        if (strncmp(name, "--", 2) != 0) {
            arguments[c->arguments_len++] = name;
            continue;
        }
        name += 2;
        equals = strchr(name, '=');
        if (equals != NULL)
            name = arena_copy(c->arena, name, (size_t)(equals - name));
        o = option_find(c->verb, name);
        if (o == NULL)
            return cli_usage(c, "there is no option --%s", name);
        if (o->value != NULL && equals == NULL && i + 1 >= argc)
            return cli_usage(c, "--%s needs %s", name, o->value);
        given[c->pairs * 2] = name;
        given[c->pairs * 2 + 1] = o->value == NULL ? "" : equals != NULL ? equals + 1 : argv[++i];
        c->pairs++;
    }
    return EXIT_OK;
}

/* "ID FILE" takes two, "FILE..." any number. */
static size_t arguments_most(const struct cli_verb *v)
{
    size_t n = *v->arguments != '\0';

    if (strstr(v->arguments, "...") != NULL)
        return SIZE_MAX;
    for (const char *at = v->arguments; *at != '\0'; at++)
        n += *at == ' ';
    return n;
}

int cli_main(int argc, char **argv, const struct cli_verb *local)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct cli c = { .arena = a };
    int words = 0, code;

    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || (strcmp(argv[1], "help") == 0 && argc == 2)) {
        show_all(local);
        return argc < 2 ? EXIT_USAGE : EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
        printf("signet %s\n", SIGNET_VERSION);
        return EXIT_OK;
    }
    if (strcmp(argv[1], "help") == 0) {
        argv++;
        argc--;
        c.verb = find(local, argc, argv, &words);
        if (c.verb == NULL && argc == 2 && show_noun(local, argv[1], stdout))
            return EXIT_OK;
        if (c.verb == NULL)
            return say_unknown(local, argc, argv);
        show_verb(c.verb);
        return EXIT_OK;
    }
    c.verb = find(local, argc, argv, &words);
    if (c.verb == NULL)
        return say_unknown(local, argc, argv);
    code = parse(&c, argc, argv, words + 1);
    if (code != EXIT_OK)
        return code;
    if (cli_flag(&c, "help")) {
        show_verb(c.verb);
        return EXIT_OK;
    }
    if (c.arguments_len > arguments_most(c.verb))
        return cli_usage(&c, "\"%s\" is one word too many", c.arguments[arguments_most(c.verb)]);
    c.is_json = cli_flag(&c, "json");
    return c.verb->run(&c);
}

const char *cli_value(const struct cli *c, const char *option)
{
    const char *value = NULL;

    for (size_t i = 0; i < c->pairs; i++)
        if (strcmp(c->given[i * 2], option) == 0)
            value = c->given[i * 2 + 1];
    return value;
}

size_t cli_values(const struct cli *c, const char *option, const char **out, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < c->pairs && n < room; i++)
        if (strcmp(c->given[i * 2], option) == 0)
            out[n++] = c->given[i * 2 + 1];
    return n;
}

bool cli_flag(const struct cli *c, const char *option)
{
    return cli_value(c, option) != NULL;
}

const char *cli_argument(const struct cli *c, size_t n)
{
    return n < c->arguments_len ? c->arguments[n] : NULL;
}

int cli_usage(const struct cli *c, const char *fmt, ...)
{
    const struct cli_verb *v = c->verb;
    va_list args;

    fprintf(stderr, "signet: ");
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fprintf(stderr, "\nusage: signet %s%s%s %s  (--help tells more)\n", v->noun, *v->verb != '\0' ? " " : "", v->verb, v->arguments);
    return EXIT_USAGE;
}

int cli_fail(const struct error *e)
{
    static const int codes[] = { [ERR_INVALID] = EXIT_FAILED, [ERR_DENIED] = EXIT_DENIED, [ERR_ABSENT] = EXIT_ABSENT,
                                 [ERR_CONFLICT] = EXIT_CONFLICT, [ERR_LIMIT] = EXIT_FAILED, [ERR_IO] = EXIT_TIMEOUT,
                                 [ERR_BUG] = EXIT_FAILED };

    fprintf(stderr, "signet: %s%s%s\n", e->field, *e->field != '\0' ? ": " : "", e->text);
    return codes[e->code];
}

enum err cli_config(const struct cli *c, struct config *out, struct error *e)
{
    static const char *const flags[][2] = { { "data", "data" }, { "https", "https" }, { "http", "http" }, { "probe", "probe" },
                                            { "config", "config" }, { "network-threads", "network_threads" }, { "workers", "workers" } };
    const char *given[2 * sizeof(flags) / sizeof(*flags)];
    size_t pairs = 0;

    for (size_t n = 0; n < sizeof(flags) / sizeof(*flags); n++) {
        if (cli_value(c, flags[n][0]) == NULL)
            continue;
        given[pairs * 2] = flags[n][1];
        given[pairs * 2 + 1] = cli_value(c, flags[n][0]);
        pairs++;
    }
    return config_load(given, pairs, out, e);
}

static bool read_line(FILE *file, char *line, size_t room)
{
    if (fgets(line, (int)room, file) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static bool ask_once(const char *prompt, char *line, size_t room)
{
    struct termios before, quiet;
    bool ok;

    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return false;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    fprintf(stderr, "%s: ", prompt);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    ok = read_line(stdin, line, room);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fprintf(stderr, "\n");
    return ok;
}

enum err cli_secret(const struct cli *c, const char *option, const char *prompt, bool twice, const char **out, struct error *e)
{
    const char *path = cli_value(c, option);
    char line[512], again[512];
    FILE *file = stdin;
    bool ok;

    if (path == NULL && isatty(STDIN_FILENO)) {
        ok = ask_once(prompt, line, sizeof(line));
        if (ok && twice && (!ask_once("again", again, sizeof(again)) || strcmp(line, again) != 0)) {
            own_wipe(line, sizeof(line));
            own_wipe(again, sizeof(again));
            return fail(e, ERR_INVALID, "the two are not the same");
        }
    } else {
        if (path == NULL)
            return fail(e, ERR_INVALID, "no terminal to ask on: give --%s FILE, or --%s - for standard input", option, option);
        if (strcmp(path, "-") != 0)
            file = fopen(path, "re");
        if (file == NULL)
            return fail(e, ERR_ABSENT, "cannot read %s", path);
        ok = read_line(file, line, sizeof(line));
        if (file != stdin)
            fclose(file);
    }
    if (!ok)
        return fail(e, ERR_INVALID, "there was no %s to read", prompt);
    *out = arena_text(c->arena, line);
    own_wipe(line, sizeof(line));
    own_wipe(again, sizeof(again));
    return ERR_NONE;
}
