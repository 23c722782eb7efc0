#include "pki/der.h"
#include "pki/lint_rules.h"

#include "base/time.h"

static void check_serial(struct look *l)
{
    struct bytes s = l->frame->serial;

    mark_if(l, s.len > 20, RULE_SERIAL_LONG);
    mark_if(l, s.at[0] >= 0x80 || (s.len == 1 && s.at[0] == 0), RULE_SERIAL_POSITIVE);
    mark_if(l, s.len > 1 && ((s.at[0] == 0 && s.at[1] < 0x80) || (s.at[0] == 0xff && s.at[1] >= 0x80)), RULE_SERIAL_DER);
}

/* dates ------------------------------------------------------------------------------------------------- */

/* What is wrong with a date that the reader of dates does not take: the first reason in this order. */
static void blame_time(struct look *l, struct bytes content, bool is_utc)
{
    size_t full = is_utc ? 13 : 15;
    bool is_zulu = content.len > 0 && content.at[content.len - 1] == 'Z';

    if (memchr(content.at, '.', content.len) != NULL)
        mark(l, is_utc ? RULE_TIME_UNREADABLE : RULE_GENERALIZED_FRACTION);
    else if (!is_zulu)
        mark(l, is_utc ? RULE_UTC_ZULU : RULE_GENERALIZED_ZULU);
    else if (content.len == full - 2)
        mark(l, is_utc ? RULE_UTC_SECONDS : RULE_GENERALIZED_SECONDS);
    else
        mark(l, RULE_TIME_UNREADABLE);
}

static bool check_time(struct look *l, struct bytes whole, int64_t *at)
{
    static const int64_t year_2050 = INT64_C(2524608000), year_1950 = -INT64_C(631152000);
    struct der d = der_of(whole);
    bool is_utc = whole.at[0] == DER_UTC_TIME;
    struct bytes content;

    if (der_get_time(&d, at)) {
        mark_if(l, !is_utc && *at >= year_1950 && *at < year_2050, RULE_TIME_FORM);
        return true;
    }
    if (der_get(&d, whole.at[0], &content))
        blame_time(l, content, is_utc);
    return false;
}

static void check_validity(struct look *l)
{
    int64_t from, to;
    bool has_from = check_time(l, l->frame->not_before, &from), has_to = check_time(l, l->frame->not_after, &to);

    if (!has_from || !has_to)
        return;
    mark_if(l, to < from, RULE_VALIDITY);
    mark_if(l, l->is_sub_cert && to - from > 825 * (int64_t)DAYS, RULE_DAYS_825);
}

/* algorithms -------------------------------------------------------------------------------------------- */

static void check_algorithm(struct look *l)
{
    const struct frame *f = l->frame;

    mark_if(l, f->der.len > 0 && !bytes_equal(f->signature_algorithm, f->tbs_algorithm), RULE_SIG_MATCH);
    switch (sig_alg_read(f->tbs_algorithm)) {
    case SIG_WEAK:
        mark(l, RULE_SIG_SHA1);
        mark(l, RULE_SIG_UNSUPPORTED);
        break;
    case SIG_RSA_PSS:
        mark(l, RULE_SIG_PSS);
        break;
    case SIG_UNKNOWN:
        mark(l, RULE_SIG_UNSUPPORTED);
        break;
    default:
        break;
    }
}

/* extensions as a list ---------------------------------------------------------------------------------- */

static bool is_known(unsigned id)
{
    static const unsigned known[] = { EXT_DIRECTORY, EXT_SKI, EXT_USAGE, EXT_SAN, EXT_IAN, EXT_BASIC, EXT_CONSTRAINTS, EXT_POINTS, EXT_POLICIES,
                                      EXT_POLICY_MAP, EXT_AKI, EXT_POLICY_CONSTRAINTS, EXT_PURPOSES, EXT_FRESHEST, EXT_INHIBIT, EXT_AIA, EXT_SIA, EXT_FEATURES };

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (known[i] == id)
            return true;
    return false;
}

static void check_extensions(struct look *l)
{
    const struct frame *f = l->frame;
    struct bytes doubled;

    mark_if(l, ext_is_doubled(f->extensions, f->extensions_len, &doubled), RULE_DOUBLED);
    for (size_t i = 0; i < f->extensions_len; i++) {
        const struct extension *x = &f->extensions[i];
        unsigned id = ext_id(x->oid);

        mark_if(l, x->is_explicit || !ext_is_sound(id, x->value), RULE_EXT_DER);
        mark_if(l, x->is_critical && !is_known(id), RULE_EXT_UNKNOWN);
    }
}

void lint_frame(struct look *l)
{
    const struct frame *f = l->frame;

    mark_if(l, f->version != 2, RULE_VERSION);
    mark_if(l, f->extensions_len > 0 && f->version != 2, RULE_EXTENSIONS_V3);
    mark_if(l, f->has_unique && f->version == 0, RULE_UNIQUE_VERSION);
    mark_if(l, f->has_unique, RULE_UNIQUE);
    mark_if(l, f->issuer.len == 2, RULE_ISSUER_EMPTY);
    mark_if(l, l->is_ca && l->is_subject_empty, RULE_CA_SUBJECT_EMPTY);
    mark_if(l, l->is_subject_empty && look_ext(l, EXT_SAN) == NULL, RULE_SUBJECT_EMPTY);
    check_serial(l);
    check_validity(l);
    check_algorithm(l);
    check_extensions(l);
}
