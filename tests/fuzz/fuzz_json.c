/* fuzz_json - a body that claims to be JSON, held against a shape with every kind of member. Faults are counted, never fatal. */
#include "fuzz.h"

#include "base/text.h"
#include "http/exchange.h"

static const struct shape_member inner_members[] = { { "type", SHAPE_TEXT, true, 1, 20, NULL }, { "n", SHAPE_NUMBER, false, -5, 5, NULL }, { 0 } };
static const struct shape inner = { inner_members };
static const struct shape_member members[] = {
    { "name", SHAPE_TEXT, true, 1, 20, NULL }, { "days", SHAPE_NUMBER, false, 1, 365, NULL }, { "names", SHAPE_TEXTS, false, 0, 3, NULL },
    { "key", SHAPE_OBJECT, false, 0, 0, &inner }, { "keys", SHAPE_OBJECTS, false, 0, 5, &inner }, { "on", SHAPE_FLAG, false, 0, 0, NULL },
    { "pem", SHAPE_TEXT, false, 0, 10000, NULL }, { "any", SHAPE_ANY, false, 0, 0, NULL }, { 0 },
};
static const struct shape shape = { members };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct route route = { "POST", "/", NULL, 1, 0, 0, &shape };
    struct exchange x = { .rq.route = &route };
    struct error e = { 0 };
    enum err r;

    x.rq.arena = arena_new();
    x.rq.body = bytes_of(data, size);
    findings_init(&x.rq.findings, x.rq.arena);
    r = body_read(&x, &e);
    for (size_t i = 0; i < x.rq.findings.len; i++)
        must(text_is_utf8(bytes_text(x.rq.findings.at[i].pointer)) && text_is_utf8(bytes_text(x.rq.findings.at[i].text)));
    if (!r)
        must(json_is_object(x.rq.json) && body_text(&x.rq, "name") != NULL && text_is_clean(bytes_text(body_text(&x.rq, "name"))));
    json_decref(x.rq.json);
    arena_free(x.rq.arena);
    return 0;
}
