#include <stdio.h>

#include "base/text.h"
#include "cli/files.h"
#include "cli/remote.h"
#include "cli/save.h"

enum { CSR_FILE_MAX = 64 * 1024, ANSWER_FILE_MAX = 700 * 1024, NAMES_MOST = 200 };

static const struct column list_columns[] = {
    { "ID", "id", 36 }, { "KIND", "kind", 8 }, { "STATE", "state", 9 }, { "COMMON NAME", "common_name", 28 }, { "KEY", "key_type", 8 },
    { "REQUESTED BY", "requested_by", 20 }, { "REQUESTED", "requested_at", 20 }, { "CERTIFICATE", "certificate_id", 36 }, { 0 }
};
static const struct column show_rows[] = {
    { "Id", "id", 22 }, { "Kind", "kind", 22 }, { "State", "state", 22 }, { "Subject asked for", "decoded.subject", 22 }, { "Common name", "common_name", 22 },
    { "DNS names", "dns_names", 22 }, { "IP addresses", "ip_addresses", 22 }, { "Key", "key_type", 22 }, { "Profile", "profile", 22 },
    { "Requested by", "requested_by", 22 }, { "Requested", "requested_at", 22 }, { "Comment", "comment", 22 }, { "Settled by", "settled.by", 22 },
    { "Settled", "settled.at", 22 }, { "Reason", "settled.reason", 22 }, { "Certificate", "certificate_id", 22 }, { 0 }
};
static const struct column import_columns[] = {
    { "WHAT", "kind", 11 }, { "ACTION", "action", 9 }, { "STORE", "store", 12 }, { "KEY", "key", 4 }, { "SUBJECT", "subject", 40 },
    { "CERTIFICATE", "certificate_id", 36 }, { 0 }
};

/* what is asked ------------------------------------------------------------------------------------------- */

static void put(json_t *object, const char *name, const char *value)
{
    if (value != NULL)
        json_object_set_new(object, name, json_string(value));
}

static void put_texts(const struct cli *c, json_t *object, const char *name, const char *option)
{
    const char *values[NAMES_MOST];
    size_t n = cli_values(c, option, values, NAMES_MOST);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(values[i]));
    if (n > 0)
        json_object_set(object, name, list);
    json_decref(list);
}

static enum err put_terms(struct cli *c, json_t *body, struct error *e)
{
    const char *days = cli_value(c, "days");
    int64_t number;

    put_texts(c, body, "dns_names", "dns");
    put_texts(c, body, "ip_addresses", "ip");
    put(body, "common_name", cli_value(c, "common-name"));
    put(body, "profile", cli_value(c, "profile"));
    put(body, "issuer", cli_value(c, "issuer"));
    put(body, "label", cli_value(c, "label"));
    if (cli_flag(c, "preview"))
        json_object_set_new(body, "preview", json_true());
    if (days == NULL)
        return ERR_NONE;
    if (!text_number(days, 1, 100000, &number))
        return fail(e, ERR_INVALID, "--days needs a whole number");
    json_object_set_new(body, "valid_days", json_integer(number));
    return ERR_NONE;
}

/* PEM as it stands, DER as base64. */
static enum err put_file(struct cli *c, json_t *body, const char *name, const char *path, size_t max, struct error *e)
{
    struct bytes file;
    enum err r = cli_read_file(c, path, max, &file, e);

    if (r)
        return r;
    put(body, name, memmem(file.at, file.len, "-----BEGIN ", 11) != NULL && memchr(file.at, 0, file.len) == NULL
                        ? (const char *)arena_copy(c->arena, file.at, file.len) : text_base64(c->arena, file));
    return ERR_NONE;
}

static void put_external(const struct cli *c, json_t *body)
{
    static const char *const parts[] = { "organization", "unit", "locality", "state", "country" };
    json_t *subject = json_object(), *key = json_object();

    put(body, "kind", "external");
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        put(subject, parts[i], cli_value(c, parts[i]));
    put(key, "type", cli_value(c, "key"));
    if (cli_flag(c, "not-exportable"))
        json_object_set_new(key, "exportable", json_false());
    json_object_set_new(body, "subject", subject);
    json_object_set_new(body, "key", key);
}

/* what came back ------------------------------------------------------------------------------------------ */

