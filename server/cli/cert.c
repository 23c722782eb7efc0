#include <stdio.h>

#include "base/text.h"
#include "cli/cert_import.h"
#include "cli/finding.h"
#include "cli/remote.h"
#include "cli/save.h"

static const struct column list_columns[] = {
    { "ID", "id", 36 }, { "ISSUED TO", "common_name", 28 }, { "ISSUED BY", "issuer", 24 }, { "EXPIRATION DATE", "not_after", 20 },
    { "STATUS", "status", 10 }, { "KEY", "key_type", 8 }, { 0 }
};
static const struct column show_rows[] = {
    { "Id", "id", 22 }, { "Issued to", "common_name", 22 }, { "Subject", "subject", 22 }, { "Issued by", "issuer", 22 },
    { "DNS names", "dns_names", 22 }, { "IP addresses", "ip_addresses", 22 }, { "Valid from", "not_before", 22 },
    { "Valid to", "not_after", 22 }, { "Status", "status", 22 }, { "Key", "key_type", 22 }, { "Private key here", "has_private_key", 22 },
    { "Self-signed", "self_signed", 22 }, { "Version", "version", 22 }, { "In use by", "used_by", 22 }, { "Account on its host", "account", 22 }, { "Serial number", "serial", 22 },
    { "Thumbprint (SHA-1)", "thumbprint_sha1", 22 }, { "Thumbprint (SHA-256)", "thumbprint_sha256", 22 }, { 0 }
};

static int show_one(struct cli *c, json_t *certificate)
{
    json_t *warning;
    size_t i;

    json_array_foreach(json_object_get(certificate, "warnings"), i, warning)
        fprintf(stderr, "signet: note: %s\n", json_string_value(json_object_get(warning, "detail")));
    if (c->is_json)
        print_json(certificate);
    else
        print_members(certificate, show_rows);
    return EXIT_OK;
}

static json_t *texts(const struct cli *c, const char *option)
{
    const char *values[200];
    size_t n = cli_values(c, option, values, 200);
    json_t *out = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(out, json_string(values[i]));
    return out;
}

static enum err read_file(struct cli *c, const char *path, const char **out, struct error *e)
{
    char *text = arena_take(c->arena, 70000);
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    size_t n;

    if (file == NULL)
        return fail(e, ERR_ABSENT, "cannot read %s", path);
    n = fread(text, 1, 69999, file);
    if (file != stdin)
        fclose(file);
    if (memchr(text, '\0', n) != NULL)
        return fail(e, ERR_INVALID, "%s is not PEM; convert it with: openssl req -inform DER -in %s", path, path);
    *out = text;
    return ERR_NONE;
}

static void put_text(json_t *object, const char *name, const char *value)
{
    if (value != NULL)
        json_object_set_new(object, name, json_string(value));
}

static enum err put_days(const struct cli *c, json_t *object, struct error *e)
{
    const char *days = cli_value(c, "days");
    int64_t number;

    if (days == NULL)
        return ERR_NONE;
    if (!text_number(days, 1, 100000, &number))
        return fail(e, ERR_INVALID, "--days is a whole number from 1 to 100000");
    json_object_set_new(object, "valid_days", json_integer(number));
    return ERR_NONE;
}

static enum err put_csr(struct cli *c, json_t *object, struct error *e)
{
    const char *path = cli_value(c, "csr"), *pem = NULL;
    enum err r;

    if (path == NULL)
        return ERR_NONE;
    r = read_file(c, path, &pem, e);
    if (r)
        return r;
    json_object_set_new(object, "csr", json_string(pem));
    return ERR_NONE;
}

