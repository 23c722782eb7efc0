#include "ca/plan.h"

#include "base/time.h"

enum { CLOCK_SLACK = 5 * MINUTES };   /* clients' clocks are not ours */

static void plan_profile(struct plan *p, struct findings *faults)
{
    const char *slug = p->wish->profile == NULL ? "web-server" : p->wish->profile;

    p->profile = profile_find(slug);
    if (p->profile == NULL)
        findings_add(faults, LEVEL_ERROR, "unknown-profile", "/profile", "there is no such profile: ask for web-server, client or web-server-and-client");
}

static enum err check_right(const struct plan *p, const struct actor *who, struct error *e)
{
    if (p->is_allowed)
        return ERR_NONE;
    if (p->held == NULL)
        return access_check(who, RIGHT_ISSUE, "*", NULL, e);
    return access_check(who, RIGHT_ISSUE, "authority", &p->held->view.id, e);
}

static enum err plan_issuer(struct plan *p, const struct roll *roll, const struct actor *who, struct error *e)
{
    enum err r;

    if (p->wish->is_self_signed)
        return check_right(p, who, e);
    if (id_is_none(&p->wish->issuer)) {
        r = roll_default(roll, &p->held, e);
    } else {
        r = roll_find(roll, &p->wish->issuer, &p->held, e);
        if (r)
            return fail_at(e, "/issuer", "there is no authority of that id");
    }
    if (r)
        return r;
    r = check_right(p, who, e);
    if (r)
        return r;
    return held_ready(p->held, p->now, e);
}

static enum err plan_request(struct plan *p, struct arena *a, struct findings *faults, struct error *e)
{
    enum err r;

    if (p->wish->csr.len == 0)
        return ERR_NONE;
    if (p->wish->is_self_signed) {
        findings_add(faults, LEVEL_ERROR, "self-signed-request", "/csr", "whoever has the key signs for itself: a request needs an authority");
        return ERR_NONE;
    }
    r = csr_parse(p->wish->csr, a, &p->csr, faults, e);
    if (r && e->field[0] == '\0')
        strcpy(e->field, "/csr");
    p->has_csr = r == ERR_NONE;
    return r;
}

static enum err plan_key_type(struct plan *p, struct findings *faults, struct error *e)
{
    struct spki lent;
    enum err r;

    if (p->lent_spki.len > 0 && !p->has_csr) {
        r = spki_parse(p->lent_spki, &lent, e);
        if (r)
            return r;
        p->key_type = lent.type;
        return ERR_NONE;
    }
    p->has_key = !p->has_csr;
    p->key_type = p->has_csr ? p->csr.key.type : p->wish->key_type == KEY_NONE ? KEY_EC_P256 : p->wish->key_type;
    if (p->has_key && !key_type_is_made(p->key_type))
        findings_add(faults, LEVEL_ERROR, "unknown-key-type", "/key/type", "a key made here is ec-p256, ec-p384, ed25519, rsa-2048, rsa-3072 or rsa-4096");
    else if (p->profile != NULL && (p->profile->key_types & 1u << p->key_type) == 0)
        findings_add(faults, LEVEL_ERROR, "key-type-not-allowed", p->has_csr ? "/csr" : "/key/type", "the profile %s does not take keys of type %s",
                     p->profile->slug, key_type_text(p->key_type));
    return ERR_NONE;
}

/* Never beyond the issuer: what was asked for is refused with the largest that fits, a default is cut. */
static void plan_end(struct plan *p, int64_t days, struct findings *faults)
{
    int64_t end;

    p->tbs.not_after = p->tbs.not_before + days * DAYS - 1;
    if (p->held == NULL || p->tbs.not_after <= p->held->view.cert.not_after)
        return;
    end = p->held->view.cert.not_after;
    if (p->wish->valid_days != 0)
        findings_add(faults, LEVEL_ERROR, "beyond-issuer", "/valid_days", "\"%s\" itself ends before that: at most %lld days", p->held->view.name,
                     (long long)((end + 1 - p->tbs.not_before) / DAYS));
    p->tbs.not_after = end;
}

