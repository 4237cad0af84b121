/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/command.h"

static bool is_name(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.')
            return false;
    }
    return s.n > 0 && s.n <= GATE_COMMAND_NAME_MAX;
}

static bool is_variable(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9' && i > 0) && c != '_')
            return false;
    }
    return s.n > 0;
}

/* What the loader of the child would do with it is the program's, never a server's. */
static bool is_loader(str_t s)
{
    return str_starts(s, STR("LD_")) || str_eq(s, STR("PATH")) || str_eq(s, STR("HOME")) ||
           str_eq(s, STR("TMPDIR"));
}

static bool is_path(str_t s)
{
    str_t rest = s;
    str_t part;
    if (s.n < 2 || s.p[0] != '/')
        return false;
    while (str_split(&rest, '/', &part)) {
        if (str_eq(part, STR("..")) || str_eq(part, STR(".")))
            return false;
    }
    return s.p[s.n - 1] != '/';
}

static err_t word_take(struct arena *a, str_t word, struct diag *why, struct gate_command *c,
                       str_t *vars)
{
    if (str_starts(word, STR("env:"))) {
        str_t name = str_sub(word, 4, word.n);
        if (!is_variable(name) || is_loader(name))
            return FAIL(why, E_BAD_FIELD,
                        "%.*s: want env: and a variable of A-Z, 0-9 and _, none of the loader's",
                        STR_ARG(word));
        vars[c->vars_n++] = name;
        return E_OK;
    }
    if (c->argv_n > 0 && str_eq(word, STR("network"))) {
        c->network = true;
        return E_OK;
    }
    bool reads = str_starts(word, STR("read:"));
    char *cz = str_cz(a, reads ? str_sub(word, 5, word.n) : word);
    if (cz == NULL)
        return E_NO_MEMORY;
    if (reads && !is_path(str_from_cz(cz)))
        return FAIL(why, E_BAD_FIELD, "%.*s: want read: and an absolute path", STR_ARG(word));
    if (reads)
        c->read[c->read_n++] = cz;
    else
        c->argv[c->argv_n++] = cz;
    return E_OK;
}

err_t gate_command_parse(struct arena *a, str_t text, struct diag *why, struct gate_command *ret)
{
    size_t equals = str_find(text, '=');
    struct gate_command c = { .name = str_trim(str_sub(text, 0, equals)) };
    str_t rest = str_trim(str_sub(text, equals + 1, text.n));
    str_t word;
    size_t n = 0;
    str_t *vars = ARENA_ARRAY(a, str_t, GATE_COMMAND_WORDS_MAX);
    c.argv = (const char **)arena_array(a, GATE_COMMAND_WORDS_MAX + 1, sizeof *c.argv);
    c.read = (const char **)arena_array(a, GATE_COMMAND_WORDS_MAX + 1, sizeof *c.read);
    if (vars == NULL || c.argv == NULL || c.read == NULL)
        return E_NO_MEMORY;
    if (equals == text.n || !is_name(c.name))
        return FAIL(why, E_BAD_FIELD, "want NAME=/PATH ARGUMENT ... env:VARIABLE ..., got '%.*s'",
                    STR_ARG(text));
    while (str_split(&rest, ' ', &word)) {
        if (word.n == 0)
            continue;
        if (n++ == GATE_COMMAND_WORDS_MAX)
            return FAIL(why, E_BAD_FIELD, "%.*s: want at most %d words", STR_ARG(c.name),
                        GATE_COMMAND_WORDS_MAX);
        TRY(word_take(a, word, why, &c, vars));
    }
    c.path = c.argv_n > 0 ? str_from_cz(c.argv[0]) : STR_NONE;
    if (!is_path(c.path))
        return FAIL(why, E_BAD_FIELD, "%.*s: want an absolute path without . and ..",
                    STR_ARG(c.name));
    c.vars = vars;
    *ret = c;
    return E_OK;
}

const struct gate_command *gate_command_find(const struct gate_command *commands, size_t n,
                                             str_t name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(commands[i].name, name))
            return &commands[i];
    }
    return NULL;
}

bool gate_command_takes(const struct gate_command *c, str_t variable)
{
    for (size_t i = 0; i < c->vars_n; i++) {
        if (str_eq(c->vars[i], variable))
            return true;
    }
    return false;
}
