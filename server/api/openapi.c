/* openapi - /api/v1/openapi.json: the contract, as it was compiled in. */
#include "api/api.h"
#include "api/tables.h"

#define OPENAPI(name) extern const uint8_t name[], name##_end[];
#include "openapi.inc"
#undef OPENAPI

static enum err show(struct app *app, struct request *rq, struct error *e)
{
    (void)app;
    (void)e;
    reply_bytes(rq, 200, "application/openapi+json", bytes_of(embedded_openapi, (size_t)(embedded_openapi_end - embedded_openapi)));
    return ERR_NONE;
}

const struct route openapi_routes[] = {
    { "GET", "/api/v1/openapi.json", show, RIGHT_PUBLIC, ROUTE_OPEN | ROUTE_QUICK, 0, NULL },
    { 0 }
};
