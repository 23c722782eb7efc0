#include "identity/lineage.h"

#include "base/fault.h"
#include "base/text.h"
#include "base/time.h"
#include "identity/change.h"

/* One lineage on its way to another version, and what the listener shows of it. */
struct advance {
    struct identity *i;
    const struct actor *who;
    struct arena *a;
    struct findings *faults;
    struct swap_wish wish;
    struct steps steps;
    struct shown before;
    struct swap_row last;
    bool has_last, is_preview;
    const char **snis;             /* names under which it is shown; none: this server does not show it */
    size_t snis_len;
    struct showing s;              /* the version that comes; item.n 0: not stored yet */
    struct change change;
    struct tls_identity *fresh;
};

static enum err begin(struct advance *v, struct error *e)
{
    enum err r = identity_rows(v->i, v->a, &v->before, &v->last, &v->has_last, e);

    if (r)
        return r;
    v->steps.at = arena_take(v->a, STEPS_MAX * sizeof(*v->steps.at));
    v->snis = arena_take(v->a, (v->before.len + 1) * sizeof(*v->snis));
    for (size_t n = 0; n < v->before.len; n++)
        if (id_equal(&v->before.at[n].certificate, &v->wish.certificate))
            v->snis[v->snis_len++] = v->before.at[n].sni;
    if (v->snis_len == 0)
        return ERR_NONE;
    r = access_check(v->who, RIGHT_SERVER, "*", NULL, e);
    if (r)
        return r;
    if (v->has_last && strcmp(v->last.state, "pending") == 0)
        return fail_kind(e, ERR_CONFLICT, "pending", "This server shows it, and a change of that waits for its confirmation: confirm it or go back first.");
    return ERR_NONE;
}

/* Every name that it will have to answer for. */
static struct names names_of(const struct advance *v)
{
    struct names all = identity_names(v->i, v->a), out = { 0 };
    struct name *at = arena_take(v->a, (all.len + v->snis_len) * sizeof(*at) + 1);
    struct error ignored;

    for (size_t n = 0; n < v->snis_len; n++) {
        if (v->snis[n][0] != '\0') {
            out.len += name_dns(v->snis[n], strlen(v->snis[n]), v->a, &at[out.len], &ignored) == ERR_NONE;
            continue;
        }
        memcpy(at + out.len, all.at, all.len * sizeof(*at));
        out.len += all.len;
    }
    out.at = at;
    return out;
}

/* What is shown already under every name has nothing to be confirmed. */
static bool must_be_confirmed(const struct advance *v)
{
    for (size_t n = 0; n < v->before.len; n++)
        if (v->wish.confirm_within_sec > 0 && v->before.at[n].version_n != v->change.swap.after.at[n].version_n)
            return true;
    return false;
}

static void plan_change(struct advance *v)
{
    struct change *c = &v->change;

    *c = (struct change){ .act = "web-server.selected", .subject = v->wish.certificate };
    c->swap = (struct swap_row){ .id = id_new(), .asked_by = v->who->id, .generation = v->has_last ? v->last.generation + 1 : 1, .state = "kept",
                                 .at = clock_now(), .before = v->before, .reason = "followed" };
    c->swap.after = change_rows_after(&v->before, &v->s, v->snis, v->snis_len, v->a);
    if (must_be_confirmed(v)) {
        c->swap.state = "pending";
        c->swap.confirm_by = c->swap.at + v->wish.confirm_within_sec;
    }
    change_certificates(c, v->a);
    c->detail = change_detail(c, v->s.item.common_name, v->a);
}

/* Preflight and trial handshake with the version that comes. */
static enum err prove(struct advance *v, struct error *e)
{
    struct names names = names_of(v);
    struct error why = { 0 };
    enum err r;

