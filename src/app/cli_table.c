/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli_table.h"

/* clang-format off */
const struct cli_command cli_commands[] = {
#define LOCAL(n, v, f, w, t) { .noun = (n), .verb = (v), .run = (f), .words = (w), .flags = "", .columns = "", .text = (t) },
#define TOOL(n, v, f, k, w, fl, t) { .noun = (n), .verb = (v), .run = (f), .takes = TAKES_##k, .words = (w), .flags = (fl), .columns = "", .text = (t) },
#define CALL(n, v, m, p, w, fl, c, t) CALL_BY(n, v, NULL, m, p, w, fl, c, t)
#define CALL_BY(n, v, f, m, p, w, fl, c, t) { .noun = (n), .verb = (v), .run = (f), .takes = TAKES_CALL, .method = (m), .path = (p), .words = (w), .flags = (fl), .columns = (c), .text = (t) },
#define RISK(n, v, m, p, w, fl, c, t) { .noun = (n), .verb = (v), .takes = TAKES_CALL, .method = (m), .path = (p), .words = (w), .flags = (fl), .columns = (c), .risk = true, .text = (t) },
#include "app/cli.def"
#undef LOCAL
#undef TOOL
#undef CALL
#undef CALL_BY
#undef RISK
};
/* clang-format on */
const size_t cli_commands_n = ARRAY_LEN(cli_commands);

/* The type stands at the end of the text; it is cut off. */
static enum cli_flag_type take_type(str_t *text)
{
    static const struct {
        const char *end;
        enum cli_flag_type type;
    } types[] = {
        { "!!", FLAG_BOOL }, { "!", FLAG_YES },  { "#", FLAG_NUMBER }, { "*", FLAG_LIST },
        { "%", FLAG_PAIRS }, { "@", FLAG_JSON }, { "^", FLAG_FILE },   { "&", FLAG_ROWS },
    };
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        str_t end = str_from_cz(types[i].end);
        if (str_ends(*text, end)) {
            *text = str_sub(*text, 0, text->n - end.n);
            return types[i].type;
        }
    }
    return FLAG_TEXT;
}

/* What stands after `mark`, which is cut off with it; absent: no mark. */
static str_t take_after(str_t *text, char mark)
{
    size_t at = str_find(*text, mark);
    str_t after = at < text->n ? str_sub(*text, at + 1, text->n) : STR_NONE;
    *text = str_sub(*text, 0, at);
    return after;
}

/* "{a|b}" at the end; it is cut off. */
static str_t take_values(str_t *text)
{
    size_t at = str_find(*text, '{');
    if (at == text->n || !str_ends(*text, STR("}")))
        return STR_NONE;
    str_t values = str_sub(*text, at + 1, text->n - at - 2);
    *text = str_sub(*text, 0, at);
    return values;
}

bool cli_flag_next(str_t *rest, struct cli_flag *ret)
{
    str_t text;
    if (rest->n == 0 || !str_split(rest, ' ', &text))
        return false;
    *ret = (struct cli_flag){ 0 };
    if (str_starts(text, STR("+"))) {
        text = str_sub(text, 1, text.n);
        ret->value = take_after(&text, ':');
        ret->member = text;
        ret->type = FLAG_FIXED;
        return true;
    }
    ret->query = str_starts(text, STR("?"));
    text = str_sub(text, ret->query ? 1 : 0, text.n);
    ret->values = take_values(&text);
    ret->type = take_type(&text);
    ret->kind = take_after(&text, '~');
    str_t member = take_after(&text, '=');
    ret->name = text;
    ret->member = member.p != NULL ? member : text;
    return true;
}

const struct cli_command *cli_find(int argc, char **argv, int *ret_words)
{
    for (size_t i = 0; i < cli_commands_n && argc > 0; i++) {
        const struct cli_command *c = &cli_commands[i];
        bool noun = str_eq(str_from_cz(argv[0]), str_from_cz(c->noun));
        bool alone = c->verb[0] == '\0';
        bool verb = alone || (argc > 1 && str_eq(str_from_cz(argv[1]), str_from_cz(c->verb)));
        if (noun && verb) {
            *ret_words = alone ? 1 : 2;
            return c;
        }
    }
    return NULL;
}
