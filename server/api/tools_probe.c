/* tools_probe - the toolbox asks a server for the chain that it shows. It reaches where the one who asks may not, so: only for who may issue, on
   record before it is done, and nothing comes back but certificates and the alert. */
#include "api/tools.h"

#include "access/rights.h"
#include "api/json.h"
#include "base/detail.h"
#include "base/text.h"
#include "net/probe.h"
#include "pki/name.h"
#include "pki/pem.h"
#include "store/settings.h"
#include "store/store.h"

enum { PORT_DEFAULT = 443 };

struct target { struct name name; uint16_t port; };

/* "www.lan", "www.lan:8443", "10.0.0.1:636", "[fd00::1]:443", "fd00::1" */
static enum err read_target(const char *text, struct arena *a, struct target *out, struct error *e)
{
    const char *colon = strrchr(text, ':'), *end = text[0] == '[' ? strchr(text, ']') : colon != NULL && strchr(text, ':') == colon ? colon : text + strlen(text);
    const char *host = text[0] == '[' ? text + 1 : text, *rest = end != NULL && *end == ']' ? end + 1 : end;
    int64_t port = PORT_DEFAULT;
    struct error why = { 0 };

    if (rest == NULL || (*rest != '\0' && (*rest != ':' || !text_number(rest + 1, 1, UINT16_MAX, &port))))
        return fail_at(e, "/host", "a server as www.example.lan:443, 10.0.0.5:8443 or [fd00::1]:443");
    if (name_any(host, (size_t)(end - host), a, &out->name, &why) != ERR_NONE)
        return fail_at(e, "/host", "%s", why.text);
    if (out->name.text[0] == '*')
        return fail_at(e, "/host", "one server at a time: a wildcard is none");
    out->port = (uint16_t)port;
    return ERR_NONE;
}

/* on record --------------------------------------------------------------------------------------------- */

struct noting { struct id id; const char *detail; };

static enum err note(struct tx *tx, void *arg, struct error *e)
{
    const struct noting *n = arg;

    (void)e;
    tx_note(tx, "tool.probed", "tool", &n->id, n->detail);
    return ERR_NONE;
}

static enum err put_on_record(struct app *app, struct request *rq, const struct target *t, struct error *e)
{
    struct noting n = { .id = id_new(), .detail = arena_printf(rq->arena, "{\"host\":%s,\"port\":%u}", detail_quote(rq->arena, t->name.text), t->port) };

    return store_write(app->store, &rq->who, note, &n, e);
}

/* what it shows ----------------------------------------------------------------------------------------- */

/* What a server says by its alert; anything else of the kind is refused-by-peer. */
static const char *rule_of(const struct probe_answer *seen)
{
    static const struct { const char *words, *rule; } alerts[] = {
        { "handshake failed", "no-common-cipher" }, { "protocol version", "no-common-cipher" }, { "insufficient security", "no-common-cipher" },
        { "name sent was not recognized", "name-mismatch" }, { "certificate is required", "client-certificate" },
        { "no certificate", "client-certificate" },
    };

    if (seen->trouble[0] == '\0')
        return NULL;
    if (seen->wants_certificate)
        return "client-certificate";
    for (size_t i = 0; i < sizeof(alerts) / sizeof(*alerts); i++)
        if (strcasestr(seen->alert, alerts[i].words) != NULL)
            return alerts[i].rule;
    if (seen->alert[0] != '\0')
        return "refused-by-peer";
    return seen->certs_len == 0 ? "no-certificate" : NULL;
}

static const char *pem_of(const struct probe_answer *seen, struct arena *a)
{
    const char *text = "";

    for (size_t i = 0; i < seen->certs_len; i++)
        text = arena_printf(a, "%s%s", text, pem_text(a, "CERTIFICATE", seen->certs[i]));
    return text;
}

static json_t *json_or_null(const char *text)
{
    return text[0] != '\0' ? json_of_text(text) : json_null();
}

enum err tools_probe(struct app *app, struct request *rq, struct shown_by *out, struct error *e)
{
    struct probe_answer seen;
    struct probe_ask ask;
    struct target t;
    enum err r = access_check(&rq->who, RIGHT_ISSUE, "*", NULL, e);

    if (r == ERR_NONE)
        r = read_target(body_text(rq, "host"), rq->arena, &t, e);
    if (r == ERR_NONE)
        r = put_on_record(app, rq, &t, e);
    if (r)
        return r;
    ask = (struct probe_ask){ .host = t.name.text, .port = t.port, .is_address = t.name.kind == NAME_IP, .may_loopback = settings_flag(app->settings, "tools.loopback") };
    r = probe_tls(&ask, rq->arena, &seen, e);
    if (r == ERR_IO || r == ERR_DENIED)
        return fail_at(e, "/host", "%s", arena_text(rq->arena, e->text));
    if (r)
        return r;
    *out = (struct shown_by){ .pem = pem_of(&seen, rq->arena), .name = t.name.text, .rule = rule_of(&seen), .said = seen.alert[0] != '\0' ? seen.alert : seen.trouble };
    out->json = json_pack("{s:o, s:i, s:o, s:o, s:o, s:o}", "name", json_of_text(t.name.text), "port", t.port, "address", json_of_text(seen.address),
                          "protocol", json_or_null(seen.protocol), "alert", json_or_null(seen.alert), "trouble", json_or_null(seen.trouble));
    return ERR_NONE;
}
