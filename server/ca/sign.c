#include "ca/sign.h"

#include "base/detail.h"
#include "base/time.h"
#include "pki/crl.h"
#include "pki/lint.h"

static enum err note_stop(struct tx *tx, void *arg, struct error *e)
{
    static const struct id none;

    (void)e;
    tx_note(tx, "authority.lint-stopped", "authority", &none, arg);
    return ERR_NONE;
}

static enum err stop(struct ca *ca, const struct actor *who, const struct finding *fault, struct arena *a, struct error *e)
{
    char *detail = arena_printf(a, "{\"rule\":%s,\"detail\":%s}", detail_quote(a, fault->rule), detail_quote(a, fault->text));
    enum err r = store_write(ca->store, who, note_stop, detail, e);

    if (r)
        return r;
    return fail(e, ERR_INVALID, "what would be signed breaks the rule %s: %s", fault->rule, fault->text);
}

enum err sign_lint(struct ca *ca, const struct actor *who, struct bytes tbs, struct arena *a, struct findings *notes, struct error *e)
{
    struct findings found;
    enum err r;

    findings_init(&found, a);
    r = lint_tbs(tbs, a, &found, e);
    if (r)
        return r;
    for (size_t i = 0; i < found.len; i++) {
        const struct finding *f = &found.at[i];

        if (f->level == LEVEL_ERROR)
            return stop(ca, who, f, a, e);
        if (f->level == LEVEL_WARNING && notes != NULL)
            findings_add(notes, f->level, f->rule, f->pointer, "%s", f->text);
    }
    return ERR_NONE;
}

enum err sign_whole(struct ca *ca, const struct keeper_key *key, enum signed_shape shape, enum sig_alg alg, struct bytes tbs,
                    struct arena *a, struct bytes *out, struct error *e)
{
    struct bytes signature;
    enum err r;

    r = keeper_sign(ca->keeper, key, shape, tbs, a, &signature, e);
    if (r)
        return r;
    *out = signed_build(a, tbs, alg, signature);
    return ERR_NONE;
}

enum err sign_crl(struct ca *ca, const struct crl_wish *wish, int64_t now, struct arena *a, struct crl_row *out, struct error *e)
{
    struct crl_body body = { .alg = wish->alg, .issuer = wish->name, .this_update = now, .next_update = now + wish->days * DAYS };
    struct crl_row row = { .issuer = wish->authority };
    struct bytes tbs;
    enum err r;

    body.number = wish->last_number >= now ? wish->last_number + 1 : now;
    memcpy(body.aki, wish->ski, sizeof(body.aki));
    r = crl_build(&body, a, &tbs, e);
    if (r)
        return r;
    r = sign_whole(ca, wish->key, SHAPE_CRL, wish->alg, tbs, a, &row.body, e);
    if (r)
        return r;

    row.number = body.number;
    row.this_update = body.this_update;
    row.next_update = body.next_update;
    *out = row;
    return ERR_NONE;
}

int64_t sign_crl_days(struct ca *ca)
{
    return ca->settings == NULL ? 7 : settings_number(ca->settings, "authority.crl_days");
}
