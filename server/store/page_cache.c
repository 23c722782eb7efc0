#include "store/page_cache.h"

#include <sqlite3.h>
#include <stdlib.h>

enum { LOCK_BYTE = 0x40000000 };

struct seen_cache {
    sqlite3_pcache *real;
    unsigned highest;              /* page number: there is none above it in the cache */
    unsigned lock_page;            /* the page LOCK_BYTE is in */
};

static sqlite3_pcache_methods2 plain;      /* SQLite's own; set once by page_cache_add */

static struct seen_cache *of(sqlite3_pcache *cache)
{
    return (struct seen_cache *)cache;
}

static void saw(struct seen_cache *cache, unsigned number)
{
    if (number > cache->highest && number != cache->lock_page)
        cache->highest = number;
}

static sqlite3_pcache *cache_create(int page_size, int extra, int is_purgeable)
{
    struct seen_cache *cache = calloc(1, sizeof(*cache));

    if (cache == NULL)
        return NULL;
    cache->lock_page = (unsigned)(LOCK_BYTE / page_size) + 1;
    cache->real = plain.xCreate(page_size, extra, is_purgeable);
    if (cache->real == NULL) {
        free(cache);
        return NULL;
    }
    return (sqlite3_pcache *)cache;
}

static void cache_destroy(sqlite3_pcache *cache)
{
    plain.xDestroy(of(cache)->real);
    free(cache);
}

static void cache_size(sqlite3_pcache *cache, int pages)
{
    plain.xCachesize(of(cache)->real, pages);
}

static int cache_count(sqlite3_pcache *cache)
{
    return plain.xPagecount(of(cache)->real);
}

static sqlite3_pcache_page *cache_fetch(sqlite3_pcache *cache, unsigned number, int how)
{
    saw(of(cache), number);
    return plain.xFetch(of(cache)->real, number, how);
}

static void cache_unpin(sqlite3_pcache *cache, sqlite3_pcache_page *page, int is_unlikely)
{
    plain.xUnpin(of(cache)->real, page, is_unlikely);
}

static void cache_rename(sqlite3_pcache *cache, sqlite3_pcache_page *page, unsigned before, unsigned after)
{
    saw(of(cache), after);
    plain.xRekey(of(cache)->real, page, before, after);
}

static void cache_truncate(sqlite3_pcache *cache, unsigned first_gone)
{
    if (first_gone > of(cache)->highest)
        return;
    plain.xTruncate(of(cache)->real, first_gone);
    of(cache)->highest = first_gone > 0 ? first_gone - 1 : 0;
}

static void cache_shrink(sqlite3_pcache *cache)
{
    plain.xShrink(of(cache)->real);
}

void page_cache_add(void)
{
    sqlite3_pcache_methods2 ours;

    if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &plain) != SQLITE_OK)
        return;
    ours = plain;                  /* xInit and xShutdown are done by the same functions */
    ours.xCreate = cache_create;
    ours.xCachesize = cache_size;
    ours.xPagecount = cache_count;
    ours.xFetch = cache_fetch;
    ours.xUnpin = cache_unpin;
    ours.xRekey = cache_rename;
    ours.xTruncate = cache_truncate;
    ours.xDestroy = cache_destroy;
    ours.xShrink = cache_shrink;
    sqlite3_config(SQLITE_CONFIG_PCACHE2, &ours);
}
