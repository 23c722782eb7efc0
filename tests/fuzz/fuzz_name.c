/* fuzz_name - names as people type them: what is taken is taken again unchanged, and looks like a host name or an address. */
#include "fuzz.h"

#include "base/text.h"
#include "pki/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };
    struct name n, again;

    if (name_any((const char *)data, size, a, &n, &e) != ERR_NONE) {
        must(e.text[0] != '\0' && text_is_clean(bytes_text(e.text)));
        return 0;
    }
    must(strlen(n.text) <= 253 && strspn(n.text, "abcdefghijklmnopqrstuvwxyz0123456789-.*:") == strlen(n.text));
    must(name_any(n.text, strlen(n.text), a, &again, &e) == ERR_NONE && name_equal(&n, &again) && strcmp(n.text, again.text) == 0);
    must(name_covers(&n, &again));
    must(text_is_clean(bytes_text(name_display(&n, a))));
    return 0;
}
