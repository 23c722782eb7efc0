#include "identity/parts.h"

#include "base/time.h"
#include "pki/chain.h"

void step_add(struct steps *s, const char *name, const char *result, const char *text)
{
    if (s->len < STEPS_MAX)
        s->at[s->len++] = (struct swap_step){ name, result, text };
}

struct check {
    const struct showing *s;
    const struct names *names;
    const struct swap_wish *wish;
    struct arena *a;
    struct steps *steps;
    struct findings *faults;
};

static void refuse(const struct check *c, const char *step, const char *rule, const char *text)
{
    step_add(c->steps, step, "failed", text);
    findings_add(c->faults, LEVEL_ERROR, rule, "/certificate_id", "%s", text);
}

static void check_key(const struct check *c)
{
    struct blob_head head;

    if (c->s->key_blob.len == 0)
        return refuse(c, "key", "no-private-key", "There is no private key for it here. Choose another, or import it with its key.");
    if (!keeper_blob_head(c->s->key_blob, &head) || head.purpose != PURPOSE_SUBJECT)
        return refuse(c, "key", "wrong-key", "Its private key belongs to an authority and signs certificates only. Issue one for this server.");
    step_add(c->steps, "key", "ok", "The private key is here.");
}

static void check_dates(const struct check *c)
{
    int64_t now = clock_now();
    char when[TIME_TEXT];

    if (c->s->cert.not_after <= now) {
        time_text(c->s->cert.not_after, when);
        return refuse(c, "dates", "expired", arena_printf(c->a, "It expired on %s. Renew it first.", when));
    }
    if (c->s->cert.not_before > now) {
        time_text(c->s->cert.not_before, when);
        return refuse(c, "dates", "not-yet-valid", arena_printf(c->a, "It is valid from %s only. Check this server's clock.", when));
    }
    time_text(c->s->cert.not_after, when);
    step_add(c->steps, "dates", "ok", arena_printf(c->a, "Valid until %s.", when));
}

static void check_use(const struct check *c)
{
    const struct cert *cert = &c->s->cert;

    if (cert->has_purposes && (cert->purposes & (FOR_SERVER | FOR_ANY)) == 0)
        return refuse(c, "use", "not-for-servers", "Its purposes lack Server Authentication. Issue one with the profile web-server.");
    if (cert->has_usage && (cert->usage & (USE_DIGITAL_SIGNATURE | USE_KEY_ENCIPHERMENT)) == 0)
        return refuse(c, "use", "not-for-servers", "Its key usage lacks Digital Signature. Issue one with the profile web-server.");
    if (cert->is_ca)
        return refuse(c, "use", "not-for-servers", "It is the certificate of an authority. Issue one for this server.");
    step_add(c->steps, "use", "ok", "Meant for Server Authentication.");
}

/* Dates and purposes of the certificate itself were judged before its chain. */
static bool has_own_step(const struct finding *f)
{
    static const char *const rules[] = { "expired", "not-yet-valid", "wrong-purpose" };

    for (size_t n = 0; n < sizeof(rules) / sizeof(*rules); n++)
        if (strcmp(f->pointer, "/chain/0") == 0 && strcmp(f->rule, rules[n]) == 0)
            return true;
    return false;
}

/* The chain to a root that we hold; each link checked as a client would. */
static void check_chain(const struct check *c)
{
    struct findings found;
    struct cert *certs = arena_take(c->a, c->s->chain_len * sizeof(*certs));
    struct chain chain = { .is_complete = c->s->is_complete };
    struct error e;

    findings_init(&found, c->a);
    for (size_t n = 0; n < c->s->chain_len && n < sizeof(chain.at) / sizeof(*chain.at); n++) {
        if (cert_parse(c->s->chain[n], c->a, &certs[n], &e) != ERR_NONE)
            return refuse(c, "chain", "broken-chain", arena_printf(c->a, "Its chain cannot be read: %s", e.text));
        chain.at[chain.len++] = &certs[n];
    }
    if (c->s->is_complete) {
        chain_check(&chain, FOR_SERVER, NULL, clock_now(), &found);
        for (size_t n = 0; n < found.len; n++)
            if (found.at[n].level == LEVEL_ERROR && !has_own_step(&found.at[n]))
                return refuse(c, "chain", found.at[n].rule, found.at[n].text);
        return step_add(c->steps, "chain", "ok", arena_printf(c->a, "The chain of %zu leads to a trusted root.", chain.len));
    }
    if (c->wish->accept_untrusted)
        return step_add(c->steps, "chain", "warning", "The chain is not known here; accepted explicitly.");
    refuse(c, "chain", "untrusted", "Its chain does not lead to a root that is known here. Import the missing issuer, or accept it explicitly (untrusted).");
}

static bool covers(const struct cert *cert, const struct name *wanted)
{
    for (size_t n = 0; n < cert->names.len; n++)
        if (name_covers(&cert->names.at[n], wanted))
            return true;
    return false;
}

static void check_names(const struct check *c)
{
    const char *missing = "";
    size_t missed = 0;

    for (size_t n = 0; n < c->names->len; n++)
        if (!covers(&c->s->cert, &c->names->at[n])) {
            missing = arena_printf(c->a, "%s%s%s", missing, missed > 0 ? ", " : "", c->names->at[n].text);
            missed++;
        }
    if (missed == 0)
        return step_add(c->steps, "names", "ok", "It matches every name of this server.");
    if (c->wish->accept_name_mismatch)
        return step_add(c->steps, "names", "warning", arena_printf(c->a, "It does not match %.200s; accepted explicitly.", missing));
    refuse(c, "names", "name-mismatch", arena_printf(c->a, "It does not match %.120s. Issue one for these names, or accept it explicitly (name-mismatch).", missing));
}

void preflight(const struct showing *s, const struct names *names, const struct swap_wish *wish, struct arena *a, struct steps *steps, struct findings *faults)
{
    static void (*const checks[])(const struct check *) = { check_key, check_dates, check_use, check_chain, check_names };
    struct check c = { s, names, wish, a, steps, faults };

    for (size_t n = 0; n < sizeof(checks) / sizeof(*checks); n++)
        checks[n](&c);
}
