#include "pki/ext.h"

#include "pki/cert.h"

static const uint8_t id_ad_ocsp[] = { 0x2b, 6, 1, 5, 5, 7, 0x30, 1 }, id_ad_ca_issuers[] = { 0x2b, 6, 1, 5, 5, 7, 0x30, 2 };
const struct bytes ext_oid_ocsp = { id_ad_ocsp, sizeof(id_ad_ocsp) };
const struct bytes ext_oid_ca_issuers = { id_ad_ca_issuers, sizeof(id_ad_ca_issuers) };

unsigned ext_id(struct bytes oid)
{
    static const uint8_t id_pe[] = { 0x2b, 6, 1, 5, 5, 7, 1 };

    if (oid.len == 3 && oid.at[0] == 0x55 && oid.at[1] == 0x1d && oid.at[2] < 0x80)
        return oid.at[2];
    if (oid.len == 8 && memcmp(oid.at, id_pe, sizeof(id_pe)) == 0 && oid.at[7] < 0x80)
        return 0x100u + oid.at[7];
    return EXT_OTHER;
}

/* lists of extensions ----------------------------------------------------------------------------------- */

static bool read_one(struct der *d, struct extension *out)
{
    struct der in;
    uint8_t tag;

    *out = (struct extension){ 0 };
    if (!der_enter(d, DER_SEQUENCE, &in) || !der_get_oid(&in, &out->oid))
        return false;
    if (der_peek(&in, &tag) && tag == DER_BOOLEAN) {
        if (!der_get_bool(&in, &out->is_critical))
            return false;
        out->is_explicit = !out->is_critical;
    }
    return der_get(&in, DER_OCTET_STRING, &out->value) && der_end(&in);
}

bool ext_list(struct der *d, struct arena *a, struct extension **out, size_t *len)
{
    struct extension at[EXT_MOST];
    struct der list;
    size_t n = 0;

    if (!der_enter(d, DER_SEQUENCE, &list) || der_end(&list))
        return false;
    while (!der_end(&list)) {
        if (n == EXT_MOST || !read_one(&list, &at[n]))
            return false;
        n++;
    }
    *out = arena_copy(a, at, n * sizeof(*at));
    *len = n;
    return true;
}

const struct extension *ext_find(const struct extension *at, size_t len, unsigned id)
{
    for (size_t i = 0; i < len; i++)
        if (ext_id(at[i].oid) == id)
            return &at[i];
    return NULL;
}

bool ext_is_doubled(const struct extension *at, size_t len, struct bytes *which)
{
    for (size_t i = 1; i < len; i++)
        for (size_t k = 0; k < i; k++)
            if (bytes_equal(at[i].oid, at[k].oid)) {
                *which = at[i].oid;
                return true;
            }
    return false;
}

/* names ------------------------------------------------------------------------------------------------- */

static bool is_name(struct bytes name)
{
    struct der d = der_of(name), rdns, set, pair;
    struct bytes oid, content, whole;
    uint8_t tag;

    if (!der_enter(&d, DER_SEQUENCE, &rdns) || !der_end(&d))
        return false;
    while (!der_end(&rdns)) {
        if (!der_enter(&rdns, DER_SET, &set) || der_end(&set))
            return false;
        while (!der_end(&set))
            if (!der_enter(&set, DER_SEQUENCE, &pair) || !der_get_oid(&pair, &oid) ||
                !der_next(&pair, &tag, &content, &whole) || !der_end(&pair))
                return false;
    }
    return true;
}

static bool is_other_name(struct bytes content)
{
    struct der d = der_of(content), in;
    struct bytes oid, value, whole;
    uint8_t tag;

    return der_get_oid(&d, &oid) && der_enter(&d, DER_CONTEXT_CONS(0), &in) && der_end(&d) &&
           der_next(&in, &tag, &value, &whole) && der_end(&in);
}

static bool is_oid(struct bytes content)
{
    uint8_t room[130];
    struct der d = der_of(bytes_of(room, content.len + 2));
    struct bytes oid;

    if (content.len > 127)
        return false;
    room[0] = DER_OID;
    room[1] = (uint8_t)content.len;
    if (content.len > 0)
        memcpy(room + 2, content.at, content.len);
    return der_get_oid(&d, &oid);
}

