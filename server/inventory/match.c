/* Which lineage a certificate joins, which key is its own, who issued it: asked on the writer, where nothing changes meanwhile. */
#include <strings.h>

#include "base/detail.h"
#include "base/fault.h"
#include "base/text.h"
#include "inventory/incoming.h"
#include "pki/dn.h"
#include "pki/hash.h"
#include "store/matches.h"
#include "store/requests.h"

enum { KEY_IDENTIFIER_MAX = 64, LABEL_MAX = 128 };

/* issuers ----------------------------------------------------------------------------------------------- */

/* The identifier of the key that signed it, as far as the certificate says. */
static struct bytes signer_of(const struct cert *c)
{
    struct bytes id = c->aki.len > 0 ? c->aki : cert_is_self_issued(c) ? c->ski : (struct bytes){ 0 };

    return id.len <= KEY_IDENTIFIER_MAX ? id : (struct bytes){ 0 };
}

static enum err add_issuer(struct tx *tx, const struct incoming *in, struct bytes signer, struct arena *a, struct id *out, struct error *e)
{
    struct issuer_row row = { .id = in->fresh_issuer, .name = in->cert.issuer, .key_identifier = signer };
    const char *text, *common_name;
    enum err r = dn_read(in->cert.issuer, a, &text, &common_name, e);

    if (r)
        return r;
    row.label = common_name[0] != '\0' ? common_name : text;
    if (strlen(row.label) > LABEL_MAX)
        row.label = text_cut(a, row.label, LABEL_MAX);
    *out = row.id;
    return store_issuer_add(tx, &row, e);
}

static enum err look_for_issuer(struct tx *tx, const struct incoming *in, struct bytes signer, struct arena *a, struct id *out, struct error *e)
{
    struct issuer_row row;
    enum err r;

    r = store_issuer_by_name(tx_db(tx), in->cert.issuer, signer, a, &row, NULL);
    if (r == ERR_ABSENT && signer.len == 0)
        r = store_issuer_of_name(tx_db(tx), in->cert.issuer, a, &row, NULL);
    if (r == ERR_NONE)
        *out = row.id;
    return r == ERR_ABSENT ? add_issuer(tx, in, signer, a, out, e) : r ? fail(e, r, "the issuers cannot be read") : ERR_NONE;
}

/* What comes together has mostly one issuer. */
static enum err find_issuer(struct tx *tx, struct import *im, const struct incoming *in, struct arena *a, struct id *out, struct error *e)
{
    struct bytes signer = signer_of(&in->cert);
    const struct incoming *last = im->last;
    enum err r = ERR_NONE;

    if (last == NULL || !bytes_equal(last->cert.issuer, in->cert.issuer) || !bytes_equal(signer_of(&last->cert), signer))
        r = look_for_issuer(tx, in, signer, a, &im->last_issuer, e);
    if (r)
        return r;
    im->last = in;
    *out = im->last_issuer;
    return ERR_NONE;
}

/* lineages ---------------------------------------------------------------------------------------------- */

static bool is_covered(const struct names *by, const struct names *what)
{
    for (size_t i = 0; i < what->len; i++) {
        size_t k = 0;

        while (k < by->len && !name_equal(&by->at[k], &what->at[i]))
            k++;
        if (k == by->len)
            return false;
    }
    return true;
}

bool certs_same_names(const struct cert *x, const struct cert *y)
{
    if (x->names.len != y->names.len || !is_covered(&x->names, &y->names) || !is_covered(&y->names, &x->names))
        return false;
    return x->names.len > 0 ? strcasecmp(x->common_name, y->common_name) == 0 : bytes_equal(x->subject, y->subject);
}

bool certs_newer(const struct cert *c, const struct cert *than)
{
    return c->not_before > than->not_before || (c->not_before == than->not_before && c->not_after > than->not_after);
}

/* May it be the next version of this lineage? CA certificates of one key differ by who signed them, and stay apart then. */
static bool fits(const struct incoming *in, const char *store, const struct id *key, const struct version_row *row, const struct cert *now, bool is_same_key)
{
    const struct cert *c = &in->cert;

    if (!row->is_current || (row->flags & (VERSION_AUTHORITY | VERSION_ARCHIVED)) != 0 || strcmp(row->store, store) != 0 || !certs_newer(c, now) || c->is_ca != now->is_ca)
        return false;
    /* What breaks a rule never takes the place of what breaks none. */
    if (in->is_flagged && (row->flags & VERSION_FLAGGED) == 0)
        return false;
    if (c->is_ca)
        return is_same_key && bytes_equal(c->subject, now->subject) && bytes_equal(c->issuer, now->issuer);
    if (is_same_key)
        return true;
    if (row->has_key ? id_is_none(key) : !bytes_equal(c->issuer, now->issuer))
        return false;
    return c->purposes == now->purposes && c->has_purposes == now->has_purposes && certs_same_names(c, now);
}

