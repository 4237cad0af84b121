/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into a real program: names that the file NAME_SHIFT_FILE lists lead to the addresses
 * beside them, one line a name: "rebind.test 192.0.2.1,127.0.0.1". "|" parts look-ups: "a.test
 * 192.0.2.1|127.0.0.1" is the first address at the first look-up and the second one from then on,
 * as a hostile DNS server would say. Every other name is looked up.
 */
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int asked; /* how often names with several parts were looked up, in all */

/* The addresses of `name` in `out`; 0: it is not listed. */
static int shift_find(const char *name, char *out, size_t size)
{
    char line[512];
    const char *path = getenv("NAME_SHIFT_FILE");
    FILE *f = path != NULL ? fopen(path, "re") : NULL;
    int found = 0;
    if (f == NULL)
        return 0;
    size_t n = strlen(name);
    while (!found && fgets(line, sizeof line, f) != NULL) {
        found = strncmp(line, name, n) == 0 && line[n] == ' ';
        if (found)
            (void)snprintf(out, size, "%s", line + n + 1);
    }
    (void)fclose(f);
    out[found ? strcspn(out, "\n") : 0] = '\0';
    return found;
}

/* The part for this look-up. */
static char *shift_part(char *list)
{
    char *part = list;
    if (strchr(list, '|') == NULL)
        return list;
    for (int i = 0; i < asked && strchr(part, '|') != NULL; i++)
        part = strchr(part, '|') + 1;
    part[strcspn(part, "|")] = '\0';
    asked++;
    return part;
}

typedef int lookup_f(const char *node, const char *service, const struct addrinfo *hints,
                     struct addrinfo **res);

__attribute__((visibility("default"))) int getaddrinfo(const char *node, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **res)
{
    lookup_f *real;
    char list[512];
    char *save = NULL;
    struct addrinfo **at = res;
    struct addrinfo numeric = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST };
    *(void **)&real =
        dlsym(RTLD_NEXT, "getaddrinfo"); /* POSIX dlsym(3): a function comes as void * */
    int is_numeric = hints != NULL && (hints->ai_flags & AI_NUMERICHOST) != 0;
    if (node == NULL || is_numeric || !shift_find(node, list, sizeof list))
        return real(node, service, hints, res);
    for (char *one = strtok_r(shift_part(list), ",", &save); one != NULL;
         one = strtok_r(NULL, ",", &save)) {
        int rc = real(one, service, &numeric, at);
        if (rc != 0)
            return rc;
        while (*at != NULL)
            at = &(*at)->ai_next;
    }
    return 0;
}
