/* renew - the next version of a lineage: same names, profile and issuer, a fresh key where the key is ours. */
#include "base/time.h"
#include "ca/plan.h"

struct renewal {
    struct inventory_item item;
    struct cert cert;
    struct wish wish;
    struct plan plan;
};

static enum err read_lineage(struct ca *ca, const struct id *certificate, struct arena *a, struct renewal *r, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    enum err err;

    err = store_look(ca->store, &look, e);
    if (err)
        return err;
    err = inventory_show(look_db(&look), certificate, 0, a, &r->item, e);
    if (err)
        return err;
    return cert_parse(r->item.der, a, &r->cert, e);
}

static enum err check_lineage(const struct renewal *r, struct error *e)
{
    if (r->cert.is_ca)
        return fail(e, ERR_CONFLICT, "this is an authority's certificate: make a new authority instead");
    if (r->item.is_archived)
        return fail_kind(e, ERR_CONFLICT, "archived", "this certificate is archived: bring it back first");
    if (!r->item.is_issued && !r->item.is_self_signed)
        return fail(e, ERR_CONFLICT, "this certificate was issued elsewhere: renew it there");
    return ERR_NONE;
}

/* The issuer of the last version, as long as it may sign; else whoever issues now. */
static struct id issuer_of(const struct roll *roll, const struct renewal *r)
{
    const struct held *held = NULL;

    if (roll_find(roll, &r->item.issuer_id, &held, NULL) != ERR_NONE || strcmp(held->view.state, "active") != 0 ||
        held->view.cert.not_after <= clock_now())
        return (struct id){ { 0 } };
    return held->view.id;
}

static const char *common_name_of(const struct renewal *r)
{
    return r->item.common_name[0] == '\0' ? NULL : r->item.common_name;
}

static void fill_wish(const struct roll *roll, const struct renewal_wish *asked, struct renewal *r)
{
    const struct inventory_item *item = &r->item;

    r->wish = (struct wish){
        .profile = item->profile[0] == '\0' ? NULL : item->profile, .common_name = common_name_of(r),
        .dns_names = item->dns_names, .dns_len = item->dns_len, .ip_addresses = item->ip_addresses, .ip_len = item->ip_len,
        .valid_days = asked->valid_days, .key_type = r->cert.key.type, .is_exportable = item->is_exportable,
        .is_self_signed = item->is_self_signed, .csr = asked->csr, .renews = asked->certificate,
        .label = item->label, .source = asked->source == NULL ? "renewal" : asked->source, .also = asked->also, .arg = asked->arg,
    };
    if (!item->is_self_signed)
        r->wish.issuer = issuer_of(roll, r);
    r->plan = (struct plan){ .wish = &r->wish, .is_allowed = true,
                             .days_otherwise = (r->cert.not_after + 1 - r->cert.not_before + DAYS / 2) / DAYS };
    if (!item->has_private_key && asked->csr.len == 0)
        r->plan.lent_spki = r->cert.key.der;
}

enum err ca_renew(struct ca *ca, const struct actor *who, const struct renewal_wish *asked, struct arena *a, struct findings *notes,
                  struct issued *out, struct error *e)
{
    CLEANUP(roll_drop) struct roll *roll = held_roll(ca);
    struct renewal r = { 0 };
    enum err err;

    err = access_check(who, RIGHT_ISSUE, "certificate", &asked->certificate, e);
    if (err)
        return err;
    err = read_lineage(ca, &asked->certificate, a, &r, e);
    if (err)
        return err;
    err = check_lineage(&r, e);
    if (err)
        return err;
    fill_wish(roll, asked, &r);
    return ca_carry_out(ca, roll, who, &r.plan, a, notes, out, e);
}
