/* rest - the REST surface behind a listener of its own, over a fresh database: asked as clients ask. */
#ifndef TEST_REST_H
#define TEST_REST_H

#include "check.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "access/access.h"
#include "api/api.h"
#include "base/config.h"
#include "http/server.h"
#include "http/stream.h"
#include "store/settings.h"

#define PASSWORD "a kettle on the seventh hill"

struct world {
    char dir[64], db[96], control[96];
    struct config config;
    struct app app;
    struct arena *arena;
    const char *setup_token;
};

struct answer { int status; char text[65536]; json_t *body; };

static inline void heard(void *arg, const struct note *notes, size_t len)
{
    struct world *w = arg;

    access_heard(w->app.access, notes, len);
    api_events_heard(&w->app, notes, len);
}

static inline int open_world(void **state)
{
    static const struct surface *const surfaces[] = { &api_surface, &problems_surface, NULL };
    struct world *w = calloc(1, sizeof(*w));
    struct store_options store = { .path = w->db, .readers = 2 };
    struct server_options how = { .app = &w->app, .threads = 1, .workers = 4,
        .on = { [LISTEN_HTTP] = { "127.0.0.1:0", NULL, surfaces }, [LISTEN_CONTROL] = { w->control, NULL, surfaces } },
        .limits = { .per_address = 100, .connections = 100, .handshake_ms = 5000, .headers_ms = 5000, .body_ms = 5000, .idle_ms = 5000 } };
    struct error e = { 0 };
    const char *link;

    snprintf(w->dir, sizeof(w->dir), "/tmp/signet-api-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    snprintf(w->db, sizeof(w->db), "%s/signet.db", w->dir);
    snprintf(w->control, sizeof(w->control), "%s/control", w->dir);
    snprintf(w->config.https, sizeof(w->config.https), "[::]:8443");
    w->app.config = &w->config;
    w->arena = arena_new();
    assert_ok(store_open(&store, &w->app.store, &e));
    assert_ok(settings_open(w->app.store, &w->app.settings, &e));
    assert_ok(access_open(w->app.store, w->dir, &w->app.access, &e));
    w->app.streams = streams_new();
    store_watch(w->app.store, heard, w);
    assert_ok(server_open(&how, &w->app.server, &e));
    assert_ok(access_setup_link(w->app.access, "", w->arena, &link, &e));
    w->setup_token = strchr(link, '=') + 1;
    *state = w;
    return 0;
}

static inline int close_world(void **state)
{
    struct world *w = *state;
    struct dirent *d;
    DIR *dir;

    streams_end(w->app.streams);
    server_stop(w->app.server, 50);
    server_free(w->app.server);
    streams_free(w->app.streams);
    access_close(w->app.access);
    settings_close(w->app.settings);
    store_close(w->app.store);
    dir = opendir(w->dir);
    for (d = readdir(dir); d != NULL; d = readdir(dir)) {
        char path[400];

        snprintf(path, sizeof(path), "%s/%s", w->dir, d->d_name);
        unlink(path);
    }
    closedir(dir);
    rmdir(w->dir);
    arena_free(w->arena);
    free(w);
    return 0;
}

static inline int dial(struct world *w, bool is_local)
{
    struct sockaddr_in tcp = { .sin_family = AF_INET, .sin_port = htons((uint16_t)server_port(w->app.server, LISTEN_HTTP)) };
    struct sockaddr_un local = { .sun_family = AF_UNIX };
    int fd = socket(is_local ? AF_UNIX : AF_INET, SOCK_STREAM, 0), rc;

    tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    snprintf(local.sun_path, sizeof(local.sun_path), "%s", w->control);
    rc = is_local ? connect(fd, (struct sockaddr *)&local, sizeof(local)) : connect(fd, (struct sockaddr *)&tcp, sizeof(tcp));
    assert_int_equal(rc, 0);
    return fd;
}

/* headers: lines with their ends; "@" in front: by DIR/control. body NULL: none. */
static inline void ask(struct world *w, const char *method, const char *path, const char *headers, const char *body, struct answer *out)
{
    bool is_local = headers[0] == '@';
    int fd = dial(w, is_local);
    size_t got = 0;
    ssize_t n;
    char *text, *start;

    text = arena_printf(w->arena, "%s %s HTTP/1.1\r\nHost: a.lan:8443\r\nConnection: close\r\n%s%s%s\r\n%s", method, path, headers + is_local,
                        body != NULL && strstr(headers, "Content-Type") == NULL ? "Content-Type: application/json\r\n" : "",
                        body != NULL ? arena_printf(w->arena, "Content-Length: %zu\r\n", strlen(body)) : "", body != NULL ? body : "");
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
    for (;;) {
        n = recv(fd, out->text + got, sizeof(out->text) - 1 - got, 0);
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    close(fd);
    out->text[got] = '\0';
    assert_int_equal(sscanf(out->text, "HTTP/1.1 %d", &out->status), 1);
    start = strstr(out->text, "\r\n\r\n");
    json_decref(out->body);
    out->body = start != NULL ? json_loads(start + 4, 0, NULL) : NULL;
}

static inline const char *member(const struct answer *a, const char *name)
{
    const char *text = json_string_value(json_object_get(a->body, name));

    return text != NULL ? text : "";
}

static inline const char *bearer(struct world *w, const char *token)
{
    return arena_printf(w->arena, "Authorization: Bearer %s\r\n", token);
}

/* The value of the session's cookie that an answer sets. */
static inline const char *cookie_of(struct world *w, const struct answer *a)
{
    const char *at = strstr(a->text, "Set-Cookie: __Host-sid=");

    assert_non_null(at);
    at += strlen("Set-Cookie: ");
    return arena_copy(w->arena, at, strcspn(at, ";"));
}

/* An administrator by the setup link; the header line of their cookie. */
static inline const char *become_admin(struct world *w)
{
    struct answer a = { 0 };
    const char *cookie;

    ask(w, "POST", "/api/v1/setup/administrator", bearer(w, w->setup_token), "{\"name\":\"admin\",\"password\":\"" PASSWORD "\"}", &a);
    assert_int_equal(a.status, 201);
    cookie = arena_printf(w->arena, "Cookie: %s\r\n", cookie_of(w, &a));
    json_decref(a.body);
    return cookie;
}

static inline const char *own_page(struct world *w, const char *cookie)
{
    return arena_printf(w->arena, "%sX-Signet: 1\r\nSec-Fetch-Site: same-origin\r\nOrigin: http://a.lan:8443\r\n", cookie);
}

#endif
