/* export_targets - /api/v1/export-targets: the places a PFX may go to, and how it is encrypted for them. */
#include "api/json.h"
#include "api/tables.h"
#include "access/rights.h"
#include "http/request.h"
#include "pki/pfx_target.h"

static json_t *reader_words(const struct pfx_target *t)
{
    json_t *list = json_array();

    for (size_t i = 0; t->readers[i] != NULL; i++)
        json_array_append_new(list, json_string(t->readers[i]));
    return list;
}

static enum err list(struct app *app, struct request *rq, struct error *e)
{
    json_t *items = json_array();

    (void)app;
    (void)e;
    for (size_t i = 0; i < pfx_targets_len; i++) {
        const struct pfx_target *t = &pfx_targets[i];

        json_array_append_new(items, json_pack("{s:s, s:s, s:s, s:o, s:s}", "slug", t->slug, "label", t->label,
                                               "pkcs12_profile", t->profile, "readers", reader_words(t), "note", t->note));
    }
    reply_json(rq, 200, json_list(items, NULL));
    return ERR_NONE;
}

const struct route export_targets_routes[] = {
    { "GET", "/api/v1/export-targets", list, RIGHT_READ, 0, 0, NULL },
    { 0 }
};