struct target { bool is_found; struct version_row row; };

static enum err look_among(const struct db *db, const struct incoming *in, const char *store, const struct id *key, const struct matches *among,
                           bool is_same_key, struct arena *a, struct target *out, struct error *e)
{
    for (size_t i = 0; i < among->len && !out->is_found; i++) {
        struct version_row row;
        struct bytes der;
        struct cert now;
        enum err r;

        r = store_version(db, among->at[i], a, &row, e);
        if (r == ERR_NONE)
            r = store_der(db, among->at[i], a, &der, e);
        if (r)
            return r;
        if (cert_parse(der, a, &now, NULL) != ERR_NONE || !fits(in, store, key, &row, &now, is_same_key))
            continue;
        out->is_found = true;
        out->row = row;
    }
    return ERR_NONE;
}

static enum err by_key(const struct db *db, const struct incoming *in, const char *store, const struct id *key, struct arena *a, struct target *out, struct error *e)
{
    struct matches m;
    enum err r = id_is_none(key) ? store_match_keyless(db, bytes_of(in->spki_sha256, sizeof(in->spki_sha256)), &m, e) : store_match_key(db, key, &m, e);

    return r ? r : look_among(db, in, store, key, &m, true, a, out, e);
}

static enum err by_names(const struct db *db, const struct incoming *in, const char *store, const struct id *key, struct arena *a, struct target *out, struct error *e)
{
    const struct names *names = &in->cert.names;
    struct matches m = { .len = 0 };
    enum err r = ERR_NONE;

    if (names->len > 0)
        r = store_match_name(db, &(struct name_row){ names->at[0].text, names->at[0].kind == NAME_IP }, a, &m, e);
    else if (in->cert.common_name[0] != '\0')
        r = store_match_common_name(db, in->cert.common_name, &m, e);
    return r ? r : look_among(db, in, store, key, &m, false, a, out, e);
}

static enum err find_lineage(const struct db *db, const struct incoming *in, const char *store, const struct id *key, struct arena *a, struct target *out, struct error *e)
{
    enum err r = by_key(db, in, store, key, a, out, e);

    if (r || out->is_found || in->cert.is_ca)
        return r;
    return by_names(db, in, store, key, a, out, e);
}

/* keys -------------------------------------------------------------------------------------------------- */

static enum err key_of(const struct db *db, const struct incoming *in, struct arena *a, struct id *out, struct error *e)
{
    struct key_row row;
    enum err r = store_key_by_spki(db, bytes_of(in->spki_sha256, sizeof(in->spki_sha256)), a, &row, e);

    *out = r == ERR_NONE ? row.id : (struct id){ { 0 } };
    return r == ERR_ABSENT ? ERR_NONE : r;
}

static void tell_lineage(const struct import *im, struct imported *out, const struct id *certificate, int version, const char *label)
{
    bool is_there = !im->wish->is_preview || strcmp(out->action, "added") != 0;

    out->certificate = is_there ? *certificate : (struct id){ { 0 } };
    out->version = is_there || version > 1 ? version : 0;
    out->label = arena_text(im->arena, label);
}

static void note_key(struct tx *tx, const struct incoming *in, const struct id *key, struct arena *a)
{
    tx_note(tx, "key.imported", "key", key,
            arena_printf(a, "{\"key_type\":\"%s\",\"exportable\":%s,\"filename\":%s}", in->key.type, in->key.is_exportable ? "true" : "false",
                         detail_quote(a, in->filename)));
}

/* Certificates that were here without their key have it now. */
static enum err give_key(struct tx *tx, struct import *im, struct incoming *in, const struct id *key, struct arena *a, struct error *e)
{
    struct matches m;
    enum err r = store_match_keyless(tx_db(tx), bytes_of(in->spki_sha256, sizeof(in->spki_sha256)), &m, e);

    for (size_t i = 0; r == ERR_NONE && i < m.len; i++) {
        struct version_row row;

        r = store_version(tx_db(tx), m.at[i], a, &row, e);
        if (r == ERR_NONE)
            r = store_version_set_key(tx, &row, key, VERSION_HAS_KEY, e);
        if (r)
            return r;
        im->written++;
        in->out->action = "key-added";
        in->out->store = arena_text(im->arena, row.store);
        tell_lineage(im, in->out, &row.certificate, row.number, row.label);
        tx_note(tx, "certificate.key-added", "certificate", &row.certificate,
                arena_printf(a, "{\"version\":%d,\"exportable\":%s,\"filename\":%s}", row.number, in->key.is_exportable ? "true" : "false",
                             detail_quote(a, in->filename)));
    }
    return r;
}

