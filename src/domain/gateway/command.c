/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/command.h"

#include "base/enc.h"
#include "plat/crypto/crypto.h"

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

/* What an entry becomes, word by word; all of it has room for every word. */
struct entry {
    struct arena *a;
    struct diag *why;
    struct gate_command c;
    str_t *vars;
    struct host_rule *hosts;
    char *sha256;
};

static err_t take_variable(struct entry *e, str_t word, str_t name)
{
    if (!is_variable(name) || is_loader(name))
        return FAIL(e->why, E_BAD_FIELD,
                    "%.*s: want env: and a variable of A-Z, 0-9 and _, none of the loader's",
                    STR_ARG(word));
    e->vars[e->c.vars_n++] = name;
    return E_OK;
}

static err_t take_path(struct entry *e, str_t word, str_t path, const char **ret)
{
    char *cz = str_cz(e->a, path);
    if (cz == NULL)
        return E_NO_MEMORY;
    if (!is_path(path))
        return FAIL(e->why, E_BAD_FIELD, "%.*s: want %.*s and an absolute path without . and ..",
                    STR_ARG(word), (int)(word.n - path.n), word.p);
    *ret = cz;
    return E_OK;
}

static err_t take_read(struct entry *e, str_t word, str_t path)
{
    TRY(take_path(e, word, path, &e->c.read[e->c.read_n]));
    e->c.read_n++;
    return E_OK;
}

static err_t take_write(struct entry *e, str_t word, str_t path)
{
    TRY(take_path(e, word, path, &e->c.write[e->c.write_n]));
    e->c.write_n++;
    return E_OK;
}

static err_t take_sha256(struct entry *e, str_t word, str_t hex)
{
    uint8_t digest[SHA256_SIZE];
    if (e->sha256 != NULL || hex_decode(hex, digest, sizeof digest) != E_OK)
        return FAIL(e->why, E_BAD_FIELD, "%.*s: want sha256: and 64 hexadecimal digits, once",
                    STR_ARG(word));
    e->sha256 = str_cz(e->a, hex);
    e->c.sha256 = e->sha256;
    return e->sha256 == NULL ? E_NO_MEMORY : E_OK;
}

static err_t take_host(struct entry *e, str_t word, str_t host)
{
    if (host_rule_parse(host, GATE_COMMAND_PORT, &e->hosts[e->c.hosts_n]) != E_OK)
        return FAIL(e->why, E_BAD_FIELD,
                    "%.*s: want network:HOST or network:HOST:PORT, such as network:api.example.org "
                    "or network:*.example.org:8443",
                    STR_ARG(word));
    e->c.hosts_n++;
    return E_OK;
}

static const struct {
    str_t prefix;
    err_t (*take)(struct entry *e, str_t word, str_t rest);
} prefixes[] = {
    { { "env:", 4 }, take_variable }, { { "read:", 5 }, take_read },
    { { "write:", 6 }, take_write },  { { "sha256:", 7 }, take_sha256 },
    { { "network:", 8 }, take_host },
};

static err_t word_take(struct entry *e, str_t word)
{
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (str_starts(word, prefixes[i].prefix))
            return prefixes[i].take(e, word, str_sub(word, prefixes[i].prefix.n, word.n));
    }
    if (e->c.argv_n > 0 && str_eq(word, STR("network"))) {
        e->c.network = true;
        return E_OK;
    }
    char *cz = str_cz(e->a, word);
    if (cz == NULL)
        return E_NO_MEMORY;
    e->c.argv[e->c.argv_n++] = cz;
    return E_OK;
}

/* The same, or a directory above it. */
static bool holds(const char *dir, str_t path)
{
    str_t d = str_from_cz(dir);
    return str_starts(path, d) && (path.n == d.n || path.p[d.n] == '/');
}

/* What it writes must not be what it runs: not by this entry. */
static err_t writes_check(const struct gate_command *c, struct diag *why)
{
    static const str_t runs[] = {
        { "/usr", 4 }, { "/lib", 4 }, { "/lib64", 6 }, { "/bin", 4 }, { "/sbin", 5 }
    };
    for (size_t i = 0; i < c->write_n; i++) {
        str_t path = str_from_cz(c->write[i]);
        bool bad = holds(c->write[i], c->path);
        for (size_t k = 0; k < ARRAY_LEN(runs); k++)
            bad = bad || holds(runs[k].p, path);
        for (size_t k = 0; k < c->read_n; k++)
            bad = bad || holds(c->read[k], path) || holds(c->write[i], str_from_cz(c->read[k]));
        if (bad)
            return FAIL(why, E_BAD_FIELD,
                        "write:%s: want a directory apart from the program and from what it reads",
                        c->write[i]);
    }
    return E_OK;
}

static err_t entry_check(const struct gate_command *c, struct diag *why)
{
    if (!is_path(c->path))
        return FAIL(why, E_BAD_FIELD, "%.*s: want an absolute path without . and ..",
                    STR_ARG(c->name));
    if (c->network && c->hosts_n > 0)
        return FAIL(why, E_BAD_FIELD, "%.*s: want either network or network:HOST, not both",
                    STR_ARG(c->name));
    return writes_check(c, why);
}

static err_t entry_make(struct arena *a, struct diag *why, struct entry *ret)
{
    struct entry e = { .a = a, .why = why };
    e.vars = ARENA_ARRAY(a, str_t, GATE_COMMAND_WORDS_MAX);
    e.hosts = ARENA_ARRAY(a, struct host_rule, GATE_COMMAND_WORDS_MAX);
    e.c.argv = (const char **)arena_array(a, GATE_COMMAND_WORDS_MAX + 1, sizeof *e.c.argv);
    e.c.read = (const char **)arena_array(a, GATE_COMMAND_WORDS_MAX + 1, sizeof *e.c.read);
    e.c.write = (const char **)arena_array(a, GATE_COMMAND_WORDS_MAX + 1, sizeof *e.c.write);
    if (e.vars == NULL || e.hosts == NULL || e.c.argv == NULL || e.c.read == NULL ||
        e.c.write == NULL)
        return E_NO_MEMORY;
    e.c.vars = e.vars;
    e.c.hosts = e.hosts;
    *ret = e;
    return E_OK;
}

err_t gate_command_parse(struct arena *a, str_t text, struct diag *why, struct gate_command *ret)
{
    struct entry e;
    size_t equals = str_find(text, '=');
    str_t rest = str_trim(str_sub(text, equals + 1, text.n));
    str_t word;
    size_t n = 0;
    TRY(entry_make(a, why, &e));
    e.c.name = str_trim(str_sub(text, 0, equals));
    if (equals == text.n || !is_name(e.c.name))
        return FAIL(why, E_BAD_FIELD, "want NAME=/PATH ARGUMENT ... env:VARIABLE ..., got '%.*s'",
                    STR_ARG(text));
    while (str_split(&rest, ' ', &word)) {
        if (word.n == 0)
            continue;
        if (n++ == GATE_COMMAND_WORDS_MAX)
            return FAIL(why, E_BAD_FIELD, "%.*s: want at most %d words", STR_ARG(e.c.name),
                        GATE_COMMAND_WORDS_MAX);
        TRY(word_take(&e, word));
    }
    e.c.path = e.c.argv_n > 0 ? str_from_cz(e.c.argv[0]) : STR_NONE;
    TRY(entry_check(&e.c, why));
    *ret = e.c;
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