static void tell_policy(const json_t *answer)
{
    const json_t *policy = json_object_get(answer, "policy");
    json_t *line;
    size_t i;

    json_array_foreach(json_object_get(policy, "differences"), i, line)
        printf("%s %-32s %s\n", json_is_true(json_object_get(line, "same")) ? " " : "*", json_string_value(json_object_get(line, "field")),
               json_string_length(json_object_get(line, "signed")) > 0 ? json_string_value(json_object_get(line, "signed")) : "(not signed)");
    json_array_foreach(json_object_get(policy, "warnings"), i, line)
        fprintf(stderr, "signet: note: %s\n", json_string_value(json_object_get(line, "detail")));
    json_array_foreach(json_object_get(answer, "refused"), i, line)
        fprintf(stderr, "signet: refused: %s\n", json_string_value(json_object_get(line, "detail")));
}

static int tell(struct cli *c, json_t *answer)
{
    if (c->is_json) {
        print_json(answer);
        return EXIT_OK;
    }
    if (json_object_get(answer, "message") != NULL)
        fprintf(stderr, "signet: %s\n", json_string_value(json_object_get(answer, "message")));
    print_members(answer, show_rows);
    tell_policy(answer);
    return EXIT_OK;
}

static int save_text(const char *path, const json_t *text)
{
    if (!json_is_string(text)) {
        fprintf(stderr, "signet: this request has none: certreq makes no keys of that kind\n");
        return EXIT_FAILED;
    }
    return cli_save(path, bytes_text(json_string_value(text)));
}

/* verbs --------------------------------------------------------------------------------------------------- */

static int create(struct cli *c)
{
    const char *csr = cli_value(c, "csr"), *out = cli_value(c, "out");
    json_t *body = json_object(), *answer;
    struct error e = { 0 };
    enum err r;

    if (csr == NULL && cli_value(c, "dns") == NULL && cli_value(c, "ip") == NULL)
        return cli_usage(c, "which request? Give --csr FILE to have it signed here, or names with --dns and --ip for one to another authority");
    put(body, "comment", cli_value(c, "comment"));
    if (csr == NULL)
        put_external(c, body);
    else
        put(body, "kind", "sign");
    r = put_terms(c, body, &e);
    if (r == ERR_NONE && csr != NULL)
        r = put_file(c, body, "csr", csr, CSR_FILE_MAX, &e);
    if (r == ERR_NONE)
        r = remote_json(c, "POST", "/api/v1/requests", body, &answer, &e);
    if (r)
        return cli_fail(&e);
    if (out != NULL && csr == NULL && save_text(out, json_object_get(answer, "csr")) != EXIT_OK)
        return EXIT_FAILED;
    return tell(c, answer);
}

static const char *path_of(struct cli *c, const char *tail)
{
    const char *id = cli_argument(c, 0);

    return id == NULL ? NULL : arena_printf(c->arena, "/api/v1/requests/%s%s", remote_escape(c->arena, id), tail);
}

static int ask(struct cli *c, const char *method, const char *tail, json_t *body)
{
    const char *path = path_of(c, tail);
    struct error e = { 0 };
    json_t *answer;

    if (path == NULL)
        return cli_usage(c, "which request? Give its ID (signet request list shows them)");
    return remote_json(c, method, path, body, &answer, &e) ? cli_fail(&e) : tell(c, answer);
}

