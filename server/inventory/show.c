#include "base/time.h"
#include "inventory/rows.h"
#include "pki/dn.h"
#include "store/pages.h"

static const char *const status_words[STATUS_COUNT] = {
    [STATUS_VALID] = "valid", [STATUS_EXPIRING] = "expiring", [STATUS_EXPIRED] = "expired", [STATUS_NOT_YET] = "not-yet-valid", [STATUS_REVOKED] = "revoked",
};

const char *status_text(enum status s)
{
    return status_words[s];
}

bool status_parse(const char *text, enum status *out)
{
    for (int s = 0; s < STATUS_COUNT; s++) {
        if (strcmp(status_words[s], text) == 0) {
            *out = (enum status)s;
            return true;
        }
    }
    return false;
}

enum status status_at(int64_t now, int64_t expiring_at, int64_t not_before, int64_t not_after, bool is_revoked)
{
    if (is_revoked)
        return STATUS_REVOKED;
    if (not_after < now)
        return STATUS_EXPIRED;
    if (not_before > now)
        return STATUS_NOT_YET;
    return not_after < expiring_at ? STATUS_EXPIRING : STATUS_VALID;
}

enum err moment_now(const struct db *db, struct moment *out, struct error *e)
{
    int64_t days = 0;
    enum err r = store_setting_number(db, "certificates.expiring_days", &days, e);

    if (r)
        return r;
    out->now = clock_now();
    out->expiring_at = out->now + days * DAYS;
    return ERR_NONE;
}

static void split_names(const struct name_row *names, size_t len, struct arena *a, struct inventory_item *out)
{
    const char **dns = arena_take(a, (len + 1) * sizeof(*dns)), **ip = arena_take(a, (len + 1) * sizeof(*ip));

    out->dns_len = out->ip_len = 0;
    for (size_t i = 0; i < len; i++) {
        if (names[i].is_ip)
            ip[out->ip_len++] = names[i].text;
        else
            dns[out->dns_len++] = names[i].text;
    }
    out->dns_names = dns;
    out->ip_addresses = ip;
}

/* The names of an earlier version are not in the table any more: they are read from the certificate. */
static enum err names_of_old(const struct db *db, int64_t n, struct arena *a, struct inventory_item *out, struct error *e)
{
    struct name_row *rows;
    struct bytes der;
    struct cert c;
    enum err r;

    r = store_der(db, n, a, &der, e);
    if (r == ERR_NONE)
        r = cert_parse(der, a, &c, e);
    if (r)
        return r;
    rows = arena_take(a, (c.names.len + 1) * sizeof(*rows));
    for (size_t i = 0; i < c.names.len; i++)
        rows[i] = (struct name_row){ c.names.at[i].text, c.names.at[i].kind == NAME_IP };
    split_names(rows, c.names.len, a, out);
    return ERR_NONE;
}

/* What stands in other tables, for all rows of a page. */
struct beside { struct row_names *names; struct row_texts *tags, *uses; };

static enum err read_beside(const struct db *db, const struct version_row *rows, size_t len, struct arena *a, struct beside *out, struct error *e)
{
    int64_t *versions = arena_take(a, (len + 1) * sizeof(*versions)), *certificates = arena_take(a, (len + 1) * sizeof(*certificates));
    enum err r;

    *out = (struct beside){ arena_take(a, (len + 1) * sizeof(*out->names)), arena_take(a, (len + 1) * sizeof(*out->tags)),
                            arena_take(a, (len + 1) * sizeof(*out->uses)) };
    for (size_t i = 0; i < len; i++) {
        versions[i] = rows[i].n;
        certificates[i] = rows[i].certificate_n;
    }
    r = store_page_names(db, versions, len, a, out->names, e);
    if (r == ERR_NONE)
        r = store_page_tags(db, certificates, len, a, out->tags, e);
    if (r == ERR_NONE)
        r = store_page_uses(db, certificates, len, a, out->uses, e);
    return r;
}

