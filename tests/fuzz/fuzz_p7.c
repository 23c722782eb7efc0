/* fuzz_p7 - PKCS#7 files, and the sniffing of every other form: what is told apart is read by its own reader. */
#include "fuzz.h"

#include "pki/bundle.h"
#include "pki/pkcs7_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };
    struct items items;
    enum err r;

    items_init(&items, a);
    r = pkcs7_read(bytes_of(data, size), &items, &e);
    must(r == ERR_NONE ? items.len > 0 : r == ERR_INVALID && e.text[0] != '\0' && items.len == 0);
    for (size_t i = 0; i < items.len; i++)
        must(items.at[i].der.len > 1 && items.at[i].der.at[0] == 0x30);
    items_init(&items, a);
    r = bundle_read(bytes_of(data, size), NULL, &items, &e);
    must(r == ERR_NONE || (r == ERR_INVALID && e.field[0] == '/'));
    return 0;
}
