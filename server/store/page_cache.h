/* page_cache - SQLite's own page cache, spared a walk through all of it at every commit.
   A commit tells the cache the number of the last page, so that it drops what lies beyond. SQLite's cache keeps the highest number it has
   seen to know that there is nothing; but where it orders the pages of a node (each time a leaf splits) it lends one of them the number of
   the page of locks, 1 GiB into the file, for a moment, and so the cache believes ever after that there is something, and looks through
   its thousands of pages: a fiftieth of what issuing costs. Here that number does not count: no page ever keeps it (fileformat2, 1.4). */
#ifndef STORE_PAGE_CACHE_H
#define STORE_PAGE_CACHE_H

/* Call once, before sqlite3_initialize. Without it all is the same but for the time. */
void page_cache_add(void);

#endif