static int issue(struct cli *c)
{
    json_t *body = json_object(), *key = json_object(), *answer;
    struct error e = { 0 };
    enum err r;

    if (cli_value(c, "dns") == NULL && cli_value(c, "ip") == NULL && cli_value(c, "csr") == NULL)
        return cli_usage(c, "for which names? Give --dns NAME, --ip ADDRESS or --csr FILE");
    if (cli_value(c, "dns") != NULL)
        json_object_set_new(body, "dns_names", texts(c, "dns"));
    if (cli_value(c, "ip") != NULL)
        json_object_set_new(body, "ip_addresses", texts(c, "ip"));
    put_text(body, "common_name", cli_value(c, "common-name"));
    put_text(body, "profile", cli_value(c, "profile"));
    put_text(body, "issuer", cli_flag(c, "self-signed") ? "self" : cli_value(c, "issuer"));
    put_text(key, "type", cli_value(c, "key"));
    if (cli_flag(c, "not-exportable"))
        json_object_set_new(key, "exportable", json_false());
    if (json_object_size(key) > 0)
        json_object_set(body, "key", key);
    r = put_days(c, body, &e);
    if (!r)
        r = put_csr(c, body, &e);
    if (!r)
        r = remote_json(c, "POST", "/api/v1/certificates", body, &answer, &e);
    return r ? cli_fail(&e) : show_one(c, answer);
}

static int list(struct cli *c)
{
    const char *path = "/api/v1/certificates?limit=500";
    struct question ask;
    struct error e = { 0 };
    enum err r = cli_question(c, &ask, &e);

    if (r)
        return cli_fail(&e);
    if (cli_flag(c, "csv"))
        return cli_list_csv(c, &ask);
    path = remote_with(c->arena, path, "q", ask.q);
    path = remote_with(c->arena, path, "filter", ask.filter);
    path = remote_with(c->arena, path, "sort", ask.sort);
    return print_list(c, path, list_columns);
}

static int with_id(struct cli *c, const char *method, const char *tail, json_t *body)
{
    const char *id = cli_argument(c, 0);
    struct error e = { 0 };
    json_t *answer;
    enum err r;

    if (id == NULL)
        return cli_usage(c, "which certificate? Give its ID (signet cert list shows them)");
    r = remote_json(c, method, arena_printf(c->arena, "/api/v1/certificates/%s%s", remote_escape(c->arena, id), tail), body, &answer, &e);
    return r ? cli_fail(&e) : show_one(c, answer);
}

static int show(struct cli *c)
{
    return with_id(c, "GET", "", NULL);
}

static int renew(struct cli *c)
{
    json_t *body = json_object();
    struct error e = { 0 };
    enum err r = put_days(c, body, &e);

    if (!r)
        r = put_csr(c, body, &e);
    return r ? cli_fail(&e) : with_id(c, "POST", "/renew", body);
}

static int export_(struct cli *c)
{
    static const char *const formats[][2] = { { "pfx", "pkcs12" }, { "pkcs12", "pkcs12" }, { "pem", "pem" }, { "der", "der" }, { "p7b", "p7b" } };
    const char *id = cli_argument(c, 0), *asked = cli_value(c, "format"), *target = cli_value(c, "for"), *password = NULL;
    const char *format = asked != NULL ? NULL : target != NULL ? "pkcs12" : "pem";
    json_t *body = json_object();
    struct fetch_answer answer;
    struct error e = { 0 };
    enum err r;

    for (size_t i = 0; asked != NULL && i < sizeof(formats) / sizeof(*formats); i++)
        if (strcmp(asked, formats[i][0]) == 0)
            format = formats[i][1];
    if (id == NULL)
        return cli_usage(c, "which certificate? Give its ID (signet cert list shows them)");
    if (format == NULL)
        return cli_usage(c, "--format is one of pem, pfx, der, p7b");
    if (strcmp(format, "pkcs12") == 0 || cli_flag(c, "password-file")) {
        r = cli_secret(c, "password-file", "certificate password", true, &password, &e);
        if (r)
            return cli_fail(&e);
    }
    put_text(body, "format", format);
    put_text(body, "password", password);
    put_text(body, "pkcs12_profile", cli_value(c, "pkcs12-profile"));
    put_text(body, "target", target);
    if (cli_flag(c, "key"))
        json_object_set_new(body, "include_key", json_true());
    if (cli_flag(c, "root"))
        json_object_set_new(body, "include_root", json_true());
    r = remote_call(c, "POST", arena_printf(c->arena, "/api/v1/certificates/%s/export", remote_escape(c->arena, id)), body, &answer, &e);
    if (r)
        return cli_fail(&e);
    return cli_save(cli_value(c, "out") != NULL ? cli_value(c, "out") : *answer.filename != '\0' ? answer.filename : "-", answer.body);
}

