/* crl - a fresh revocation list of an authority, signed before the last one ends, recorded before it is published. */
#include "base/fault.h"
#include "base/time.h"
#include "ca/sign.h"

struct fresh_list {
    struct crl_row row;
    const char *detail;
};

static enum err record(struct tx *tx, void *arg, struct error *e)
{
    struct fresh_list *list = arg;
    enum err r;

    r = store_crl_add(tx, &list->row, e);
    if (r)
        return r;
    tx_note(tx, "authority.crl-signed", "authority", &list->row.issuer, list->detail);
    fault_point("crl.recorded");
    return ERR_NONE;
}

static const char *detail_of(const struct crl_row *row, struct arena *a)
{
    char until[TIME_TEXT];

    time_text(row->next_update, until);
    return arena_printf(a, "{\"number\":%lld,\"next_update\":\"%s\"}", (long long)row->number, until);
}

static enum err sign_and_record(struct ca *ca, const struct actor *who, const struct held *held, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct crl_wish wish = { .authority = held->view.id, .name = held->view.cert.subject, .ski = held->ski, .key = held->key,
                             .alg = held->alg, .last_number = held->view.crl_number, .days = sign_crl_days(ca) };
    struct fresh_list list;
    enum err r;

    r = sign_crl(ca, &wish, clock_now(), a, &list.row, e);
    if (r)
        return r;
    fault_point("crl.signed");
    list.detail = detail_of(&list.row, a);
    return store_write(ca->store, who, record, &list, e);
}

enum err ca_crl_renew(struct ca *ca, const struct actor *who, const struct id *authority, struct error *e)
{
    CLEANUP(roll_drop) struct roll *roll = held_roll(ca);
    const struct held *held = NULL;
    enum err r;

    r = roll_find(roll, authority, &held, e);
    if (r)
        return r;
    r = access_check(who, RIGHT_AUTHORITY, "authority", authority, e);
    if (r)
        return r;
    r = held_ready(held, clock_now(), e);
    if (r)
        return r;
    r = sign_and_record(ca, who, held, e);
    if (r)
        return r;
    fault_point("crl.committed");
    return held_reload(ca, e);
}

/* At half of its life: days without us, and nobody's check fails. */
static bool is_due(const struct authority *at, int64_t now)
{
    return now >= at->crl_this_update + (at->crl_next_update - at->crl_this_update) / 2;
}

size_t ca_crls_due(struct ca *ca, struct arena *a, struct id **out)
{
    CLEANUP(roll_drop) struct roll *roll = held_roll(ca);
    int64_t now = clock_now();
    size_t len = 0;

    *out = arena_take(a, roll->len * sizeof(**out) + 1);
    for (size_t i = 0; i < roll->len; i++) {
        if (held_ready(&roll->at[i], now, NULL) == ERR_NONE && is_due(&roll->at[i].view, now))
            (*out)[len++] = roll->at[i].view.id;
    }
    return len;
}

enum err ca_crl(struct ca *ca, const struct id *authority, struct arena *a, struct bytes *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct crl_row row;
    enum err r;

    r = store_look(ca->store, &look, e);
    if (r)
        return r;
    r = store_crl_latest(look_db(&look), authority, a, &row, e);
    if (r)
        return r;
    *out = row.body;
    return ERR_NONE;
}
