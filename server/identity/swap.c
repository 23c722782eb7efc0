#include "identity/change.h"

#include "base/fault.h"
#include "base/time.h"

static enum err load_rows(const struct db *db, struct arena *a, struct shown *rows, struct swap_row *last, bool *has_last, struct error *e)
{
    enum err r = store_shown(db, a, rows, e);

    if (r)
        return r;
    r = store_swap_last(db, a, last, e);
    *has_last = r == ERR_NONE;
    return r == ERR_ABSENT ? ERR_NONE : r;
}

enum err identity_rows(struct identity *i, struct arena *a, struct shown *rows, struct swap_row *last, bool *has_last, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    enum err r = store_look(i->with.store, &look, e);

    return r ? r : load_rows(look_db(&look), a, rows, last, has_last, e);
}

void identity_publish(struct identity *i, struct tls_identity *fresh, uint64_t generation)
{
    pthread_mutex_lock(&i->lock);
    if (generation >= i->generation) {
        i->generation = generation;
        tls_slot_put(i->with.https, fresh);
        fresh = NULL;
    }
    pthread_mutex_unlock(&i->lock);
    tls_identity_unref(fresh);
}

static enum err names_asked(const struct swap_wish *wish, const struct names *all, struct arena *a, const char *const **snis, size_t *snis_len,
                            struct names *names, struct error *e)
{
    static const char *const only_default[] = { "" };
    const char **texts = arena_take(a, wish->hostnames_len * sizeof(*texts));
    struct name *at = arena_take(a, wish->hostnames_len * sizeof(*at));

    if (wish->hostnames_len == 0) {
        *snis = only_default;
        *snis_len = 1;
        *names = *all;
        return ERR_NONE;
    }
    for (size_t n = 0; n < wish->hostnames_len; n++) {
        const char *text = wish->hostnames[n];
        struct error why;

        if (name_dns(text, strlen(text), a, &at[n], &why) != ERR_NONE)
            return fail_at(e, arena_printf(a, "/hostnames/%zu", n), "%s", why.text);
        texts[n] = at[n].text;
    }
    *snis = texts;
    *snis_len = wish->hostnames_len;
    *names = (struct names){ at, wish->hostnames_len };
    return ERR_NONE;
}

static enum err load_candidate(struct identity *i, const struct id *certificate, struct arena *a, struct showing *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct inventory_item item;
    enum err r = store_look(i->with.store, &look, e);

    if (!r)
        r = inventory_show(look_db(&look), certificate, 0, a, &item, e);
    look_done(&look);
    look = (struct look){ 0 };
    if (r == ERR_ABSENT)
        return fail_at(e, "/certificate_id", "There is no such certificate here.");
    if (r == ERR_NONE && item.is_archived)
        return fail_kind(e, ERR_CONFLICT, "archived", "This certificate is archived: bring it back first.");
    return r ? r : showing_load(i, item.n, a, out, e);
}

enum err identity_select(struct identity *i, const struct actor *who, const struct swap_wish *wish, struct arena *a, struct findings *faults, struct swap_result *out, struct error *e)
{
    CLEANUP(tls_identity_drop) struct tls_identity *fresh = NULL;
    struct steps steps = { .at = arena_take(a, STEPS_MAX * sizeof(*steps.at)) };
    struct change rec = { .act = "web-server.selected", .subject = wish->certificate };
    struct names all = identity_names(i, a), names;
    const char *const *snis = NULL;
    struct swap_row last;
    struct showing s;
    struct shown before;
    bool has_last;
    size_t snis_len = 0;
    enum err r;

    out->steps = steps.at;
    r = names_asked(wish, &all, a, &snis, &snis_len, &names, e);
    if (!r)
        r = load_candidate(i, &wish->certificate, a, &s, e);
    if (!r)
        r = identity_rows(i, a, &before, &last, &has_last, e);
    if (r)
        return r;
    preflight(&s, &names, wish, a, &steps, faults);
    out->steps_len = steps.len;
    if (findings_count(faults, LEVEL_ERROR) > 0)
        return fail_kind(e, ERR_INVALID, "refused", "This certificate cannot be shown; nothing has changed. %s", faults->at[0].text);
    if (has_last && strcmp(last.state, "pending") == 0)
        return fail_kind(e, ERR_CONFLICT, "pending", "An earlier change waits for its confirmation: confirm it or go back first.");

