/* fuzz_p12 - PFX files of anybody's making: items that are whole, or a reason; never more work than the budget allows. */
#include "fuzz.h"

#include "pki/bundle.h"
#include "pki/p12_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };
    struct items items;
    enum err r;

    items_init(&items, a);
    r = p12_read(bytes_of(data, size), "tide", &items, &e);
    must(r == ERR_NONE ? items.len > 0 && items.len <= P12_BAGS : r == ERR_INVALID && e.text[0] != '\0' && items.len == 0);
    for (size_t i = 0; i < items.len; i++)
        must(items.at[i].name != NULL && (items.at[i].trouble != NULL || items.at[i].der.len > 0));
    return 0;
}
