#include "identity/parts.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"

/* What stood before the last change, for a start at which the rows cannot be shown. */
static enum err build_previous(struct identity *i, const struct swap_row *last, struct arena *a, struct tls_identity **out, struct error *e)
{
    if (last->before.len == 0)
        return fail(e, ERR_ABSENT, "there is no previous certificate");
    return identity_build(i, &last->before, (uint64_t)last->generation, a, out, e);
}

/* Rows, else the previous ones, else a self-signed one: the console can always be reached. */
static enum err show_rows(struct identity *i, const struct shown *rows, const struct swap_row *last, bool has_last, struct arena *a, struct error *e)
{
    uint64_t generation = has_last ? (uint64_t)last->generation : 0;
    struct tls_identity *fresh = NULL;
    enum err r = ERR_ABSENT;

    if (rows->len > 0) {
        r = identity_build(i, rows, generation, a, &fresh, e);
        if (r)
            log_error("the recorded certificate cannot be shown: %s", e->text);
        if (r && build_previous(i, last, a, &fresh, e) == ERR_NONE) {
            log_error("the previous certificate is shown instead");
            r = ERR_NONE;
        }
    }
    if (r) {
        if (rows->len > 0)
            log_error("a temporary self-signed certificate is shown instead: select another by `signet server select`");
        r = i->temporary == NULL ? identity_build_temporary(i, e) : ERR_NONE;
        if (r)
            return r;
        fresh = tls_identity_ref(i->temporary);
    }
    identity_publish(i, fresh, generation);
    return ERR_NONE;
}

/* After a restart the wall clock decides how long a change still waits; never longer than was asked. */
static void await_again(struct identity *i, const struct swap_row *last)
{
    int64_t left = last->confirm_by - clock_now(), asked = last->confirm_by - last->at;

    if (strcmp(last->state, "pending") != 0)
        return;
    left = left > asked ? asked : left < 0 ? 0 : left;
    i->pending = last->id;
    i->return_at_ms = clock_mono_ms() + left * 1000;
}

static enum err show(struct identity *i, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct shown rows;
    struct swap_row last;
    bool has_last;
    enum err r;

    r = identity_rows(i, a, &rows, &last, &has_last, e);
    if (!r)
        r = show_rows(i, &rows, &last, has_last, a, e);
    if (r)
        return r;
    if (has_last)
        await_again(i, &last);
    if (identity_probe(i, e) != ERR_NONE)
        log_warn("the probe listener shows nothing: %s", e->text);
    return ERR_NONE;
}

enum err identity_open(const struct identity_options *how, struct identity **out, struct error *e)
{
    struct identity *i = own_alloc(sizeof(*i));
    enum err r = ERR_NONE;

    i->with = *how;
    pthread_mutex_init(&i->lock, NULL);
    if (keeper_state(how->keeper) == KEEPER_OPEN)
        r = show(i, e);
    if (r) {
        identity_close(i);
        return r;
    }
    *out = i;
    return ERR_NONE;
}

enum err identity_unsealed(struct identity *i, struct error *e)
{
    return show(i, e);
}

void identity_close(struct identity *i)
{
    if (i == NULL)
        return;
    tls_identity_unref(i->temporary);
    free((void *)i->temporary_leaf.at);
    pthread_mutex_destroy(&i->lock);
    free(i);
}

enum err identity_follow(struct identity *i, const struct id *certificate, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct actor who = actor_clock("follow");
    const char **names = NULL;
    struct swap_wish wish = { .certificate = *certificate, .accept_untrusted = true, .accept_name_mismatch = true };
    struct swap_result result = { 0 };
    struct findings faults;
    struct swap_row last;
    struct shown rows;
    struct id probe;
    bool has_last, is_default = false;
    int64_t current;
    size_t n = 0;
    enum err r = identity_rows(i, a, &rows, &last, &has_last, e);

    if (r == ERR_NONE)
        r = identity_current(i, certificate, &current, e);
    if (r)
        return r;
    findings_init(&faults, a);
    names = arena_take(a, rows.len * sizeof(*names));
    for (size_t row = 0; row < rows.len; row++) {
        if (!id_equal(&rows.at[row].certificate, certificate) || rows.at[row].version_n == current)
            continue;
        if (*rows.at[row].sni == '\0')
            is_default = true;
        else
            names[n++] = rows.at[row].sni;
    }
    if (is_default)
        r = identity_select(i, &who, &wish, a, &faults, &result, e);
    if (!r && n > 0) {
        wish.hostnames = names;
        wish.hostnames_len = n;
        r = identity_select(i, &who, &wish, a, &faults, &result, e);
    }
    if (!r && identity_probe_of(i, &probe) && id_equal(&probe, certificate))
        r = identity_probe(i, e);
    return r;
}

static enum err renew_one(struct identity *i, const struct id *certificate, int64_t version_n, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct renewal_wish wish = { .certificate = *certificate, .source = "renewal" };
    struct actor who = actor_clock("server certificate");
    struct findings notes;
    struct showing s;
    struct issued made;
    enum err r = showing_load(i, version_n, a, &s, e);

    if (r || !showing_is_due(&s) || !s.item.is_issued)
        return r;
    findings_init(&notes, a);
    return ca_renew(i->with.ca, &who, &wish, a, &notes, &made, e);   /* its version writes the job that follows */
}

