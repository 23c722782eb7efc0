/* fuzz_pem - text with blocks in it: each that is taken reads the same when it is written again. */
#include "fuzz.h"

#include "pki/pem.h"

static void write_and_read(const char *label, struct bytes der, struct arena *a)
{
    const char *text = pem_text(a, label, der), *again;
    struct bytes back;

    must(pem_next(&text, text + strlen(text), a, &again, &back, NULL) == ERR_NONE && strcmp(label, again) == 0 && bytes_equal(der, back));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    const char *at = (const char *)data, *end = at + size, *label, *before = at;
    struct bytes der;

    if (size == 0 || size > 64 * 1024)
        return 0;
    while (pem_next(&at, end, a, &label, &der, NULL) == ERR_NONE) {
        must(at > before && at <= end && der.len > 0);
        before = at;
        write_and_read(label, der, a);
    }
    return 0;
}
