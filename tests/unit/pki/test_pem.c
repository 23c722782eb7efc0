#include "check.h"

#include "pki/pem.h"

static enum err next(const char **at, struct arena *a, const char **label, struct bytes *der, struct error *e)
{
    return pem_next(at, *at + strlen(*at), a, label, der, e);
}

static void what_goes_out_comes_in_again(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    uint8_t raw[200];
    struct error e = { 0 };

    (void)state;
    for (size_t len = 1; len <= sizeof(raw); len++) {
        const char *text, *label = NULL;
        struct bytes der;

        memset(raw, (int)len, sizeof(raw));
        text = pem_text(a, "CERTIFICATE REQUEST", bytes_of(raw, len));
        assert_ok(next(&text, a, &label, &der, &e));
        assert_string_equal(label, "CERTIFICATE REQUEST");
        assert_true(bytes_equal(der, bytes_of(raw, len)));
        assert_string_equal(text, "");
        assert_int_equal(next(&text, a, &label, &der, &e), ERR_ABSENT);
    }
}

static void lines_have_64_columns(void **state)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    uint8_t raw[49] = { 0 };

    (void)state;
    assert_string_equal(pem_text(a, "X", bytes_of(raw, 49)),
                        "-----BEGIN X-----\n"
                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                        "AA==\n"
                        "-----END X-----\n");
}

static void text_around_and_any_line_ends_are_fine(void **state)
{
    static const char *const lax[] = {
        "\xef\xbb\xbf-----BEGIN X-----\r\nQUJD\r\n-----END X-----\r\n",
        "subject=CN: a\n  -----BEGIN X-----  \n  QU\n\n JD\t\n-----END X-----",
        "-----BEGIN X-----\rQUJD\r-----END X-----\r",
        "-----BEGIN\n-----BEGIN X----- \nQUJD\n-----END X-----\nmore",
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();
    struct error e = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(lax) / sizeof(*lax); i++) {
        const char *at = lax[i], *label;
        struct bytes der;

        assert_ok(next(&at, a, &label, &der, &e));
        assert_string_equal(label, "X");
        assert_true(bytes_equal(der, bytes_text("ABC")));
    }
}

static void what_is_wrong_inside_is_refused_and_says_why(void **state)
{
    static const struct { const char *text, *says; enum err err; } bad[] = {
        { "", "no PEM block", ERR_ABSENT },
        { "QUJD", "no PEM block", ERR_ABSENT },
        { "-----BEGIN X-----\nQUJD\n", "no end line", ERR_INVALID },
        { "-----BEGIN X-----\nQUJD\n-----END Y-----\n", "ends as \"Y\"", ERR_INVALID },
        { "-----BEGIN X-----\nQUJ*\n-----END X-----\n", "not sound base64", ERR_INVALID },
        { "-----BEGIN X-----\nQUJDRA=\n-----END X-----\n", "not sound base64", ERR_INVALID },
        { "-----BEGIN X-----\nQU==\nQUJD\n-----END X-----\n", "not sound base64", ERR_INVALID },
        { "-----BEGIN X-----\n-----END X-----\n", "not sound base64", ERR_INVALID },
        { "-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nQUJD\n-----END X-----\n", "DEK-Info", ERR_INVALID },
        { "-----BEGIN X-----\nQUJD\nDEK-Info: AES-256-CBC,00\n-----END X-----\n", "not sound base64", ERR_INVALID },
        { "-----BEGIN X-----\n-----BEGIN X-----\nQUJD\n-----END X-----\n", "not sound base64", ERR_INVALID },
    };
    CLEANUP(arena_drop) struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        const char *at = bad[i].text, *label = NULL;
        struct error e = { 0 };
        struct bytes der;

        assert_int_equal(next(&at, a, &label, &der, &e), bad[i].err);
        assert_says(bad[i].says);
        assert_ptr_equal(at, bad[i].text);
    }
}

static void a_block_that_is_encrypted_in_the_old_way_says_how(void **state)
{
    static const char text[] = "-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-256-CBC,0011\r\n\r\nQUJD\r\n-----END RSA PRIVATE KEY-----\r\n"
                               "-----BEGIN X-----\nComment: whatever\n\nQUJD\n-----END X-----\n";
    CLEANUP(arena_drop) struct arena *a = arena_new();
    const char *at = text;
    struct pem_block b;

    (void)state;
    assert_int_equal(pem_next_block(&at, text + strlen(text), a, &b, NULL), ERR_NONE);
    assert_string_equal(b.scheme, "AES-256-CBC,0011");
    assert_true(bytes_equal(b.content, bytes_text("ABC")));
    assert_int_equal(pem_next_block(&at, text + strlen(text), a, &b, NULL), ERR_NONE);
    assert_null(b.scheme);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_out_comes_in_again),
        cmocka_unit_test(lines_have_64_columns),
        cmocka_unit_test(text_around_and_any_line_ends_are_fine),
        cmocka_unit_test(what_is_wrong_inside_is_refused_and_says_why),
        cmocka_unit_test(a_block_that_is_encrypted_in_the_old_way_says_how),
    };

    return tests_of(tests);
}