    rec.swap = (struct swap_row){ .id = id_new(), .asked_by = who->id, .generation = has_last ? last.generation + 1 : 1,
                                  .state = wish->confirm_within_sec > 0 ? "pending" : "kept", .at = clock_now(), .before = before, .reason = "selected" };
    rec.swap.confirm_by = wish->confirm_within_sec > 0 ? rec.swap.at + wish->confirm_within_sec : 0;
    rec.swap.after = change_rows_after(&before, &s, snis, snis_len, a);
    if (change_row(&rec.swap.after, "") == NULL)
        return fail_at(e, "/hostnames", "Select a certificate for all names first; others can then be added by name.");
    change_certificates(&rec, a);
    rec.detail = change_detail(&rec, s.item.common_name, a);
    r = identity_build(i, &rec.swap.after, (uint64_t)rec.swap.generation, a, &fresh, e);
    if (!r)
        r = change_prove(fresh, &s, snis, snis_len, e);
    if (r) {
        step_add(&steps, "canary", "failed", arena_text(a, e->text));
        findings_add(faults, LEVEL_ERROR, "canary", "/certificate_id", "%s", e->text);
        out->steps_len = steps.len;
        return r;
    }
    step_add(&steps, "canary", "ok", "A trial handshake by TLS 1.3 and by TLS 1.2 was accepted.");
    r = change_commit(i, who, &rec, &fresh, &steps, e);
    if (r == ERR_NONE)
        change_result(&rec, &steps, out);
    return r;
}

/* What the listener shows without any row: a self-signed one made for the purpose. */
static enum err build_or_temporary(struct identity *i, const struct shown *rows, uint64_t generation, struct arena *a, struct tls_identity **out, struct error *e)
{
    enum err r = ERR_NONE;

    if (rows->len > 0)
        return identity_build(i, rows, generation, a, out, e);
    if (i->temporary == NULL)
        r = identity_build_temporary(i, e);
    if (!r)
        *out = tls_identity_ref(i->temporary);
    return r;
}

/* Lineages of rows that come from a swap's own list, which holds version numbers only. */
static enum err fill_certificates(struct identity *i, struct shown *rows, struct arena *a, struct error *e)
{
    enum err r = ERR_NONE;

    for (size_t n = 0; !r && n < rows->len; n++) {
        struct showing s;

        r = showing_load(i, rows->at[n].version_n, a, &s, e);
        if (!r)
            rows->at[n].certificate = s.item.id;
    }
    return r;
}

/* The lineage that brought the pending change goes back as well: to what was shown before, under the first of its names. */
static enum err plan_return(struct identity *i, const struct swap_row *from, struct arena *a, struct change *c, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct shown after = from->after;
    struct inventory_item was, is;
    enum err r = store_look(i->with.store, &look, e);

    for (size_t n = 0; r == ERR_NONE && n < from->before.len; n++) {
        const struct shown_row *then = &from->before.at[n], *now = change_row(&after, then->sni);

        if (now == NULL || now->version_n == then->version_n)
            continue;
        r = inventory_by_version(look_db(&look), then->version_n, a, &was, e);
        if (r == ERR_NONE)
            r = inventory_by_version(look_db(&look), now->version_n, a, &is, e);
        if (r || !id_equal(&was.id, &is.id))
            continue;
        c->returns.certificate = is.id;
        c->returns.from_n = now->version_n;
        c->returns.from = is.number;
        c->returns.to = was.number;
        return ERR_NONE;
    }
    return r;
}

static enum err go_back(struct identity *i, const struct actor *who, const struct swap_row *from, const char *act, struct arena *a, struct swap_result *out, struct error *e)
{
    CLEANUP(tls_identity_drop) struct tls_identity *fresh = NULL;
    struct steps steps = { .at = arena_take(a, STEPS_MAX * sizeof(*steps.at)) };
    struct change rec = { .act = act };
    struct shown before;
    struct swap_row last;
    bool has_last, was_pending = strcmp(from->state, "pending") == 0;
    enum err r;

    r = identity_rows(i, a, &before, &last, &has_last, e);
    if (r)
        return r;
    rec.swap = (struct swap_row){ .id = id_new(), .asked_by = who->id, .generation = last.generation + 1, .state = "kept", .at = clock_now(),
                                  .before = before, .after = from->before, .reason = was_pending ? "returned" : "rollback" };
    if (was_pending)
        rec.settles = from->id;
    for (size_t n = 0; n < rec.swap.after.len; n++) {
        const struct shown_row *now = change_row(&before, rec.swap.after.at[n].sni);

        rec.swap.after.at[n].previous_n = now != NULL ? now->version_n : 0;
    }
    r = fill_certificates(i, &rec.swap.after, a, e);
    if (!r && was_pending && strcmp(from->reason, "followed") == 0)
        r = plan_return(i, from, a, &rec, e);
    if (!r)
        r = build_or_temporary(i, &rec.swap.after, (uint64_t)rec.swap.generation, a, &fresh, e);
    if (r)
        return r;
    step_add(&steps, "load", "ok", "The previous certificate is ready.");
    change_certificates(&rec, a);
    rec.subject = rec.certificates_len > 0 ? rec.certificates[0] : from->id;
    rec.detail = change_detail(&rec, "", a);
    r = change_commit(i, who, &rec, &fresh, &steps, e);
    if (!r)
        change_result(&rec, &steps, out);
    return r;
}

