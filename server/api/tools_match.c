/* tools_match - do these two belong together? By the public key. */
#include "api/tools.h"

#include "api/json.h"
#include "base/id.h"
#include "keeper/keeper.h"
#include "pki/bundle.h"
#include "pki/csr.h"
#include "pki/hash.h"

/* The first of that kind in a file of whatever form: a key stands beside its certificate often enough. */
static enum err find_item(struct request *rq, const char *text, const char *field, enum item_kind kind, struct item *out, struct error *e)
{
    struct items items;
    struct bytes file;
    enum err r = tools_file(rq, text, &file, e);

    items_init(&items, rq->arena);
    if (!r)
        r = bundle_read(file, body_text(rq, "password"), &items, e);
    if (r)
        return fail_at(e, strcmp(e->field, "/password") == 0 ? "/password" : field, "%s", arena_text(rq->arena, e->text));
    for (size_t i = 0; i < items.len; i++) {
        if (items.at[i].kind != kind)
            continue;
        if (items.at[i].trouble != NULL)
            return fail_at(e, field, "%s", items.at[i].trouble);
        *out = items.at[i];
        return ERR_NONE;
    }
    return fail_at(e, field, "there is no %s in it", kind == ITEM_KEY ? "private key" : "certificate");
}

/* The keeper reads it, as any key that comes from outside; what it seals is thrown away. */
static enum err spki_of_key(struct app *app, struct request *rq, const char *text, struct bytes *out, struct error *e)
{
    struct key_spec spec = { .purpose = PURPOSE_SUBJECT, .type = KEY_NONE, .id = id_new() };
    struct sealed_key sealed;
    struct item item;
    enum err r = find_item(rq, text, "/key", ITEM_KEY, &item, e);

    if (r)
        return r;
    r = keeper_seal(app->keeper, &spec, item.der, rq->arena, &sealed, e);
    if (r == ERR_INVALID)
        return fail_at(e, "/key", "%s", arena_text(rq->arena, e->text));
    if (r)
        return r;
    *out = sealed.spki;
    return ERR_NONE;
}

static enum err spki_of_request(struct request *rq, const char *text, struct bytes *out, struct error *e)
{
    struct findings notes;
    struct bytes der;
    struct csr csr;
    enum err r;

    findings_init(&notes, rq->arena);
    r = tools_der(rq, text, "/request", &der, e);
    if (r)
        return r;
    r = csr_parse(der, rq->arena, &csr, &notes, e);
    if (r)
        return fail_at(e, "/request", "%s", arena_text(rq->arena, e->text));
    *out = csr.key.der;
    return ERR_NONE;
}

static json_t *sha256_of(struct bytes from)
{
    uint8_t sha256[SHA256_LEN];

    hash_sha256(from, sha256);
    return json_of_hex(bytes_of(sha256, sizeof(sha256)));
}

enum err tools_match(struct app *app, struct request *rq, struct error *e)
{
    const char *key = body_text(rq, "key"), *request = body_text(rq, "request");
    struct bytes other = { 0 };
    struct item item;
    struct cert cert;
    enum err r;

    if ((key == NULL) == (request == NULL))
        return fail_at(e, "/key", "give either a key or a request");
    r = find_item(rq, body_text(rq, "certificate"), "/certificate", ITEM_CERTIFICATE, &item, e);
    if (r)
        return r;
    r = cert_parse(item.der, rq->arena, &cert, e);
    if (r)
        return fail_at(e, "/certificate", "%s", arena_text(rq->arena, e->text));
    r = key != NULL ? spki_of_key(app, rq, key, &other, e) : spki_of_request(rq, request, &other, e);
    if (r)
        return r;
    reply_json(rq, 200, json_pack("{s:b, s:o, s:o}", "match", bytes_equal(cert.key.der, other),
                                  "certificate_key_sha256", sha256_of(cert.key.der), "other_key_sha256", sha256_of(other)));
    return ERR_NONE;
}
