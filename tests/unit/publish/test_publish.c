#include "../ca/house.h"

#include "base/time.h"
#include "publish/shelf.h"
#include "publish/trust.h"

static const char *page_text(struct house *h, struct authority_row *rows, size_t len)
{
    const struct authority_row *roots[4] = { 0 };
    struct error e = { 0 };
    struct trust trust;
    struct bytes body;
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (id_is_none(&rows[i].parent))
            roots[n++] = &rows[i];
    }
    assert_ok(trust_of(roots, n, h->arena, &trust, &e));
    assert_ok(trust_page(&trust, &body, &e));
    return arena_copy(h->arena, body.at, body.len);
}

static size_t read_rows(struct house *h, struct authority_row **rows)
{
    CLEANUP(look_done) struct look look = { 0 };
    struct error e = { 0 };
    size_t len = 0;

    assert_ok(store_look(h->store, &look, &e));
    assert_ok(store_authorities(look_db(&look), h->arena, rows, &len, &e));
    return len;
}

static void the_shelf_holds_every_certificate_and_list(void **state)
{
    struct house *h = *state;
    const char *const fixed[] = { "/trust", "/trust/style.css", "/trust/root.pem", "/trust/root.cer", "/trust/root.p7b",
                                  "/trust/policies.json", "/trust/signet-trust.zip" };
    const struct authority *both[] = { &h->root, &h->issuing };
    struct shelf *shelf = NULL;
    struct error e = { 0 };
    char id[ID_TEXT];

    assert_ok(shelf_build(h->store, &shelf, &e));
    for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
        assert_non_null(shelf_find(shelf, fixed[i]));
    for (size_t i = 0; i < 2; i++) {
        id_text(&both[i]->id, id);
        assert_non_null(shelf_find(shelf, arena_printf(h->arena, "/ca/%s.cer", id)));
        assert_non_null(shelf_find(shelf, arena_printf(h->arena, "/crl/%s.crl", id)));
    }
    assert_null(shelf_find(shelf, "/trust/other"));
    assert_true(shelf->crl_until > clock_now());
    assert_true(shelf->crl_until <= clock_now() + 7 * DAYS);
    shelf_free(shelf);
}

static void the_trust_page_shows_the_real_values(void **state)
{
    struct house *h = *state;
    struct authority_row *rows = NULL;
    size_t len = read_rows(h, &rows);
    const char *page = page_text(h, rows, len);
    char colons[4];

    snprintf(colons, sizeof(colons), "%02X:", h->root.cert.sha256[0]);
    assert_non_null(strstr(page, "Lab Root CA"));
    assert_non_null(strstr(page, colons));
    assert_non_null(strstr(page, "http://ca.lab.lan:8080/trust/root.cer"));
    assert_non_null(strstr(page, "lab-root-ca.crt"));
    assert_null(strstr(page, "{url}"));
    assert_null(strstr(page, "{file}"));
    assert_null(strstr(page, "<script"));
}

static void what_an_administrator_typed_is_escaped(void **state)
{
    struct house *h = *state;
    struct authority_row *rows = NULL;
    size_t len = read_rows(h, &rows);

    rows[0].label = "<script>alert(\"1\")</script> & 'more'";
    assert_null(strstr(page_text(h, rows, len), "<script"));
    assert_non_null(strstr(page_text(h, rows, len), "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;"));
}

static void before_there_is_a_root_the_page_says_so(void **state)
{
    struct house *h = *state;

    assert_non_null(strstr(page_text(h, NULL, 0), "no root certificate yet"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shelf_holds_every_certificate_and_list),
        cmocka_unit_test(the_trust_page_shows_the_real_values),
        cmocka_unit_test(what_an_administrator_typed_is_escaped),
        cmocka_unit_test(before_there_is_a_root_the_page_says_so),
    };

    return cmocka_run_group_tests(tests, house_with_authorities, house_close);
}
