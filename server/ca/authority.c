/* authority - making one: a key that is never exported, its certificate, and its first revocation list, in one act. */
#include <ctype.h>

#include "base/detail.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/time.h"
#include "ca/sign.h"
#include "store/authorities.h"
#include "store/issuers.h"
#include "store/keys.h"

enum { CLOCK_SLACK = 5 * MINUTES, YEARS_MAX = 40, ROOT_YEARS = 10, ISSUING_YEARS = 5 };

struct making {
    const struct authority_wish *wish;
    const struct held *parent;         /* NULL: a root */
    struct id id;
    int64_t now, not_before, not_after;
    int path_len;
    struct sealed_key sealed;
    struct keeper_key *key;
    struct tbs tbs;
    struct bytes der;
    /* what is recorded */
    struct key_row key_row;
    struct issuer_row issuer_row;
    struct version_add version;
    struct authority_row row;
    struct crl_row crl;
    const char *detail, *location;
};

static void making_done(struct making *m)
{
    keeper_key_unref(m->key);
}

/* RFC 5280, A.1: ub-common-name and ub-organization-name are 64 characters. */
static enum err check_text(const char *text, const char *pointer, struct error *e)
{
    size_t len = strlen(text), characters = 0;

    for (size_t i = 0; i < len; i++)
        characters += ((unsigned char)text[i] & 0xc0) != 0x80;
    if (len == 0 || !text_is_clean(bytes_text(text)))
        return fail_at(e, pointer, "must be text without control characters");
    if (characters > 64)
        return fail_at(e, pointer, "must be at most 64 characters: X.509 takes no more");
    if (isspace((unsigned char)text[0]) || isspace((unsigned char)text[len - 1]))
        return fail_at(e, pointer, "must not begin or end with a space");
    return ERR_NONE;
}

static enum err check_wish(const struct authority_wish *wish, struct error *e)
{
    enum err r;

    r = check_text(wish->name == NULL ? "" : wish->name, "/name", e);
    if (r)
        return r;
    if (wish->organization != NULL && wish->organization[0] != '\0') {
        r = check_text(wish->organization, "/organization", e);
        if (r)
            return r;
    }
    if (wish->key_type != KEY_NONE && !key_type_is_made(wish->key_type))
        return fail_at(e, "/key_type", "an authority's key is ec-p256, ec-p384, ed25519, rsa-2048, rsa-3072 or rsa-4096");
    if (wish->years > YEARS_MAX)
        return fail_at(e, "/years", "at most %d years", YEARS_MAX);
    if (wish->path_len > 8)
        return fail_at(e, "/path_len", "at most 8, or left out");
    return ERR_NONE;
}

static int64_t add_years(int64_t at, unsigned years)
{
    int year, month, day, hour, minute, second;
    int64_t out;

    time_to_utc(at, &year, &month, &day, &hour, &minute, &second);
    if (!time_from_utc(year + (int)years, month, day, hour, minute, second, &out))
        (void)!time_from_utc(year + (int)years, month, 28, hour, minute, second, &out);   /* 29 February */
    return out;
}

/* The same number of years as the parent, asked for right after it, is meant: a day over is cut. More is refused. */
static enum err plan_times(struct making *m, struct error *e)
{
    unsigned years = m->wish->years;
    int64_t end;

    if (years == 0)
        years = m->parent == NULL ? ROOT_YEARS : ISSUING_YEARS;
    m->now = clock_now();
    m->not_before = m->now - CLOCK_SLACK;
    if (m->parent != NULL && m->parent->view.cert.not_before > m->not_before)
        m->not_before = m->parent->view.cert.not_before;
    m->not_after = add_years(m->not_before, years) - 1;
    if (m->parent == NULL)
        return ERR_NONE;

    end = m->parent->view.cert.not_after;
    if (m->wish->years != 0 && m->not_after > end + DAYS)
        return fail_at(e, "/years", "\"%s\" itself ends before that: at most %lld years", m->parent->view.name,
                       (long long)((end - m->not_before) / (365 * DAYS)));
    if (m->not_after > end)
        m->not_after = end;
    return ERR_NONE;
}

static enum err plan_depth(struct making *m, struct error *e)
{
    int above = m->parent == NULL ? -1 : m->parent->view.cert.path_len;

    m->path_len = m->wish->path_len >= 0 ? m->wish->path_len : m->parent == NULL ? -1 : 0;
    if (m->parent == NULL)
        return ERR_NONE;
    if (above == 0)
        return fail_at(e, "/parent_id", "\"%s\" may sign no authorities: take its root", m->parent->view.name);
    if (above > 0 && m->path_len >= above)
        return fail_at(e, "/path_len", "must be less than that of \"%s\": at most %d", m->parent->view.name, above - 1);
    return ERR_NONE;
}

