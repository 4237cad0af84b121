/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets of `apply`: files only name where they lie, and what the server shows once goes into
 * files of its own. */
#include "app/apply.h"
#include "app/cli_say.h"
#include "plat/os/file.h"

#include <stdlib.h>

enum { SECRET_MAX = 16 * 1024 };

static err_t refuse(struct apply *p, const struct step *s, const struct file_member *m,
                    const char *what)
{
    return FAIL(&p->cli->why, E_USAGE, "%s '%.*s': %s: %s", s->kind->noun, STR_ARG(s->name),
                m->name, what);
}

static err_t from_env(struct apply *p, const struct step *s, const struct file_member *m,
                      str_t name, struct json **ret)
{
    const char *name_cz = str_cz(p->cli->arena, name);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs here */
    const char *value = name_cz == NULL ? NULL : getenv(name_cz);
    if (value == NULL || value[0] == '\0')
        return refuse(p, s, m, "the variable that it names is not set");
    *ret = json_new_string(str_from_cz(value));
    return E_OK;
}

/* One line; the file may lie beside the others. */
static err_t from_file(struct apply *p, const struct step *s, const struct file_member *m,
                       str_t path, struct json **ret)
{
    str_t whole = path;
    str_t text;
    if (!str_starts(path, STR("/")))
        TRY(str_format(p->cli->arena, &whole, "%s/%.*s", p->dir, STR_ARG(path)));
    const char *path_cz = str_cz(p->cli->arena, whole);
    if (path_cz == NULL ||
        file_read(p->cli->arena, path_cz, SECRET_MAX, &p->cli->why, &text) != E_OK)
        return refuse(p, s, m, "the file that it names cannot be read");
    while (str_ends(text, STR("\n")) || str_ends(text, STR("\r")))
        text.n--;
    *ret = json_new_string(text);
    return E_OK;
}

/* {env: NAME} or {file: PATH}, and nothing else. */
static bool is_reference(const struct json *v)
{
    if (json_type(v) != JSON_OBJECT || json_count(v) != 1)
        return false;
    const struct json *env = json_member(v, STR("env"));
    const struct json *file = json_member(v, STR("file"));
    const struct json *one = env != NULL ? env : file;
    return one != NULL && json_type(one) == JSON_STRING;
}

static err_t resolve_one(struct apply *p, const struct step *s, const struct file_member *m,
                         const struct json *v, struct json **ret)
{
    str_t env = say_member(v, "env");
    str_t file = say_member(v, "file");
    return env.n > 0 ? from_env(p, s, m, env, ret) : from_file(p, s, m, file, ret);
}

/* A mapping of texts, each as it is or by reference. */
static err_t resolve_map(struct apply *p, const struct step *s, const struct file_member *m,
                         const struct json *v, struct json *to)
{
    struct json_pair *pairs;
    size_t n;
    TRY(json_members(p->cli->arena, v, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        struct json *one = NULL;
        if (is_reference(pairs[i].value))
            TRY(resolve_one(p, s, m, pairs[i].value, &one));
        else
            one = json_clone(pairs[i].value);
        TRY(json_set(to, pairs[i].name, one));
    }
    return E_OK;
}

err_t apply_resolve(struct apply *p, const struct step *s, const struct file_member *m,
                    const struct json *v, struct json **ret)
{
    if (is_reference(v))
        return resolve_one(p, s, m, v, ret);
    if (json_type(v) != JSON_OBJECT)
        return refuse(p, s, m, "want {env: NAME} or {file: PATH}: no secret stands in a file");
    CLEANUP(json_freep) struct json *map = json_new_object();
    if (map == NULL)
        return E_NO_MEMORY;
    TRY(resolve_map(p, s, m, v, map));
    *ret = map;
    map = NULL;
    return E_OK;
}

/* A name that is one of a file, whatever it was. */
static err_t secret_path(struct apply *p, str_t name, const char **ret)
{
    str_t path;
    TRY(str_format(p->cli->arena, &path, "%s/%.*s", p->secrets, STR_ARG(name)));
    char *path_cz = str_cz(p->cli->arena, path);
    if (path_cz == NULL)
        return E_NO_MEMORY;
    char *from = path_cz + path.n - name.n;
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)from[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_' || (c == '.' && i > 0);
        from[i] = plain ? from[i] : '_';
    }
    *ret = path_cz;
    return E_OK;
}

err_t apply_keep_secret(struct apply *p, const struct step *s, const struct json *made)
{
    str_t client = say_member(made, "client_secret");
    str_t secret = client.n > 0 ? client : say_member(made, "secret");
    str_t name = client.n > 0 ? say_member(made, "client_id") : s->name;
    const char *path;
    if (secret.n == 0)
        return E_OK;
    if (p->secrets == NULL) {
        (void)fprintf(stderr,
                      "%s %.*s has a secret that nobody saw: --secrets DIR keeps such; ask the "
                      "server for another\n",
                      s->kind->noun, STR_ARG(s->name));
        return E_OK;
    }
    TRY(secret_path(p, name, &path));
    return file_write(path, 0600, secret, &p->cli->why);
}
