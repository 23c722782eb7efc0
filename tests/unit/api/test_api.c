/* test_api - the REST surface over a real listener: who is let in, how it says no, what a repeat is answered with. */
#include "rest.h"

static const char *pointer_of(const struct answer *a)
{
    const char *pointer = json_string_value(json_object_get(json_array_get(json_object_get(a->body, "errors"), 0), "pointer"));

    return pointer != NULL ? pointer : "";
}

static bool header_of(const struct answer *a, const char *name, char *out, size_t room)
{
    const char *at = strstr(a->text, name);

    if (at == NULL || at[strlen(name)] != ':')
        return false;
    snprintf(out, room, "%.*s", (int)strcspn(at + strlen(name) + 2, "\r"), at + strlen(name) + 2);
    return true;
}

static void without_the_link_setup_is_closed_and_strangers_learn_nothing(void **state)
{
    static const char *const steps[][2] = { { "POST", "administrator" }, { "PUT", "names" }, { "PUT", "authority" },
                                            { "PUT", "server-certificate" }, { "POST", "finish" } };
    struct world *w = *state;
    struct answer a = { 0 };

    ask(w, "GET", "/api/v1/setup", "", NULL, &a);
    assert_int_equal(a.status, 403);
    assert_string_equal(member(&a, "type"), "/problems/setup-token");
    for (size_t i = 0; i < 5; i++) {
        const char *path = arena_printf(w->arena, "/api/v1/setup/%s", steps[i][1]);

        ask(w, steps[i][0], path, "", "{}", &a);
        assert_int_equal(a.status, 403);
        ask(w, steps[i][0], path, bearer(w, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "{}", &a);
        assert_int_equal(a.status, 403);
    }
    ask(w, "GET", "/api/v1/session", "", NULL, &a);
    assert_int_equal(a.status, 401);
    assert_non_null(strstr(a.text, "WWW-Authenticate: Bearer"));
    assert_non_null(strstr(a.text, "application/problem+json"));
    json_decref(a.body);
}

static void the_link_makes_the_administrator_signs_in_and_is_spent(void **state)
{
    struct world *w = *state;
    struct answer a = { 0 };
    const char *cookie;

    ask(w, "PUT", "/api/v1/setup/names", bearer(w, w->setup_token), "{\"hostnames\":[\"a.lan\"],\"ip_addresses\":[]}", &a);
    assert_int_equal(a.status, 409);
    ask(w, "POST", "/api/v1/setup/administrator", bearer(w, w->setup_token), "{\"name\":\"admin\",\"password\":\"password1234\"}", &a);
    assert_int_equal(a.status, 422);
    assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(a.body, "errors"), 0), "pointer")), "/password");
    cookie = become_admin(w);
    ask(w, "GET", "/api/v1/setup", bearer(w, w->setup_token), NULL, &a);
    assert_int_equal(a.status, 403);
    ask(w, "GET", "/api/v1/session", cookie, NULL, &a);
    assert_int_equal(a.status, 200);
    assert_string_equal(member(&a, "kind"), "user");
    assert_string_equal(json_string_value(json_array_get(json_object_get(a.body, "roles"), 0)), "admin");
    assert_int_equal(json_array_size(json_object_get(a.body, "roles")), 1);      /* the others add nothing to it */
    json_decref(a.body);
}

static void a_session_changes_things_only_from_our_own_page(void **state)
{
    static const char body[] = "{\"name\":\"ci\",\"role\":\"viewer\",\"expires_in_days\":1}";
    struct world *w = *state;
    struct answer a = { 0 };
    const char *cookie = become_admin(w);

    ask(w, "POST", "/api/v1/tokens", cookie, body, &a);
    assert_int_equal(a.status, 403);
    assert_string_equal(member(&a, "type"), "/problems/csrf");
    ask(w, "POST", "/api/v1/tokens", arena_printf(w->arena, "%sX-Signet: 1\r\nOrigin: https://evil.example\r\n", cookie), body, &a);
    assert_int_equal(a.status, 403);
    ask(w, "POST", "/api/v1/tokens", arena_printf(w->arena, "%sX-Signet: 1\r\nSec-Fetch-Site: cross-site\r\n", cookie), body, &a);
    assert_int_equal(a.status, 403);
    ask(w, "POST", "/api/v1/tokens", arena_printf(w->arena, "%sSec-Fetch-Site: same-origin\r\n", cookie), body, &a);
    assert_int_equal(a.status, 403);
    ask(w, "POST", "/api/v1/tokens", own_page(w, cookie), body, &a);
    assert_int_equal(a.status, 201);
    json_decref(a.body);
}

