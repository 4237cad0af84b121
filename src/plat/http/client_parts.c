/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/client_parts.h"

#include "base/fault.h"

err_t client_head_init(struct client_head *head, struct arena *a)
{
    struct http_answer_field *fields = ARENA_ARRAY(a, struct http_answer_field, CLIENT_FIELDS_MAX);
    if (fields == NULL)
        return E_NO_MEMORY;
    *head = (struct client_head){ .a = a, .fields = fields };
    return E_OK;
}

bool client_head_line(struct client_head *head, str_t line)
{
    head->n += line.n;
    while (line.n > 0 && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
        line.n--;
    if (str_starts(line, STR("HTTP/")))
        head->fields_n = 0;
    size_t colon = str_find(line, ':');
    if (head->n > CLIENT_HEAD_MAX)
        return false;
    if (colon == line.n || str_starts(line, STR("HTTP/")))
        return true;
    if (head->fields_n == CLIENT_FIELDS_MAX)
        return false;
    struct http_answer_field f;
    if (str_copy(head->a, str_sub(line, 0, colon), &f.name) != E_OK ||
        str_copy(head->a, str_trim(str_sub(line, colon + 1, line.n)), &f.value) != E_OK) {
        head->no_memory = true;
        return false;
    }
    head->fields[head->fields_n++] = f;
    return true;
}

err_t client_err_of(CURLcode code)
{
    static const struct {
        CURLcode code;
        err_t e;
    } rows[] = {
        { CURLE_OPERATION_TIMEDOUT, E_TIMEOUT }, { CURLE_ABORTED_BY_CALLBACK, E_CLOSED },
        { CURLE_URL_MALFORMAT, E_BAD_FIELD },    { CURLE_UNSUPPORTED_PROTOCOL, E_BAD_FIELD },
        { CURLE_OUT_OF_MEMORY, E_NO_MEMORY },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].code == code)
            return rows[i].e;
    }
    return E_IO;
}

static bool lines_add(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = fault_here() ? NULL : curl_slist_append(*list, line);
    if (longer == NULL)
        return false;
    *list = longer;
    return true;
}

struct curl_slist *client_lines_make(const char *const *lines, size_t n)
{
    struct curl_slist *list = NULL;
    bool ok = lines_add(&list, "Expect:"); /* no round trip before a small body */
    for (size_t i = 0; i < n && ok; i++)
        ok = lines_add(&list, lines[i]);
    if (ok)
        return list;
    curl_slist_free_all(list);
    return NULL;
}