static int save_result(struct cli *c)
{
    const char *form = cli_value(c, "form"), *out = cli_value(c, "out");
    struct fetch_answer answer;
    struct error e = { 0 };
    const char *path = path_of(c, arena_printf(c->arena, "/certificate?form=%s", remote_escape(c->arena, form != NULL ? form : "pem")));

    if (remote_call(c, "GET", path, NULL, &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    return cli_save(out, answer.body);
}

static int sign(struct cli *c)
{
    json_t *body = json_object();
    struct error e = { 0 };
    int code;

    if (put_terms(c, body, &e) != ERR_NONE)
        return cli_fail(&e);
    code = ask(c, "POST", "/sign", body);
    return code == EXIT_OK && cli_value(c, "out") != NULL && !cli_flag(c, "preview") ? save_result(c) : code;
}

static int deny(struct cli *c)
{
    if (cli_value(c, "reason") == NULL)
        return cli_usage(c, "why? Give --reason; whoever asked will read it");
    return ask(c, "POST", "/deny", json_pack("{s:s}", "reason", cli_value(c, "reason")));
}

static int withdraw(struct cli *c)
{
    return ask(c, "DELETE", "", NULL);
}

static int complete(struct cli *c)
{
    const char *path = path_of(c, "/complete"), *file = cli_argument(c, 1);
    json_t *body = json_object(), *answer;
    struct error e = { 0 };
    enum err r;

    if (path == NULL || file == NULL)
        return cli_usage(c, "give the ID of the request and the file that the authority sent back");
    if (cli_flag(c, "preview"))
        json_object_set_new(body, "preview", json_true());
    r = put_file(c, body, "data", file, ANSWER_FILE_MAX, &e);
    if (r == ERR_NONE)
        r = remote_json(c, "POST", path, body, &answer, &e);
    return r ? cli_fail(&e) : print_items(c, answer, import_columns);
}

static int show(struct cli *c)
{
    const char *path = path_of(c, "");
    struct error e = { 0 };
    json_t *answer;

    if (path == NULL)
        return cli_usage(c, "which request? Give its ID (signet request list shows them)");
    if (remote_json(c, "GET", path, NULL, &answer, &e) != ERR_NONE)
        return cli_fail(&e);
    if (cli_flag(c, "csr"))
        return save_text("-", json_object_get(answer, "csr"));
    if (cli_flag(c, "inf"))
        return save_text("-", json_object_get(answer, "inf"));
    return tell(c, answer);
}

static int list(struct cli *c)
{
    const char *path = remote_with(c->arena, "/api/v1/requests?limit=500", "state", cli_value(c, "state"));

    return print_list(c, remote_with(c->arena, path, "kind", cli_value(c, "kind")), list_columns);
}

#define TERMS                                                                     \
    { "dns", "NAME", "DNS name; again for more" },                                \
    { "ip", "ADDRESS", "IP address; again for more" },                            \
    { "common-name", "NAME", "which of the names is the common name" },           \
    { "profile", "NAME", "web-server (default), client, web-server-and-client" }, \
    { "label", "TEXT", "friendly name" }
#define DECIDED                                                                   \
    { "days", "N", "how long the certificate is valid" },                         \
    { "issuer", "ID", "the authority that signs (default: the issuing CA)" },     \
    { "preview", NULL, "only tell what would be signed" }

static const struct cli_option create_options[] = {
    { "csr", "FILE", "have this PKCS#10 request signed here, PEM or DER; - is standard input" },
    TERMS,
    DECIDED,
    { "comment", "TEXT", "for whoever decides" },
    { "organization", "TEXT", "for another authority: what the subject says" },
    { "unit", "TEXT", "organizational unit" },
    { "locality", "TEXT", "city" },
    { "state", "TEXT", "state or province" },
    { "country", "CC", "two capital letters" },
    { "key", "TYPE", "ec-p256 (default), ec-p384, ed25519, rsa-2048, rsa-3072, rsa-4096" },
    { "not-exportable", NULL, "the private key can never leave" },
    { "out", "FILE", "write the PKCS#10 for the other authority there" },
    { 0 }
};
static const struct cli_option sign_options[] = {
    TERMS,
    DECIDED,
    { "out", "FILE", "write the certificate there; - is standard output" },
    { "form", "FORM", "pem (default), der, chain (PEM with issuers), p7b" },
    { 0 }
};
static const struct cli_option deny_options[] = { { "reason", "TEXT", "what whoever asked will read" }, { 0 } };
static const struct cli_option complete_options[] = { { "preview", NULL, "only tell what would happen" }, { 0 } };
static const struct cli_option list_options[] = {
    { "state", "STATE", "pending, issued, denied, withdrawn" },
    { "kind", "KIND", "sign (to be signed here), external (for another authority)" },
    { 0 }
};
static const struct cli_option show_options[] = {
    { "csr", NULL, "only the PKCS#10, as PEM" },
    { "inf", NULL, "only the .inf for certreq -new on a Windows machine" },
    { 0 }
};

const struct cli_verb request_verbs[] = {
    { "request", "create", "", "ask for a signature, or make a request for another authority",
      "  signet request create --csr printer.csr --comment 'second floor'\n"
      "  signet request create --dns www.example.com --organization Example --country DE --out www.csr\n", create, create_options },
    { "request", "sign", "ID", "sign a pending request", "  signet request sign 0192… --days 90 --out printer.pem\n", sign, sign_options },
    { "request", "deny", "ID", "deny a pending request", "  signet request deny 0192… --reason 'There is no such printer.'\n", deny, deny_options },
    { "request", "complete", "ID FILE", "complete a request with what the other authority sent back",
      "  signet request complete 0192… www.p7b\n", complete, complete_options },
    { "request", "withdraw", "ID", "withdraw a pending request", "  signet request withdraw 0192…\n", withdraw, NULL },
    { "request", "list", "", "list certificate requests", "  signet request list --state pending\n", list, list_options },
    { "request", "show", "ID", "one request, and what policy would sign of it",
      "  signet request show 0192…\n  signet request show 0192… --inf > request.inf\n", show, show_options },
    { 0 }
};