static void a_token_may_what_its_role_allows_until_it_is_revoked(void **state)
{
    struct world *w = *state;
    struct answer a = { 0 };
    const char *page = own_page(w, become_admin(w)), *as, *path;

    ask(w, "POST", "/api/v1/tokens", page, "{\"name\":\"looks\",\"role\":\"viewer\",\"expires_in_days\":1}", &a);
    assert_int_equal(a.status, 201);
    as = bearer(w, member(&a, "token"));
    path = arena_printf(w->arena, "/api/v1/tokens/%s", member(&a, "id"));
    ask(w, "GET", "/api/v1/jobs", as, NULL, &a);
    assert_int_equal(a.status, 200);
    ask(w, "GET", "/api/v1/tokens", as, NULL, &a);
    assert_int_equal(a.status, 403);
    ask(w, "GET", "/api/v1/session", as, NULL, &a);
    assert_string_equal(member(&a, "kind"), "token");
    assert_true(strlen(member(&a, "expires_at")) == 20);
    ask(w, "GET", "/api/v1/tokens", page, NULL, &a);
    assert_int_equal(json_array_size(json_object_get(a.body, "items")), 1);
    assert_null(strstr(a.text, "sgn_"));
    ask(w, "DELETE", path, page, NULL, &a);
    assert_int_equal(a.status, 204);
    ask(w, "GET", "/api/v1/jobs", as, NULL, &a);
    assert_int_equal(a.status, 401);
    ask(w, "DELETE", path, page, NULL, &a);
    assert_int_equal(a.status, 404);
    json_decref(a.body);
}

static void a_repeat_never_shows_a_secret_again_and_makes_nothing(void **state)
{
    struct world *w = *state;
    struct answer a = { 0 };
    const char *page = arena_printf(w->arena, "%sIdempotency-Key: one\r\n", own_page(w, become_admin(w)));

    ask(w, "POST", "/api/v1/tokens", page, "{\"name\":\"ci\",\"role\":\"viewer\",\"expires_in_days\":1}", &a);
    assert_int_equal(a.status, 201);
    ask(w, "POST", "/api/v1/tokens", page, "{\"name\":\"ci\",\"role\":\"viewer\",\"expires_in_days\":1}", &a);
    assert_int_equal(a.status, 409);
    assert_string_equal(member(&a, "type"), "/problems/idempotency");
    assert_non_null(strstr(a.text, "Idempotent-Replayed: true"));
    ask(w, "POST", "/api/v1/tokens", page, "{\"name\":\"other\",\"role\":\"viewer\",\"expires_in_days\":1}", &a);
    assert_int_equal(a.status, 422);
    ask(w, "GET", "/api/v1/tokens", page, NULL, &a);
    assert_int_equal(json_array_size(json_object_get(a.body, "items")), 1);
    json_decref(a.body);
}

static void signing_in_says_no_in_one_way_and_out_ends_it(void **state)
{
    struct world *w = *state;
    struct answer a = { 0 }, b = { 0 };
    const char *cookie;

    become_admin(w);
    ask(w, "POST", "/api/v1/session", "", "{\"name\":\"admin\",\"password\":\"not this one at all\"}", &a);
    ask(w, "POST", "/api/v1/session", "", "{\"name\":\"nobody\",\"password\":\"not this one at all\"}", &b);
    assert_int_equal(a.status, 401);
    assert_int_equal(b.status, 401);
    assert_string_equal(member(&a, "detail"), member(&b, "detail"));
    ask(w, "POST", "/api/v1/session", "Cookie: __Host-sid=stale\r\n", "{\"name\":\"admin\",\"password\":\"" PASSWORD "\"}", &a);
    assert_int_equal(a.status, 201);
    assert_non_null(strstr(a.text, "; Path=/; Secure; HttpOnly; SameSite=Strict\r\n"));
    cookie = arena_printf(w->arena, "Cookie: %s\r\n", cookie_of(w, &a));
    ask(w, "DELETE", "/api/v1/session", own_page(w, cookie), NULL, &a);
    assert_int_equal(a.status, 204);
    ask(w, "GET", "/api/v1/session", cookie, NULL, &a);
    assert_int_equal(a.status, 401);
    json_decref(a.body);
    json_decref(b.body);
}

