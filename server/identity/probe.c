#include "identity/parts.h"

#include "base/time.h"

/* Another leaf of our root, on another port: a browser that reaches it trusts the root, whatever exceptions it was given for the console. */

bool identity_probe_of(struct identity *i, struct id *certificate)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct error ignored;

    return store_look(i->with.store, &look, &ignored) == ERR_NONE &&
           store_use_of(look_db(&look), "probe", certificate, &ignored) == ERR_NONE;
}

static enum err mark(struct tx *tx, const struct issued *made, void *arg, struct error *e)
{
    (void)arg;
    return store_use_put(tx, "probe", &made->certificate, "shown by the probe listener", e);
}

static enum err issue(struct identity *i, struct id *certificate, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct wish wish = { .label = "Trust probe", .source = "setup", .is_server_key = true, .also = mark };
    struct actor who = actor_clock("probe");
    struct findings notes;
    struct issued made;
    enum err r;

    identity_wish_names(i, a, &wish);
    if (wish.dns_len + wish.ip_len == 0)
        return fail(e, ERR_ABSENT, "this server has no names yet");
    findings_init(&notes, a);
    r = ca_issue(i->with.ca, &who, &wish, a, &notes, &made, e);
    if (!r)
        *certificate = made.certificate;
    return r;
}

enum err identity_current(struct identity *i, const struct id *certificate, int64_t *version_n, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    CLEANUP(look_done) struct look look = { 0 };
    struct inventory_item item;
    enum err r = store_look(i->with.store, &look, e);

    if (!r)
        r = inventory_show(look_db(&look), certificate, 0, a, &item, e);
    if (!r)
        *version_n = item.n;
    return r;
}

static enum err put(struct identity *i, const struct id *certificate, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct shown_row row = { .sni = "" };
    struct shown rows = { &row, 1 };
    struct tls_identity *fresh;
    enum err r = identity_current(i, certificate, &row.version_n, e);

    if (!r)
        r = identity_build(i, &rows, 0, a, &fresh, e);
    if (!r)
        tls_slot_put(i->with.probe, fresh);
    return r;
}

/* Its names follow the settings and its years run: a new version of the same lineage, followed like any other. */
static enum err renew(struct identity *i, const struct id *certificate, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct renewal_wish wish = { .certificate = *certificate, .source = "renewal" };
    struct actor who = actor_clock("probe");
    struct findings notes;
    struct issued made;
    struct showing s;
    int64_t version_n;
    enum err r = identity_current(i, certificate, &version_n, e);

    if (!r)
        r = showing_load(i, version_n, a, &s, e);
    if (r || !showing_is_due(&s))
        return r;
    findings_init(&notes, a);
    return ca_renew(i->with.ca, &who, &wish, a, &notes, &made, e);
}

enum err identity_probe(struct identity *i, struct error *e)
{
    struct id certificate, issuer;
    enum err r = ERR_NONE;

    if (!identity_probe_of(i, &certificate)) {
        if (ca_default_issuer(i->with.ca, &issuer, e) != ERR_NONE)
            return ERR_NONE;   /* before setup there is nothing to show */
        r = issue(i, &certificate, e);
    } else {
        r = renew(i, &certificate, e);
    }
    return r ? r : put(i, &certificate, e);
}