static enum err make_key(struct ca *ca, struct making *m, struct arena *a, struct error *e)
{
    struct key_spec spec = { .purpose = PURPOSE_CA, .type = m->wish->key_type == KEY_NONE ? KEY_EC_P256 : m->wish->key_type,
                             .id = id_new(), .name = m->tbs.subject, .may_make_cas = m->path_len != 0, .path_len = m->path_len,
                             .not_after = m->not_after };
    enum err r;

    r = keeper_make(ca->keeper, &spec, a, &m->sealed, e);
    if (r)
        return r;
    m->key_row = (struct key_row){ .id = spec.id, .purpose = "ca", .type = key_type_text(spec.type), .spki = m->sealed.spki,
                                   .blob = m->sealed.blob, .kek = m->sealed.kek, .origin = "made", .created_at = m->now };
    return keeper_load(ca->keeper, m->sealed.blob, &m->key, e);
}

static enum err make_certificate(struct ca *ca, const struct actor *who, struct making *m, struct arena *a, struct error *e)
{
    const struct held *signer = m->parent;
    struct tbs *tbs = &m->tbs;
    struct spki spki;
    struct bytes body;
    enum err r;

    r = spki_parse(m->sealed.spki, &spki, e);
    if (r)
        return r;
    serial_make(tbs->serial);
    tbs->alg = signer == NULL ? sig_alg_for(keeper_key_type(m->key)) : signer->alg;
    tbs->issuer = signer == NULL ? tbs->subject : signer->view.cert.subject;
    tbs->not_before = m->not_before;
    tbs->not_after = m->not_after;
    tbs->spki = m->sealed.spki;
    tbs->is_ca = true;
    tbs->path_len = m->path_len;
    tbs->usage = USE_CERT_SIGN | USE_CRL_SIGN;
    spki_identifier(&spki, tbs->ski);
    if (signer != NULL) {
        tbs->has_aki = true;
        memcpy(tbs->aki, signer->ski, sizeof(tbs->aki));
        tbs->crl_url = signer->crl_url;
        tbs->issuer_url = signer->cer_url;
    }

    r = tbs_build(tbs, a, &body, e);
    if (r)
        return r;
    r = sign_lint(ca, who, body, a, NULL, e);
    if (r)
        return r;
    return sign_whole(ca, signer == NULL ? m->key : signer->key, SHAPE_CERTIFICATE, tbs->alg, body, a, &m->der, e);
}

static enum err make_list(struct ca *ca, struct making *m, struct arena *a, struct error *e)
{
    struct crl_wish wish = { .authority = m->id, .name = m->tbs.subject, .ski = m->tbs.ski, .key = m->key,
                             .alg = sig_alg_for(keeper_key_type(m->key)), .days = sign_crl_days(ca) };

    return sign_crl(ca, &wish, m->now, a, &m->crl, e);
}

/* Letters and digits of the name with hyphens between; names without any are told apart by their id. */
static const char *slug_of(const struct making *m, struct arena *a)
{
    const char *name = m->wish->name;
    char *slug = arena_take(a, strlen(name) + ID_TEXT);
    size_t len = 0;

    for (; *name != '\0'; name++) {
        if (isalnum((unsigned char)*name) && (unsigned char)*name < 0x80)
            slug[len++] = (char)tolower((unsigned char)*name);
        else if (len > 0 && slug[len - 1] != '-')
            slug[len++] = '-';
    }
    while (len > 0 && slug[len - 1] == '-')
        slug[--len] = '\0';
    if (len == 0)
        id_text(&m->id, slug);
    return slug;
}

static enum err plan_rows(struct ca *ca, const struct actor *who, struct making *m, const char *url, struct arena *a, struct error *e)
{
    char id[ID_TEXT];
    enum err r;

    r = cert_parse(m->der, a, &m->version.cert, e);
    if (r)
        return r;
    id_text(&m->id, id);
    m->issuer_row = (struct issuer_row){ .id = m->id, .name = m->tbs.subject, .key_identifier = bytes_of(m->tbs.ski, sizeof(m->tbs.ski)),
                                         .label = m->wish->name };
    m->version.certificate = id_new();
    m->version.is_new = true;
    m->version.label = m->wish->name;
    m->version.store = m->parent == NULL ? "root" : "intermediate";
    m->version.source = "authority";
    m->version.profile = "";
    m->version.issuer = m->parent == NULL ? m->id : m->parent->view.id;
    m->version.is_issued = true;
    m->version.key = m->key_row.id;
    m->version.requested_by = who->id;
    m->version.flags = VERSION_AUTHORITY;
    m->row = (struct authority_row){ .id = m->id, .parent = m->parent == NULL ? (struct id){ { 0 } } : m->parent->view.id,
                                     .key = m->key_row.id, .slug = slug_of(m, a), .state = "active", .public_url = url,
                                     .crl_days = sign_crl_days(ca), .created_at = m->now, .certificate = m->version.certificate };
    m->detail = arena_printf(a, "{\"name\":%s,\"kind\":\"%s\",\"key_type\":\"%s\"}", detail_quote(a, m->wish->name),
                             m->parent == NULL ? "root" : "issuing", m->key_row.type);
    m->location = arena_printf(a, "/api/v1/authorities/%s", id);
    return ERR_NONE;
}

