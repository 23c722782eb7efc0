/* judge - a request held against policy: what was asked for, line by line, beside the certificate that would be signed. */
#include "base/text.h"
#include "base/time.h"
#include "ca/plan.h"
#include "ca/requests.h"
#include "pki/lint.h"

enum { LINES_MOST = 128 };

struct comparing {
    struct arena *arena;
    struct difference at[LINES_MOST];
    size_t len;
    struct detail *given;
    size_t given_len;
};

static const struct { const char *field, *why; } reasons[] = {
    { "Subject", "Of the subject only the common name is taken, and only where it is one of the names." },
    { "Subject Alternative Name", "Only DNS names and IP addresses are signed, as they stand here." },
    { "Key Usage", "The profile says what the key may do." },
    { "Enhanced Key Usage", "The profile says what the certificate is for." },
    { "Basic Constraints", "A request never makes an authority." },
    { "Subject Key Identifier", "Reckoned from the public key." },
    { "Authority Key Identifier", "The authority writes its own." },
    { "CRL Distribution Points", "The authority writes its own." },
    { "Authority Information Access", "The authority writes its own." },
    { "Issuer", "The authority that signs." },
    { "Valid from", "The validity is the authority's to give." },
    { "Valid to", "The validity is the authority's to give." },
};

static const char *why_of(const char *field, bool is_attribute)
{
    for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
        if (strcmp(reasons[i].field, field) == 0)
            return reasons[i].why;
    return is_attribute ? "An attribute of the request; read and left." : "This extension is not taken from a request.";
}

static const char *given_of(const struct comparing *c, const char *field)
{
    for (size_t i = 0; i < c->given_len; i++)
        if (strcmp(c->given[i].field, field) == 0)
            return c->given[i].value;
    return "";
}

static void compare(struct comparing *c, const char *field, const char *asked, bool is_attribute)
{
    const char *given = is_attribute ? "" : given_of(c, field);

    if (c->len < LINES_MOST)
        c->at[c->len++] = (struct difference){ field, asked, given, strcmp(asked, given) == 0 ? "" : why_of(field, is_attribute) };
}

static bool is_compared(const struct comparing *c, const char *field)
{
    for (size_t i = 0; i < c->len; i++)
        if (strcmp(c->at[i].field, field) == 0)
            return true;
    return false;
}

/* Subject and key first, then whatever the request says, then what the authority adds. */
static void compare_all(struct comparing *c, const struct csr *csr)
{
    static const char *const added[] = { "Subject Alternative Name", "Key Usage", "Enhanced Key Usage", "Issuer", "Valid from", "Valid to",
                                         "CRL Distribution Points", "Authority Information Access" };
    struct asked *asked;
    size_t len = csr_asked(csr, c->arena, &asked);

    compare(c, "Subject", csr->subject, false);
    compare(c, "Public key", given_of(c, "Public key"), false);
    for (size_t i = 0; i < len; i++)
        compare(c, asked[i].field, asked[i].value, asked[i].is_attribute);
    for (size_t i = 0; i < sizeof(added) / sizeof(*added); i++)
        if (!is_compared(c, added[i]) && given_of(c, added[i])[0] != '\0')
            compare(c, added[i], "", false);
}

/* The certificate as it would be, but for its signature and serial number. */
static enum err draft(const struct plan *plan, struct arena *a, struct findings *notes, struct cert *out, struct error *e)
{
    static const struct bytes unsigned_yet = { (const uint8_t *)"\0", 1 };
    struct findings found;
    struct bytes body;
    enum err r;

    findings_init(&found, a);
    r = tbs_build(&plan->tbs, a, &body, e);
    if (r == ERR_NONE)
        r = lint_tbs(body, a, &found, e);
    if (r)
        return r;
    for (size_t i = 0; i < found.len; i++)
        if (found.at[i].level != LEVEL_NOTE)
            findings_add(notes, found.at[i].level, found.at[i].rule, found.at[i].pointer, "%s", found.at[i].text);
    r = findings_fail(notes, e);
    return r ? r : cert_parse(signed_build(a, body, plan->tbs.alg, unsigned_yet), a, out, e);
}

enum err ca_request_judge(struct ca *ca, const struct actor *who, const struct wish *wish, struct arena *a, struct findings *notes,
                          struct judged *out, struct error *e)
{
    CLEANUP(roll_drop) struct roll *roll = held_roll(ca);
    struct comparing *c = arena_take(a, sizeof(*c));
    struct plan plan = { .wish = wish, .is_allowed = true };
    struct cert cert;
    enum err r;

    r = ca_plan(ca, roll, who, a, notes, &plan, e);
    if (r == ERR_NONE)
        r = draft(&plan, a, notes, &cert, e);
    if (r)
        return r;
    c->arena = a;
    c->given_len = cert_details(&cert, a, &c->given);
    compare_all(c, &plan.csr);

    *out = (struct judged){
        .profile = plan.profile, .names = plan.names, .common_name = plan.common_name, .issuer = plan.held->view.id,
        .issuer_name = arena_text(a, plan.held->view.name), .not_before = cert.not_before, .not_after = cert.not_after,
        .valid_days = (cert.not_after + 1 - cert.not_before) / DAYS, .differences = c->at, .differences_len = c->len,
    };
    return ERR_NONE;
}
