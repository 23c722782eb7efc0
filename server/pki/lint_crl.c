/* lint_crl - a revocation list against RFC 5280, 5, and the profile of ours: complete lists, version 2, no deltas. */
#include "pki/crl.h"
#include "pki/der.h"
#include "pki/lint.h"

enum { NUMBER_LONGEST = 20 };   /* RFC 5280, 5.2.3 */

static const struct { unsigned id; bool must_be_critical, may_not_be_critical; const char *rule, *text; } criticality[] = {
    { EXT_AKI, false, true, "e_crl_authority_key_identifier_critical", "the authority key identifier is critical (RFC 5280, 5.2.1)" },
    { EXT_CRL_NUMBER, false, true, "e_crl_number_critical", "the number is critical (RFC 5280, 5.2.3)" },
    { EXT_DELTA, true, false, "e_crl_delta_not_critical", "the delta indicator is not critical (RFC 5280, 5.2.4)" },
    { EXT_IDP, true, false, "e_crl_issuing_distribution_point_not_critical", "the issuing distribution point is not critical (RFC 5280, 5.2.5)" },
    { EXT_FRESHEST, false, true, "e_crl_freshest_critical", "the freshest CRL is critical (RFC 5280, 5.2.6)" },
};
#define CRITICALITY (sizeof(criticality) / sizeof(*criticality))

static void check_extension(const struct extension *x, struct findings *out)
{
    unsigned id = ext_id(x->oid);

    for (size_t i = 0; i < CRITICALITY; i++) {
        if (criticality[i].id != id)
            continue;
        if ((x->is_critical && criticality[i].may_not_be_critical) || (!x->is_critical && criticality[i].must_be_critical))
            findings_add(out, LEVEL_ERROR, criticality[i].rule, "", "%s", criticality[i].text);
        return;
    }
    if (x->is_critical)
        findings_add(out, LEVEL_ERROR, "signet_crl_unknown_critical_extension", "", "a critical extension is one that readers do not know");
}

/* onlyContainsUserCerts, onlyContainsCACerts and onlyContainsAttributeCerts: one at most (RFC 5280, 5.2.5). */
static void check_idp(const struct extension *x, struct findings *out)
{
    unsigned only = 0;
    struct der in;

    if (x == NULL)
        return;
    if (!ext_sequence(x->value, &in) || der_end(&in)) {
        findings_add(out, LEVEL_ERROR, "e_crl_issuing_distribution_point_empty", "", "the issuing distribution point is empty or malformed (RFC 5280, 5.2.5)");
        return;
    }
    while (!der_end(&in)) {
        struct bytes content, whole;
        uint8_t tag;

        if (!der_next(&in, &tag, &content, &whole))
            break;
        only += (tag == DER_CONTEXT(1) || tag == DER_CONTEXT(2) || tag == DER_CONTEXT(5)) && content.len == 1 && content.at[0] != 0;
    }
    if (only > 1)
        findings_add(out, LEVEL_ERROR, "e_crl_issuing_distribution_point_scope", "", "the list is for users alone and for CAs alone at once (RFC 5280, 5.2.5)");
}

static void check_extensions(const struct crl *c, struct findings *out)
{
    for (size_t i = 0; i < c->extensions_len; i++)
        check_extension(&c->extensions[i], out);
    check_idp(ext_find(c->extensions, c->extensions_len, EXT_IDP), out);
    if (c->number.len == 0)
        findings_add(out, LEVEL_ERROR, "e_crl_number_missing", "", "the list has no number (RFC 5280, 5.2.3)");
    if (c->number.len > NUMBER_LONGEST || (c->number.len == NUMBER_LONGEST && c->number.at[0] >= 0x80))
        findings_add(out, LEVEL_ERROR, "e_crl_number_too_long", "", "the number is longer than 20 octets (RFC 5280, 5.2.3)");
    if (c->aki.len == 0)
        findings_add(out, LEVEL_ERROR, "e_crl_authority_key_identifier_missing", "", "the list has no authority key identifier (RFC 5280, 5.2.1)");
    if (ext_find(c->extensions, c->extensions_len, EXT_DELTA) != NULL || ext_find(c->extensions, c->extensions_len, EXT_FRESHEST) != NULL)
        findings_add(out, LEVEL_WARNING, "signet_crl_delta", "", "the list is a delta or has one: few clients follow it");
}