    preflight(&v->s, &names, &v->wish, v->a, &v->steps, v->faults);
    if (findings_count(v->faults, LEVEL_ERROR) > 0)
        return fail_kind(e, ERR_INVALID, "refused", "This server shows it and could not show this version; nothing has changed. %s", v->faults->at[0].text);
    plan_change(v);
    r = identity_build_with(v->i, &v->change.swap.after, &v->s, (uint64_t)v->change.swap.generation, v->a, &v->fresh, &why);
    if (r == ERR_NONE)
        r = change_prove(v->fresh, &v->s, (const char *const *)v->snis, v->snis_len, &why);
    if (r == ERR_NONE) {
        step_add(&v->steps, "canary", "ok", "A trial handshake by TLS 1.3 and by TLS 1.2 was accepted.");
        return ERR_NONE;
    }
    step_add(&v->steps, "canary", "failed", arena_text(v->a, why.text));
    findings_add(v->faults, LEVEL_ERROR, "canary", "/certificate_id", "%s", why.text);
    return fail_kind(e, ERR_INVALID, "refused", "This server shows it and could not show this version; nothing has changed. %s", why.text);
}

static void finish(struct advance *v, enum err r, struct swap_result *swap)
{
    if (r == ERR_NONE && v->snis_len > 0 && !v->is_preview) {
        change_publish(v->i, &v->change, &v->fresh, &v->steps);
        change_result(&v->change, &v->steps, swap);
    }
    swap->steps = v->steps.at;
    swap->steps_len = v->steps.len;
    tls_identity_unref(TAKE(v->fresh));
}

/* from a file -------------------------------------------------------------------------------------------------- */

/* Complete only with a root that is trusted already: one that comes in the same file vouches for nothing. */
static enum err show_candidate(struct advance *v, const struct candidate_version *c, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct cert last;
    enum err r = store_look(v->i->with.store, &look, e);

    v->s = (struct showing){ .cert = *c->cert, .key_blob = c->key_blob };
    v->s.item.id = v->wish.certificate;
    v->s.item.common_name = c->cert->common_name;
    if (r == ERR_NONE)
        r = inventory_chain_of(look_db(&look), c->cert, c->others, c->others_len, v->a, &v->s.chain, &v->s.chain_len, e);
    if (r)
        return r;
    if (v->s.chain_len > 1 && cert_parse(v->s.chain[v->s.chain_len - 1], v->a, &last, NULL) == ERR_NONE && cert_is_self_issued(&last)) {
        v->s.is_complete = store_root_is_known(look_db(&look), bytes_of(last.sha256, sizeof(last.sha256)));
        v->s.chain_len -= v->s.is_complete ? 0 : 1;
    }
    return ERR_NONE;
}

static enum err before(const struct candidate_version *c, void *arg, struct error *e)
{
    struct advance *v = arg;
    enum err r = show_candidate(v, c, e);

    if (r == ERR_NONE)
        r = prove(v, e);
    if (r == ERR_INVALID && v->is_preview)
        return ERR_NONE;               /* told by its steps */
    fault_point("replace.proved");
    return r;
}

/* On the writer: now the version has its number. */
static enum err also(struct tx *tx, int64_t version_n, void *arg, struct error *e)
{
    struct advance *v = arg;

    for (size_t n = 0; n < v->snis_len; n++)
        change_row(&v->change.swap.after, v->snis[n])->version_n = version_n;
    return change_record(tx, &v->change, e);
}

enum err identity_replace(struct identity *i, const struct actor *who, struct import_wish *wish, const struct swap_wish *accepts, struct arena *a,
                          struct findings *faults, struct import_result *out, struct swap_result *swap, struct error *e)
{
    struct advance v = { .i = i, .who = who, .a = a, .faults = faults, .wish = *accepts, .is_preview = wish->is_preview };
    enum err r;

    v.wish.certificate = wish->replaces->certificate;
    r = begin(&v, e);
    if (r)
        return r;
    if (v.snis_len > 0) {
        wish->replaces->before = before;
        wish->replaces->also = also;
        wish->replaces->arg = &v;
    }
    r = inventory_import(i->with.store, i->with.keeper, who, wish, a, out, e);
    if (r == ERR_NONE)
        fault_point("replace.committed");
    finish(&v, r, swap);
    return r;
}

/* an earlier version ------------------------------------------------------------------------------------------- */

