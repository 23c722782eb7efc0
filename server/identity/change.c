#include "identity/change.h"

#include <stdio.h>

#include "base/fault.h"
#include "base/time.h"
#include "store/lineages.h"

/* What was not confirmed takes its version back too, so that lineage and listener agree as before. */
static enum err lineage_return(struct tx *tx, const struct change *c, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = NULL;
    struct lineage now;
    enum err r;

    if (id_is_none(&c->returns.certificate))
        return ERR_NONE;
    a = arena_new();
    r = store_certificate_find(tx_db(tx), &c->returns.certificate, a, &now, e);
    if (r || now.is_archived || now.current != c->returns.from_n)
        return r;
    r = inventory_make_current(tx, &c->returns.certificate, c->returns.to, c->returns.from_n, e);
    if (r == ERR_NONE)
        tx_note(tx, "certificate.rolled-back", "certificate", &c->returns.certificate,
                arena_printf(a, "{\"version\":%d,\"from\":%d}", c->returns.to, c->returns.from));
    return r;
}

enum err change_record(struct tx *tx, void *arg, struct error *e)
{
    struct change *c = arg;
    enum err r = ERR_NONE;

    if (!id_is_none(&c->settles))
        r = store_swap_settle(tx, &c->settles, "returned", e);
    if (!r)
        r = store_swap_add(tx, &c->swap, e);
    if (!r)
        r = store_shown_put(tx, &c->swap.after, c->certificates, c->certificates_len, e);
    if (!r)
        r = lineage_return(tx, c, e);
    if (!r)
        tx_note(tx, c->act, "web-server", &c->subject, c->detail);
    return r;
}

struct shown_row *change_row(struct shown *rows, const char *sni)
{
    for (size_t n = 0; n < rows->len; n++)
        if (strcmp(rows->at[n].sni, sni) == 0)
            return &rows->at[n];
    return NULL;
}

/* The rows as they will be: one version under the names asked for, the rest as it was. */
struct shown change_rows_after(const struct shown *before, const struct showing *s, const char *const *snis, size_t len, struct arena *a)
{
    struct shown out = { .at = arena_take(a, (before->len + len) * sizeof(*out.at)), .len = before->len };

    if (before->len > 0)
        memcpy(out.at, before->at, before->len * sizeof(*out.at));
    for (size_t n = 0; n < len; n++) {
        struct shown_row *row = change_row(&out, snis[n]);

        if (row == NULL) {
            row = &out.at[out.len++];
            *row = (struct shown_row){ .sni = snis[n] };
        }
        row->previous_n = row->version_n;
        row->version_n = s->item.n;
        row->certificate = s->item.id;
    }
    return out;
}

struct canary change_canary(const struct showing *s, const char *sni)
{
    struct canary c = { .sni = sni, .leaf = s->chain[0] };

    if (s->is_complete)
        c.root = s->chain[s->chain_len - 1];
    return c;
}

enum err change_prove(struct tls_identity *fresh, const struct showing *s, const char *const *snis, size_t len, struct error *e)
{
    enum err r = ERR_NONE;

    for (size_t n = 0; !r && n < len; n++) {
        /* A wildcard row is asked for by a name that it covers. */
        char name[260];
        struct canary c;

        snprintf(name, sizeof(name), "%s%s", snis[n][0] == '*' ? "signet-canary" : snis[n], snis[n][0] == '*' ? snis[n] + 1 : "");
        c = change_canary(s, name);
        r = canary_shake(fresh, &c, e);
    }
    return r;
}

void change_certificates(struct change *c, struct arena *a)
{
    const struct shown *after = &c->swap.after;

    c->certificates = arena_take(a, after->len * sizeof(*c->certificates));
    c->certificates_len = 0;
    for (size_t n = 0; n < after->len; n++)
        c->certificates[c->certificates_len++] = after->at[n].certificate;
}

const char *change_detail(const struct change *c, const char *name, struct arena *a)
{
    return arena_printf(a, "{\"generation\":%lld,\"state\":\"%s\",\"common_name\":\"%s\"}", (long long)c->swap.generation, c->swap.state, name);
}

static void await(struct identity *i, const struct swap_row *swap)
{
    pthread_mutex_lock(&i->lock);
    i->pending = swap->id;
    i->return_at_ms = clock_mono_ms() + (swap->confirm_by - swap->at) * 1000;
    pthread_mutex_unlock(&i->lock);
}

void change_publish(struct identity *i, const struct change *c, struct tls_identity **fresh, struct steps *steps)
{
    fault_point("swap.recorded");
    step_add(steps, "record", "ok", "Recorded: a restart shows the same.");
    identity_publish(i, TAKE(*fresh), (uint64_t)c->swap.generation);
    fault_point("swap.switched");
    step_add(steps, "switch", "ok", "New connections are shown it from now on; open ones go on.");
    if (c->swap.confirm_by > 0)
        await(i, &c->swap);
}

/* Everything is checked and built: on disk, then on the wire. */
enum err change_commit(struct identity *i, const struct actor *who, struct change *c, struct tls_identity **fresh, struct steps *steps, struct error *e)
{
    enum err r;

    fault_point("swap.before_record");
    r = store_write(i->with.store, who, change_record, c, e);
    if (r == ERR_NONE)
        change_publish(i, c, fresh, steps);
    return r;
}

void change_result(const struct change *c, const struct steps *steps, struct swap_result *out)
{
    *out = (struct swap_result){ .swap = c->swap.id, .state = c->swap.state, .steps = steps->at, .steps_len = steps->len,
                                 .generation = (uint64_t)c->swap.generation, .confirm_by = c->swap.confirm_by };
}
