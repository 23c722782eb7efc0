/* test_grants - what is allowed on one certificate: to a user, a role, a token; known at once, and after a restart; gone when taken away. */
#include "fixture.h"

#include <pthread.h>
#include <stdatomic.h>

#include "access/permissions.h"
#include "base/random.h"
#include "pki/hash.h"
#include "store/certificates.h"
#include "store/issuers.h"

struct lineages { struct id one, other; };

static enum err add_lineage(struct tx *tx, const struct id *id, const struct id *issuer, const char *name, struct error *e)
{
    uint8_t bytes[SHA256_LEN];
    struct version_row row = { .number = 1, .issuer = *issuer, .store = "personal", .common_name = name, .subject = name, .key_type = "ec-p256", .profile = "web-server",
                               .source = "rest", .is_issued = true, .not_before = tx_now(tx), .not_after = tx_now(tx) + DAYS };
    enum err r = store_certificate_add(tx, id, name, &row.certificate_n, &row.n, e);

    random_fill(bytes, sizeof(bytes));
    row.serial = row.spki_sha256 = row.sha256 = bytes_of(bytes, SHA256_LEN);
    row.ski = row.sha1 = bytes_of(bytes, 20);
    return r ? r : store_version_add(tx, &row, row.sha256, e);
}

static enum err add_lineages(struct tx *tx, void *arg, struct error *e)
{
    struct lineages *l = arg;
    struct issuer_row issuer = { .id = id_new(), .name = bytes_text("issuer"), .key_identifier = bytes_text("issuer"), .label = "issuer" };
    enum err r = store_issuer_add(tx, &issuer, e);

    if (r == ERR_NONE)
        r = add_lineage(tx, &l->one, &issuer.id, "one", e);
    return r ? r : add_lineage(tx, &l->other, &issuer.id, "other", e);
}

static struct lineages with_lineages(struct fixture *f)
{
    struct lineages l = { .one = id_new(), .other = id_new() };
    struct error e = { 0 };

    fixture_admin(f);
    assert_ok(store_write(f->store, &f->admin, add_lineages, &l, &e));
    return l;
}

static struct actor bearer(struct fixture *f, const char *token)
{
    struct actor who = { .source = "192.0.2.5", .if_match = -1 };
    struct error e = { 0 };

    assert_ok(access_token(f->access, token, &who, &e));
    assert_ok(access_grants(f->access, f->arena, &who, &e));
    return who;
}

static void put(struct fixture *f, const struct id *certificate, const struct permission *list, size_t len)
{
    struct findings faults = { 0 };
    struct error e = { 0 };

    assert_ok(access_permissions_put(f->access, &f->admin, certificate, list, len, &faults, &e));
}

static void each_right_is_of_one_certificate_and_brings_nothing_else(void **state)
{
    static const struct { unsigned allows; enum right right; } rows[] = { { KEY_USE, RIGHT_ISSUE }, { KEY_EXPORT, RIGHT_EXPORT }, { KEY_MANAGE, RIGHT_KEYS } };
    struct fixture *f = *state;
    struct lineages l = with_lineages(f);
    struct error e = { 0 };
    const char *token;
    struct id id;

    assert_ok(access_token_make(f->access, &f->admin, "ci", ROLE_VIEWER, 30, f->arena, &token, &id, &e));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        put(f, &l.one, &(struct permission){ "token", "ci", rows[i].allows }, 1);
        for (int is_reopened = 0; is_reopened < 2; is_reopened++) {
            struct actor who = bearer(f, token);

            for (enum right right = RIGHT_ISSUE; right < RIGHT_COUNT; right++) {
                assert_int_equal(access_may(&who, right, "certificate", &l.one), right == rows[i].right);
                assert_false(access_may(&who, right, "certificate", &l.other));
                assert_false(access_may(&who, right, "*", NULL));
            }
            fixture_reopen(f);
        }
    }
    put(f, &l.one, NULL, 0);
    assert_int_equal(bearer(f, token).grants_len, 0);
}

