#include "check.h"

#include "base/id.h"
#include "base/time.h"

static void every_day_of_four_centuries_goes_out_and_in_again(void **state)
{
    char text[TIME_TEXT];
    int64_t back;

    (void)state;
    for (int64_t at = -2208988800; at < INT64_C(10413792000); at += DAYS * 7 + 3661) {
        time_text(at, text);
        assert_true(time_parse(text, &back));
        assert_int_equal(at, back);
    }
}

static void dates_that_do_not_exist_are_refused(void **state)
{
    int64_t at;

    (void)state;
    assert_false(time_parse("2023-02-29T00:00:00Z", &at));
    assert_true(time_parse("2024-02-29T00:00:00Z", &at));
    assert_false(time_parse("2024-04-31T00:00:00Z", &at));
    assert_false(time_parse("2024-13-01T00:00:00Z", &at));
    assert_false(time_parse("2024-01-01T24:00:00Z", &at));
    assert_false(time_parse("2024-01-01T00:00:00+00:00", &at));
    assert_false(time_parse("2024-01-01 00:00:00Z", &at));
}

static void ids_sort_by_time_and_say_version_seven(void **state)
{
    struct id a = id_new(), back;
    char text[ID_TEXT];

    (void)state;
    id_text(&a, text);
    assert_int_equal(text[14], '7');
    assert_non_null(strchr("89ab", text[19]));
    assert_true(id_parse(text, &back));
    assert_true(id_equal(&a, &back));
    assert_false(id_parse("00000000-0000-0000-0000-00000000000", &back));
    assert_false(id_parse("0000000000000000-0000-0000-000000000", &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_four_centuries_goes_out_and_in_again),
        cmocka_unit_test(dates_that_do_not_exist_are_refused),
        cmocka_unit_test(ids_sort_by_time_and_say_version_seven),
    };

    return tests_of(tests);
}