static void forget(struct identity *i, const struct id *swap)
{
    pthread_mutex_lock(&i->lock);
    if (id_equal(&i->pending, swap))
        i->pending = (struct id){ 0 };
    pthread_mutex_unlock(&i->lock);
}

enum err identity_rollback(struct identity *i, const struct actor *who, struct arena *a, struct swap_result *out, struct error *e)
{
    struct shown rows;
    struct swap_row last;
    bool has_last;
    enum err r = identity_rows(i, a, &rows, &last, &has_last, e);

    if (r)
        return r;
    if (!has_last || (last.before.len == 0 && strcmp(last.state, "pending") != 0))
        return fail(e, ERR_CONFLICT, "There is no previous certificate to go back to.");
    r = go_back(i, who, &last, strcmp(last.state, "pending") == 0 ? "web-server.returned" : "web-server.rolled-back", a, out, e);
    if (!r)
        forget(i, &last.id);
    return r;
}

void identity_tick(struct identity *i)
{
    CLEANUP(arena_drop) struct arena *a = NULL;
    struct actor who = { 0 };
    struct swap_result result;
    struct swap_row last;
    struct shown rows;
    struct error e;
    struct id due;
    bool has_last;

    pthread_mutex_lock(&i->lock);
    due = i->return_at_ms <= clock_mono_ms() ? i->pending : (struct id){ 0 };
    pthread_mutex_unlock(&i->lock);
    if (id_is_none(&due))
        return;

    a = arena_new();
    who = actor_clock("swap");
    if (identity_rows(i, a, &rows, &last, &has_last, &e) != ERR_NONE || !has_last)
        return;   /* the disk: again in a second */
    if (id_equal(&last.id, &due) && strcmp(last.state, "pending") == 0 &&
        go_back(i, &who, &last, "web-server.returned", a, &result, &e) != ERR_NONE)
        return;
    forget(i, &due);
}

struct confirm {
    struct id swap, subject;
};

static enum err record_confirm(struct tx *tx, void *arg, struct error *e)
{
    struct confirm *c = arg;
    enum err r = store_swap_settle(tx, &c->swap, "kept", e);

    if (!r)
        tx_note(tx, "web-server.confirmed", "web-server", &c->subject, "{}");
    return r;
}

/* Was the version under this name changed by the swap? A name without a row of its own is shown the default. */
static bool changed(const struct swap_row *swap, const char *shown_name)
{
    struct shown after = swap->after, before = swap->before;
    const struct shown_row *now = change_row(&after, shown_name), *then = change_row(&before, shown_name);

    return now != NULL && (then == NULL || then->version_n != now->version_n);
}

static enum err proved(struct identity *i, const struct swap_row *swap, uint64_t generation, const char *shown_name, struct arena *a, struct error *e)
{
    struct tls_identity *now;
    struct showing s;
    struct canary c;
    enum err r;

    if (generation != GENERATION_LOCAL && generation < (uint64_t)swap->generation)
        return fail_kind(e, ERR_CONFLICT, "old-connection", "This connection was opened before the change and proves nothing: open a new one.");
    if (generation != GENERATION_LOCAL)
        return changed(swap, shown_name) ? ERR_NONE
             : fail_kind(e, ERR_CONFLICT, "other-name", "This connection was shown a certificate that did not change: confirm by the name that did.");

    r = showing_load(i, swap->after.at[0].version_n, a, &s, e);
    if (r)
        return r;
    now = tls_slot_get(i->with.https);
    c = change_canary(&s, swap->after.at[0].sni);
    r = canary_shake(now, &c, e);
    tls_identity_unref(now);
    return r;
}

enum err identity_confirm(struct identity *i, const struct actor *who, uint64_t generation, const char *shown_name, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct confirm c;
    struct shown rows;
    struct swap_row last;
    bool has_last;
    enum err r = identity_rows(i, a, &rows, &last, &has_last, e);

    if (r)
        return r;
    if (!has_last || strcmp(last.state, "pending") != 0)
        return fail(e, ERR_CONFLICT, "No change waits for a confirmation: it was confirmed, or it has gone back.");
    if (who->kind != ACTOR_LOCAL && !id_equal(&who->id, &last.asked_by))
        return fail(e, ERR_DENIED, "Only who asked for the change can confirm it.");
    r = proved(i, &last, generation, shown_name, a, e);
    if (r)
        return r;
    c = (struct confirm){ last.id, rows.len > 0 ? rows.at[0].certificate : last.id };
    fault_point("swap.before_confirm");
    r = store_write(i->with.store, who, record_confirm, &c, e);
    if (!r)
        forget(i, &last.id);
    return r;
}
