/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/adapt_map.h"

/* Each table is read three times: its rows, what holds while it is off, what stays meanwhile. */
/* clang-format off */
#define ROWS_TAKE(to, type, words, text) { ADAPT_TAKE, SUBTREE to, to, ADAPT_##type, words, "", "", text },
#define ROWS_SET(from, type, words, when, to, put, text) \
    { ADAPT_SET, from, to, ADAPT_##type, words, when, put, text },
#define ROWS_ADD(from, type, words, when, to, put, text) \
    { ADAPT_ADD, from, to, ADAPT_##type, words, when, put, text },
#define NO_TAKE(to, type, words, text)
#define NO_SET(from, type, words, when, to, put, text)
#define NO_OFF(to, put, text)
#define NO_KEEP(member)

#define TAKE ROWS_TAKE
#define SET  ROWS_SET
#define ADD  ROWS_ADD
#define OFF  NO_OFF
#define KEEP NO_KEEP
#define SUBTREE "/assistants/claude-code"
static const struct adapt_row claude_rows[] = {
#include "agent/adapt_claude.def"
};
#undef SUBTREE
#define SUBTREE "/assistants/vscode"
static const struct adapt_row vscode_rows[] = {
#include "agent/adapt_vscode.def"
};
#undef SUBTREE
#define SUBTREE "/assistants/codex"
static const struct adapt_row codex_rows[] = {
#include "agent/adapt_codex.def"
};
#undef SUBTREE
#define SUBTREE "/assistants/codex-defaults"
static const struct adapt_row codex_defaults_rows[] = {
#include "agent/adapt_codex_defaults.def"
};
#undef SUBTREE
#undef TAKE
#undef SET
#undef ADD
#undef OFF
#undef KEEP

#define TAKE NO_TAKE
#define SET  NO_SET
#define ADD  NO_SET
#define OFF(to, put, text) { to, put, text },
#define KEEP NO_KEEP
static const struct adapt_off claude_off[] = {
#include "agent/adapt_claude.def"
};
static const struct adapt_off vscode_off[] = {
#include "agent/adapt_vscode.def"
};
static const struct adapt_off codex_off[] = {
#include "agent/adapt_codex.def"
};
static const struct adapt_off codex_defaults_off[] = {
#include "agent/adapt_codex_defaults.def"
};
#undef OFF
#undef KEEP

#define OFF NO_OFF
#define KEEP(member) member,
static const char *const vscode_kept[] = {
#include "agent/adapt_vscode.def"
};
#undef TAKE
#undef SET
#undef ADD
#undef OFF
#undef KEEP

#define TABLES(name) name##_rows, ARRAY_LEN(name##_rows), name##_off, ARRAY_LEN(name##_off)
static const struct adapt_product products[] = {
    { "claude-code", "Claude Code", "code.claude.com/docs", ADAPT_JSON, "/assistants/claude-code",
      "/etc/claude-code/managed-settings.json",
      "/Library/Application Support/ClaudeCode/managed-settings.json",
      "C:\\Program Files\\ClaudeCode\\managed-settings.json", TABLES(claude), NULL, 0 },
    { "vscode", "Visual Studio Code and GitHub Copilot", "code.visualstudio.com/docs/enterprise/policies",
      ADAPT_FLAT, "/assistants/vscode", "/etc/vscode/policy.json",
      "a configuration profile", "a group policy",
      TABLES(vscode), vscode_kept, ARRAY_LEN(vscode_kept) },
    { "codex", "Codex, what users cannot override", "developers.openai.com/codex", ADAPT_TOML,
      "/assistants/codex", "/etc/codex/requirements.toml", "/etc/codex/requirements.toml",
      "%ProgramData%\\OpenAI\\Codex\\requirements.toml",
      TABLES(codex), NULL, 0 },
    { "codex-defaults", "Codex, what it begins with", "developers.openai.com/codex", ADAPT_TOML,
      "/assistants/codex-defaults", "/etc/codex/managed_config.toml", "/etc/codex/managed_config.toml",
      "~\\.codex\\managed_config.toml", TABLES(codex_defaults), NULL, 0 },
    { "json", "any program that reads JSON", "", ADAPT_JSON, "", "", "", "", NULL, 0, NULL, 0, NULL, 0 },
};
/* clang-format on */

const struct adapt_product *adapt_products(size_t *ret_n)
{
    *ret_n = ARRAY_LEN(products);
    return products;
}

const struct adapt_product *adapt_product_find(str_t name)
{
    for (size_t i = 0; i < ARRAY_LEN(products); i++) {
        if (str_eq(name, str_from_cz(products[i].name)))
            return &products[i];
    }
    return NULL;
}
