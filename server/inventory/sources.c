#include "inventory/sources.h"

#include "base/unzip.h"
#include "pki/bundle.h"

/* A request that has computed this many password iterations begins no further file: 4,000,000 of a last one stay the most that is added. */
enum { REQUEST_ITERATIONS = 1000000 };
#define LEFT_OVER "left-over"

struct reading {
    const struct import_wish *wish;
    struct items *out;
    size_t unpacked;               /* octets, of all archives of the request */
};

static void stamp(struct items *l, size_t from, unsigned file, const char *member)
{
    for (size_t i = from; i < l->len; i++) {
        l->at[i].file = file;
        l->at[i].member = member;
    }
}

static enum err add_trouble(struct items *out, const char *kind, const char *text, struct error *e)
{
    struct item item = { .kind = ITEM_FILE, .trouble = arena_text(out->arena, text), .trouble_kind = arena_text(out->arena, kind) };

    return items_add(out, &item, e);
}

/* One of several: it says itself why it is not taken. Only the whole being too much ends it. */
static enum err read_beside_others(struct bytes file, const char *password, struct items *out, struct error *e)
{
    size_t before = out->len;
    struct error why = { 0 };

    if (out->spent >= REQUEST_ITERATIONS)
        return add_trouble(out, LEFT_OVER, "not read in this request, which has computed enough passwords: ask for this file again, by itself", e);
    if (bundle_read(file, password, out, &why) == ERR_NONE)
        return ERR_NONE;
    if (out->len == ITEMS_MAX)
        return fail(e, ERR_INVALID, "more than %d certificates at once: send fewer files", ITEMS_MAX);
    out->len = before;
    return add_trouble(out, why.kind, why.text, e);
}

static bool is_wanted(const struct import_file *f, const char *name)
{
    for (size_t i = 0; i < f->members_len; i++)
        if (strcmp(f->members[i], name) == 0)
            return true;
    return f->members == NULL;
}

static enum err read_member(struct reading *s, const struct unzip_member *m, const char *password, struct error *e)
{
    struct error why = { 0 };
    struct bytes file;

    if (m->size > UNZIP_ALL_MAX - s->unpacked)
        return add_trouble(s->out, LEFT_OVER, "not unpacked in this request, which has unpacked enough: ask for this file again, by itself", e);
    s->unpacked += m->size;
    if (unzip_open(m, s->out->arena, &file, &why) != ERR_NONE)
        return add_trouble(s->out, why.kind, why.text, e);
    if (unzip_is_one(file))
        return add_trouble(s->out, "", "this is a ZIP in a ZIP: bring it in by itself", e);
    return read_beside_others(file, password, s->out, e);
}

static enum err read_archive(struct reading *s, const struct import_file *f, unsigned n, struct error *e)
{
    struct items *out = s->out;
    struct unzip_member *members;
    size_t len, read = 0;
    enum err r = unzip_list(f->file, out->arena, &members, &len, e);

    for (size_t i = 0; r == ERR_NONE && i < len; i++) {
        size_t before = out->len;

        if (!is_wanted(f, members[i].name))
            continue;
        r = read_member(s, &members[i], f->password, e);
        stamp(out, before, n, members[i].name);
        read++;
    }
    if (r == ERR_NONE && read == 0)
        return fail(e, ERR_INVALID, len == 0 ? "the ZIP is empty" : "the ZIP has no member of that name");
    return r;
}

static enum err read_file(struct reading *s, unsigned n, struct error *e)
{
    const struct import_wish *wish = s->wish;
    const struct import_file *f = &wish->files[n];
    struct items *out = s->out;
    size_t before = out->len;
    struct error why = { 0 };
    enum err r;

    if (!unzip_is_one(f->file)) {
        r = wish->is_many ? read_beside_others(f->file, f->password, out, e) : bundle_read(f->file, f->password, out, e);
        stamp(out, before, n, NULL);
        return r;
    }
    r = read_archive(s, f, n, &why);
    if (r && wish->is_many && out->len < ITEMS_MAX) {
        out->len = before;
        r = add_trouble(out, why.kind, why.text, e);
        stamp(out, before, n, NULL);
    } else if (r && e != NULL) {
        *e = why;
        strcpy(e->field, "/data");
    }
    return r;
}

enum err sources_read(const struct import_wish *wish, struct items *out, bool *is_many, struct error *e)
{
    struct reading s = { .wish = wish, .out = out };
    enum err r = ERR_NONE;

    *is_many = wish->is_many;
    for (unsigned i = 0; r == ERR_NONE && i < wish->files_len; i++) {
        r = read_file(&s, i, e);
        *is_many = *is_many || unzip_is_one(wish->files[i].file);
    }
    return r;
}
