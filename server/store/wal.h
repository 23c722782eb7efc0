/* wal - the writer's way to its write-ahead log: what one commit puts there leaves in one piece.
   SQLite writes each frame in two pieces, 24 bytes and a page, with a call of the kernel for each: three times what the bytes cost when
   they go together, and the disk is asked for three times as many. Nothing is held longer than SQLite's next sync or read of the log, and
   the index that tells readers of new frames is written after that sync (synchronous=FULL): no other connection looks for what is held. */
#ifndef STORE_WAL_H
#define STORE_WAL_H

/* The name to open the writer's connection by (sqlite3_open_v2, zVfs); NULL: SQLite's own way, when it could not be added.
   Call once, before the first connection. The files of any other kind go to SQLite's own functions unseen. */
const char *wal_add(void);

#endif