static bool general_is_fine(const struct general *g, bool is_cons)
{
    switch (g->kind) {
    case GENERAL_OTHER:
        return is_cons && is_other_name(g->content);
    case GENERAL_DIRECTORY:
        return is_cons && is_name(g->content);
    case GENERAL_X400:
    case GENERAL_EDI:
        return is_cons && g->content.len > 0;
    case GENERAL_OID:
        return !is_cons && is_oid(g->content);
    default:
        return !is_cons && g->kind < GENERAL_OID;
    }
}

bool ext_general(struct der *d, struct general *out)
{
    struct bytes whole;
    uint8_t tag;

    if (!der_next(d, &tag, &out->content, &whole) || (tag & 0xc0) != 0x80)
        return false;
    out->kind = tag & 0x1f;
    return general_is_fine(out, (tag & 0x20) != 0);
}

static bool all_general(struct der d)
{
    struct general g;

    while (!der_end(&d))
        if (!ext_general(&d, &g))
            return false;
    return true;
}

bool ext_sequence(struct bytes value, struct der *out)
{
    struct der d = der_of(value);

    return der_enter(&d, DER_SEQUENCE, out) && der_end(&d);
}

bool ext_generals(struct bytes value, struct der *out)
{
    return ext_sequence(value, out) && all_general(*out);
}

/* keys and their use ------------------------------------------------------------------------------------ */

bool ext_basic(struct bytes value, bool *is_ca, bool *has_path_len, int64_t *path_len)
{
    struct der in;
    uint8_t tag;

    *is_ca = *has_path_len = false;
    *path_len = 0;
    if (!ext_sequence(value, &in))
        return false;
    if (der_peek(&in, &tag) && tag == DER_BOOLEAN && !der_get_bool(&in, is_ca))
        return false;
    if (der_peek(&in, &tag) && tag == DER_INTEGER) {
        *has_path_len = true;
        if (!der_get_int(&in, path_len))
            return false;
    }
    return der_end(&in);
}

bool ext_usage(struct bytes value, uint32_t *bits, bool *is_minimal)
{
    struct der d = der_of(value);
    struct bytes octets;
    unsigned unused;

    if (!der_get_bits(&d, &octets, &unused) || !der_end(&d) || octets.len > 4)
        return false;
    *bits = 0;
    for (unsigned i = 0; i < octets.len * 8; i++)
        if (octets.at[i / 8] >> (7 - i % 8) & 1)
            *bits |= UINT32_C(1) << i;
    /* A named bit list ends with a one: X.690, 11.2.2. */
    *is_minimal = octets.len == 0 || (octets.at[octets.len - 1] >> unused & 1) != 0;
    return true;
}

static uint32_t purpose_of(struct bytes oid)
{
    static const uint8_t id_kp[] = { 0x2b, 6, 1, 5, 5, 7, 3 }, any[] = { 0x55, 0x1d, 0x25, 0 };
    static const uint32_t by_arc[10] = { [1] = FOR_SERVER, [2] = FOR_CLIENT, [3] = FOR_CODE, [4] = FOR_EMAIL, [9] = FOR_OCSP };

    if (bytes_equal(oid, bytes_of(any, sizeof(any))))
        return FOR_ANY;
    if (oid.len != 8 || memcmp(oid.at, id_kp, sizeof(id_kp)) != 0 || oid.at[7] > 9 || by_arc[oid.at[7]] == 0)
        return FOR_OTHER;
    return by_arc[oid.at[7]];
}

bool ext_purposes(struct bytes value, uint32_t *purposes)
{
    struct bytes oid;
    struct der in;

    *purposes = 0;
    if (!ext_sequence(value, &in) || der_end(&in))
        return false;
    while (!der_end(&in)) {
        if (!der_get_oid(&in, &oid))
            return false;
        *purposes |= purpose_of(oid);
    }
    return true;
}

bool ext_ski(struct bytes value, struct bytes *id)
{
    struct der d = der_of(value);

    return der_get(&d, DER_OCTET_STRING, id) && der_end(&d);
}

bool ext_aki(struct bytes value, struct ext_aki *out)
{
    struct bytes serial;
    struct der in, names;
    uint8_t tag;

    *out = (struct ext_aki){ 0 };
    if (!ext_sequence(value, &in))
        return false;
    if (der_peek(&in, &tag) && tag == DER_CONTEXT(0)) {
        out->has_id = true;
        if (!der_get(&in, DER_CONTEXT(0), &out->id))
            return false;
    }
    if (!der_optional(&in, DER_CONTEXT_CONS(1), &names, &out->has_issuer) || (out->has_issuer && !all_general(names)))
        return false;
    if (der_peek(&in, &tag) && tag == DER_CONTEXT(2)) {
        out->has_serial = true;
        if (!der_get(&in, DER_CONTEXT(2), &serial) || serial.len == 0)
            return false;
    }
    return der_end(&in);
}

