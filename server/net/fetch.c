#include "net/fetch.h"

#include <curl/curl.h>
#include <stdio.h>
#include <strings.h>

#include "base/buf.h"

struct hearing {
    struct buf body;
    struct arena *arena;
    struct fetch_answer *out;
};

static size_t hear_body(char *at, size_t size, size_t n, void *arg)
{
    struct hearing *h = arg;

    buf_add(&h->body, at, size * n);
    return h->body.is_over ? 0 : size * n;
}

/* The value behind "Name:", or NULL when the line is another header. */
static char *value_of(struct arena *a, const char *line, size_t len, const char *name)
{
    size_t head = strlen(name);

    if (len <= head || strncasecmp(line, name, head) != 0 || line[head] != ':')
        return NULL;
    for (head++; head < len && line[head] == ' '; head++)
        continue;
    while (len > head && (line[len - 1] == '\r' || line[len - 1] == '\n'))
        len--;
    return arena_copy(a, line + head, len - head);
}

static size_t hear_header(char *at, size_t size, size_t n, void *arg)
{
    struct hearing *h = arg;
    char *type = value_of(h->arena, at, size * n, "Content-Type");
    char *disposition = value_of(h->arena, at, size * n, "Content-Disposition");
    char *etag = value_of(h->arena, at, size * n, "ETag");
    char *cookie = value_of(h->arena, at, size * n, "Set-Cookie");
    const char *quoted = disposition != NULL ? strstr(disposition, "filename=\"") : NULL;

    if (type != NULL)
        h->out->type = type;
    if (etag != NULL)
        h->out->etag = etag;
    if (quoted != NULL)
        h->out->filename = arena_copy(h->arena, quoted + 10, strcspn(quoted + 10, "\""));
    if (cookie != NULL && *h->out->cookie == '\0') {
        cookie[strcspn(cookie, ";")] = '\0';
        h->out->cookie = cookie;
    }
    return size * n;
}

static void set_way(CURL *curl, const struct fetch_ask *ask)
{
    curl_easy_setopt(curl, CURLOPT_URL, ask->url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, ask->method);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ask->timeout_ms > 0 ? ask->timeout_ms : 30000L);
    if (ask->unix_socket != NULL)
        curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, ask->unix_socket);
    if (ask->ca_file != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, ask->ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    if (ask->is_unverified) {
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (ask->body.at != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, ask->body.at);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)ask->body.len);
    }
}

enum err fetch(const struct fetch_ask *ask, struct arena *a, struct fetch_answer *out, struct error *e)
{
    struct fetch_answer answer = { .type = "", .filename = "", .etag = "", .cookie = "" };
    struct hearing hearing = { .arena = a, .out = &answer };
    struct curl_slist *headers = NULL;
    char said[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    CURLcode rc;

    if (curl == NULL)
        return fail(e, ERR_BUG, "libcurl did not start");
    buf_init(&hearing.body, ask->max > 0 ? ask->max : 16u << 20);
    for (size_t i = 0; ask->headers != NULL && ask->headers[i] != NULL; i++)
        headers = curl_slist_append(headers, ask->headers[i]);
    headers = curl_slist_append(headers, "Expect:");
    set_way(curl, ask);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, hear_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &hearing);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &hearing);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, said);
    rc = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);

    answer.body = bytes_of(arena_copy(a, hearing.body.at, hearing.body.len), hearing.body.len);
    buf_wipe(&hearing.body);
    if (rc == CURLE_PEER_FAILED_VERIFICATION)
        return fail(e, ERR_INVALID, "%s shows a certificate that is not trusted here (%s): give its root by --ca, or run `signet login` with its fingerprint",
                    ask->url, *said != '\0' ? said : curl_easy_strerror(rc));
    if (rc != CURLE_OK)
        return fail(e, ERR_IO, "no answer from %s: %s", ask->unix_socket != NULL ? ask->unix_socket : ask->url,
                    *said != '\0' ? said : curl_easy_strerror(rc));
    *out = answer;
    return ERR_NONE;
}