enum err incoming_key(struct tx *tx, struct import *im, struct incoming *in, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct id key;
    enum err r = key_of(tx_db(tx), in, a, &key, e);

    if (r)
        return r;
    in->out->action = "known";
    if (id_is_none(&key)) {
        in->out->action = "added";
        key = in->key.id;
        r = store_key_add(tx, &in->key, e);
        if (r)
            return r;
        note_key(tx, in, &key, a);
        im->written++;
    }
    in->out->has_key = true;
    return give_key(tx, im, in, &key, a, e);
}

/* certificates ------------------------------------------------------------------------------------------ */

static const char *place_of(const struct import *im, const struct incoming *in, const struct id *key)
{
    if (im->wish->store != NULL)
        return im->wish->store;
    if (!id_is_none(key) || !in->cert.is_ca)
        return "personal";
    return cert_is_self_issued(&in->cert) ? "root" : "intermediate";
}

static const char *note_of(const struct incoming *in, struct arena *a)
{
    const struct imported *out = in->out;

    return arena_printf(a, "{\"common_name\":%s,\"serial\":\"%s\",\"thumbprint_sha256\":\"%s\",\"store\":\"%s\",\"action\":\"%s\",\"version\":%d,"
                        "\"has_private_key\":%s,\"flagged\":%s,\"filename\":%s}",
                        detail_quote(a, in->cert.common_name), text_hex_in(a, in->cert.serial), text_hex_in(a, out->sha256), out->store, out->action,
                        out->version, out->has_key ? "true" : "false", in->is_flagged ? "true" : "false", detail_quote(a, in->filename));
}

static bool is_self_signed(const struct cert *c)
{
    return cert_is_self_issued(c) && (c->aki.len == 0 || c->ski.len == 0 || bytes_equal(c->aki, c->ski));
}

/* requests ---------------------------------------------------------------------------------------------- */

/* The newest that waits for a certificate of this key. */
static enum err find_request(const struct db *db, const struct incoming *in, const struct id *key, struct arena *a, struct request_waiting *out, struct error *e)
{
    struct request_waiting waiting[REQUESTS_WAITING_MAX];
    size_t len = 0;
    enum err r = id_is_none(key) ? ERR_NONE : store_request_waiting(db, bytes_of(in->spki_sha256, sizeof(in->spki_sha256)), a, waiting, &len, e);

    *out = (struct request_waiting){ 0 };
    for (size_t i = 0; r == ERR_NONE && i < len && id_is_none(&out->id); i++)
        if (strcmp(waiting[i].kind, "external") == 0)
            *out = waiting[i];
    return r;
}

static enum err complete_request(struct tx *tx, const struct incoming *in, const struct id *certificate, int number, struct arena *a, struct error *e)
{
    char id[ID_TEXT];
    enum err r;

    if (id_is_none(&in->out->request))
        return ERR_NONE;
    r = store_request_settle(tx, &in->out->request, &(struct request_end){ .state = "issued", .certificate = *certificate, .number = number }, e);
    if (r)
        return r;
    id_text(certificate, id);
    tx_note(tx, "request.completed", "request", &in->out->request,
            arena_printf(a, "{\"common_name\":%s,\"certificate_id\":\"%s\",\"version\":%d}", detail_quote(a, in->cert.common_name), id, number));
    fault_point("request.complete_recorded");
    return ERR_NONE;
}

static enum err record(struct tx *tx, struct import *im, struct incoming *in, const struct target *to, const struct id *key,
                       const struct request_waiting *request, struct arena *a, struct error *e)
{
    struct version_add add = {
        .certificate = to->is_found ? to->row.certificate : in->fresh, .is_new = !to->is_found,
        .label = to->is_found ? to->row.label : in->label, .store = in->out->store, .source = "import", .profile = to->is_found ? to->row.profile : "",
        .cert = in->cert, .key = *key, .requested_by = tx_actor(tx)->id,
        .flags = (is_self_signed(&in->cert) ? VERSION_SELF_SIGNED : 0) | (in->is_flagged ? VERSION_FLAGGED : 0),
    };
    int64_t n;
    int number;
    enum err r;

    in->out->request = request->id;
    if (!to->is_found && !id_is_none(&request->id) && request->label[0] != '\0')
        add.label = request->label;
    r = find_issuer(tx, im, in, a, &add.issuer, e);
    if (r == ERR_NONE)
        r = inventory_add_version(tx, &add, &n, &number, e);
    if (r == ERR_NONE)
        r = complete_request(tx, in, &add.certificate, number, a, e);
    if (r)
        return r;
    in->out->action = to->is_found ? "joined" : "added";
    in->out->certificate = add.certificate;
    in->out->version = number;
    tx_note(tx, in == im->replacing ? "certificate.replaced" : "certificate.imported", "certificate", &add.certificate, note_of(in, a));
    tell_lineage(im, in->out, &add.certificate, number, add.label);
    im->written++;
    if (in == im->replacing && im->wish->replaces->also != NULL && !im->wish->is_preview) {
        r = im->wish->replaces->also(tx, n, im->wish->replaces->arg, e);
        if (r)
            return r;
    }
    if (in == im->replacing)
        fault_point("replace.recorded");
    fault_point("import.recorded");
    return ERR_NONE;
}

