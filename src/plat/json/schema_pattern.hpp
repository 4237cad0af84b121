/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns by PCRE2 in place of std::regex, which recurses once per character (a long text ends the
 * process) and has no limit. Every step of the matcher is paid from the budget of the check.
 */
#ifndef PLAT_JSON_SCHEMA_PATTERN_HPP
#define PLAT_JSON_SCHEMA_PATTERN_HPP

#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace seneschal
{

/* More work than was allowed. */
struct out_of_steps : std::runtime_error {
    out_of_steps() : std::runtime_error("more steps than are allowed") {}
};

/* What is left of the budget in this thread; schema_core.cc sets it for each call. */
extern thread_local int64_t steps_left;

inline void pay(int64_t steps)
{
    steps_left -= steps;
    if (steps_left < 0)
        throw out_of_steps();
}

class pattern
{
  public:
    explicit pattern(const std::string &text) : code(compile(text)) {}

    /* Somewhere in the text; with `whole`, from its beginning to its end. */
    bool in(const std::string &text, bool whole, std::vector<std::string> *groups) const
    {
        std::unique_ptr<pcre2_match_data, void (*)(pcre2_match_data *)> data(
            pcre2_match_data_create_from_pattern(code.get(), nullptr), pcre2_match_data_free);
        std::unique_ptr<pcre2_match_context, void (*)(pcre2_match_context *)> context(
            pcre2_match_context_create(nullptr), pcre2_match_context_free);
        if (data == nullptr || context == nullptr)
            throw std::bad_alloc();
        pcre2_set_heap_limit(context.get(), heap_kib_max);
        pcre2_set_callout(context.get(), step, nullptr);
        uint32_t options = whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0;
        pay(1 + static_cast<int64_t>(text.size() / 16));
        int found = pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                0, options, data.get(), context.get());
        if (found == PCRE2_ERROR_NOMATCH)
            return false;
        if (found < 0) /* of callout, match, heap or depth limit; our texts are UTF-8 */
            throw out_of_steps();
        for (int i = 0; groups != nullptr && i < found; i++)
            groups->push_back(group(text, pcre2_get_ovector_pointer(data.get()) + 2 * i));
        return true;
    }

  private:
    static constexpr uint32_t heap_kib_max = 8 * 1024;
    /* As in ECMA-262: "$" is the very end, \uXXXX, [], unset groups match the empty text. */
    static constexpr uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX |
                                        PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF |
                                        PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT;

    std::shared_ptr<pcre2_code> code;

    static std::shared_ptr<pcre2_code> compile(const std::string &text)
    {
        int error = 0;
        PCRE2_SIZE at = 0;
        pay(16 + static_cast<int64_t>(text.size()));
        pcre2_code *code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                         options, &error, &at, nullptr);
        if (code == nullptr)
            throw std::invalid_argument("a pattern does not compile");
        return std::shared_ptr<pcre2_code>(code, pcre2_code_free);
    }

    /* Before each item of the pattern: what was walked since the last one is paid too. */
    static int step(pcre2_callout_block *at, void *)
    {
        static thread_local PCRE2_SIZE last;
        PCRE2_SIZE now = at->current_position;
        steps_left -= 1 + static_cast<int64_t>((now > last ? now - last : last - now) / 8);
        last = now;
        return steps_left < 0 ? PCRE2_ERROR_CALLOUT : 0;
    }

    static std::string group(const std::string &text, const PCRE2_SIZE *at)
    {
        return at[0] == PCRE2_UNSET ? std::string() : text.substr(at[0], at[1] - at[0]);
    }
};

/* What of std::smatch the library asks for. */
class match
{
  public:
    struct part {
        std::string text;
        const std::string &str() const { return text; }
    };
    part operator[](size_t i) const { return part{ groups.at(i) }; }
    std::vector<std::string> groups;
};

inline bool found(const std::string &text, const pattern &p)
{
    return p.in(text, false, nullptr);
}

inline bool matches(const std::string &text, const pattern &p)
{
    return p.in(text, true, nullptr);
}

inline bool matches(const std::string &text, match &m, const pattern &p)
{
    m.groups.clear();
    return p.in(text, true, &m.groups);
}

} // namespace seneschal

#endif
