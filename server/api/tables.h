/* tables - the route tables of the REST interface, one a resource; api.c lists them. Each ends in a row of zeros. */
#ifndef API_TABLES_H
#define API_TABLES_H

#include "http/route.h"

extern const struct route authorities_routes[];
extern const struct route bulk_routes[];
extern const struct route certificates_routes[];
extern const struct route collections_routes[];
extern const struct route describe_routes[];
extern const struct route events_routes[];
extern const struct route export_targets_routes[];
extern const struct route import_routes[];
extern const struct route jobs_routes[];
extern const struct route lineages_routes[];
extern const struct route openapi_routes[];
extern const struct route permissions_routes[];
extern const struct route profiles_routes[];
extern const struct route replace_routes[];
extern const struct route requests_routes[];
extern const struct route scripts_routes[];
extern const struct route session_routes[];
extern const struct route settings_routes[];
extern const struct route setup_routes[];
extern const struct route status_routes[];
extern const struct route tokens_routes[];
extern const struct route tools_routes[];
extern const struct route trust_api_routes[];
extern const struct route unlock_routes[];
extern const struct route users_routes[];
extern const struct route web_server_routes[];

#endif