static void what_is_for_the_host_is_refused_from_elsewhere(void **state)
{
    struct world *w = *state;
    struct answer a = { 0 };
    const char *page = own_page(w, become_admin(w));

    ask(w, "POST", "/api/v1/setup-link", page, "{}", &a);
    assert_int_equal(a.status, 403);
    assert_string_equal(member(&a, "type"), "/problems/local-only");
    ask(w, "POST", "/api/v1/unlock", page, "{\"passphrase\":\"x\"}", &a);
    assert_int_equal(a.status, 403);
    ask(w, "POST", "/api/v1/setup-link", "@", "{}", &a);
    assert_int_equal(a.status, 200);
    assert_string_equal(member(&a, "url") + strlen(member(&a, "url")) - 6, "/setup");
    ask(w, "PUT", "/api/v1/users/admin/password", "@", "{\"password\":\"another kettle altogether\"}", &a);
    assert_int_equal(a.status, 204);
    ask(w, "GET", "/api/v1/session", page, NULL, &a);
    assert_int_equal(a.status, 401);
    ask(w, "PUT", "/api/v1/users/nobody/password", "@", "{\"password\":\"another kettle altogether\"}", &a);
    assert_int_equal(a.status, 404);
    json_decref(a.body);
}

static void settings_change_by_merge_patch_all_or_none(void **state)
{
    struct world *w = *state;
    struct answer a = { 0 };

    ask(w, "PATCH", "/api/v1/settings", "@Content-Type: application/merge-patch+json\r\n",
        "{\"limits.per_address\":77,\"server.hostnames\":[\"a.lan\",\"b.lan\"],\"server.hsts\":true}", &a);
    assert_int_equal(a.status, 200);
    assert_int_equal(settings_number(w->app.settings, "limits.per_address"), 77);
    assert_string_equal(settings_text(w->app.settings, "server.hostnames", w->arena), "a.lan,b.lan");
    assert_true(settings_flag(w->app.settings, "server.hsts"));
    ask(w, "PATCH", "/api/v1/settings", "@", "{\"limits.per_address\":88,\"no.such\":1,\"server.hsts\":\"yes\"}", &a);
    assert_int_equal(a.status, 422);
    assert_int_equal(json_array_size(json_object_get(a.body, "errors")), 2);
    ask(w, "PATCH", "/api/v1/settings", "@", "{\"limits.per_address\":0}", &a);
    assert_int_equal(a.status, 422);
    assert_int_equal(settings_number(w->app.settings, "limits.per_address"), 77);
    ask(w, "PATCH", "/api/v1/settings", "@", "{\"limits.per_address\":null}", &a);
    assert_int_equal(settings_number(w->app.settings, "limits.per_address"), 500);
    ask(w, "PATCH", "/api/v1/settings", "@", "{\"a\":1,\"a\":2}", &a);
    assert_int_equal(a.status, 422);
    assert_string_equal(pointer_of(&a), "/a");
    ask(w, "PATCH", "/api/v1/settings", "@", "[1]", &a);
    assert_int_equal(a.status, 422);
    ask(w, "PATCH", "/api/v1/settings", "@Content-Type: text/plain\r\n", "{}", &a);
    assert_int_equal(a.status, 415);
    json_decref(a.body);
}