static void a_role_has_its_grants_by_each_who_has_the_role(void **state)
{
    struct fixture *f = *state;
    struct lineages l = with_lineages(f);
    struct actor auditor, viewer, admin;
    struct error e = { 0 };
    const char *books, *looks, *all;
    struct id id;

    assert_ok(access_token_make(f->access, &f->admin, "books", ROLE_AUDITOR, 30, f->arena, &books, &id, &e));
    assert_ok(access_token_make(f->access, &f->admin, "looks", ROLE_VIEWER, 30, f->arena, &looks, &id, &e));
    assert_ok(access_token_make(f->access, &f->admin, "all", ROLE_ADMIN, 30, f->arena, &all, &id, &e));
    put(f, &l.one, (struct permission[]){ { "role", "auditor", KEY_EXPORT }, { "token", "books", KEY_USE } }, 2);
    auditor = bearer(f, books);
    viewer = bearer(f, looks);
    admin = bearer(f, all);
    assert_true(access_may(&auditor, RIGHT_EXPORT, "certificate", &l.one));
    assert_true(access_may(&auditor, RIGHT_ISSUE, "certificate", &l.one));
    assert_false(access_may(&auditor, RIGHT_EXPORT, "certificate", &l.other));
    assert_false(access_may(&viewer, RIGHT_EXPORT, "certificate", &l.one));
    assert_int_equal(admin.grants_len, 0);
    assert_true(access_may(&admin, RIGHT_KEYS, "certificate", &l.one));
}

static void only_who_manages_the_key_changes_its_list(void **state)
{
    struct fixture *f = *state;
    struct lineages l = with_lineages(f);
    struct findings faults = { 0 };
    struct actor operator, keeper;
    struct permissions list;
    struct error e = { 0 };
    const char *ops, *keeps;
    struct id id;

    assert_ok(access_token_make(f->access, &f->admin, "ops", ROLE_OPERATOR, 30, f->arena, &ops, &id, &e));
    assert_ok(access_token_make(f->access, &f->admin, "keeps", ROLE_VIEWER, 30, f->arena, &keeps, &id, &e));
    operator = bearer(f, ops);
    assert_int_equal(access_permissions_put(f->access, &operator, &l.one, NULL, 0, &faults, &e), ERR_DENIED);
    put(f, &l.one, &(struct permission){ "token", "keeps", KEY_MANAGE }, 1);
    keeper = bearer(f, keeps);
    assert_ok(access_permissions(f->access, &l.one, f->arena, &list, &e));
    keeper.if_match = list.version + 1;
    assert_int_equal(access_permissions_put(f->access, &keeper, &l.one, NULL, 0, &faults, &e), ERR_CONFLICT);
    assert_string_equal(e.kind, "precondition");
    keeper.if_match = list.version;
    assert_int_equal(access_permissions_put(f->access, &keeper, &l.other, NULL, 0, &faults, &e), ERR_DENIED);
    assert_ok(access_permissions_put(f->access, &keeper, &l.one, NULL, 0, &faults, &e));
    keeper = bearer(f, keeps);
    assert_int_equal(access_permissions_put(f->access, &keeper, &l.one, NULL, 0, &faults, &e), ERR_DENIED);
}

struct neighbour { struct fixture *f; pthread_t thread; atomic_bool has_begun; int runs; };

/* Long enough on the writer for the other to come into the same batch; where it did not, it is tried again. */
static enum err linger(struct tx *tx, void *arg, struct error *e)
{
    struct neighbour *n = arg;

    (void)tx;
    (void)e;
    n->runs++;
    atomic_store(&n->has_begun, true);
    usleep(1000);
    return ERR_NONE;
}

static void *write_beside(void *arg)
{
    struct neighbour *n = arg;
    struct error e = { 0 };

    assert_ok(store_write(n->f->store, &n->f->admin, linger, n, &e));
    return NULL;
}

static void a_list_that_is_refused_beside_others_work_tells_its_faults_once(void **state)
{
    struct fixture *f = *state;
    struct lineages l = with_lineages(f);
    struct permission unknown = { "token", "nobody", KEY_USE };
    struct neighbour n = { .f = f };

    for (int i = 0; i < 2000 && n.runs < 2; i++) {
        struct findings faults;
        struct error e = { 0 };

        n = (struct neighbour){ .f = f };
        findings_init(&faults, f->arena);
        findings_add(&faults, LEVEL_WARNING, "earlier", "", "found by the caller");
        assert_int_equal(pthread_create(&n.thread, NULL, write_beside, &n), 0);
        while (!atomic_load(&n.has_begun))
            usleep(100);
        assert_int_equal(access_permissions_put(f->access, &f->admin, &l.one, &unknown, 1, &faults, &e), ERR_INVALID);
        pthread_join(n.thread, NULL);
        assert_int_equal(faults.len, 2);
        assert_string_equal(faults.at[1].rule, "unknown-name");
    }
    assert_int_equal(n.runs, 2);       /* rolled back with what was refused, and done again */
}

int main(void)
{
    const struct CMUnitTest list[] = {
        with_fixture(each_right_is_of_one_certificate_and_brings_nothing_else),
        with_fixture(a_role_has_its_grants_by_each_who_has_the_role),
        with_fixture(only_who_manages_the_key_changes_its_list),
        with_fixture(a_list_that_is_refused_beside_others_work_tells_its_faults_once),
    };

    return tests_of(list);
}
