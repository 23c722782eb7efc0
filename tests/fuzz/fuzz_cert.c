/* fuzz_cert - certificates: the strict reader, lint, the Details tab and a chain of one; none may trust a length it was given. */
#include "fuzz.h"

#include "pki/chain.h"
#include "pki/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct bytes from = bytes_of(data, size);
    struct findings found;
    struct error e = { 0 };
    struct detail *details;
    struct chain chain;
    struct cert c;
    const struct cert *at = &c;

    findings_init(&found, a);
    if (cert_parse(from, a, &c, &e) != ERR_NONE) {
        must(e.text[0] != '\0');
        (void)!lint_cert_all(from, a, &found, &e);
        return 0;
    }
    must(cert_details(&c, a, &details) > 0);
    must(lint_cert_all(from, a, &found, &e) == ERR_NONE);   /* what is read strictly can be judged, too */
    (void)!lint_tbs(c.tbs, a, &found, &e);
    chain_build(&c, &at, 1, &at, 1, &chain);
    must(chain.len == 1 && chain.is_complete);
    chain_check(&chain, FOR_SERVER, c.names.len > 0 ? &c.names.at[0] : NULL, c.not_before, &found);
    return 0;
}