static void a_setting_that_is_a_name_must_be_one_and_stands_in_its_one_form(void **state)
{
    static const struct { const char *patch, *pointer; } bad[] = {
        { "{\"server.hostnames\":[\"ok.lan\",\"a..b\"]}", "/server.hostnames/1" },
        { "{\"server.hostnames\":[\"*.lan\"]}", "/server.hostnames/0" },
        { "{\"server.hostnames\":[\"10.0.0.1\"]}", "/server.hostnames/0" },
        { "{\"server.ip_addresses\":[\"10.0.0.1\",\"1.2\"]}", "/server.ip_addresses/1" },
        { "{\"server.public_http_url\":\"ftp://ca.lan\"}", "/server.public_http_url" },
        { "{\"server.public_http_url\":\"http://ca.lan:99999\"}", "/server.public_http_url" },
        { "{\"server.public_http_url\":\"http://ca.lan:\"}", "/server.public_http_url" },
        { "{\"server.public_http_url\":\"http://ca.lan/crl\"}", "/server.public_http_url" },
        { "{\"server.public_http_url\":\"http://a..lan\"}", "/server.public_http_url" },
        { "{\"server.hostnames\":[],\"server.ip_addresses\":[]}", "/server.hostnames" },
        { "{\"server.hostnames\":null,\"server.ip_addresses\":null}", "/server.hostnames" },
    };
    struct world *w = *state;
    struct answer a = { 0 };

    ask(w, "PATCH", "/api/v1/settings", "@", "{\"server.hostnames\":[\"CA.Lan\",\"ca.lan\",\"b\u00fccher.lan\"],\"server.ip_addresses\":[\"2001:DB8::0:1\"],"
        "\"server.public_http_url\":\"http://CA.lan:8080/\"}", &a);
    assert_int_equal(a.status, 200);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        ask(w, "PATCH", "/api/v1/settings", "@", bad[i].patch, &a);
        if (a.status != 422 || strcmp(pointer_of(&a), bad[i].pointer) != 0)
            fail_msg("%s: %d, %s", bad[i].patch, a.status, a.text);
    }
    assert_string_equal(settings_text(w->app.settings, "server.hostnames", w->arena), "ca.lan,xn--bcher-kva.lan");
    assert_string_equal(settings_text(w->app.settings, "server.ip_addresses", w->arena), "2001:db8::1");
    assert_string_equal(settings_text(w->app.settings, "server.public_http_url", w->arena), "http://ca.lan:8080");
    json_decref(a.body);
}

static void settings_are_changed_only_as_they_were_seen(void **state)
{
    struct world *w = *state;
    struct answer a = { 0 };
    char seen[64], heads[256];

    ask(w, "GET", "/api/v1/settings", "@", NULL, &a);
    assert_true(header_of(&a, "ETag", seen, sizeof(seen)));
    snprintf(heads, sizeof(heads), "@If-Match: %s\r\n", seen);
    ask(w, "PATCH", "/api/v1/settings", heads, "{\"limits.per_address\":90}", &a);
    assert_int_equal(a.status, 200);
    ask(w, "PATCH", "/api/v1/settings", heads, "{\"limits.per_address\":91}", &a);
    assert_int_equal(a.status, 412);
    assert_int_equal(settings_number(w->app.settings, "limits.per_address"), 90);
    ask(w, "DELETE", "/api/v1/tokens/0193e4a0-1111-7abc-8def-0123456789ab", "@If-Match: \"1\"\r\n", NULL, &a);
    assert_int_equal(a.status, 412);
    json_decref(a.body);
}

static void each_problem_has_its_page(void **state)
{
    struct world *w = *state;
    struct answer a = { 0 };

    ask(w, "GET", "/problems/step-up", "", NULL, &a);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.text, "text/html"));
    assert_non_null(strstr(a.text, "<h1>The password is asked again</h1>"));
    ask(w, "GET", "/problems/nonsense", "", NULL, &a);
    assert_int_equal(a.status, 404);
    json_decref(a.body);
}

/* Reads until the text has come; the answer has no end. */
static void read_until(int fd, char *text, size_t room, const char *wanted)
{
    size_t got = strlen(text);

    while (strstr(text, wanted) == NULL && got + 1 < room) {
        ssize_t n = recv(fd, text + got, room - 1 - got, 0);

        if (n <= 0)
            fail_msg("the stream ended before \"%s\": %s", wanted, text);
        got += (size_t)n;
        text[got] = '\0';
    }
}

