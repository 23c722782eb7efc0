/* scripts - /api/v1/certificates/{id}/script: what an administrator runs on the host where a certificate belongs. Its thumbprints and
   names are in it, no secret is. The words are those of scripts_words.c; here it is decided what may be put in them. */
#include "access/rights.h"
#include "api/certificate_json.h"
#include "api/certificate_views.h"
#include "api/scripts.h"
#include "api/tables.h"
#include "base/text.h"
#include "base/time.h"

enum { SCRIPT_MAX = 512 * 1024, SLUG_MOST = 60 };

struct script_kind {
    const char *word, *type, *ending, *newline;
    const char *account_marks, *service_marks;     /* beside letters and digits */
    const char *service;                           /* when none is named */
    const char *const *words;                      /* lines with {…}, ends with NULL */
};

static const struct script_kind kinds[] = {
    { "posix", "text/x-shellscript; charset=utf-8", "sh", "\n", "_.-", "_.-@:", "nginx", scripts_posix },
    { "powershell", "text/plain; charset=utf-8", "ps1", "\r\n", "_.-\\$ @", "_.-$ ", "", scripts_powershell },
};

static const struct script_kind *kind_of(const char *word)
{
    for (size_t i = 0; word != NULL && i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i].word, word) == 0)
            return &kinds[i];
    return NULL;
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Stands between quotes of a script that root runs: nothing that ends a quote, and nothing that begins an option. */
static bool is_word(const char *text, const char *marks)
{
    if (strlen(text) > 128 || text[0] == '-')
        return false;
    for (; *text != '\0'; text++)
        if (!is_alnum(*text) && strchr(marks, *text) == NULL)
            return false;
    return true;
}

/* For files and folders: "*.example.lan" is wildcard.example.lan. */
static const char *slug_of(struct arena *a, const char *name)
{
    char *slug = arena_take(a, SLUG_MOST + 16);
    size_t len = 0;

    if (text_starts(name, "*.")) {
        strcpy(slug, "wildcard");
        len = strlen(slug);
        name++;
    }
    for (; *name != '\0' && len < SLUG_MOST; name++, len++)
        slug[len] = is_alnum(*name) || (*name == '.' && len > 0) ? *name : '-';
    return len == 0 ? "certificate" : text_lower(a, slug);
}

static const char *name_of(const struct inventory_item *item)
{
    return item->common_name[0] != '\0' ? item->common_name : item->label;
}

static const char *plain(struct arena *a, const char *text)
{
    char *copy = arena_text(a, text);

    for (char *at = copy; *at != '\0'; at++)
        if (*at < 0x20 || *at > 0x7e)
            *at = '?';
    return copy;
}

static const char *upper(struct arena *a, struct bytes from)
{
    char *hex = text_hex_in(a, from);

    for (char *at = hex; *at != '\0'; at++)
        if (*at >= 'a' && *at <= 'f')
            *at = (char)(*at - 'a' + 'A');
    return hex;
}

struct value { const char *word, *value; };

static void put_line(struct buf *out, const char *line, const struct value *values)
{
    while (*line != '\0') {
        const struct value *v = values;

        while (v->word != NULL && !text_starts(line, v->word))
            v++;
        if (v->word == NULL) {
            buf_byte(out, (uint8_t)*line++);
            continue;
        }
        buf_text(out, v->value);
        line += strlen(v->word);
    }
}

/* By which name the host is asked for: a DNS name, which is nothing but letters, digits, "." and "-". */
static const char *host_of(struct arena *a, const struct inventory_item *item)
{
    if (item->dns_len == 0)
        return "";
    return text_starts(item->dns_names[0], "*.") ? arena_printf(a, "www%s", item->dns_names[0] + 1) : item->dns_names[0];
}

static enum err write_script(struct request *rq, const struct script_kind *kind, const struct certificate_shown *shown, const char *account,
                             const char *service, struct bytes *out, struct error *e)
{
    const struct inventory_item *item = &shown->item;
    const char *name = name_of(item);
    char until[TIME_TEXT], id[ID_TEXT];
    const struct value values[] = {
        { "{name}", plain(rq->arena, name) }, { "{host}", host_of(rq->arena, item) }, { "{slug}", slug_of(rq->arena, name) }, { "{id}", id }, { "{until}", until },
        { "{sha1}", upper(rq->arena, item->sha1) }, { "{sha256}", upper(rq->arena, item->sha256) }, { "{account}", account },
        { "{service}", service }, { "{chain}", certificate_pem(rq->arena, shown->chain, shown->chain_len) }, { NULL, NULL } };
    struct buf b;
    bool is_over;

    time_text(item->not_after, until);
    id_text(&item->id, id);
    buf_init(&b, SCRIPT_MAX);
    for (const char *const *line = kind->words; *line != NULL; line++) {
        put_line(&b, *line, values);
        buf_text(&b, kind->newline);
    }
    is_over = b.is_over;
    *out = arena_bytes(rq->arena, buf_bytes(&b));
    buf_done(&b);
    return is_over ? fail(e, ERR_LIMIT, "the chain is too long for a script") : ERR_NONE;
}

/* The one asked for, else the one that stands with the certificate, where a host of this kind can have it. */
static enum err account_of(const struct request *rq, const struct script_kind *kind, const struct inventory_item *item, const char **out, struct error *e)
{
    const char *asked = request_query(rq, "account");

    *out = asked != NULL ? asked : item->account;
    if (is_word(*out, kind->account_marks))
        return ERR_NONE;
    if (asked == NULL)
        return fail_at(e, "/account", "the wanted account of this certificate, %s, is none of a %s host: name another with account, or give it empty", *out, kind->word);
    return fail_at(e, "/account", "the name of an account has letters, digits and %s only", kind->account_marks);
}

static enum err script(struct app *app, struct request *rq, struct error *e)
{
    const struct script_kind *kind = kind_of(request_query(rq, "kind"));
    const char *service = request_query(rq, "service"), *account = "";
    struct certificate_shown shown = { 0 };
    struct bytes body;
    enum err r;

    if (kind == NULL)
        return fail_at(e, "/kind", "posix or powershell");
    service = service != NULL ? service : kind->service;
    if (!is_word(service, kind->service_marks))
        return fail_at(e, "/service", "the name of a service has letters, digits and %s only", kind->service_marks);
    r = certificate_load(app, rq, 0, false, &shown, e);
    if (!r)
        r = account_of(rq, kind, &shown.item, &account, e);
    if (!r)
        r = write_script(rq, kind, &shown, account, service, &body, e);
    if (r)
        return r;
    reply_bytes(rq, 200, kind->type, body);
    reply_download(rq, arena_printf(rq->arena, "install-%s.%s", slug_of(rq->arena, name_of(&shown.item)), kind->ending));
    return ERR_NONE;
}

const struct route scripts_routes[] = {
    { "GET", "/api/v1/certificates/{id}/script", script, RIGHT_READ, 0, 0, NULL },
    { 0 }
};
