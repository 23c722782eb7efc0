/* What is read, parsed, checked and sealed before the writer is asked; match.c says what becomes of it there. A preview is the same unit of
   work, taken back at its end: what it tells is what would have happened. */
#include "inventory/import.h"

#include <stdlib.h>

#include "base/fault.h"
#include "base/text.h"
#include "base/time.h"
#include "inventory/incoming.h"
#include "inventory/sources.h"
#include "pki/crl.h"
#include "pki/csr.h"
#include "pki/hash.h"
#include "pki/lint.h"

enum { CERTIFICATES_EACH = 1000, FEW = 16, LABEL_MAX = 128 };

static const char *const kinds[] = { [ITEM_CERTIFICATE] = "certificate", [ITEM_KEY] = "key", [ITEM_REQUEST] = "request", [ITEM_CRL] = "crl", [ITEM_FILE] = "file" };
static const char *const stores[] = { "personal", "root", "intermediate", "people", "untrusted" };

/* certificates ------------------------------------------------------------------------------------------ */

static const char *label_of(const struct incoming *in, struct arena *a)
{
    const struct cert *c = &in->cert;

    if (in->item->name[0] != '\0')
        return text_cut(a, in->item->name, LABEL_MAX);
    if (c->common_name[0] != '\0')
        return text_cut(a, c->common_name, LABEL_MAX);
    if (c->names.len > 0)
        return c->names.at[0].text;
    return c->subject_text[0] != '\0' ? text_cut(a, c->subject_text, LABEL_MAX) : text_hex_in(a, c->serial);
}

/* Its own signature can be asked of it at once; weak digests are told by lint. */
static void check_own_signature(struct incoming *in)
{
    enum sig_alg alg = sig_alg_read(in->cert.signature_algorithm);

    if (!cert_is_self_issued(&in->cert) || alg == SIG_WEAK || alg == SIG_UNKNOWN || in->cert.key.type == KEY_NONE)
        return;
    if (cert_verify(&in->cert, &in->cert.key, NULL) != ERR_NONE)
        findings_add(&in->out->findings, LEVEL_ERROR, "bad-signature", "", "its signature does not verify with its own key");
}

static void prepare_certificate(struct incoming *in, struct arena *a)
{
    struct imported *out = in->out;
    struct cert *c = &in->cert;
    struct error why = { 0 };

    if (cert_parse(in->item->der, a, c, &why) != ERR_NONE) {
        findings_add(&out->findings, LEVEL_ERROR, "malformed", "", "%s", why.text);
        return;
    }
    out->subject = c->subject_text;
    out->issuer = c->issuer_text;
    out->key_type = key_type_text(c->key.type);
    out->not_before = c->not_before;
    out->not_after = c->not_after;
    out->sha256 = bytes_of(c->sha256, sizeof(c->sha256));
    hash_sha256(c->key.der, in->spki_sha256);
    if (lint_cert(c->der, a, &out->findings, &why) != ERR_NONE)
        findings_add(&out->findings, LEVEL_ERROR, "malformed", "", "%s", why.text);
    check_own_signature(in);
    in->is_flagged = findings_count(&out->findings, LEVEL_ERROR) > 0;
    in->label = label_of(in, a);
    in->fresh = id_new();
    in->fresh_issuer = id_new();
    in->is_taken = true;
}

/* keys -------------------------------------------------------------------------------------------------- */

static enum err find_key(struct store *store, struct incoming *in, struct arena *a, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct error why = { 0 };
    enum err r = store_look(store, &look, e);

    if (r)
        return r;
    r = store_key_by_spki(look_db(&look), bytes_of(in->spki_sha256, sizeof(in->spki_sha256)), a, &in->key, &why);
    if (r != ERR_NONE && r != ERR_ABSENT)
        return fail(e, r, "%s", why.text);
    in->is_taken = r == ERR_NONE;
    return ERR_NONE;
}

static enum err seal_key(struct keeper *keeper, const struct import_wish *wish, struct incoming *in, struct arena *a, struct error *e)
{
    struct key_spec spec = { .purpose = PURPOSE_SUBJECT, .type = KEY_NONE, .id = id_new(), .is_exportable = wish->is_exportable, .path_len = -1 };
    struct sealed_key sealed;
    struct error why = { 0 };
    enum err r = keeper_seal(keeper, &spec, in->item->der, a, &sealed, &why);

    if (r == ERR_INVALID) {
        findings_add(&in->out->findings, LEVEL_ERROR, why.kind[0] != '\0' ? arena_text(a, why.kind) : "bad-key", "", "%s", why.text);
        return ERR_NONE;
    }
    if (r) {
        if (e != NULL)
            *e = why;
        return r;
    }
    in->key = (struct key_row){ .id = spec.id, .purpose = "subject", .type = in->out->key_type, .spki = sealed.spki, .blob = sealed.blob, .kek = sealed.kek,
                                .is_exportable = wish->is_exportable, .origin = "imported", .created_at = clock_now() };
    in->is_taken = true;
    return ERR_NONE;
}