/* A certificate of ours that answers a request of ours: it was here already, and has its key now. */
static enum err adopt(struct tx *tx, struct import *im, struct incoming *in, const struct version_row *row, struct arena *a, struct error *e)
{
    struct request_waiting request = { 0 };
    struct id key;
    enum err r = key_of(tx_db(tx), in, a, &key, e);

    if (r == ERR_NONE)
        r = find_request(tx_db(tx), in, &key, a, &request, e);
    if (r || id_is_none(&request.id))
        return r;
    if (!row->has_key)
        r = store_version_set_key(tx, row, &key, VERSION_HAS_KEY, e);
    in->out->request = request.id;
    in->out->has_key = true;
    in->out->action = "key-added";
    im->written++;
    return r ? r : complete_request(tx, in, &row->certificate, row->number, a, e);
}

static enum err tell_known(struct tx *tx, struct import *im, struct incoming *in, int64_t n, struct arena *a, struct error *e)
{
    struct version_row row;
    enum err r = store_version(tx_db(tx), n, a, &row, e);

    if (r)
        return r;
    in->out->action = "known";
    in->out->request = (struct id){ { 0 } };
    in->out->store = arena_text(im->arena, row.store);
    in->out->has_key = row.has_key;
    tell_lineage(im, in->out, &row.certificate, row.number, row.label);
    return adopt(tx, im, in, &row, a, e);
}

/* The version it was compared with must still be the current one. */
static enum err find_replaced(const struct db *db, const struct import *im, const struct incoming *in, struct arena *a, struct target *out, struct error *e)
{
    const struct replacement *wish = im->wish->replaces;
    enum err r = store_version_of(db, &wish->certificate, 0, a, &out->row, e);

    if (r)
        return r;
    if (out->row.n != wish->seen_n)
        return fail_kind(e, ERR_CONFLICT, "stale", "this certificate has got another version meanwhile: look again");
    out->is_found = true;
    in->out->store = arena_text(im->arena, out->row.store);
    return ERR_NONE;
}

enum err incoming_is_known(const struct db *db, const struct import *im, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    int64_t n = 0;
    struct version_row row;
    char id[ID_TEXT];
    enum err r = store_match_thumbprint(db, im->replacing->out->sha256, &n, e);

    if (r || n == 0)
        return r;
    r = store_version(db, n, a, &row, e);
    if (r)
        return r;
    id_text(&row.certificate, id);
    if (!id_equal(&row.certificate, &im->wish->replaces->certificate))
        return fail(e, ERR_CONFLICT, "it is here already, as version %d of another certificate: %s", row.number, id);
    return row.is_current ? fail(e, ERR_CONFLICT, "it is the current version already: there is nothing to replace")
                          : fail(e, ERR_CONFLICT, "it is version %d of this certificate already: roll back to it", row.number);
}

enum err incoming_certificate(struct tx *tx, struct import *im, struct incoming *in, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct request_waiting request;
    struct target to = { 0 };
    struct id key;
    int64_t n;
    enum err r;

    r = store_match_thumbprint(tx_db(tx), in->out->sha256, &n, e);
    if (r)
        return r;
    if (n != 0)
        return in == im->replacing ? incoming_is_known(tx_db(tx), im, e) : tell_known(tx, im, in, n, a, e);
    r = key_of(tx_db(tx), in, a, &key, e);
    if (r)
        return r;
    in->out->has_key = !id_is_none(&key);
    in->out->store = place_of(im, in, &key);
    r = find_request(tx_db(tx), in, &key, a, &request, e);
    if (r == ERR_NONE)
        r = in == im->replacing ? find_replaced(tx_db(tx), im, in, a, &to, e) : find_lineage(tx_db(tx), in, in->out->store, &key, a, &to, e);
    if (r)
        return r;
    /* Who asks elsewhere for the names of a certificate of ours wants another one beside it, not that its users change over. */
    if (in != im->replacing && to.is_found && to.row.is_issued && !id_is_none(&request.id))
        to = (struct target){ 0 };
    return record(tx, im, in, &to, &key, &request, a, e);
}
