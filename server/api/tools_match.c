/* tools_match - do these two belong together? By the public key. */
#include "api/tools.h"

#include "api/json.h"
#include "base/id.h"
#include "keeper/keeper.h"
#include "pki/csr.h"
#include "pki/hash.h"
#include "pki/key_read.h"
#include "pki/pem.h"
#include "pki/pkcs8.h"

/* The first block, under the password that came along. */
static enum err open_key(struct request *rq, const char *text, struct bytes *out, struct error *e)
{
    struct pbe_budget budget = { 0 };
    struct item item = { 0 };
    struct bytes der;
    enum err r;

    r = tools_der(rq, text, "/key", &der, e);
    if (!r)
        r = key_read(der, body_text(rq, "password"), &budget, rq->arena, &item, e);
    if (r)
        return r;
    *out = item.der;
    return ERR_NONE;
}

/* The keeper reads it, as any key that comes from outside; what it seals is thrown away. */
static enum err spki_of_key(struct app *app, struct request *rq, const char *text, struct bytes *out, struct error *e)
{
    struct key_spec spec = { .purpose = PURPOSE_SUBJECT, .type = KEY_NONE, .id = id_new() };
    struct sealed_key sealed;
    struct bytes pkcs8;
    enum err r;

    r = body_text(rq, "password") != NULL ? open_key(rq, text, &pkcs8, e) : pkcs8_of_pem(bytes_text(text), rq->arena, &pkcs8, e);
    if (!r)
        r = keeper_seal(app->keeper, &spec, pkcs8, rq->arena, &sealed, e);
    if (r == ERR_INVALID)
        return fail_at(e, strcmp(e->kind, "wrong-password") == 0 ? "/password" : "/key", "%s", arena_text(rq->arena, e->text));
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
    struct bytes der, other = { 0 };
    struct cert cert;
    enum err r;

    if ((key == NULL) == (request == NULL))
        return fail_at(e, "/key", "give either a key or a request");
    r = tools_der(rq, body_text(rq, "certificate"), "/certificate", &der, e);
    if (r)
        return r;
    r = cert_parse(der, rq->arena, &cert, e);
    if (r)
        return fail_at(e, "/certificate", "%s", arena_text(rq->arena, e->text));
    r = key != NULL ? spki_of_key(app, rq, key, &other, e) : spki_of_request(rq, request, &other, e);
    if (r)
        return r;
    reply_json(rq, 200, json_pack("{s:b, s:o, s:o}", "match", bytes_equal(cert.key.der, other),
                                  "certificate_key_sha256", sha256_of(cert.key.der), "other_key_sha256", sha256_of(other)));
    return ERR_NONE;
}