enum err identity_renew_due(struct identity *i, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct swap_row last;
    struct shown rows;
    bool has_last;
    enum err r = identity_rows(i, a, &rows, &last, &has_last, e);

    for (size_t n = 0; !r && n < rows.len; n++) {
        bool is_again = false;

        for (size_t earlier = 0; earlier < n; earlier++)
            is_again |= id_equal(&rows.at[earlier].certificate, &rows.at[n].certificate);
        if (!is_again)
            r = renew_one(i, &rows.at[n].certificate, rows.at[n].version_n, e);
    }
    return r;
}

enum err identity_view(struct identity *i, struct arena *a, struct identity_view *out, struct error *e)
{
    struct names names = identity_names(i, a);
    const char **texts = arena_take(a, names.len * sizeof(*texts));
    struct identity_view v = { .names = texts, .names_len = names.len };
    struct swap_row last;
    struct shown rows;
    bool has_last;
    enum err r = identity_rows(i, a, &rows, &last, &has_last, e);

    if (r)
        return r;
    for (size_t n = 0; n < names.len; n++)
        texts[n] = names.at[n].text;
    v.rows = arena_take(a, rows.len * sizeof(*v.rows));
    for (size_t n = 0; n < rows.len; n++)
        v.rows[v.rows_len++] = (struct identity_row){ rows.at[n].sni, rows.at[n].certificate, rows.at[n].version_n, rows.at[n].previous_n };
    if (has_last) {
        v.is_pending = strcmp(last.state, "pending") == 0;
        v.swap = last.id;
        v.confirm_by = v.is_pending ? last.confirm_by : 0;
        v.can_rollback = v.is_pending || last.before.len > 0;
    }
    pthread_mutex_lock(&i->lock);
    v.generation = i->generation;
    v.leaf = i->temporary != NULL && rows.len == 0 ? arena_bytes(a, i->temporary_leaf) : (struct bytes){ 0 };
    pthread_mutex_unlock(&i->lock);
    if (rows.len > 0) {
        struct showing s;

        r = showing_load(i, rows.at[0].version_n, a, &s, e);
        if (r)
            return r;
        v.leaf = s.chain[0];
    }
    *out = v;
    return ERR_NONE;
}

/* How it would fare: the preflight of the swap itself, so that the picker and the swap never disagree. */
static enum err judge(struct identity *i, const struct inventory_item *item, const struct names *names, struct arena *a, struct candidate *out, struct error *e)
{
    struct swap_wish wish = { .accept_name_mismatch = true, .accept_untrusted = true };
    struct steps steps = { .at = arena_take(a, STEPS_MAX * sizeof(*steps.at)) };
    const char **reasons;
    struct findings faults;
    struct showing s;
    bool *matches = arena_take(a, names->len + 1);
    enum err r = showing_load(i, item->n, a, &s, e);

    if (r)
        return r;
    findings_init(&faults, a);
    preflight(&s, names, &wish, a, &steps, &faults);
    reasons = arena_take(a, (faults.len + 1) * sizeof(*reasons));
    for (size_t n = 0; n < faults.len; n++)
        reasons[n] = faults.at[n].text;
    for (size_t n = 0; n < names->len; n++)
        for (size_t san = 0; san < s.cert.names.len; san++)
            matches[n] |= name_covers(&s.cert.names.at[san], &names->at[n]);
    *out = (struct candidate){ .certificate = item->id, .issued_to = s.item.common_name, .issued_by = s.item.issuer_text, .not_after = s.cert.not_after,
                               .is_usable = faults.len == 0, .reasons = reasons, .reasons_len = faults.len, .matches = matches };
    return ERR_NONE;
}

enum err identity_candidates(struct identity *i, struct arena *a, struct candidate **out, size_t *len, struct error *e)
{
    struct inventory_ask ask = { .filter = "store:personal", .sort = "-created", .limit = 200 };
    struct actor who = actor_clock("picker");
    struct names names = identity_names(i, a);
    struct inventory_page page;
    struct candidate *found;
    struct swap_row last;
    struct shown rows;
    bool has_last;
    size_t n = 0;
    enum err r = inventory_list(i->with.store, &who, &ask, a, &page, e);

    if (!r)
        r = identity_rows(i, a, &rows, &last, &has_last, e);
    if (r)
        return r;
    found = arena_take(a, (page.len + 1) * sizeof(*found));
    for (size_t item = 0; item < page.len; item++) {
        if (judge(i, &page.items[item], &names, a, &found[n], e) != ERR_NONE)
            continue;   /* gone since, or a file that cannot be shown at all */
        for (size_t row = 0; row < rows.len; row++)
            found[n].is_shown |= rows.at[row].version_n == page.items[item].n;
        n++;
    }
    *out = found;
    *len = n;
    return ERR_NONE;
}
