/* fuzz_zip - archives of anybody's making: members within their ceilings, or a reason. */
#include "fuzz.h"

#include "base/unzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct unzip_member *list = NULL;
    struct error e = { 0 };
    size_t len = 0, all = 0;

    if (unzip_list(bytes_of(data, size), a, &list, &len, &e) != ERR_NONE) {
        must(e.text[0] != '\0');
        return 0;
    }
    must(len <= UNZIP_MEMBERS_MAX);
    for (size_t i = 0; i < len; i++) {
        struct bytes out = { 0 };

        if (unzip_open(&list[i], a, &out, &e) == ERR_NONE) {
            all += out.len;
            must(out.len == list[i].size);
        }
    }
    must(all <= UNZIP_ALL_MAX);
    return 0;
}
