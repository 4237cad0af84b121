/* SPDX-License-Identifier: Apache-2.0 */
#include "base/host_rule.h"

#include "base/cidr.h"
#include "base/num.h"

enum { LABEL_MAX = 63 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_label(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_letter(s.p[i]) && !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '-' &&
            s.p[i] != '_')
            return false;
    }
    return s.n > 0 && s.n <= LABEL_MAX;
}

/* What else a resolver takes for an address ("0x7f.1", "2130706433") ends in a label that begins
 * with a digit. */
static bool is_host(str_t s)
{
    uint8_t ip[16];
    str_t rest = s;
    str_t label = STR_NONE;
    if (s.n == 0 || s.n > HOST_NAME_MAX_N)
        return false;
    if (ip_parse(s, ip) == E_OK)
        return true;
    while (str_split(&rest, '.', &label)) {
        if (!is_label(label))
            return false;
    }
    return label.n > 0 && is_letter(label.p[0]);
}

static err_t port_parse(str_t text, uint16_t *ret)
{
    uint64_t port;
    if (text.n > 5 || num_parse_u64(text, &port) != E_OK || port == 0 || port > UINT16_MAX)
        return E_BAD_FIELD;
    *ret = (uint16_t)port;
    return E_OK;
}

err_t host_port_parse(str_t text, str_t *ret_host, uint16_t *ret_port)
{
    size_t colon = str_find(text, ':');
    str_t host = str_sub(text, 0, colon);
    uint16_t port;
    if (colon == text.n || !is_host(host))
        return E_BAD_FIELD;
    TRY(port_parse(str_sub(text, colon + 1, text.n), &port));
    *ret_host = host;
    *ret_port = port;
    return E_OK;
}

err_t host_rule_parse(str_t text, uint16_t port, struct host_rule *ret)
{
    size_t colon = str_find(text, ':');
    struct host_rule rule = { .name = str_sub(text, 0, colon), .port = port };
    bool star = str_starts(rule.name, STR("*."));
    uint8_t ip[16];
    if (colon < text.n)
        TRY(port_parse(str_sub(text, colon + 1, text.n), &rule.port));
    str_t bare = star ? str_sub(rule.name, 2, rule.name.n) : rule.name;
    if (!is_host(bare) || (star && ip_parse(bare, ip) == E_OK))
        return E_BAD_FIELD;
    *ret = rule;
    return E_OK;
}

bool host_rule_names(const struct host_rule *rule, str_t host)
{
    if (!str_starts(rule->name, STR("*.")))
        return str_eq_nocase(rule->name, host);
    str_t tail = str_sub(rule->name, 1, rule->name.n); /* ".example.org" */
    return host.n > tail.n && str_eq_nocase(str_sub(host, host.n - tail.n, tail.n), tail);
}