/* RFC 5280, 5.1.2.4: UTCTime to 2049. */
static bool form_is_wrong(struct bytes whole, int64_t at)
{
    static const int64_t year_2050 = INT64_C(2524608000);

    return whole.len > 0 && whole.at[0] == DER_TIME && at < year_2050;
}

static void check_times(const struct crl *c, struct findings *out)
{
    if (form_is_wrong(c->times[0], c->this_update) || form_is_wrong(c->times[1], c->next_update))
        findings_add(out, LEVEL_ERROR, "e_crl_time_form", "", "a date before 2050 is not a UTCTime (RFC 5280, 5.1.2.4)");
    if (c->times[1].len == 0)
        findings_add(out, LEVEL_ERROR, "e_crl_has_next_update", "", "the list does not say when the next one comes (RFC 5280, 5.1.2.5)");
    else if (c->next_update <= c->this_update)
        findings_add(out, LEVEL_ERROR, "e_crl_validity_not_positive", "", "the next list is due before this one was made");
}

static void check_lines(const struct crl *c, struct findings *out)
{
    bool is_delta = ext_find(c->extensions, c->extensions_len, EXT_DELTA) != NULL;
    bool has_form = false, has_zero = false, has_removal = false, has_unknown = false;
    struct der d = der_of(c->entries);
    struct crl_line line;

    while (!der_end(&d) && crl_next(&d, &line)) {
        has_form |= form_is_wrong(line.time, line.at);
        has_zero |= line.has_reason && line.reason == 0;
        has_removal |= line.reason == 8 && !is_delta;
        has_unknown |= line.has_unknown_critical;
    }
    if (c->has_list && c->entries_len == 0)
        findings_add(out, LEVEL_ERROR, "e_crl_revoked_certificates_empty", "", "the list of revoked certificates is there, but empty (RFC 5280, 5.1.2.6)");
    if (has_form)
        findings_add(out, LEVEL_ERROR, "e_crl_revocation_time_form", "", "a date of revocation before 2050 is not a UTCTime (RFC 5280, 5.1.2.4)");
    if (has_zero)
        findings_add(out, LEVEL_WARNING, "w_crl_reason_unspecified", "", "the reason \"unspecified\" is written out (RFC 5280, 5.3.1)");
    if (has_removal)
        findings_add(out, LEVEL_ERROR, "e_crl_reason_remove_in_complete_list", "", "the reason \"remove from CRL\" is only for deltas (RFC 5280, 5.3.1)");
    if (has_unknown)
        findings_add(out, LEVEL_ERROR, "signet_crl_unknown_critical_entry_extension", "", "a critical extension of an entry is one that readers do not know");
}

enum err lint_crl(struct bytes der, struct arena *a, struct findings *out, struct error *e)
{
    struct error why = { 0 };
    struct crl c = { 0 };

    (void)e;
    if (crl_parse(der, a, &c, &why) != ERR_NONE) {
        findings_add(out, LEVEL_ERROR, "crl-malformed", "", "%s", why.text);
        return ERR_NONE;
    }
    if (sig_alg_read(c.signature_algorithm) == SIG_WEAK)
        findings_add(out, LEVEL_ERROR, "e_signature_algorithm_not_supported", "", "the list is signed with SHA-1 or an even weaker digest");
    check_extensions(&c, out);
    check_times(&c, out);
    check_lines(&c, out);
    return ERR_NONE;
}
