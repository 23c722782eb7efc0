/* fuzz_key - private keys in all their forms: what is read is PKCS#8 that reads again to the same public half. */
#include "fuzz.h"

#include "pki/key_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct pbe_budget budget = { 0 };
    struct item item, again;
    struct error e = { 0 };
    enum err r;

    r = key_read(bytes_of(data, size), "tide", &budget, a, &item, &e);
    if (r == ERR_NONE)
        must(key_read_pkcs8(item.der, a, &again, &e) == ERR_NONE && bytes_equal(item.spki, again.spki));
    else
        must(r == ERR_INVALID && e.text[0] != '\0');
    must(budget.spent <= PBE_ITERATIONS_ALL + 2ull * PBE_ITERATIONS_EACH);
    return 0;
}