static struct inventory_item item_of(const struct version_row *row, const struct moment *at)
{
    return (struct inventory_item){
        .n = row->n, .id = row->certificate, .issuer_id = row->issuer, .key_id = row->key,
        .label = row->label, .subject = row->subject, .common_name = row->common_name, .issuer_text = "", .key_type = row->key_type,
        .status = status_text(status_at(at->now, at->expiring_at, row->not_before, row->not_after, strcmp(row->state, "revoked") == 0)),
        .source = row->source, .store = row->store, .profile = row->profile, .serial = row->serial, .sha1 = row->sha1, .sha256 = row->sha256,
        .not_before = row->not_before, .not_after = row->not_after, .issued_at = row->issued_at, .has_private_key = row->has_key,
        .is_exportable = row->has_key && row->is_exportable, .is_self_signed = (row->flags & VERSION_SELF_SIGNED) != 0,
        .is_current = row->is_current, .is_issued = row->is_issued, .is_archived = row->is_archived,
        .owner = row->owner, .notes = row->notes, .account = row->account, .is_authority = (row->flags & VERSION_AUTHORITY) != 0,
        .number = row->number, .versions = row->versions, .row_version = row->row_version,
    };
}

/* Neighbours mostly have the same issuer. */
static enum err read_issuer(const struct version_row *rows, size_t i, struct arena *a, struct inventory_item *out, struct error *e)
{
    if (i == 0 || !id_equal(&rows[i].issuer, &rows[i - 1].issuer))
        return dn_read(rows[i].issuer_name, a, &out[i].issuer_text, NULL, e);
    out[i].issuer_text = out[i - 1].issuer_text;
    return ERR_NONE;
}

enum err items_of(const struct db *db, const struct version_row *rows, size_t len, const struct moment *at, struct arena *a,
                  struct inventory_item *out, struct error *e)
{
    struct beside beside;
    enum err r = read_beside(db, rows, len, a, &beside, e);

    for (size_t i = 0; r == ERR_NONE && i < len; i++) {
        out[i] = item_of(&rows[i], at);
        out[i].tags = beside.tags[i].at;
        out[i].tags_len = beside.tags[i].len;
        out[i].used_by = beside.uses[i].at;
        out[i].used_by_len = beside.uses[i].len;
        r = read_issuer(rows, i, a, out, e);
        if (r == ERR_NONE && !rows[i].is_current)
            r = names_of_old(db, rows[i].n, a, &out[i], e);
        else
            split_names(beside.names[i].at, beside.names[i].len, a, &out[i]);
    }
    return r;
}

static enum err show_row(const struct db *db, const struct version_row *row, struct arena *a, struct inventory_item *out, struct error *e)
{
    struct inventory_item item;
    struct moment at;
    enum err r;

    r = moment_now(db, &at, e);
    if (r == ERR_NONE)
        r = items_of(db, row, 1, &at, a, &item, e);
    if (r == ERR_NONE)
        r = store_der(db, row->n, a, &item.der, e);
    if (r)
        return r;

    *out = item;
    return ERR_NONE;
}

enum err inventory_show(const struct db *db, const struct id *certificate, int number, struct arena *a, struct inventory_item *out, struct error *e)
{
    struct version_row row;
    enum err r = store_version_of(db, certificate, number, a, &row, e);

    return r ? r : show_row(db, &row, a, out, e);
}

enum err inventory_by_version(const struct db *db, int64_t n, struct arena *a, struct inventory_item *out, struct error *e)
{
    struct version_row row;
    enum err r = store_version(db, n, a, &row, e);

    return r ? r : show_row(db, &row, a, out, e);
}

enum err inventory_versions(const struct db *db, const struct id *certificate, struct arena *a, struct inventory_item **out, size_t *len, struct error *e)
{
    struct inventory_item *items;
    struct version_row *rows;
    struct moment at;
    size_t n;
    enum err r;

    r = store_versions(db, certificate, a, &rows, &n, e);
    if (r == ERR_NONE)
        r = moment_now(db, &at, e);
    if (r)
        return r;
    items = arena_take(a, n * sizeof(*items));
    r = items_of(db, rows, n, &at, a, items, e);
    if (r)
        return r;

    *out = items;
    *len = n;
    return ERR_NONE;
}
