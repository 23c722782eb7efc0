#include "ca/requests.h"

#include "base/detail.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/time.h"
#include "ca/held.h"
#include "pki/hash.h"
#include "pki/pem.h"
#include "pki/pkcs7.h"

/* words --------------------------------------------------------------------------------------------------- */

const char *ca_request_lines(const struct names *names, enum name_kind kind, struct arena *a)
{
    const char *out = "";

    for (size_t i = 0; i < names->len; i++)
        if (names->at[i].kind == kind)
            out = arena_printf(a, "%s%s%s", out, *out != '\0' ? "\n" : "", names->at[i].text);
    return out;
}

size_t ca_request_names(const char *lines, struct arena *a, const char *const **out)
{
    const char **list = arena_take(a, NAMES_MAX * sizeof(*list));
    char *at = arena_text(a, lines), *end;
    size_t n = 0;

    for (; *at != '\0' && n < NAMES_MAX; at = end) {
        end = at + strcspn(at, "\n");
        if (*end != '\0')
            *end++ = '\0';
        list[n++] = at;
    }
    *out = list;
    return n;
}

static const char *some(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

void ca_request_terms(const struct request_row *row, struct arena *a, struct wish *out)
{
    *out = (struct wish){ .profile = some(row->profile), .common_name = some(row->common_name), .label = some(row->label), .issuer = row->issuer,
                          .valid_days = row->valid_days, .csr = row->body, .source = "request", .requested_by = row->asked_by };
    out->dns_len = ca_request_names(row->dns_names, a, &out->dns_names);
    out->ip_len = ca_request_names(row->ip_addresses, a, &out->ip_addresses);
}

void ca_request_edit(const struct request_row *row, const struct wish *edit, struct arena *a, struct wish *out)
{
    ca_request_terms(row, a, out);
    if (edit->profile != NULL)
        out->profile = edit->profile;
    if (edit->valid_days != 0)
        out->valid_days = edit->valid_days;
    if (!id_is_none(&edit->issuer))
        out->issuer = edit->issuer;
    if (edit->label != NULL)
        out->label = edit->label;
    if (edit->dns_len + edit->ip_len > 0) {
        out->dns_names = edit->dns_names;
        out->dns_len = edit->dns_len;
        out->ip_addresses = edit->ip_addresses;
        out->ip_len = edit->ip_len;
        out->common_name = NULL;       /* that of the names that were there before */
    }
    if (edit->common_name != NULL)
        out->common_name = edit->common_name;
}

/* looking ------------------------------------------------------------------------------------------------- */

static bool is_own(const struct actor *who, const struct request_row *row)
{
    return !id_is_none(&who->id) && id_equal(&who->id, &row->asked_by);
}

static bool may_see(const struct actor *who, const struct request_row *row)
{
    return is_own(who, row) || access_may(who, RIGHT_READ, "authority", id_is_none(&row->issuer) ? NULL : &row->issuer);
}

enum err ca_request(struct ca *ca, const struct actor *who, const struct id *id, struct arena *a, struct request_row *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct request_row row;
    enum err r = store_look(ca->store, &look, e);

    if (r == ERR_NONE)
        r = store_request(look_db(&look), id, a, &row, e);
    if (r)
        return r;
    if (!may_see(who, &row))
        return fail(e, ERR_ABSENT, "there is no request of that id");
    *out = row;
    return ERR_NONE;
}

enum err ca_request_list(struct ca *ca, const struct actor *who, const struct request_ask *ask, struct arena *a, struct request_page *out, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct request_row *all;
    size_t len, n = 0;
    enum err r = store_look(ca->store, &look, e);

    if (r == ERR_NONE)
        r = store_request_page(look_db(&look), ask->state, &ask->before, ask->limit, a, &all, &len, e);
    if (r)
        return r;
    *out = (struct request_page){ .at = all };
    if (len == ask->limit)
        out->next = all[len - 1].id;
    for (size_t i = 0; i < len; i++)
        if (may_see(who, &all[i]) && (ask->kind == NULL || strcmp(ask->kind, all[i].kind) == 0))
            all[n++] = all[i];
    out->len = n;
    return ERR_NONE;
}

/* submit -------------------------------------------------------------------------------------------------- */

struct submission { struct request_row row; const char *detail, *location; };

static enum err check_room(const struct db *db, const struct request_row *row, struct arena *a, struct error *e)
{
    struct request_waiting waiting[REQUESTS_WAITING_MAX];
    int64_t count = 0;
    size_t len;
    enum err r;

    if (!id_is_none(&row->asked_by)) {
        r = store_request_count_of(db, &row->asked_by, &count, e);
        if (r)
            return r;
    }
    if (count >= REQUESTS_PENDING_MAX)
        return fail(e, ERR_LIMIT, "%d of your requests are pending: withdraw some, or wait for an administrator", REQUESTS_PENDING_MAX);
    r = store_request_waiting(db, row->spki_sha256, a, waiting, &len, e);
    for (size_t i = 0; r == ERR_NONE && i < len; i++) {
        char id[ID_TEXT];

        id_text(&waiting[i].id, id);
        if (strcmp(waiting[i].kind, "sign") == 0 && bytes_equal(waiting[i].body, row->body))
            return fail(e, ERR_CONFLICT, "the very same request is pending already, as %s: withdraw it, or wait for an administrator", id);
    }
    return r;
}

/* On the writer. */
static enum err record_submission(struct tx *tx, void *arg, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct submission *s = arg;
    enum err r = check_room(tx_db(tx), &s->row, a, e);

    if (r == ERR_NONE)
        r = store_request_add(tx, &s->row, e);
    if (r)
        return r;
    tx_note(tx, "request.submitted", "request", &s->row.id, s->detail);
    tx_made(tx, s->location, 201);
    fault_point("request.recorded");
    return ERR_NONE;
}

static const char *common_name_of(const struct judged *j)
{
    return j->common_name != NULL ? j->common_name : "";
}

static void fill_row(struct submission *s, const struct actor *who, const struct wish *wish, const struct judged *j, const struct csr *csr,
                     const char *comment, struct arena *a)
{
    uint8_t *spki = arena_take(a, SHA256_LEN);
    const char *name = j->common_name != NULL ? j->common_name : j->names.at[0].text;
    char id[ID_TEXT];

    hash_sha256(csr->key.der, spki);
    s->row = (struct request_row){
        .id = id_new(), .kind = "sign", .body = csr->der, .subject = csr->subject, .key_type = key_type_text(csr->key.type),
        .spki_sha256 = bytes_of(spki, SHA256_LEN), .common_name = common_name_of(j), .dns_names = ca_request_lines(&j->names, NAME_DNS, a),
        .ip_addresses = ca_request_lines(&j->names, NAME_IP, a), .profile = j->profile->slug, .issuer = j->issuer, .valid_days = wish->valid_days,
        .label = wish->label != NULL ? wish->label : "", .comment = comment != NULL ? comment : "", .asked_by = who->id, .asked_by_name = who->name,
        .asked_at = clock_now(),
    };
    id_text(&s->row.id, id);
    s->detail = arena_printf(a, "{\"kind\":\"sign\",\"common_name\":%s,\"profile\":\"%s\"}", detail_quote(a, name), j->profile->slug);
    s->location = arena_printf(a, "/api/v1/requests/%s", id);
}

enum err ca_request_submit(struct ca *ca, const struct actor *who, const struct wish *wish, const char *comment, struct arena *a,
                           struct findings *notes, struct id *out, struct error *e)
{
    struct submission s = { 0 };
    struct findings known;
    struct judged judged;
    struct csr csr;
    enum err r;

    r = ca_request_judge(ca, who, wish, a, notes, &judged, e);
    if (r == ERR_NONE)
        r = access_check(who, RIGHT_REQUEST, "authority", &judged.issuer, e);
    if (r)
        return r;
    findings_init(&known, a);
    r = csr_parse(wish->csr, a, &csr, &known, e);
    if (r)
        return r;
    fill_row(&s, who, wish, &judged, &csr, comment, a);
    r = store_write(ca->store, who, record_submission, &s, e);
    if (r)
        return r;
    fault_point("request.committed");
    *out = s.row.id;
    return ERR_NONE;
}

/* settle -------------------------------------------------------------------------------------------------- */

struct settlement {
    struct request_row row;
    const char *act, *state, *reason, *detail, *location;
};

/* RFC 9110, 13.1.1: what the caller saw is what it decides on. */
static enum err check_seen(const struct actor *who, int64_t version, struct error *e)
{
    if (who->if_match < 0 || who->if_match == version)
        return ERR_NONE;
    return fail_kind(e, ERR_CONFLICT, "precondition", "the request has changed since you read it: look at it again");
}

enum err ca_request_open(const struct actor *who, const struct request_row *row, const char *kind, struct error *e)
{
    char at[TIME_TEXT];

    if (kind != NULL && strcmp(row->kind, kind) != 0)
        return strcmp(kind, "sign") == 0
            ? fail(e, ERR_CONFLICT, "this request is for another authority: complete it with the certificate that comes back, or withdraw it")
            : fail(e, ERR_CONFLICT, "this request is to be signed here: sign or deny it");
    if (strcmp(row->state, "pending") == 0)
        return check_seen(who, row->version, e);
    time_text(row->settled_at, at);
    return fail(e, ERR_CONFLICT, "the request is settled: %s by \"%.64s\" on %s", row->state, row->settled_by_name, at);
}

static const char *location_of(const struct id *request, struct arena *a)
{
    char id[ID_TEXT];

    id_text(request, id);
    return arena_printf(a, "/api/v1/requests/%s", id);
}

/* Rides in the commit of the certificate. */
static enum err record_signed(struct tx *tx, const struct issued *made, void *arg, struct error *e)
{
    struct settlement *s = arg;
    CLEANUP(arena_drop) struct arena *a = arena_new();
    char id[ID_TEXT];
    enum err r;

    r = store_request_settle(tx, &s->row.id, &(struct request_end){ .state = "issued", .certificate = made->certificate, .number = made->number }, e);
    if (r)
        return r;
    id_text(&made->certificate, id);
    tx_note(tx, "request.signed", "request", &s->row.id,
            arena_printf(a, "{\"common_name\":%s,\"certificate_id\":\"%s\",\"version\":%d,\"requested_by\":%s}", detail_quote(a, s->row.common_name), id,
                         made->number, detail_quote(a, s->row.asked_by_name)));
    fault_point("request.sign_recorded");
    return ERR_NONE;
}

enum err ca_request_sign(struct ca *ca, const struct actor *who, const struct id *id, const struct wish *edit, struct arena *a,
                         struct findings *notes, struct issued *out, struct error *e)
{
    struct settlement s = { 0 };
    struct wish wish;
    enum err r;

    r = ca_request(ca, who, id, a, &s.row, e);
    if (r == ERR_NONE)
        r = ca_request_open(who, &s.row, "sign", e);
    if (r)
        return r;
    ca_request_edit(&s.row, edit, a, &wish);
    wish.made_at = location_of(id, a);
    wish.also = record_signed;
    wish.arg = &s;
    return ca_issue(ca, who, &wish, a, notes, out, e);
}

static enum err record_end(struct tx *tx, void *arg, struct error *e)
{
    struct settlement *s = arg;
    enum err r = store_request_settle(tx, &s->row.id, &(struct request_end){ .state = s->state, .reason = s->reason }, e);

    if (r == ERR_NONE && !id_is_none(&s->row.key))
        r = store_request_forget_key(tx, &s->row.key, e);
    if (r)
        return r;
    tx_note(tx, s->act, "request", &s->row.id, s->detail);
    tx_made(tx, s->location, 200);
    fault_point("request.ended");
    return ERR_NONE;
}

static enum err end(struct ca *ca, const struct actor *who, struct settlement *s, struct arena *a, struct error *e)
{
    s->detail = arena_printf(a, "{\"kind\":\"%s\",\"common_name\":%s,\"reason\":%s,\"requested_by\":%s}", s->row.kind, detail_quote(a, s->row.common_name),
                             detail_quote(a, s->reason), detail_quote(a, s->row.asked_by_name));
    s->location = location_of(&s->row.id, a);
    return store_write(ca->store, who, record_end, s, e);
}

static enum err check_issue(const struct actor *who, const struct request_row *row, struct error *e)
{
    if (id_is_none(&row->issuer))
        return access_check(who, RIGHT_ISSUE, "*", NULL, e);
    return access_check(who, RIGHT_ISSUE, "authority", &row->issuer, e);
}

enum err ca_request_deny(struct ca *ca, const struct actor *who, const struct id *id, const char *reason, struct arena *a, struct error *e)
{
    struct settlement s = { .act = "request.denied", .state = "denied", .reason = reason };
    enum err r;

    r = ca_request(ca, who, id, a, &s.row, e);
    if (r == ERR_NONE)
        r = check_issue(who, &s.row, e);
    if (r == ERR_NONE)
        r = ca_request_open(who, &s.row, "sign", e);
    return r ? r : end(ca, who, &s, a, e);
}

enum err ca_request_withdraw(struct ca *ca, const struct actor *who, const struct id *id, struct arena *a, struct error *e)
{
    struct settlement s = { .act = "request.withdrawn", .state = "withdrawn", .reason = "" };
    enum err r;

    r = ca_request(ca, who, id, a, &s.row, e);
    if (r == ERR_NONE && !is_own(who, &s.row))
        r = check_issue(who, &s.row, e);
    if (r == ERR_NONE)
        r = ca_request_open(who, &s.row, NULL, e);
    return r ? r : end(ca, who, &s, a, e);
}

/* the result ---------------------------------------------------------------------------------------------- */

static const struct { const char *form, *type, *ending; bool with_chain; } forms[] = {
    { "pem", "application/x-pem-file", "pem", false },
    { "der", "application/pkix-cert", "cer", false },
    { "chain", "application/pem-certificate-chain", "chain.pem", true },
    { "p7b", "application/x-pkcs7-certificates", "p7b", true },
};

static struct bytes body_of(const char *form, const struct bytes *chain, size_t len, struct arena *a)
{
    const char *text = "";

    if (strcmp(form, "der") == 0)
        return chain[0];
    if (strcmp(form, "p7b") == 0)
        return pkcs7_certs(a, chain, len);
    for (size_t i = 0; i < len; i++)
        text = arena_printf(a, "%s%s", text, pem_text(a, "CERTIFICATE", chain[i]));
    return bytes_text(text);
}

static enum err read_chain(struct ca *ca, const struct request_row *row, struct arena *a, struct bytes **chain, size_t *len, struct error *e)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct inventory_item item;
    enum err r = store_look(ca->store, &look, e);

    if (r == ERR_NONE)
        r = inventory_show(look_db(&look), &row->certificate, row->number, a, &item, e);
    return r ? r : inventory_chain(look_db(&look), item.n, false, a, chain, len, e);
}

enum err ca_request_result(struct ca *ca, const struct actor *who, const struct id *id, const char *form, struct arena *a, struct exported *out,
                           struct error *e)
{
    struct request_row row;
    struct bytes *chain;
    size_t at = 0, len;
    enum err r;

    while (at < sizeof(forms) / sizeof(*forms) && strcmp(forms[at].form, form) != 0)
        at++;
    if (at == sizeof(forms) / sizeof(*forms))
        return fail_at(e, "/form", "pem, der, chain or p7b");
    r = ca_request(ca, who, id, a, &row, e);
    if (r)
        return r;
    if (id_is_none(&row.certificate))
        return fail(e, ERR_CONFLICT, "no certificate came of this request: it is %s", row.state);
    r = read_chain(ca, &row, a, &chain, &len, e);
    if (r)
        return r;
    *out = (struct exported){ .body = body_of(form, chain, forms[at].with_chain ? len : 1, a), .type = forms[at].type,
                              .filename = ca_export_filename(row.common_name, forms[at].ending, a) };
    return ERR_NONE;
}
