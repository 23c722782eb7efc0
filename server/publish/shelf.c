#include "publish/shelf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/own.h"
#include "base/time.h"
#include "base/zip.h"
#include "publish/trust.h"
#include "store/authorities.h"
#include "store/crls.h"

enum { MAX_AGE = 1 * HOURS, ROOTS_MAX = 100, ZIP_MAX = 16 * 1024 * 1024 };

DEFINE_DROP(shelf)

struct building {
    struct shelf *shelf;
    struct arena *arena;
    const struct db *db;
    int64_t now;
    const struct authority_row *roots[ROOTS_MAX];
    size_t roots_len;
};

static void add(struct building *b, const char *path, const struct page_parts *parts)
{
    struct shelf *s = b->shelf;

    if (s->len == s->room) {
        s->room = s->room == 0 ? 16 : s->room * 2;
        s->at = own_grow(s->at, s->room * sizeof(*s->at));
    }
    snprintf(s->at[s->len].path, sizeof(s->at[s->len].path), "%s", path);
    s->at[s->len++].page = page_new(parts);
}

/* A cache may keep it for an hour, but never to the end of what it holds. */
static const char *cache_for(struct building *b, int64_t until)
{
    int64_t age = until <= b->now ? 0 : (until - b->now) / 2;

    return arena_printf(b->arena, "public, max-age=%lld", (long long)(age < MAX_AGE ? age : MAX_AGE));
}

static void add_certificate(struct building *b, const struct authority_row *row, const char *id)
{
    struct page_parts parts = { .body = row->der, .type = "application/pkix-cert", .cache_control = "public, max-age=86400", .modified_at = row->created_at };

    add(b, arena_printf(b->arena, "/ca/%s.cer", id), &parts);
}

static enum err add_list(struct building *b, const struct authority_row *row, const char *id, struct error *e)
{
    struct page_parts parts = { .type = "application/pkix-crl" };
    struct crl_row list;
    enum err r;

    r = store_crl_latest(b->db, &row->id, b->arena, &list, e);
    if (r)
        return r;
    parts.body = list.body;
    parts.modified_at = list.this_update;
    parts.cache_control = cache_for(b, list.next_update);
    add(b, arena_printf(b->arena, "/crl/%s.crl", id), &parts);
    if (strcmp(row->state, "active") == 0 && list.next_update < b->shelf->crl_until)
        b->shelf->crl_until = list.next_update;
    return ERR_NONE;
}

static enum err add_authority(struct building *b, const struct authority_row *row, struct error *e)
{
    char id[ID_TEXT];

    id_text(&row->id, id);
    add_certificate(b, row, id);
    if (id_is_none(&row->parent) && b->roots_len < ROOTS_MAX)
        b->roots[b->roots_len++] = row;
    return add_list(b, row, id, e);
}

/* The files of the trust page, each with what it was made of, and all of them in one archive. */
static enum err add_files(struct building *b, const struct trust *t, struct error *e)
{
    struct page_parts parts = { .cache_control = "public, max-age=3600", .modified_at = b->roots[b->roots_len - 1]->created_at };
    struct zip_file *files = arena_take(b->arena, trust_files_len * sizeof(*files));
    struct buf zip;

    for (size_t i = 0; i < trust_files_len; i++) {
        enum err r = trust_files[i].make(t, &parts.body, e);

        if (r)
            return r;
        parts.type = trust_files[i].type;
        add(b, arena_printf(b->arena, "/trust/%s", trust_files[i].name), &parts);
        files[i] = (struct zip_file){ trust_files[i].name, parts.body, trust_files[i].is_program };
    }
    buf_init(&zip, ZIP_MAX);
    zip_write(files, trust_files_len, parts.modified_at, &zip);
    parts.body = arena_bytes(b->arena, buf_bytes(&zip));
    parts.type = "application/zip";
    add(b, "/trust/signet-trust.zip", &parts);
    buf_done(&zip);
    return ERR_NONE;
}

static enum err add_trust(struct building *b, struct error *e)
{
    static const char *const headers[] = {
        "Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' https:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        "X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer", NULL
    };
    struct page_parts parts = { .type = "text/html; charset=utf-8", .cache_control = "no-cache", .headers = headers };
    struct trust trust;
    enum err r;

    r = trust_of(b->roots, b->roots_len, b->arena, &trust, e);
    if (!r)
        r = trust_page(&trust, &parts.body, e);
    if (r)
        return r;
    add(b, "/trust", &parts);
    parts.body = bytes_text(trust_style);
    parts.type = "text/css; charset=utf-8";
    add(b, "/trust/style.css", &parts);
    return trust.len > 0 ? add_files(b, &trust, e) : ERR_NONE;
}

static enum err fill(struct building *b, struct error *e)
{
    struct authority_row *rows = NULL;
    size_t len = 0;
    enum err r;

    r = store_authorities(b->db, b->arena, &rows, &len, e);
    if (r)
        return r;
    for (size_t i = 0; i < len; i++) {
        r = add_authority(b, &rows[i], e);
        if (r)
            return r;
    }
    return add_trust(b, e);
}

enum err shelf_build(struct store *store, struct shelf **out, struct error *e)
{
    CLEANUP(arena_drop) struct arena *a = arena_new();
    CLEANUP(shelf_drop) struct shelf *shelf = own_alloc(sizeof(*shelf));
    CLEANUP(look_done) struct look look = { 0 };
    struct building b = { .shelf = shelf, .arena = a, .now = clock_now() };
    enum err r;

    shelf->crl_until = INT64_MAX;
    r = store_look(store, &look, e);
    if (r)
        return r;
    b.db = look_db(&look);
    r = fill(&b, e);
    if (r)
        return r;
    *out = TAKE(shelf);
    return ERR_NONE;
}

void shelf_free(struct shelf *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->len; i++)
        page_unref(s->at[i].page);
    free(s->at);
    free(s);
}

struct page *shelf_find(const struct shelf *s, const char *path)
{
    for (size_t i = 0; i < s->len; i++) {
        if (strcmp(s->at[i].path, path) == 0)
            return s->at[i].page;
    }
    return NULL;
}
