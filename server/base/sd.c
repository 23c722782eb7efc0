#include "base/sd.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void sd_tell(const char *state)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    const char *path = getenv("NOTIFY_SOCKET");
    size_t len;
    int fd;

    if (path == NULL || (*path != '/' && *path != '@') || strlen(path) >= sizeof(to.sun_path))
        return;
    len = strlen(path);
    memcpy(to.sun_path, path, len);
    if (*path == '@')
        to.sun_path[0] = '\0';   /* the abstract name space */
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    close(fd);
}
