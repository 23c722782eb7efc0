#include "api/certificate_json.h"

#include "api/member.h"
#include "pki/pem.h"

static void member_warnings(struct buf *out, const struct findings *warnings)
{
    bool is_first = true;

    member_name(out, "warnings");
    buf_byte(out, '[');
    for (size_t i = 0; i < warnings->len; i++) {
        const struct finding *f = &warnings->at[i];

        if (f->level != LEVEL_WARNING)
            continue;
        if (!is_first)
            buf_byte(out, ',');
        is_first = false;
        buf_byte(out, '{');
        member_text(out, "rule", f->rule);
        member_text(out, "pointer", f->pointer);
        member_text(out, "detail", f->text);
        buf_byte(out, '}');
    }
    buf_byte(out, ']');
}

static void put_holder(struct buf *out, const struct inventory_item *item)
{
    member_id(out, "id", &item->id);
    member_text(out, "label", item->label);
    member_text(out, "subject", item->subject);
    member_text(out, "common_name", item->common_name);
    member_texts(out, "dns_names", item->dns_names, item->dns_len);
    member_texts(out, "ip_addresses", item->ip_addresses, item->ip_len);
    member_text(out, "issuer", item->issuer_text);
    member_id(out, "issuer_id", &item->issuer_id);
    member_hex(out, "serial", item->serial);
    member_time(out, "not_before", item->not_before);
    member_time(out, "not_after", item->not_after);
    member_text(out, "status", item->status);
}

static void put_rest(struct buf *out, const struct inventory_item *item)
{
    member_text(out, "key_type", item->key_type);
    member_flag(out, "has_private_key", item->has_private_key);
    member_flag(out, "exportable", item->is_exportable);
    member_flag(out, "self_signed", item->is_self_signed);
    member_hex(out, "thumbprint_sha1", item->sha1);
    member_hex(out, "thumbprint_sha256", item->sha256);
    member_number(out, "version", item->number);
    member_number(out, "versions", item->versions);
    member_text(out, "source", item->source);
    member_text(out, "store", item->store);
    member_text(out, "profile", item->profile);
    member_flag(out, "archived", item->is_archived);
    member_flag(out, "superseded", !item->is_current);
    member_text(out, "owner", item->owner);
    member_texts(out, "tags", item->tags, item->tags_len);
    member_text(out, "notes", item->notes);
    member_text(out, "account", item->account);
    member_texts(out, "used_by", item->used_by, item->used_by_len);
}

void certificate_json(struct buf *out, const struct inventory_item *item, const char *pem, const struct findings *warnings)
{
    buf_byte(out, '{');
    put_holder(out, item);
    put_rest(out, item);
    if (pem != NULL)
        member_text(out, "pem", pem);
    if (warnings != NULL)
        member_warnings(out, warnings);
    buf_byte(out, '}');
}

const char *certificate_pem(struct arena *a, const struct bytes *chain, size_t len)
{
    const char **parts = arena_take(a, (len + 1) * sizeof(*parts));
    size_t room = 1;
    char *text, *p;

    for (size_t i = 0; i < len; i++) {
        parts[i] = pem_text(a, "CERTIFICATE", chain[i]);
        room += strlen(parts[i]);
    }
    text = p = arena_take(a, room);
    for (size_t i = 0; i < len; i++)
        p = stpcpy(p, parts[i]);
    return text;
}
