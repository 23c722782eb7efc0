/* router - the tables of the surfaces, asked: which row answers this method and path? Pure. */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "http/route.h"
#include "http/target.h"

enum { ROUTER_PARAMS = 6, ROUTER_ALLOW = 64 };
enum found { FOUND, FOUND_NOTHING, FOUND_OTHER_METHOD };
struct match {
    const struct surface *surface;     /* set also when no row is found; NULL when no prefix fits */
    const struct route *route;
    struct pair params[ROUTER_PARAMS]; /* {id}; values in the arena */
    size_t params_len;
    char allow[ROUTER_ALLOW];          /* "GET, HEAD, POST" with FOUND_OTHER_METHOD */
};
/* HEAD finds the row of GET. A literal segment beats a {parameter}. */
enum found router_find(const struct surface *const *surfaces, const char *method, const char *path, struct arena *a, struct match *out);
/* What must hold before anything is served: every row says who may, and somebody can tell who that is. */
enum err router_check(const struct surface *const *surfaces, struct error *e) MUST_CHECK;

#endif
