#include "api/terms.h"

#include "api/json.h"

const struct shape terms_key_shape = { (const struct shape_member[]){
    { .name = "type", .kind = SHAPE_TEXT, .min = 1, .max = 32 },
    { .name = "exportable", .kind = SHAPE_FLAG },
    { 0 } } };

void terms_read(const struct request *rq, const char *source, struct wish *out)
{
    *out = (struct wish){ .profile = body_text(rq, "profile"), .common_name = body_text(rq, "common_name"), .label = body_text(rq, "label"),
                          .valid_days = body_number(rq, "valid_days", 0), .source = source };
    out->dns_len = body_texts(rq, "dns_names", &out->dns_names);
    out->ip_len = body_texts(rq, "ip_addresses", &out->ip_addresses);
}