static enum err add_authority(struct tx *tx, struct making *m, struct error *e)
{
    enum err r = store_authority_add(tx, &m->row, e);

    if (r != ERR_CONFLICT)
        return r;
    fail_at(e, "/name", "there is an authority of that name: choose another");
    e->code = ERR_CONFLICT;
    return ERR_CONFLICT;
}

/* On the writer: all of it or nothing. */
static enum err record(struct tx *tx, void *arg, struct error *e)
{
    struct making *m = arg;
    int number = 0;
    enum err r;

    if (m->parent != NULL) {
        r = store_authority_still(tx, &m->parent->view.id, m->parent->version, e);
        if (r)
            return r;
    }
    r = store_issuer_add(tx, &m->issuer_row, e);
    if (r)
        return r;
    r = store_key_add(tx, &m->key_row, e);
    if (r)
        return r;
    r = inventory_add_version(tx, &m->version, &m->row.certificate_n, &number, e);
    if (r)
        return r;
    r = add_authority(tx, m, e);
    if (r)
        return r;
    r = store_crl_add(tx, &m->crl, e);
    if (r)
        return r;
    tx_note(tx, "authority.made", "authority", &m->id, m->detail);
    tx_made(tx, m->location, 201);
    fault_point("authority.recorded");
    return ERR_NONE;
}

static enum err make(struct ca *ca, const struct actor *who, struct making *m, struct arena *a, struct error *e)
{
    const char *url = held_public_url(ca, a);
    enum err r;

    if (url[0] == '\0')
        return fail(e, ERR_CONFLICT, "this server's public HTTP address is not set: certificates carry it, so name it first");
    r = plan_depth(m, e);
    if (r)
        return r;
    r = plan_times(m, e);
    if (r)
        return r;
    m->id = id_new();
    m->tbs.subject = dn_build(a, m->wish->organization, m->wish->name);
    r = make_key(ca, m, a, e);
    if (r)
        return r;
    r = make_certificate(ca, who, m, a, e);
    if (r)
        return r;
    r = make_list(ca, m, a, e);
    if (r)
        return r;
    r = plan_rows(ca, who, m, url, a, e);
    if (r)
        return r;
    fault_point("authority.signed");
    r = store_write(ca->store, who, record, m, e);
    if (r)
        return r;
    fault_point("authority.committed");
    return held_reload(ca, e);
}

enum err ca_authority_make(struct ca *ca, const struct actor *who, const struct authority_wish *wish, struct arena *a,
                           struct authority *out, struct error *e)
{
    CLEANUP(roll_drop) struct roll *roll = held_roll(ca);
    CLEANUP(making_done) struct making m = { .wish = wish };
    enum err r;

    r = access_check(who, RIGHT_AUTHORITY, "*", NULL, e);
    if (r)
        return r;
    r = check_wish(wish, e);
    if (r)
        return r;
    if (!id_is_none(&wish->parent)) {
        r = roll_find(roll, &wish->parent, &m.parent, e);
        if (r)
            return fail_at(e, "/parent_id", "there is no authority of that id");
        r = held_ready(m.parent, clock_now(), e);
        if (r)
            return r;
    }
    r = make(ca, who, &m, a, e);
    if (r)
        return r;
    return ca_authority(ca, &m.id, a, out, e);
}

/* Everything that the caller sees lives in its arena: the roll may go at any time. */
static enum err copy_out(const struct authority *from, struct arena *a, struct authority *out, struct error *e)
{
    struct authority copy = *from;
    enum err r;

    copy.name = arena_text(a, from->name);
    copy.state = arena_text(a, from->state);
    copy.public_url = arena_text(a, from->public_url);
    copy.der = arena_bytes(a, from->der);
    r = cert_parse(copy.der, a, &copy.cert, e);
    if (r)
        return r;
    *out = copy;
    return ERR_NONE;
}

enum err ca_authority(struct ca *ca, const struct id *id, struct arena *a, struct authority *out, struct error *e)
{
    CLEANUP(roll_drop) struct roll *roll = held_roll(ca);
    const struct held *held = NULL;
    enum err r;

    r = roll_find(roll, id, &held, e);
    if (r)
        return r;
    return copy_out(&held->view, a, out, e);
}

enum err ca_authorities(struct ca *ca, struct arena *a, struct authority **out, size_t *len, struct error *e)
{
    CLEANUP(roll_drop) struct roll *roll = held_roll(ca);
    struct authority *list = arena_take(a, roll->len * sizeof(*list) + 1);

    for (size_t i = 0; i < roll->len; i++) {
        enum err r = copy_out(&roll->at[i].view, a, &list[i], e);

        if (r)
            return r;
    }
    *out = list;
    *len = roll->len;
    return ERR_NONE;
}
