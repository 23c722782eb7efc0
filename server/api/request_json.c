#include "api/request_json.h"

#include <string.h>

#include "api/json.h"
#include "pki/hash.h"

/* The sentences that whoever worked with AD CS has read before. */
static const struct { const char *kind, *state, *text; } messages[] = {
    { "sign", "pending", "Your certificate request has been received. However, you must wait for an administrator to issue the certificate you requested." },
    { "sign", "issued", "The certificate you requested was issued to you." },
    { "external", "pending", "The private key stays here. Send the request to your authority, and complete it with the certificate that comes back." },
    { "external", "issued", "The certificate was received and has its private key: it is in Personal." },
    { "sign", "withdrawn", "The request was withdrawn." },
    { "external", "withdrawn", "The request was withdrawn, and its private key destroyed." },
};

static const char *message_of(const struct request_row *row, struct arena *a)
{
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++)
        if (strcmp(messages[i].kind, row->kind) == 0 && strcmp(messages[i].state, row->state) == 0)
            return messages[i].text;
    return arena_printf(a, "Your certificate request was denied. The disposition message is \"%s\". Contact your administrator for further information.", row->reason);
}

static json_t *lines_json(const char *lines, struct arena *a)
{
    const char *const *at;
    size_t len = ca_request_names(lines, a, &at);

    return json_of_texts(at, len);
}

static json_t *number_or_null(int64_t value)
{
    return value > 0 ? json_integer(value) : json_null();
}

json_t *request_row_json(const struct request_row *row, struct arena *a)
{
    return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                     "id", json_of_id(&row->id), "kind", row->kind, "state", row->state, "message", json_of_text(message_of(row, a)),
                     "subject", json_of_text(row->subject), "common_name", json_of_text(row->common_name), "dns_names", lines_json(row->dns_names, a),
                     "ip_addresses", lines_json(row->ip_addresses, a), "key_type", row->key_type, "key_id_sha256", json_of_hex(row->spki_sha256),
                     "profile", row->profile, "issuer_id", json_of_id(&row->issuer), "valid_days", number_or_null(row->valid_days),
                     "label", json_of_text(row->label), "comment", json_of_text(row->comment), "requested_by", json_of_text(row->asked_by_name),
                     "requested_at", json_of_time(row->asked_at), "settled", row->settled_at == 0 ? json_null()
                         : json_pack("{s:o, s:o, s:o}", "by", json_of_text(row->settled_by_name), "at", json_of_time(row->settled_at), "reason", json_of_text(row->reason)),
                     "certificate_id", json_of_id(&row->certificate), "certificate_version", number_or_null(row->number),
                     "version", json_integer(row->version));
}

static void split_names(const struct names *names, json_t **dns, json_t **ip)
{
    *dns = json_array();
    *ip = json_array();
    for (size_t i = 0; i < names->len; i++)
        json_array_append_new(names->at[i].kind == NAME_DNS ? *dns : *ip, json_of_text(names->at[i].text));
}

json_t *request_decoded_json(const struct csr *csr, struct arena *a)
{
    uint8_t spki[SHA256_LEN];
    struct asked *asked;
    size_t len = csr_asked(csr, a, &asked);
    json_t *lines = json_array(), *dns, *ip;

    hash_sha256(csr->key.der, spki);
    split_names(&csr->names, &dns, &ip);
    for (size_t i = 0; i < len; i++)
        json_array_append_new(lines, json_pack("{s:o, s:o, s:b, s:b}", "field", json_of_text(asked[i].field), "value", json_of_text(asked[i].value),
                                               "critical", asked[i].is_critical, "attribute", asked[i].is_attribute));
    return json_pack("{s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "subject", json_of_text(csr->subject), "common_name", json_of_text(csr->common_name),
                     "dns_names", dns, "ip_addresses", ip, "key_type", key_type_text(csr->key.type),
                     "key_id_sha256", json_of_hex(bytes_of(spki, sizeof(spki))), "details", lines);
}

json_t *request_policy_json(const struct judged *j, const struct findings *notes)
{
    json_t *differences = json_array(), *dns, *ip;

    split_names(&j->names, &dns, &ip);
    for (size_t i = 0; i < j->differences_len; i++) {
        const struct difference *d = &j->differences[i];

        json_array_append_new(differences, json_pack("{s:o, s:o, s:o, s:b, s:o}", "field", json_of_text(d->field), "asked", json_of_text(d->asked),
                                                     "signed", json_of_text(d->given), "same", d->why[0] == '\0', "why", json_of_text(d->why)));
    }
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o}", "profile", j->profile->slug, "common_name", json_of_text(j->common_name),
                     "dns_names", dns, "ip_addresses", ip, "issuer_id", json_of_id(&j->issuer), "issuer", json_of_text(j->issuer_name),
                     "not_before", json_of_time(j->not_before), "not_after", json_of_time(j->not_after), "valid_days", (json_int_t)j->valid_days,
                     "differences", differences, "warnings", json_of_findings(notes, LEVEL_WARNING));
}