/* places ------------------------------------------------------------------------------------------------ */

/* DistributionPointName; the first URI of a full name is what people and fetchers use. */
static bool read_point_name(struct der in, struct ext_point *out)
{
    struct bytes relative;
    struct general g;
    struct der full;
    uint8_t tag;

    if (!der_peek(&in, &tag) || tag != DER_CONTEXT_CONS(0))
        return der_get(&in, DER_CONTEXT_CONS(1), &relative) && der_end(&in);
    if (!der_enter(&in, DER_CONTEXT_CONS(0), &full) || !der_end(&in) || !all_general(full))
        return false;
    while (!der_end(&full) && ext_general(&full, &g))
        if (g.kind == GENERAL_URI && out->uri.len == 0)
            out->uri = g.content;
    return true;
}

bool ext_point(struct der *d, struct ext_point *out)
{
    struct bytes reasons;
    struct der in, name, issuer;
    uint8_t tag;

    *out = (struct ext_point){ 0 };
    if (!der_enter(d, DER_SEQUENCE, &in) || !der_optional(&in, DER_CONTEXT_CONS(0), &name, &out->has_name))
        return false;
    if (out->has_name && !read_point_name(name, out))
        return false;
    if (der_peek(&in, &tag) && tag == DER_CONTEXT(1)) {
        out->has_reasons = true;
        if (!der_get(&in, DER_CONTEXT(1), &reasons) || reasons.len < 1)
            return false;
    }
    return der_optional(&in, DER_CONTEXT_CONS(2), &issuer, &out->has_issuer) && der_end(&in) &&
           (!out->has_issuer || all_general(issuer));
}

bool ext_points(struct bytes value, struct der *out)
{
    struct ext_point p;
    struct der d;

    if (!ext_sequence(value, out))
        return false;
    for (d = *out; !der_end(&d); )
        if (!ext_point(&d, &p))
            return false;
    return true;
}

bool ext_access(struct der *d, struct ext_access *out)
{
    struct der in;

    return der_enter(d, DER_SEQUENCE, &in) && der_get_oid(&in, &out->method) && ext_general(&in, &out->at) && der_end(&in);
}

bool ext_accesses(struct bytes value, struct der *out)
{
    struct ext_access access;
    struct der d;

    if (!ext_sequence(value, out) || der_end(out))
        return false;
    for (d = *out; !der_end(&d); )
        if (!ext_access(&d, &access))
            return false;
    return true;
}

/* ------------------------------------------------------------------------------------------------------- */

static bool key_extension_is_sound(unsigned id, struct bytes value)
{
    struct ext_aki aki;
    struct bytes ski;
    uint32_t bits;
    int64_t path_len;
    bool one, two;

    switch (id) {
    case EXT_BASIC:
        return ext_basic(value, &one, &two, &path_len);
    case EXT_USAGE:
        return ext_usage(value, &bits, &one);
    case EXT_PURPOSES:
        return ext_purposes(value, &bits);
    case EXT_SKI:
        return ext_ski(value, &ski);
    case EXT_AKI:
        return ext_aki(value, &aki);
    default:
        return true;
    }
}

bool ext_is_sound(unsigned id, struct bytes value)
{
    struct der one, two;
    bool is_empty;

    switch (id) {
    case EXT_SAN:
    case EXT_IAN:
        return ext_generals(value, &one);
    case EXT_CONSTRAINTS:
        return ext_constraints(value, &one, &two);
    case EXT_POLICIES:
        return ext_policies(value, &one);
    case EXT_POLICY_MAP:
        return ext_policy_maps(value, &one);
    case EXT_POLICY_CONSTRAINTS:
        return ext_policy_constraints(value, &is_empty);
    case EXT_INHIBIT:
        return ext_inhibit(value);
    case EXT_POINTS:
    case EXT_FRESHEST:
        return ext_points(value, &one);
    case EXT_AIA:
    case EXT_SIA:
        return ext_accesses(value, &one);
    default:
        return key_extension_is_sound(id, value);
    }
}
