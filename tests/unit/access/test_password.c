/* test_password - which passwords are refused, and that the hash holds. */
#include "check.h"

#include "access/parts.h"

static void short_and_long_passwords_are_refused_by_characters_not_bytes(void **state)
{
    char text[600];
    struct error e = { 0 };

    (void)state;
    assert_int_equal(password_check("elevenchars", &e), ERR_INVALID);
    assert_says("12");
    assert_string_equal(e.field, "/password");
    assert_int_equal(password_check("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f", &e), ERR_INVALID);    /* 8 characters, 16 bytes */
    memset(text, 0, sizeof(text));
    for (int i = 0; i < 128; i++)
        text[i] = (char)('a' + i * 7 % 26);
    assert_ok(password_check(text, &e));
    text[128] = 'x';
    assert_int_equal(password_check(text, &e), ERR_INVALID);
    memset(text, 'x', sizeof(text) - 1);
    assert_int_equal(password_check(text, &e), ERR_INVALID);
}

static void the_most_used_passwords_are_refused(void **state)
{
    static const char *const bad[] = {
        "password1234", "Password123!", "P@ssw0rd1234", "passwordpassword", "Administrator1", "administrator", "qwertyuiop123", "qwertyuiop[]",
        "123456789012", "111111111111", "aaaaaaaaaaaaaaaa", "abcabcabcabc", "Welcome12345", "welcome2024!!", "iloveyou1234", "changeme1234",
        "letmeinplease", "adminadminadmin", "!!!password!!!", "abcdefghijkl", "zyxwvutsrqponm", "Summer2025!!",
        "Passwort12345", "MyPassword123", "thisismypassword",
    };
    struct error e = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (password_check(bad[i], &e) != ERR_INVALID)
            fail_msg("\"%s\" was taken", bad[i]);
    assert_says("first passwords that are tried");
}

static void passwords_that_are_worth_something_are_taken(void **state)
{
    static const char *const good[] = {
        "a kettle on the seventh hill", "Vx9#tq2LmRw8", "drei graue G\xc3\xa4nse", "blauwal-teppich-17", "0c6f2a91e7b4d853", "password 9f3kq0zmv1x8",
    };
    struct error e = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        assert_ok(password_check(good[i], &e));
}

static void a_control_character_is_refused(void **state)
{
    struct error e = { 0 };

    (void)state;
    assert_int_equal(password_check("a kettle\non the hill", &e), ERR_INVALID);
    assert_int_equal(password_check("a kettle \xff\xfe the hill", &e), ERR_INVALID);
}

static void the_hash_is_yescrypt_and_tells_passwords_apart(void **state)
{
    char hash[PASSWORD_HASH], other[PASSWORD_HASH];
    struct error e = { 0 };

    (void)state;
    assert_ok(password_hash("a kettle on the seventh hill", hash, &e));
    assert_memory_equal(hash, "$y$", 3);
    assert_ok(password_hash("a kettle on the seventh hill", other, &e));
    assert_string_not_equal(hash, other);
    assert_true(password_is("a kettle on the seventh hill", hash));
    assert_false(password_is("a kettle on the seventh hilL", hash));
    assert_false(password_is("a kettle on the seventh hill", NULL));
    assert_false(password_is("a kettle on the seventh hill", "junk"));
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(short_and_long_passwords_are_refused_by_characters_not_bytes),
        cmocka_unit_test(the_most_used_passwords_are_refused),
        cmocka_unit_test(passwords_that_are_worth_something_are_taken),
        cmocka_unit_test(a_control_character_is_refused),
        cmocka_unit_test(the_hash_is_yescrypt_and_tells_passwords_apart),
    };

    return tests_of(list);
}