static enum err prepare_key(struct store *store, struct keeper *keeper, const struct import_wish *wish, struct incoming *in, struct arena *a, struct error *e)
{
    const struct item *item = in->item;
    struct spki spki;
    enum err r;

    if (item->trouble != NULL) {
        findings_add(&in->out->findings, LEVEL_ERROR, item->trouble_kind[0] != '\0' ? item->trouble_kind : "bad-key", "", "%s", item->trouble);
        return ERR_NONE;
    }
    r = spki_parse(item->spki, &spki, e);
    if (r)
        return r;
    in->out->key_type = key_type_text(spki.type);
    hash_sha256(item->spki, in->spki_sha256);
    r = find_key(store, in, a, e);
    return r || in->is_taken ? r : seal_key(keeper, wish, in, a, e);
}

/* what is no certificate -------------------------------------------------------------------------------- */

static void tell_crl(struct incoming *in, struct arena *a)
{
    struct crl crl;

    if (crl_parse(in->item->der, a, &crl, NULL) == ERR_NONE)
        in->out->issuer = crl.issuer_text;
    findings_add(&in->out->findings, LEVEL_NOTE, "not-a-certificate", "", "revocation lists are not kept");
}

static void tell_request(struct incoming *in, struct arena *a)
{
    struct findings notes;
    struct csr csr;

    findings_init(&notes, a);
    if (csr_parse(in->item->der, a, &csr, &notes, NULL) == ERR_NONE)
        in->out->subject = csr.subject;
    findings_add(&in->out->findings, LEVEL_NOTE, "not-a-certificate", "", "this is a request, not a certificate: have it signed");
}

static void tell_file(struct incoming *in)
{
    const struct item *item = in->item;

    findings_add(&in->out->findings, LEVEL_ERROR, item->trouble_kind[0] != '\0' ? item->trouble_kind : "unreadable", "", "%s", item->trouble);
}

/* all of it --------------------------------------------------------------------------------------------- */

static void begin_item(struct incoming *in, const struct item *item, const struct import_wish *wish, struct imported *out, struct arena *a)
{
    const char *name = wish->files[item->file].name;

    *out = (struct imported){ .kind = kinds[item->kind], .action = "ignored", .subject = "", .issuer = "", .key_type = "", .store = "", .label = "",
                              .file = item->file, .member = item->member };
    findings_init(&out->findings, a);
    in->item = item;
    in->filename = item->member != NULL ? arena_printf(a, "%s: %s", name == NULL ? "" : name, item->member) : name == NULL ? "" : name;
    in->out = out;
}

static enum err prepare(struct store *store, struct keeper *keeper, struct import *im, const struct items *items, struct imported *out, struct error *e)
{
    im->at = arena_take(im->arena, items->len * sizeof(*im->at) + 1);
    im->len = items->len;
    for (size_t i = 0; i < items->len; i++) {
        struct incoming *in = &im->at[i];
        enum err r = ERR_NONE;

        begin_item(in, &items->at[i], im->wish, &out[i], im->arena);
        switch (in->item->kind) {
        case ITEM_CERTIFICATE: prepare_certificate(in, im->arena); break;
        case ITEM_KEY: r = prepare_key(store, keeper, im->wish, in, im->arena, e); break;
        case ITEM_REQUEST: tell_request(in, im->arena); break;
        case ITEM_CRL: tell_crl(in, im->arena); break;
        case ITEM_FILE: tell_file(in); break;
        }
        if (r)
            return r;
    }
    return ERR_NONE;
}

static bool is_key(const struct incoming *in)
{
    return in->item->kind == ITEM_KEY;
}

static int by_age(const void *a, const void *b)
{
    const struct incoming *x = *(struct incoming *const *)a, *y = *(struct incoming *const *)b;

    if (is_key(x) != is_key(y))
        return is_key(x) ? -1 : 1;
    if (!is_key(x) && x->cert.not_before != y->cert.not_before)
        return x->cert.not_before < y->cert.not_before ? -1 : 1;
    return x < y ? -1 : 1;
}

static void put_in_order(struct import *im)
{
    im->order = arena_take(im->arena, im->len * sizeof(*im->order) + 1);
    for (size_t i = 0; i < im->len; i++)
        if (im->at[i].is_taken)
            im->order[im->order_len++] = &im->at[i];
    qsort(im->order, im->order_len, sizeof(*im->order), by_age);
}

/* Of several something may still come: a preview tells of each, and what is left over comes by the next request. */
static bool may_be_empty(const struct import *im, const struct items *items, bool is_many)
{
    for (size_t i = 0; i < items->len; i++)
        if (items->at[i].trouble_kind != NULL && strcmp(items->at[i].trouble_kind, "left-over") == 0)
            return true;
    return im->wish->is_preview && is_many;
}

