/* fuzz_csr - certificate requests as anybody sends them: a verdict with a reason, and names that are in their one form. */
#include "fuzz.h"

#include "pki/certreq.h"
#include "pki/csr_asked.h"

static void names_are_in_their_one_form(const struct names *names, struct arena *a)
{
    must(names->len > 0 && names->len <= NAMES_MAX);
    for (size_t i = 0; i < names->len; i++) {
        const char *text = names->at[i].text;
        struct name again;

        must(name_any(text, strlen(text), a, &again, NULL) == ERR_NONE && name_equal(&names->at[i], &again));
        must(strcmp(text, again.text) == 0);
    }
}

static void it_can_be_told(const struct csr *c, struct arena *a)
{
    struct certreq like = { .subject = c->subject_der, .names = c->names, .key_type = c->key.type };
    struct asked *asked;
    size_t len = csr_asked(c, a, &asked);

    for (size_t i = 0; i < len; i++)
        must(asked[i].field[0] != '\0' && asked[i].value != NULL);
    (void)certreq_inf(&like, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };
    struct findings notes;
    struct csr c;
    enum err r;

    findings_init(&notes, a);
    r = csr_parse(bytes_of(data, size), a, &c, &notes, &e);
    if (r == ERR_NONE) {
        names_are_in_their_one_form(&c.names, a);
        it_can_be_told(&c, a);
    } else {
        must(r == ERR_INVALID && e.text[0] != '\0' && e.kind[0] != '\0' && notes.len == 0);
    }
    return 0;
}
