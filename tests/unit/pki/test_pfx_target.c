#include "check.h"

#include "pki/pfx_target.h"

static void every_target_has_a_profile_and_words_for_people(void **state)
{
    (void)state;
    for (size_t i = 0; i < pfx_targets_len; i++) {
        const struct pfx_target *t = &pfx_targets[i];

        assert_non_null(pfx_profile(t->profile));
        assert_true(strlen(t->slug) > 0 && strlen(t->slug) <= 32);
        assert_int_equal(strspn(t->slug, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(t->slug));
        assert_true(strlen(t->label) > 0 && strlen(t->note) > 0);
        assert_non_null(t->readers[0]);
        assert_null(t->readers[PFX_READERS_MAX]);
        assert_ptr_equal(pfx_target(t->slug), t);
    }
}

/* What a reader does not know must not be in the file: the reason for the table. */
static void old_readers_get_nothing_that_they_do_not_know(void **state)
{
    static const struct { const char *slug; enum pbe scheme; bool mac_is_sha256; } expected[] = {
        { "windows-2016", PBE_3DES_SHA1, false }, { "java-8", PBE_3DES_SHA1, false }, { "macos", PBE_3DES_SHA1, false }, { "appliance", PBE_3DES_SHA1, false },
        { "windows-2019", PBE_AES256_SHA256, true }, { "java", PBE_AES256_SHA256, true }, { "linux", PBE_AES256_SHA256, true },
    };

    (void)state;
    assert_int_equal(sizeof(expected) / sizeof(*expected), pfx_targets_len);
    for (size_t i = 0; i < pfx_targets_len; i++) {
        const struct pfx_target *t = pfx_target(expected[i].slug);

        assert_non_null(t);
        assert_int_equal(pfx_profile(t->profile)->scheme, expected[i].scheme);
        assert_int_equal(pfx_profile(t->profile)->mac_is_sha256, expected[i].mac_is_sha256);
    }
}

static void an_unknown_place_is_none(void **state)
{
    static const char *const unknown[] = { "", "windows", "windows-2016 ", "WINDOWS-2016", "amiga" };

    (void)state;
    for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
        assert_null(pfx_target(unknown[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_target_has_a_profile_and_words_for_people),
        cmocka_unit_test(old_readers_get_nothing_that_they_do_not_know),
        cmocka_unit_test(an_unknown_place_is_none),
    };

    return tests_of(tests);
}
