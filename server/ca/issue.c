/* issue - one certificate: decide, build, lint, sign, record; it leaves only when it is on disk. */
#include "base/detail.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/time.h"
#include "ca/plan.h"
#include "ca/sign.h"
#include "store/authorities.h"

enum { EXPIRING_DAYS = 30 };

/* What the writer records; made whole before. */
struct record {
    struct plan *plan;
    struct bytes der;
    struct issuer_row issuer;          /* self-signed: a name and key of its own */
    struct key_row key;
    struct version_add version;
    const char *act, *detail, *location;
    struct issued issued;
};

static enum err sign(struct ca *ca, const struct actor *who, struct plan *plan, struct arena *a, struct findings *notes,
                     struct bytes *der, struct error *e)
{
    struct bytes body, signature;
    enum err r;

    r = tbs_build(&plan->tbs, a, &body, e);
    if (r)
        return r;
    r = sign_lint(ca, who, body, a, notes, e);
    if (r)
        return r;
    if (plan->held != NULL)
        return sign_whole(ca, plan->held->key, SHAPE_CERTIFICATE, plan->tbs.alg, body, a, der, e);

    r = keeper_sign_once(ca->keeper, plan->sealed.blob, SHAPE_CERTIFICATE, body, a, &signature, e);
    if (r)
        return r;
    *der = signed_build(a, body, plan->tbs.alg, signature);
    return ERR_NONE;
}

static const char *detail_of(const struct record *rec, struct arena *a)
{
    const struct plan *plan = rec->plan;
    char issuer[ID_TEXT], until[TIME_TEXT];
    const char *name = plan->common_name == NULL ? plan->names.at[0].text : plan->common_name;

    id_text(&rec->version.issuer, issuer);
    time_text(plan->tbs.not_after, until);
    return arena_printf(a, "{\"common_name\":%s,\"serial\":\"%s\",\"issuer_id\":\"%s\",\"profile\":\"%s\",\"not_after\":\"%s\",\"source\":%s}",
                        detail_quote(a, name), text_hex_in(a, rec->version.cert.serial), issuer, plan->profile->slug, until,
                        detail_quote(a, rec->version.source));
}

static void fill_key(struct record *rec)
{
    const struct plan *plan = rec->plan;

    if (!plan->has_key)
        return;
    rec->key = (struct key_row){ .id = plan->key_id, .purpose = "subject", .type = key_type_text(plan->key_type), .spki = plan->sealed.spki,
                                 .blob = plan->sealed.blob, .kek = plan->sealed.kek, .origin = "made", .created_at = plan->now,
                                 .is_exportable = plan->wish->is_exportable && !plan->wish->is_server_key };
}

static void fill_version(struct record *rec, const struct actor *who)
{
    const struct plan *plan = rec->plan;
    const struct wish *wish = plan->wish;
    struct version_add *v = &rec->version;

    v->is_new = id_is_none(&wish->renews);
    v->certificate = v->is_new ? id_new() : wish->renews;
    v->label = wish->label != NULL ? wish->label : plan->common_name != NULL ? plan->common_name : plan->names.at[0].text;
    v->store = "personal";
    v->source = wish->source == NULL ? "rest" : wish->source;
    v->profile = plan->profile->slug;
    v->is_issued = plan->held != NULL;
    v->issuer = plan->held != NULL ? plan->held->view.id : rec->issuer.id;
    v->key = plan->key_id;
    v->requested_by = id_is_none(&wish->requested_by) ? who->id : wish->requested_by;
    v->flags = plan->held == NULL ? VERSION_SELF_SIGNED : 0;
}

static void fill_issuer(struct record *rec)
{
    if (rec->plan->held != NULL)
        return;
    rec->issuer = (struct issuer_row){ .id = id_new(), .name = rec->plan->tbs.subject, .label = rec->plan->common_name,
                                       .key_identifier = bytes_of(rec->plan->tbs.ski, sizeof(rec->plan->tbs.ski)) };
}

static enum err fill_record(struct record *rec, const struct actor *who, struct arena *a, struct error *e)
{
    char id[ID_TEXT];
    enum err r;

    r = cert_parse(rec->der, a, &rec->version.cert, e);
    if (r)
        return r;
    fill_issuer(rec);
    fill_key(rec);
    fill_version(rec, who);
    id_text(&rec->version.certificate, id);
    rec->act = rec->version.is_new ? "certificate.issued" : "certificate.renewed";
    rec->detail = detail_of(rec, a);
    rec->location = rec->plan->wish->made_at != NULL ? rec->plan->wish->made_at : arena_printf(a, "/api/v1/certificates/%s", id);
    rec->issued.certificate = rec->version.certificate;
    rec->issued.der = rec->version.cert.der;
    return ERR_NONE;
}

/* On the writer. What was read while planning may have changed since: asked again here, where it cannot. */
static enum err record(struct tx *tx, void *arg, struct error *e)
{
    struct record *rec = arg;
    const struct plan *plan = rec->plan;
    enum err r;

