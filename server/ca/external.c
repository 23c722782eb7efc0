/* external - requests for other authorities: the key is made here and stays, what they answer finds it by its public half. */
#include "base/detail.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/time.h"
#include "ca/held.h"
#include "ca/names.h"
#include "ca/requests.h"
#include "pki/bundle.h"
#include "pki/hash.h"
#include "pki/tbs.h"
#include "store/keys.h"

struct making {
    const struct external_wish *wish;
    const struct profile *profile;
    struct names names;
    const char *common_name;
    struct sealed_key sealed;
    struct bytes der;              /* the request */
    struct key_row key;
    struct request_row row;
    const char *detail, *location;
};

/* planning ------------------------------------------------------------------------------------------------ */

static void check_country(const char *country, struct findings *faults)
{
    if (country == NULL || *country == '\0')
        return;
    if (strlen(country) != 2 || country[0] < 'A' || country[0] > 'Z' || country[1] < 'A' || country[1] > 'Z')
        findings_add(faults, LEVEL_ERROR, "bad-country", "/subject/country", "a country is two capital letters, as in DE or US");
}

static void check_key(const struct external_wish *wish, struct findings *faults)
{
    if (wish->key_type != KEY_NONE && !key_type_is_made(wish->key_type))
        findings_add(faults, LEVEL_ERROR, "unknown-key-type", "/key/type", "a key made here is ec-p256, ec-p384, ed25519, rsa-2048, rsa-3072 or rsa-4096");
}

static enum err plan(struct making *m, struct arena *a, struct findings *faults, struct error *e)
{
    struct wish names = { .common_name = m->wish->common_name, .dns_names = m->wish->dns_names, .dns_len = m->wish->dns_len,
                          .ip_addresses = m->wish->ip_addresses, .ip_len = m->wish->ip_len };

    m->profile = profile_find(m->wish->profile == NULL ? "web-server" : m->wish->profile);
    if (m->profile == NULL)
        findings_add(faults, LEVEL_ERROR, "unknown-profile", "/profile", "there is no such profile: ask for web-server, client or web-server-and-client");
    check_country(m->wish->country, faults);
    check_key(m->wish, faults);
    ca_names(&names, NULL, a, faults, &m->names, &m->common_name);
    if (findings_count(faults, LEVEL_ERROR) == 0 && m->common_name == NULL)
        findings_add(faults, LEVEL_ERROR, "no-common-name", "/dns_names", "one of the names must have at most 64 characters: the subject's common name is taken from it");
    return findings_fail(faults, e);
}

/* making -------------------------------------------------------------------------------------------------- */

static enum err sign(struct ca *ca, struct making *m, enum key_type type, struct arena *a, struct error *e)
{
    const struct external_wish *w = m->wish;
    struct dn_parts subject = { .country = w->country, .state = w->state, .locality = w->locality, .organization = w->organization,
                                .unit = w->unit, .common_name = m->common_name };
    struct tbs tbs = { .alg = sig_alg_for(type), .subject = dn_build_parts(a, &subject), .spki = m->sealed.spki, .names = m->names,
                       .usage = m->profile->usage, .purposes = m->profile->purposes };
    struct bytes body, signature;
    enum err r;

    if (type != KEY_EC_P256 && type != KEY_EC_P384 && type != KEY_ED25519 && (tbs.purposes & FOR_SERVER) != 0)
        tbs.usage |= USE_KEY_ENCIPHERMENT;
    r = tbs_request(&tbs, a, &body, e);
    if (r == ERR_NONE)
        r = keeper_sign_once(ca->keeper, m->sealed.blob, SHAPE_REQUEST, body, a, &signature, e);
    if (r)
        return r;
    m->der = signed_build(a, body, tbs.alg, signature);
    return ERR_NONE;
}

static enum err make(struct ca *ca, struct making *m, struct arena *a, struct error *e)
{
    struct key_spec spec = { .purpose = PURPOSE_SUBJECT, .type = m->wish->key_type == KEY_NONE ? KEY_EC_P256 : m->wish->key_type, .id = id_new(),
                             .is_exportable = m->wish->is_exportable, .path_len = -1 };
    enum err r = keeper_make(ca->keeper, &spec, a, &m->sealed, e);

    if (r == ERR_NONE)
        r = sign(ca, m, spec.type, a, e);
    if (r)
        return r;
    m->key = (struct key_row){ .id = spec.id, .purpose = "subject", .type = key_type_text(spec.type), .spki = m->sealed.spki, .blob = m->sealed.blob,
                               .kek = m->sealed.kek, .is_exportable = spec.is_exportable, .origin = "made", .created_at = clock_now() };
    return ERR_NONE;
}

