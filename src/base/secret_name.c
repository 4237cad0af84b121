/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret_name.h"

enum { NAME_PLAIN_MAX = 128 };

/* One list per macro of the table: the other two give nothing. */
static const char *const secret_names[] = {
#define SECRET_NAME(word) word,
#define OPEN_NAME(name)
#define ABOUT_NAME(end)
#include "base/secret_names.def"
#undef SECRET_NAME
#undef OPEN_NAME
#undef ABOUT_NAME
};

static const char *const open_names[] = {
#define SECRET_NAME(word)
#define OPEN_NAME(name) name,
#define ABOUT_NAME(end)
#include "base/secret_names.def"
#undef SECRET_NAME
#undef OPEN_NAME
#undef ABOUT_NAME
};

static const char *const about_names[] = {
#define SECRET_NAME(word)
#define OPEN_NAME(name)
#define ABOUT_NAME(end) end,
#include "base/secret_names.def"
#undef SECRET_NAME
#undef OPEN_NAME
#undef ABOUT_NAME
};

/* Lower case, without separators. A name that is longer is cut: nobody reads it as a word. */
static str_t name_plain(str_t name, char room[static NAME_PLAIN_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < NAME_PLAIN_MAX; i++) {
        char c = name.p[i];
        if (c == '_' || c == '-' || c == '.' || c == ' ')
            continue;
        room[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return str_of(room, n);
}

bool secret_name_is(str_t name, bool number)
{
    char room[NAME_PLAIN_MAX];
    str_t plain = name_plain(name, room);
    for (size_t i = 0; number && i < ARRAY_LEN(open_names); i++) {
        if (str_eq(plain, str_from_cz(open_names[i])))
            return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(secret_names); i++) {
        if (memmem(plain.p, plain.n, secret_names[i], strlen(secret_names[i])) != NULL)
            return true;
    }
    return false;
}

bool secret_name_is_about(str_t name)
{
    char room[NAME_PLAIN_MAX];
    str_t plain = name_plain(name, room);
    for (size_t i = 0; i < ARRAY_LEN(about_names); i++) {
        if (str_ends(plain, str_from_cz(about_names[i])))
            return true;
    }
    return false;
}