    r = plan->held != NULL ? store_authority_still(tx, &plan->held->view.id, plan->held->version, e) : store_issuer_add(tx, &rec->issuer, e);
    if (r)
        return r;
    if (plan->has_key) {
        r = store_key_add(tx, &rec->key, e);
        if (r)
            return r;
    }
    r = inventory_add_version(tx, &rec->version, &rec->issued.version_n, &rec->issued.number, e);
    if (r)
        return r;
    if (plan->wish->also != NULL) {
        r = plan->wish->also(tx, &rec->issued, plan->wish->arg, e);
        if (r)
            return r;
    }
    tx_note(tx, rec->act, "certificate", &rec->issued.certificate, rec->detail);
    tx_made(tx, rec->location, rec->version.is_new && plan->wish->made_at == NULL ? 201 : 200);
    fault_point("issue.recorded");
    return ERR_NONE;
}

static void list_names(const struct names *names, enum name_kind kind, struct arena *a, const char *const **out, size_t *len)
{
    const char **list = arena_take(a, (names->len + 1) * sizeof(*list));

    *len = 0;
    for (size_t i = 0; i < names->len; i++) {
        if (names->at[i].kind == kind)
            list[(*len)++] = names->at[i].text;
    }
    *out = list;
}

/* As inventory_show would tell it, from what we know already. */
static void fill_item(struct record *rec, struct arena *a)
{
    const struct plan *plan = rec->plan;
    const struct cert *c = &rec->version.cert;
    struct inventory_item *item = &rec->issued.item;

    *item = (struct inventory_item){
        .n = rec->issued.version_n, .id = rec->issued.certificate, .issuer_id = rec->version.issuer, .key_id = rec->version.key,
        .label = rec->version.label, .subject = c->subject_text, .common_name = c->common_name, .issuer_text = c->issuer_text,
        .key_type = key_type_text(c->key.type), .status = c->not_after - plan->now <= EXPIRING_DAYS * DAYS ? "expiring" : "valid",
        .source = rec->version.source, .store = rec->version.store, .profile = rec->version.profile, .serial = c->serial,
        .sha1 = bytes_of(arena_copy(a, c->sha1, sizeof(c->sha1)), sizeof(c->sha1)),
        .sha256 = bytes_of(arena_copy(a, c->sha256, sizeof(c->sha256)), sizeof(c->sha256)), .der = c->der,
        .not_before = c->not_before, .not_after = c->not_after, .issued_at = plan->now, .has_private_key = plan->has_key,
        .is_exportable = rec->key.is_exportable, .is_self_signed = plan->held == NULL, .is_current = true, .is_issued = rec->version.is_issued,
        .number = rec->issued.number, .versions = rec->issued.number, .row_version = 1,
    };
    list_names(&plan->names, NAME_DNS, a, &item->dns_names, &item->dns_len);
    list_names(&plan->names, NAME_IP, a, &item->ip_addresses, &item->ip_len);
}

/* The roll may go once we return: its bytes are copied. */
static void fill_chain(struct record *rec, struct arena *a)
{
    const struct held *held = rec->plan->held;
    struct bytes *chain;

    if (held == NULL)
        return;
    chain = arena_take(a, held->chain_len * sizeof(*chain) + 1);
    for (size_t i = 0; i < held->chain_len; i++)
        chain[i] = arena_bytes(a, held->chain[i]);
    rec->issued.issuers = chain;
    rec->issued.issuers_len = held->chain_len;
}

enum err ca_carry_out(struct ca *ca, const struct roll *roll, const struct actor *who, struct plan *plan, struct arena *a,
                      struct findings *notes, struct issued *out, struct error *e)
{
    struct record rec = { .plan = plan };
    enum err r;

    r = ca_plan(ca, roll, who, a, notes, plan, e);
    if (r)
        return r;
    fault_point("issue.planned");
    r = sign(ca, who, plan, a, notes, &rec.der, e);
    if (r)
        return r;
    fault_point("issue.signed");
    r = fill_record(&rec, who, a, e);
    if (r)
        return r;
    r = store_write(ca->store, who, record, &rec, e);
    if (r)
        return r;
    fault_point("issue.committed");

    fill_item(&rec, a);
    fill_chain(&rec, a);
    *out = rec.issued;
    return ERR_NONE;
}

enum err ca_issue(struct ca *ca, const struct actor *who, const struct wish *wish, struct arena *a, struct findings *notes,
                  struct issued *out, struct error *e)
{
    CLEANUP(roll_drop) struct roll *roll = held_roll(ca);
    struct plan plan = { .wish = wish };
    enum err r;

    if (!id_is_none(&wish->renews)) {
        r = access_check(who, RIGHT_ISSUE, "certificate", &wish->renews, e);
        if (r)
            return r;
    }
    return ca_carry_out(ca, roll, who, &plan, a, notes, out, e);
}
