/* fuzz_crl - revocation lists: the strict reader, the walk through its entries, and lint. */
#include "fuzz.h"

#include "pki/crl.h"
#include "pki/lint.h"

/* Every entry that the reader counted is found by the walk, and by its serial number. */
static void walk(const struct crl *c)
{
    struct der d = der_of(c->entries);
    struct crl_line line;
    size_t n = 0;
    int64_t at;
    int reason;

    while (!der_end(&d) && crl_next(&d, &line)) {
        n++;
        if (n < 100)
            must(crl_lists(c, line.serial, &at, &reason));
    }
    must(n == c->entries_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct findings found;
    struct error e = { 0 };
    struct crl c;

    findings_init(&found, a);
    if (crl_parse(bytes_of(data, size), a, &c, &e) == ERR_NONE)
        walk(&c);
    must(lint_crl(bytes_of(data, size), a, &found, &e) == ERR_NONE);
    return 0;
}
