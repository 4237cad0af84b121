/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/rpc.h"

#include "plat/json/out.h"

static void put_head(struct json_out *o, str_t id, const char *member)
{
    json_out_open(o, '{');
    JSON_OUT(o, "jsonrpc", str, STR("2.0"));
    JSON_OUT(o, "id", raw, id);
    json_out_name(o, str_from_cz(member));
}

void rpc_put_result(struct buf *b, str_t id, str_t result)
{
    struct json_out o = json_out_to(b);
    put_head(&o, id, "result");
    json_out_raw(&o, result);
    json_out_close(&o, '}');
}

void rpc_put_error(struct buf *b, str_t id, str_t error)
{
    struct json_out o = json_out_to(b);
    put_head(&o, id, "error");
    json_out_raw(&o, error);
    json_out_close(&o, '}');
}

static void put_method(struct json_out *o, str_t method, str_t params)
{
    JSON_OUT(o, "method", str, method);
    if (params.p != NULL)
        JSON_OUT(o, "params", raw, params);
    json_out_close(o, '}');
}

void rpc_put_request(struct buf *b, str_t id, str_t method, str_t params)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "jsonrpc", str, STR("2.0"));
    JSON_OUT(&o, "id", raw, id);
    put_method(&o, method, params);
}

void rpc_put_note(struct buf *b, str_t method, str_t params)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "jsonrpc", str, STR("2.0"));
    put_method(&o, method, params);
}
