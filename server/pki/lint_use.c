#include "pki/lint_rules.h"

/* basic constraints ------------------------------------------------------------------------------------- */

static void check_basic(struct look *l, const struct extension *x)
{
    bool is_ca, has_path_len;
    int64_t path_len;

    if (x == NULL)
        return;
    mark_if(l, l->is_ca && !x->is_critical, RULE_BASIC_CRITICAL);
    mark_if(l, l->is_sub_cert && !x->is_critical, RULE_SUB_BASIC_CRITICAL);
    if (!ext_basic(x->value, &is_ca, &has_path_len, &path_len) || !has_path_len)
        return;
    mark_if(l, path_len < 0, RULE_PATH_LEN_NEGATIVE);
    mark_if(l, !is_ca || (l->usage & USE_CERT_SIGN) == 0, RULE_PATH_LEN_IMPROPER);
}

/* key usage --------------------------------------------------------------------------------------------- */

static void check_ca_usage(struct look *l, const struct extension *x)
{
    if (!l->is_ca)
        return;
    mark_if(l, x == NULL, RULE_CA_USAGE_MISSING);
    mark_if(l, x == NULL && l->is_self_issued, RULE_ROOT_USAGE);
    if (x == NULL)
        return;
    mark_if(l, !x->is_critical, RULE_CA_USAGE_CRITICAL);
    mark_if(l, !x->is_critical && l->is_self_issued, RULE_ROOT_USAGE_CRITICAL);
    mark_if(l, (l->usage & USE_CERT_SIGN) == 0, RULE_CA_CERT_SIGN);
    mark_if(l, (l->usage & USE_CRL_SIGN) == 0, RULE_CA_CRL_SIGN);
}

/* What the key can do at all. */
static void check_usage_of_key(struct look *l)
{
    static const uint32_t rsa = USE_DIGITAL_SIGNATURE | USE_NON_REPUDIATION | USE_KEY_ENCIPHERMENT | USE_DATA_ENCIPHERMENT;

    if (l->is_ca)
        return;
    if (l->key.modulus.len > 0)
        mark_if(l, (l->usage & ~rsa) != 0, RULE_USAGE_RSA);
    else if (l->key.type != KEY_NONE)
        mark_if(l, (l->usage & (USE_KEY_ENCIPHERMENT | USE_DATA_ENCIPHERMENT)) != 0, RULE_USAGE_EC);
}

static void check_usage(struct look *l, const struct extension *x)
{
    bool is_minimal;

    if (x != NULL && !ext_usage(x->value, &l->usage, &is_minimal))
        return;   /* told as malformed */
    check_ca_usage(l, x);
    if (x == NULL)
        return;
    mark_if(l, !is_minimal || l->usage > 0x1ff, RULE_USAGE_ENCODING);
    mark_if(l, l->usage == 0, RULE_USAGE_NO_BITS);
    mark_if(l, !x->is_critical, RULE_USAGE_CRITICAL);
    mark_if(l, !l->is_ca && (l->usage & USE_CERT_SIGN) != 0, RULE_USAGE_SIGN_NO_CA);
    mark_if(l, l->is_sub_cert && (l->usage & USE_CERT_SIGN) != 0, RULE_SUB_CERT_SIGN);
    mark_if(l, l->is_sub_cert && (l->usage & USE_CRL_SIGN) != 0, RULE_SUB_CRL_SIGN);
    check_usage_of_key(l);
}

/* purposes ---------------------------------------------------------------------------------------------- */

/* RFC 5280, 4.2.1.12: which bits may be consistent with each purpose. */
static const struct { uint32_t purpose, usage; } consistent[] = {
    { FOR_SERVER, USE_DIGITAL_SIGNATURE | USE_KEY_ENCIPHERMENT | USE_KEY_AGREEMENT },
    { FOR_CLIENT, USE_DIGITAL_SIGNATURE | USE_KEY_AGREEMENT },
    { FOR_CODE, USE_DIGITAL_SIGNATURE },
    { FOR_EMAIL, USE_DIGITAL_SIGNATURE | USE_NON_REPUDIATION | USE_KEY_ENCIPHERMENT | USE_KEY_AGREEMENT },
    { FOR_OCSP, USE_DIGITAL_SIGNATURE | USE_NON_REPUDIATION },
    { FOR_ANY | FOR_OTHER, UINT32_MAX },
};

static void check_consistency(struct look *l)
{
    uint32_t allowed = 0;

    for (size_t i = 0; i < sizeof(consistent) / sizeof(*consistent); i++)
        if (l->purposes & consistent[i].purpose)
            allowed |= consistent[i].usage;
    mark_if(l, l->usage != 0 && (l->usage & allowed) == 0, RULE_USAGE_INCONSISTENT);
}

static void check_purposes(struct look *l, const struct extension *x)
{
    mark_if(l, x == NULL && l->is_sub_cert, RULE_SUB_PURPOSES_MISSING);
    mark_if(l, x != NULL && l->is_ca && l->is_self_issued, RULE_ROOT_PURPOSES);
    mark_if(l, x != NULL && l->is_sub_ca && x->is_critical, RULE_SUB_CA_PURPOSES_CRITICAL);
    if (x == NULL || !ext_purposes(x->value, &l->purposes))
        return;
    mark_if(l, x->is_critical && (l->purposes & FOR_ANY) != 0, RULE_PURPOSES_CRITICAL_ANY);
    if (!l->is_ca)
        check_consistency(l);
}

/* identifiers ------------------------------------------------------------------------------------------- */

static void check_identifiers(struct look *l, const struct extension *ski, const struct extension *aki)
{
    struct ext_aki id;

    mark_if(l, ski == NULL && l->is_ca, RULE_CA_SKI_MISSING);
    mark_if(l, ski == NULL && !l->is_ca, RULE_SUB_SKI_MISSING);
    mark_if(l, ski != NULL && ski->is_critical, RULE_SKI_CRITICAL);
    mark_if(l, aki == NULL && !l->is_self_issued, RULE_AKI_MISSING);
    if (aki == NULL)
        return;
    mark_if(l, aki->is_critical, RULE_AKI_CRITICAL);
    mark_if(l, ext_aki(aki->value, &id) && !id.has_id, RULE_AKI_NO_ID);
}

void lint_use(struct look *l)
{
    check_usage(l, look_ext(l, EXT_USAGE));
    check_basic(l, look_ext(l, EXT_BASIC));
    check_purposes(l, look_ext(l, EXT_PURPOSES));
    check_identifiers(l, look_ext(l, EXT_SKI), look_ext(l, EXT_AKI));
}