static enum err fill_row(struct making *m, const struct actor *who, struct arena *a, struct error *e)
{
    uint8_t *spki = arena_take(a, SHA256_LEN);
    struct findings notes;
    struct csr csr;
    char id[ID_TEXT];
    enum err r;

    findings_init(&notes, a);
    r = csr_parse(m->der, a, &csr, &notes, e);
    if (r)
        return r;
    hash_sha256(m->sealed.spki, spki);
    m->row = (struct request_row){
        .id = id_new(), .kind = "external", .body = csr.der, .subject = csr.subject, .key_type = m->key.type, .spki_sha256 = bytes_of(spki, SHA256_LEN),
        .key = m->key.id, .common_name = m->common_name, .dns_names = ca_request_lines(&m->names, NAME_DNS, a),
        .ip_addresses = ca_request_lines(&m->names, NAME_IP, a), .profile = m->profile->slug,
        .label = m->wish->label != NULL ? m->wish->label : m->common_name, .comment = m->wish->comment != NULL ? m->wish->comment : "",
        .asked_by = who->id, .asked_by_name = who->name, .asked_at = m->key.created_at,
    };
    id_text(&m->row.id, id);
    m->detail = arena_printf(a, "{\"kind\":\"external\",\"common_name\":%s,\"key_type\":\"%s\",\"exportable\":%s}", detail_quote(a, m->common_name),
                             m->key.type, m->key.is_exportable ? "true" : "false");
    m->location = arena_printf(a, "/api/v1/requests/%s", id);
    return ERR_NONE;
}

/* On the writer. */
static enum err record(struct tx *tx, void *arg, struct error *e)
{
    struct making *m = arg;
    enum err r = store_key_add(tx, &m->key, e);

    if (r == ERR_NONE)
        r = store_request_add(tx, &m->row, e);
    if (r)
        return r;
    tx_note(tx, "request.created", "request", &m->row.id, m->detail);
    tx_made(tx, m->location, 201);
    fault_point("request.recorded");
    return ERR_NONE;
}

enum err ca_request_create(struct ca *ca, const struct actor *who, const struct external_wish *wish, struct arena *a, struct findings *faults,
                           struct id *out, struct error *e)
{
    struct making m = { .wish = wish };
    enum err r = access_check(who, RIGHT_ISSUE, "*", NULL, e);

    if (r == ERR_NONE)
        r = plan(&m, a, faults, e);
    if (r == ERR_NONE)
        r = make(ca, &m, a, e);
    if (r == ERR_NONE)
        r = fill_row(&m, who, a, e);
    if (r)
        return r;
    fault_point("request.made");
    r = store_write(ca->store, who, record, &m, e);
    if (r)
        return r;
    fault_point("request.committed");
    *out = m.row.id;
    return ERR_NONE;
}

/* completing ---------------------------------------------------------------------------------------------- */

static bool is_answer(const struct item *item, const struct request_row *row, struct arena *a)
{
    uint8_t spki[SHA256_LEN];
    struct cert cert;

    if (item->kind != ITEM_CERTIFICATE || cert_parse(item->der, a, &cert, NULL) != ERR_NONE)
        return false;
    hash_sha256(cert.key.der, spki);
    return bytes_equal(bytes_of(spki, sizeof(spki)), row->spki_sha256);
}

static enum err find_answer(const struct import_file *file, const struct request_row *row, struct arena *a, struct error *e)
{
    struct items items;
    size_t certificates = 0;
    enum err r;

    items_init(&items, a);
    r = bundle_read(file->file, file->password, &items, e);
    if (r)
        return r;
    for (size_t i = 0; i < items.len; i++) {
        if (is_answer(&items.at[i], row, a))
            return ERR_NONE;
        certificates += items.at[i].kind == ITEM_CERTIFICATE;
    }
    if (certificates == 0)
        return fail_at(e, "/data", "there is no certificate in it: give what the authority sent back");
    return fail_at(e, "/data", "none of the %zu certificate%s in it has the public key of this request: it answers another request", certificates,
                   certificates == 1 ? "" : "s");
}

enum err ca_request_complete(struct ca *ca, const struct actor *who, const struct id *id, const struct import_wish *wish, struct arena *a,
                             struct import_result *out, struct error *e)
{
    struct request_row row;
    enum err r = access_check(who, RIGHT_ISSUE, "*", NULL, e);

    if (r == ERR_NONE)
        r = ca_request(ca, who, id, a, &row, e);
    if (r == ERR_NONE)
        r = ca_request_open(who, &row, "external", e);
    if (r == ERR_NONE)
        r = find_answer(&wish->files[0], &row, a, e);
    return r ? r : inventory_import(ca->store, ca->keeper, who, wish, a, out, e);
}