static void listen_from(struct world *w, const char *headers, char *text, size_t room, int *out)
{
    struct timeval patience = { .tv_sec = 5 };
    int fd = dial(w, true);
    const char *head = arena_printf(w->arena, "GET /api/v1/events HTTP/1.1\r\nHost: a.lan\r\n%s\r\n", headers);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    assert_int_equal(send(fd, head, strlen(head), MSG_NOSIGNAL), (ssize_t)strlen(head));
    text[0] = '\0';
    read_until(fd, text, room, "\r\n\r\n");
    *out = fd;
}

static void what_was_missed_comes_first_and_then_what_happens(void **state)
{
    static char text[65536];
    struct world *w = *state;
    struct answer a = { 0 };
    int fd;

    become_admin(w);
    listen_from(w, "Last-Event-ID: 0\r\n", text, sizeof(text), &fd);
    read_until(fd, text, sizeof(text), "event: session.opened\n");
    assert_non_null(strstr(text, "text/event-stream"));
    assert_non_null(strstr(text, "id: 1\nevent: setup.link\n"));
    assert_non_null(strstr(text, "\"act\":\"user.created\""));
    ask(w, "PATCH", "/api/v1/settings", "@", "{\"limits.per_address\":88}", &a);
    assert_int_equal(a.status, 200);
    read_until(fd, text, sizeof(text), "event: setting.changed\n");
    close(fd);
    listen_from(w, "Last-Event-ID: 999999\r\n", text, sizeof(text), &fd);
    read_until(fd, text, sizeof(text), "event: reset\n");
    close(fd);
    json_decref(a.body);
}

static void a_viewer_hears_nothing_of_sessions_and_tokens(void **state)
{
    static char text[65536];
    struct world *w = *state;
    struct actor admin = { .kind = ACTOR_LOCAL, .name = "local", .rights = role_rights(ROLE_ADMIN), .if_match = -1 };
    struct error e = { 0 };
    struct timeval patience = { .tv_sec = 1 };
    const char *token, *head;
    struct id id;
    int fd = dial(w, false);
    ssize_t n;

    become_admin(w);
    assert_ok(access_token_make(w->app.access, &admin, "looks", ROLE_VIEWER, 1, w->arena, &token, &id, &e));
    head = arena_printf(w->arena, "GET /api/v1/events HTTP/1.1\r\nHost: a.lan\r\nLast-Event-ID: 0\r\n%s\r\n", bearer(w, token));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    assert_int_equal(send(fd, head, strlen(head), MSG_NOSIGNAL), (ssize_t)strlen(head));
    text[0] = '\0';
    read_until(fd, text, sizeof(text), "event: setup.link\n");
    n = recv(fd, text + strlen(text), 1000, 0);
    if (n > 0)
        assert_null(strstr(text, "token.created"));
    assert_null(strstr(text, "session.opened"));
    close(fd);
}

#define in_world(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
int main(void)
{
    const struct CMUnitTest list[] = {
        in_world(without_the_link_setup_is_closed_and_strangers_learn_nothing),
        in_world(the_link_makes_the_administrator_signs_in_and_is_spent),
        in_world(a_session_changes_things_only_from_our_own_page),
        in_world(a_token_may_what_its_role_allows_until_it_is_revoked),
        in_world(a_repeat_never_shows_a_secret_again_and_makes_nothing),
        in_world(signing_in_says_no_in_one_way_and_out_ends_it),
        in_world(what_is_for_the_host_is_refused_from_elsewhere),
        in_world(settings_change_by_merge_patch_all_or_none),
        in_world(a_setting_that_is_a_name_must_be_one_and_stands_in_its_one_form),
        in_world(settings_are_changed_only_as_they_were_seen),
        in_world(each_problem_has_its_page),
        in_world(what_was_missed_comes_first_and_then_what_happens),
        in_world(a_viewer_hears_nothing_of_sessions_and_tokens),
    };

    return tests_of(list);
}
