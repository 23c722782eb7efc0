/* replay - every file of the folders given, through one fuzz target: `make check` does it under the sanitizers. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"

static void replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data, *exact;
    size_t len;

    if (f == NULL) {
        perror(path);
        exit(1);
    }
    data = own_alloc(1 << 20);
    len = fread(data, 1, 1 << 20, f);
    fclose(f);
    exact = own_alloc(len);   /* of its true size, so that the sanitizer sees a step beyond it */
    memcpy(exact, data, len);
    free(data);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
}

static size_t replay_folder(const char *folder)
{
    DIR *d = opendir(folder);
    struct dirent *entry;
    char path[512];
    size_t n = 0;

    if (d == NULL) {
        perror(folder);
        exit(1);
    }
    for (entry = readdir(d); entry != NULL; entry = readdir(d)) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        replay(path);
        n++;
    }
    closedir(d);
    return n;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        size_t n = replay_folder(argv[i]);

        if (n == 0) {
            fprintf(stderr, "%s is empty: there is nothing to replay\n", argv[i]);
            return 1;
        }
        printf("fuzz: %zu inputs of %s replayed\n", n, argv[i]);
    }
    return 0;
}
