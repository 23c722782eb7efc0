#include "cli/save.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

int cli_save(const char *path, struct bytes body)
{
    int fd = strcmp(path, "-") == 0 ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ssize_t n;

    if (fd < 0) {
        fprintf(stderr, "signet: cannot write %s: is it there already?\n", path);
        return EXIT_FAILED;
    }
    n = write(fd, body.at, body.len);
    if (fd != STDOUT_FILENO && close(fd) != 0)
        n = -1;
    if (n != (ssize_t)body.len) {
        fprintf(stderr, "signet: could not write all of %s\n", path);
        return EXIT_FAILED;
    }
    if (fd != STDOUT_FILENO)
        fprintf(stderr, "signet: wrote %s\n", path);
    return EXIT_OK;
}
