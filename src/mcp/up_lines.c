/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/up_lines.h"

#include "base/num.h"

enum { SPARE_CONNECTIONS = 8, RETRY_AFTER_S_MAX = 3600 };

err_t up_lines_of(struct arena *a, const struct up_cfg *cfg, struct diag *why,
                  const char *const **ret)
{
    const char **rows = ARENA_ARRAY(a, const char *, cfg->headers_n + 1);
    if (rows == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < cfg->headers_n; i++) {
        str_t line = cfg->headers[i];
        for (size_t k = 0; k < line.n; k++) {
            if ((unsigned char)line.p[k] < ' ')
                return FAIL(why, E_BAD_FIELD, "a header of this server has a control character");
        }
        rows[i] = str_cz(a, line);
        if (rows[i] == NULL)
            return E_NO_MEMORY;
    }
    *ret = rows;
    return E_OK;
}

err_t up_fetcher_new(const struct up_cfg *cfg, struct diag *why, struct fetcher **ret)
{
    const struct fetcher_cfg to = { .loop = cfg->loop,
                                    .rules = cfg->rules,
                                    .lookups = cfg->lookups,
                                    .url = cfg->url,
                                    .connections_max = cfg->calls_max + SPARE_CONNECTIONS };
    return fetcher_new(&to, why, ret);
}

/* Without its parameters. */
static bool type_is(const struct http_answer *head, str_t wanted)
{
    str_t rest = http_answer_field(head, STR("content-type"));
    str_t type = STR_NONE;
    return rest.p != NULL && str_split(&rest, ';', &type) && str_eq_nocase(str_trim(type), wanted);
}

bool up_is_json(const struct http_answer *head)
{
    return type_is(head, STR("application/json"));
}

enum up_form up_form_of(const struct http_answer *head)
{
    if (head->status < 200 || head->status > 299)
        return UP_FORM_REFUSED;
    if (head->status == 202 || head->status == 204)
        return UP_FORM_EMPTY;
    if (up_is_json(head))
        return UP_FORM_JSON;
    return type_is(head, STR("text/event-stream")) ? UP_FORM_EVENTS : UP_FORM_NONE;
}

dur_t up_retry_after(const struct http_answer *head)
{
    uint64_t s = 0;
    str_t field = http_answer_field(head, STR("retry-after"));
    if (field.p == NULL || num_parse_u64(field, &s) != E_OK)
        return (dur_t){ 0 };
    return DUR_S(s < RETRY_AFTER_S_MAX ? s : RETRY_AFTER_S_MAX);
}