/* Nothing is of use: the first that was meant says why. */
static enum err nothing_taken(const struct import *im, struct error *e)
{
    const struct incoming *first = NULL;
    const struct finding *why;
    const char *rule;

    for (size_t i = 0; i < im->len && first == NULL; i++)
        if (im->at[i].out->findings.len > 0 && im->at[i].out->findings.at[0].level == LEVEL_ERROR)
            first = &im->at[i];
    if (first == NULL)
        first = &im->at[0];
    why = &first->out->findings.at[0];
    rule = first->item->trouble_kind != NULL && first->item->trouble_kind[0] != '\0' ? first->item->trouble_kind : "";
    fail_kind(e, ERR_INVALID, rule, "%s%s%s", first->item->member != NULL ? first->item->member : "", first->item->member != NULL ? ": " : "", why->text);
    if (e != NULL)
        strcpy(e->field, strcmp(rule, "wrong-password") == 0 ? "/password" : "/data");
    return ERR_INVALID;
}

/* On the writer. */
static enum err record(struct tx *tx, void *arg, struct error *e)
{
    struct import *im = arg;
    enum err r = ERR_NONE;

    im->written = im->before;
    im->last = NULL;
    im->is_whole = false;
    for (size_t i = im->from; r == ERR_NONE && i < im->to; i++)
        r = is_key(im->order[i]) ? incoming_key(tx, im, im->order[i], e) : incoming_certificate(tx, im, im->order[i], e);
    if (r || !im->wish->is_preview)
        return r;
    im->is_whole = true;
    return fail(e, ERR_CONFLICT, "this was a preview");
}

/* A preview is one unit, so that later items see earlier ones. */
static enum err write_all(struct store *store, const struct actor *who, struct import *im, struct error *e)
{
    size_t each = im->wish->is_preview ? im->order_len : CERTIFICATES_EACH;
    enum err r = ERR_NONE;

    for (im->from = 0; r == ERR_NONE && im->from < im->order_len; im->from = im->to) {
        im->to = im->order_len - im->from > each ? im->from + each : im->order_len;
        im->before = im->written;
        r = im->order_len > FEW || im->wish->is_preview ? store_write_bulk(store, who, record, im, e) : store_write(store, who, record, im, e);
        if (r && im->is_whole)
            r = ERR_NONE;
        fault_point("import.committed");
    }
    return r;
}

/* As Windows asks when a root is installed: from here on, what it signs is believed. */
static void warn_of_roots(const struct import *im)
{
    for (size_t i = 0; i < im->order_len; i++) {
        struct imported *out = im->order[i]->out;

        if (!is_key(im->order[i]) && strcmp(out->store, "root") == 0 && strcmp(out->action, "added") == 0)
            findings_add(&out->findings, LEVEL_WARNING, "new-root", "", "it is believed as a root from now on: compare its thumbprint with what its owner has published");
    }
}

static void tell_requests(const struct import *im)
{
    for (size_t i = 0; i < im->order_len; i++) {
        struct imported *out = im->order[i]->out;

        if (!id_is_none(&out->request))
            findings_add(&out->findings, LEVEL_NOTE, "completes-request", "", "it completes a pending certificate request, whose private key is here");
    }
}

static enum err check_wish(const struct import_wish *wish, struct error *e)
{
    for (size_t i = 0; wish->store != NULL && i < sizeof(stores) / sizeof(*stores); i++)
        if (strcmp(stores[i], wish->store) == 0)
            return ERR_NONE;
    return wish->store == NULL ? ERR_NONE : fail_at(e, "/store", "a store is personal, root, intermediate, people or untrusted");
}

enum err inventory_import(struct store *store, struct keeper *keeper, const struct actor *who, const struct import_wish *wish,
                          struct arena *a, struct import_result *out, struct error *e)
{
    struct import im = { .wish = wish, .arena = a };
    bool is_many;
    struct imported *list;
    struct items items;
    enum err r;

    items_init(&items, a);
    r = check_wish(wish, e);
    if (r == ERR_NONE)
        r = sources_read(wish, &items, &is_many, e);
    if (r)
        return r;
    list = arena_take(a, items.len * sizeof(*list) + 1);
    r = prepare(store, keeper, &im, &items, list, e);
    if (r)
        return r;
    put_in_order(&im);
    if (im.order_len == 0 && !may_be_empty(&im, &items, is_many))
        return nothing_taken(&im, e);
    if (wish->replaces != NULL) {
        r = replace_prepare(store, &im, e);
        if (r)
            return r;
    }
    r = write_all(store, who, &im, e);
    if (r)
        return r;
    warn_of_roots(&im);
    tell_requests(&im);

    *out = (struct import_result){ .at = list, .len = items.len, .written = im.written };
    return ERR_NONE;
}
