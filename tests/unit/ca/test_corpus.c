#include "house.h"

#include "../pki/corpus.h"

struct tally {
    struct house *h;
    int wrong;
};

/* What stands in a request reaches the disk, or nothing does. */
static enum err ask(struct house *h, struct bytes csr, struct arena *a, struct error *e)
{
    struct wish wish = { .csr = csr };
    struct findings notes;
    struct issued made;

    findings_init(&notes, a);
    return ca_issue(h->ca, &h->who, &wish, a, &notes, &made, e);
}

static void verdict(const struct corpus_row *row, struct arena *a, void *arg)
{
    struct tally *t = arg;
    struct error e = { 0 };
    enum err r = ask(t->h, row->data, a, &e);
    enum err wanted = strcmp(row->expected, "accept") == 0 ? ERR_NONE : ERR_INVALID;

    if (r == wanted)
        return;
    t->wrong++;
    print_error("%s: %s (%s), expected %s: %s\n", row->file, r == ERR_NONE ? "issued" : e.text, e.field, row->expected, row->why);
}

static void every_request_gets_its_expected_verdict(void **state)
{
    struct tally t = { .h = *state };

    corpus_walk("csr", verdict, &t);
    assert_int_equal(t.wrong, 0);
}

static void refused_or_issued(const struct corpus_row *row, struct arena *a, void *arg)
{
    struct tally *t = arg;
    struct error e = { 0 };
    enum err r = row->data.len == 0 ? ERR_INVALID : ask(t->h, row->data, a, &e);

    if (r == ERR_NONE || r == ERR_INVALID)
        return;
    t->wrong++;
    print_error("%s: %s\n", row->file, e.text);
}

static void hostile_requests_are_refused_or_issued_and_nothing_else(void **state)
{
    struct tally t = { .h = *state };

    corpus_walk("csr-fuzz", refused_or_issued, &t);
    corpus_walk("dn-fuzz", refused_or_issued, &t);
    assert_int_equal(t.wrong, 0);
}

static void name_refused_or_issued(const struct corpus_row *row, struct arena *a, void *arg)
{
    struct tally *t = arg;
    const char *const names[] = { arena_copy(a, row->data.at, row->data.len) };
    struct wish wish = { .dns_names = names, .dns_len = 1, .ip_addresses = names, .ip_len = 1 };
    struct findings notes;
    struct issued made;
    struct error e = { 0 };
    enum err r;

    findings_init(&notes, a);
    r = ca_issue(t->h->ca, &t->h->who, &wish, a, &notes, &made, &e);
    if (r == ERR_INVALID)
        return;
    t->wrong++;
    print_error("%s: %s\n", row->file, r == ERR_NONE ? "issued as both name and address" : e.text);
}

static void hostile_names_are_refused(void **state)
{
    struct tally t = { .h = *state };

    corpus_walk("name-fuzz", name_refused_or_issued, &t);
    assert_int_equal(t.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_gets_its_expected_verdict),
        cmocka_unit_test(hostile_requests_are_refused_or_issued_and_nothing_else),
        cmocka_unit_test(hostile_names_are_refused),
    };

    return cmocka_run_group_tests(tests, house_with_authorities, house_close);
}
