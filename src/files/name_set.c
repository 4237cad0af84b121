/* SPDX-License-Identifier: Apache-2.0 */
#include "files/name_set.h"

err_t name_set_add(struct json *set, str_t name)
{
    return json_member(set, name) != NULL ? E_OK : json_set(set, name, json_new_null());
}

err_t name_set_add_list(struct json *set, const struct json *list)
{
    for (size_t i = 0; i < json_count(list); i++)
        TRY(name_set_add(set, json_string(json_at(list, i))));
    return E_OK;
}

err_t name_set_add_lists(struct arena *a, struct json *set, const struct json *lists)
{
    struct json_pair *pairs = NULL;
    size_t n = 0;
    TRY(json_members(a, lists, &pairs, &n));
    for (size_t i = 0; i < n; i++)
        TRY(name_set_add_list(set, pairs[i].value));
    return E_OK;
}

err_t name_set_add_section(struct arena *a, struct json *set, const struct json *world,
                           const char *section)
{
    const struct json *objects = json_member(world, str_from_cz(section));
    struct json_pair *pairs = NULL;
    size_t n = 0;
    if (objects != NULL)
        TRY(json_members(a, objects, &pairs, &n));
    for (size_t i = 0; i < n; i++)
        TRY(name_set_add(set, pairs[i].name));
    return E_OK;
}