static void plan_times(struct plan *p, struct findings *faults)
{
    int64_t days = p->wish->valid_days;

    if (p->profile == NULL)
        return;
    if (days < 0 || days > p->profile->max_days) {
        findings_add(faults, LEVEL_ERROR, "too-long", "/valid_days", "from 1 to %u days for the profile %s", p->profile->max_days, p->profile->slug);
        return;
    }
    if (days == 0)
        days = p->days_otherwise > 0 && p->days_otherwise <= p->profile->max_days ? p->days_otherwise : p->profile->default_days;
    p->tbs.not_before = p->now - CLOCK_SLACK;
    if (p->held != NULL && p->held->view.cert.not_before > p->tbs.not_before)
        p->tbs.not_before = p->held->view.cert.not_before;
    plan_end(p, days, faults);
}

static enum err plan_key(struct ca *ca, struct plan *p, struct arena *a, struct error *e)
{
    struct key_spec spec = { .purpose = PURPOSE_SUBJECT, .type = p->key_type, .is_exportable = p->wish->is_exportable && !p->wish->is_server_key };
    struct spki spki = { 0 };
    enum err r;

    if (p->has_key) {
        spec.id = p->key_id = id_new();
        r = keeper_make(ca->keeper, &spec, a, &p->sealed, e);
        if (r)
            return r;
    }
    p->tbs.spki = p->has_key ? p->sealed.spki : p->has_csr ? p->csr.key.der : p->lent_spki;
    r = spki_parse(p->tbs.spki, &spki, e);
    if (r)
        return r;
    spki_identifier(&spki, p->tbs.ski);
    return ERR_NONE;
}

static bool is_rsa(enum key_type t)
{
    return t == KEY_RSA_2048 || t == KEY_RSA_3072 || t == KEY_RSA_4096 || t == KEY_RSA_OTHER;
}

static void plan_tbs(struct plan *p, struct arena *a)
{
    struct tbs *t = &p->tbs;

    serial_make(t->serial);
    t->subject = dn_build(a, NULL, p->common_name);
    t->names = p->names;
    t->path_len = -1;
    t->usage = p->profile->usage;
    if (is_rsa(p->key_type) && (p->profile->purposes & FOR_SERVER) != 0)
        t->usage |= USE_KEY_ENCIPHERMENT;     /* TLS 1.2 with RSA key exchange */
    t->purposes = p->profile->purposes;
    if (p->held == NULL) {
        t->issuer = t->subject;
        t->alg = sig_alg_for(p->key_type);
        return;
    }
    t->issuer = p->held->view.cert.subject;
    t->alg = p->held->alg;
    t->has_aki = true;
    memcpy(t->aki, p->held->ski, sizeof(t->aki));
    t->crl_url = p->held->crl_url;
    t->issuer_url = p->held->cer_url;
}

enum err ca_plan(struct ca *ca, const struct roll *roll, const struct actor *who, struct arena *a, struct findings *faults,
                 struct plan *p, struct error *e)
{
    enum err r;

    p->now = clock_now();
    plan_profile(p, faults);
    r = plan_issuer(p, roll, who, e);
    if (r)
        return r;
    r = plan_request(p, a, faults, e);
    if (r)
        return r;
    r = plan_key_type(p, faults, e);
    if (r)
        return r;
    plan_times(p, faults);
    ca_names(p->wish, p->has_csr ? &p->csr : NULL, a, faults, &p->names, &p->common_name);
    if (p->held == NULL && p->common_name == NULL && findings_count(faults, LEVEL_ERROR) == 0)
        findings_add(faults, LEVEL_ERROR, "no-common-name", "/dns_names", "a self-signed certificate needs a name of at most 64 characters: its issuer may not be empty");
    r = findings_fail(faults, e);
    if (r)
        return r;
    r = plan_key(ca, p, a, e);
    if (r)
        return r;
    plan_tbs(p, a);
    return ERR_NONE;
}