static int targets(struct cli *c)
{
    static const struct column columns[] = { { "TARGET", "slug", 14 }, { "WHERE IT GOES", "label", 52 }, { "PROFILE", "pkcs12_profile", 9 }, { "OPENED BY", "readers", 0 }, { 0 } };

    return print_list(c, "/api/v1/export-targets", columns);
}

static const struct cli_option issue_options[] = {
    { "dns", "NAME", "DNS name, also a wildcard such as *.example.lan; again for more" },
    { "ip", "ADDRESS", "IP address; again for more" },
    { "common-name", "NAME", "which of the names is the common name (default: the first)" },
    { "csr", "FILE", "sign this PKCS#10 request; - is standard input" },
    { "profile", "NAME", "web-server (default), client, web-server-and-client" },
    { "days", "N", "how long it is valid" },
    { "key", "TYPE", "ec-p256 (default), ec-p384, ed25519, rsa-2048, rsa-3072, rsa-4096" },
    { "not-exportable", NULL, "the private key can never leave" },
    { "issuer", "ID", "the authority that signs (default: the issuing CA)" },
    { "self-signed", NULL, "for test environments: signed by its own key" },
    { 0 }
};
static const struct cli_option list_options[] = {
    { "search", "WORDS", "in names, owners, tags, notes, issuers; serial numbers and thumbprints from their beginning" },
    { "collection", "NAME", "a question that has a name; --filter narrows it" },
    { "csv", NULL, "as CSV, with every column" },
    { "filter", "FILTER", "such as 'expires<30d' or 'status:expired key:ec-p256'" },
    { "sort", "ORDER", "not_after, common_name, created; - before it reverses" },
    { 0 }
};
static const struct cli_option export_options[] = {
    { "format", "FORMAT", "pem (default), pfx, der, p7b" },
    { "for", "TARGET", "a PFX for where it goes, such as windows-2016, java-8, macos (signet cert targets lists them)" },
    { "pkcs12-profile", "NAME", "windows (default), legacy (Server 2016, appliances), strict" },
    { "password-file", "FILE", "password of the PFX or of the PEM key; - is standard input" },
    { "key", NULL, "PEM with its private key" },
    { "root", NULL, "include the root certificate" },
    { "out", "FILE", "where to write; - is standard output (default: the certificate's name)" },
    { 0 }
};
static const struct cli_option renew_options[] = {
    { "days", "N", "how long the new version is valid" },
    { "csr", "FILE", "a fresh request for the same names" },
    { 0 }
};

const struct cli_verb cert_verbs[] = {
    { "cert", "issue", "", "issue a certificate",
      "  signet cert issue --dns web.example.lan --ip 10.0.0.5\n  signet cert issue --csr request.pem --profile client\n", issue, issue_options },
    { "cert", "list", "", "list and search certificates",
      "  signet cert list --search web\n  signet cert list --filter 'expires<30d' --sort not_after\n", list, list_options },
    { "cert", "show", "ID", "everything about one certificate", "  signet cert show 0192…\n", show, NULL },
    { "cert", "export", "ID", "write a certificate to a file",
      "  signet cert export 0192… --format pfx --password-file secret.txt --out web.pfx\n"
      "  signet cert export 0192… --for windows-2016 --password-file secret.txt\n  signet cert export 0192… --out - > chain.pem\n",
      export_, export_options },
    { "cert", "targets", "", "where a PFX may go, and what opens it there", "  signet cert targets\n", targets, NULL },
    { "cert", "import", "FILE...", "bring in certificates and keys made elsewhere",
      "  signet cert import old.pfx --password-file secret.txt\n  signet cert import --preview bundle.pem chain.p7b\n", cert_import, cert_import_options },
    { "cert", "renew", "ID", "add a new version of a certificate", "  signet cert renew 0192…\n", renew, renew_options },
    { 0 }
};
