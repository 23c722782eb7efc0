/* sources - the files of an import, opened, archives taken apart: one flat list of items that know where they came from. */
#ifndef INVENTORY_SOURCES_H
#define INVENTORY_SOURCES_H

#include "inventory/import.h"
#include "pki/item.h"

/* *is_many: there were several files, or a ZIP. What cannot be read is then an item of its own. */
enum err sources_read(const struct import_wish *wish, struct items *out, bool *is_many, struct error *e) MUST_CHECK;

#endif
