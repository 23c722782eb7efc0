/* console - the administrator's pages: what webui/pack.mjs laid into the binary, as frozen pages on '/', '/setup' and '/assets/'. */
#ifndef PUBLISH_CONSOLE_H
#define PUBLISH_CONSOLE_H

#include "http/page.h"
#include "http/route.h"

extern const struct surface console_surface;      /* prefix "/": whatever no other surface of the HTTPS listener claims */

/* The page of an exact URL path; NULL when there is none. Lives for ever; any thread. */
struct page *console_page(const char *url);

#endif
