#include "check.h"

#include "coming.h"

static void each_goes_where_it_belongs_unless_told(void **state)
{
    IN_PLACE;

    says(bring(p, (struct coming){ .is_ca = false }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .common_name = "Root", .is_ca = true }, a), "added", "root", 1);
    says(bring(p, (struct coming){ .common_name = "Sub", .issuer = "Root", .is_ca = true }, a), "added", "intermediate", 1);
    says(bring(p, (struct coming){ .common_name = "Bad", .is_ca = true, .store = "untrusted" }, a), "added", "untrusted", 1);
}

static void the_same_once_more_is_known(void **state)
{
    IN_PLACE;
    struct coming how = (struct coming){ .is_ca = false };
    struct cert cert = coming_cert(&how, a);
    struct imported first = bring_cert(p, cert, &how, a), again = bring_cert(p, cert, &how, a);

    says(first, "added", "personal", 1);
    says(again, "known", "personal", 1);
    assert_true(id_equal(&first.certificate, &again.certificate));
}

static void a_newer_one_of_the_same_key_is_the_next_version(void **state)
{
    IN_PLACE;
    struct bytes spki = making_spki(a);
    struct imported first = bring(p, (struct coming){ .spki = spki }, a), next = bring(p, (struct coming){ .spki = spki, .begins = 1, .issuer = "Another CA" }, a);

    says(next, "joined", "personal", 2);
    assert_true(id_equal(&first.certificate, &next.certificate));
    says(bring(p, (struct coming){ .spki = spki, .begins = -1 }, a), "added", "personal", 1);
}

static void a_newer_one_of_the_same_names_joins_when_the_issuer_is_the_same(void **state)
{
    IN_PLACE;

    says(bring(p, (struct coming){ .names = { "www.lan", "10.0.0.1" } }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .names = { "10.0.0.1", "www.lan" }, .begins = 1 }, a), "joined", "personal", 2);
    says(bring(p, (struct coming){ .names = { "www.lan", "10.0.0.1" }, .begins = 2, .issuer = "Another CA" }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .names = { "www.lan" }, .begins = 2 }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .names = { "www.lan", "10.0.0.1" }, .begins = 2, .purposes = FOR_CLIENT }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .names = { "www.lan", "10.0.0.1" }, .begins = 3, .store = "untrusted" }, a), "added", "untrusted", 1);
}

static void what_breaks_a_rule_takes_the_place_only_of_what_breaks_one_too(void **state)
{
    IN_PLACE;
    struct bytes spki = making_spki(a);

    says(bring(p, (struct coming){ .spki = spki }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .spki = spki, .begins = 1, .is_flagged = true }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .names = { "flag.lan" }, .is_flagged = true }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .names = { "flag.lan" }, .begins = 1, .is_flagged = true }, a), "joined", "personal", 2);
    says(bring(p, (struct coming){ .names = { "flag.lan" }, .begins = 2 }, a), "joined", "personal", 3);
    says(bring(p, (struct coming){ .names = { "flag.lan" }, .begins = 3, .is_flagged = true }, a), "added", "personal", 1);
}

static void cas_of_one_key_stay_apart_when_others_signed_them(void **state)
{
    IN_PLACE;
    struct bytes spki = making_spki(a);
    struct coming sub = { .common_name = "Sub", .issuer = "Root", .is_ca = true, .spki = spki };

    says(bring(p, sub, a), "added", "intermediate", 1);
    sub.begins = 1;
    says(bring(p, sub, a), "joined", "intermediate", 2);
    sub.begins = 2;
    sub.issuer = "Other Root";
    says(bring(p, sub, a), "added", "intermediate", 1);
    sub.spki = (struct bytes){ 0 };
    sub.issuer = "Root";
    says(bring(p, sub, a), "added", "intermediate", 1);
}

static void a_key_finds_its_certificate_and_the_other_way_round(void **state)
{
    IN_PLACE;
    struct bytes early = making_spki(a), late = making_spki(a);
    struct imported got;

    says(bring(p, (struct coming){ .spki = early }, a), "added", "personal", 1);
    got = bring_key(p, early, a);
    says(got, "key-added", "personal", 1);
    assert_true(got.has_key);
    says(bring_key(p, early, a), "known", "", 0);

    says(bring_key(p, late, a), "added", "", 0);
    got = bring(p, (struct coming){ .spki = late, .common_name = "late.lan", .names = { "late.lan" } }, a);
    says(got, "added", "personal", 1);
    assert_true(got.has_key);
}

static void with_its_key_a_renewal_of_the_same_names_joins_whoever_signed(void **state)
{
    IN_PLACE;
    struct bytes before = making_spki(a), after = making_spki(a), keyless = making_spki(a);

    says(bring_key(p, before, a), "added", "", 0);
    says(bring(p, (struct coming){ .spki = before }, a), "added", "personal", 1);
    says(bring(p, (struct coming){ .spki = keyless, .begins = 1 }, a), "added", "personal", 1);
    says(bring_key(p, after, a), "added", "", 0);
    says(bring(p, (struct coming){ .spki = after, .begins = 2, .issuer = "Another CA" }, a), "joined", "personal", 2);
}

static void a_ca_with_its_key_is_somebodys_own(void **state)
{
    IN_PLACE;
    struct bytes spki = making_spki(a);

    says(bring_key(p, spki, a), "added", "", 0);
    says(bring(p, (struct coming){ .common_name = "Own Root", .is_ca = true, .spki = spki }, a), "added", "personal", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place(each_goes_where_it_belongs_unless_told), in_place(the_same_once_more_is_known),
        in_place(a_newer_one_of_the_same_key_is_the_next_version),
        in_place(a_newer_one_of_the_same_names_joins_when_the_issuer_is_the_same),
        in_place(what_breaks_a_rule_takes_the_place_only_of_what_breaks_one_too), in_place(cas_of_one_key_stay_apart_when_others_signed_them),
        in_place(a_key_finds_its_certificate_and_the_other_way_round),
        in_place(with_its_key_a_renewal_of_the_same_names_joins_whoever_signed), in_place(a_ca_with_its_key_is_somebodys_own),
    };

    return tests_of(tests);
}