struct returning {
    const struct return_wish *wish;
    struct advance *v;
    int64_t seen_n;
    const char *detail, *location;
};

static enum err record_return(struct tx *tx, void *arg, struct error *e)
{
    const struct returning *back = arg;
    enum err r = inventory_make_current(tx, &back->wish->certificate, back->wish->number, back->seen_n, e);

    if (r == ERR_NONE && back->v->snis_len > 0)
        r = change_record(tx, &back->v->change, e);
    if (r)
        return r;
    tx_note(tx, "certificate.rolled-back", "certificate", &back->wish->certificate, back->detail);
    tx_made(tx, back->location, 200);
    fault_point("return.recorded");
    return ERR_NONE;
}

/* What can be agreed to stands in the faults by its word. */
static enum err refuse_version(struct findings *faults, const char *word, int number, const char *what, struct error *e)
{
    findings_add(faults, LEVEL_ERROR, word, "/version", "Version %d %s: renew instead, or accept it explicitly (%s).", number, what, word);
    return fail_kind(e, ERR_INVALID, "no-longer-good", "%s", faults->at[faults->len - 1].text);
}

static enum err check_return(const struct return_wish *wish, const struct inventory_item *now, const struct inventory_item *then, struct arena *a,
                             struct findings *faults, struct error *e)
{
    char at[TIME_TEXT];

    time_text(then->not_after, at);
    if (now->is_archived)
        return fail_kind(e, ERR_CONFLICT, "archived", "it is archived: bring it back first");
    if (now->is_authority)
        return fail(e, ERR_CONFLICT, "an authority signs with it: make a new authority instead");
    if (then->is_current)
        return fail_at(e, "/version", "version %d is the current one already", wish->number);
    if (strcmp(then->status, "expired") == 0 && !wish->accept_expired)
        return refuse_version(faults, "expired", wish->number, arena_printf(a, "expired on %.10s", at), e);
    if (strcmp(then->status, "revoked") == 0 && !wish->accept_revoked)
        return refuse_version(faults, "revoked", wish->number, "is revoked", e);
    return ERR_NONE;
}

static enum err read_versions(struct identity *i, const struct return_wish *wish, struct arena *a, struct inventory_item *now, struct inventory_item *then, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    enum err r = store_look(i->with.store, &look, e);

    if (r == ERR_NONE)
        r = inventory_show(look_db(&look), &wish->certificate, 0, a, now, e);
    if (r)
        return r;
    r = inventory_show(look_db(&look), &wish->certificate, wish->number, a, then, e);
    return r == ERR_ABSENT ? fail_at(e, "/version", "there is no version %d of it", wish->number) : r;
}

enum err identity_return_to(struct identity *i, const struct actor *who, const struct return_wish *wish, struct arena *a,
                            struct findings *faults, struct swap_result *swap, struct error *e)
{
    struct advance v = { .i = i, .who = who, .a = a, .faults = faults, .wish = wish->accepts };
    struct returning back = { .wish = wish, .v = &v };
    struct inventory_item now, then;
    char id[ID_TEXT];
    enum err r;

    v.wish.certificate = wish->certificate;
    r = read_versions(i, wish, a, &now, &then, e);
    if (r == ERR_NONE)
        r = check_return(wish, &now, &then, a, faults, e);
    if (r == ERR_NONE)
        r = begin(&v, e);
    if (r == ERR_NONE && v.snis_len > 0)
        r = showing_load(i, then.n, a, &v.s, e);
    if (r == ERR_NONE && v.snis_len > 0)
        r = prove(&v, e);
    if (r == ERR_NONE) {
        id_text(&wish->certificate, id);
        back.seen_n = now.n;
        back.detail = arena_printf(a, "{\"version\":%d,\"from\":%d}", wish->number, now.number);
        back.location = arena_printf(a, "/api/v1/certificates/%s", id);
        fault_point("return.proved");
        r = store_write(i->with.store, who, record_return, &back, e);
    }
    if (r == ERR_NONE)
        fault_point("return.committed");
    finish(&v, r, swap);
    return r;
}
