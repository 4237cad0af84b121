/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one C++ file: valijson (headers only) behind plain C. Its std::regex is replaced by our
 * patterns: the names that it takes from std are turned into ours before its headers are read.
 */
#include "plat/json/schema_core.h"
#include "plat/json/schema_pattern.hpp"

#include <cstdio>
#include <regex>

namespace std
{
namespace seneschal_names = ::seneschal;
}
#define VALIJSON_USE_EXCEPTIONS 1
#define regex                   seneschal_names::pattern
#define smatch                  seneschal_names::match
#define regex_search            seneschal_names::found
#define regex_match             seneschal_names::matches
#include "plat/json/schema_adapter.hpp"

#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#undef regex
#undef smatch
#undef regex_search
#undef regex_match

namespace seneschal
{

thread_local int64_t steps_left;

namespace
{

/* Whatever is thrown ends here. */
template <typename F> enum schema_end guarded(int64_t steps, char *why, F &&what)
{
    steps_left = steps;
    try {
        if (schema_core_fault())
            return SCHEMA_END_NO_MEMORY;
        what();
        return SCHEMA_END_DONE;
    } catch (const std::bad_alloc &) {
        return SCHEMA_END_NO_MEMORY;
    } catch (const out_of_steps &) {
        return SCHEMA_END_STEPS;
    } catch (const std::exception &e) {
        if (why != nullptr)
            (void)snprintf(why, SCHEMA_WHY_MAX, "%s", e.what());
        return SCHEMA_END_REFUSED;
    } catch (...) {
        return SCHEMA_END_REFUSED;
    }
}

json_t *json_of(const void *v)
{
    return static_cast<json_t *>(const_cast<void *>(v)); /* jansson's readers take no const */
}

/* {"<root>", "[limits]", "[3]"} is "/limits/3". */
std::string pointer_of(const std::vector<std::string> &context)
{
    std::string pointer;
    for (size_t i = 1; i < context.size(); i++) {
        pointer += '/';
        for (size_t k = 1; k + 1 < context[i].size(); k++) {
            char c = context[i][k];
            if (c == '~' || c == '/')
                pointer += c == '~' ? "~0" : "~1";
            else
                pointer += c;
        }
    }
    return pointer;
}

} // namespace

} // namespace seneschal

struct schema_core {
    valijson::Schema schema;
};

enum schema_end schema_core_new(const void *doc, int64_t steps, char *why, struct schema_core **ret)
{
    return seneschal::guarded(steps, why, [&] {
        std::unique_ptr<schema_core> made(new schema_core);
        valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
        parser.populateSchema(seneschal::adapter(seneschal::json_of(doc)), made->schema);
        *ret = made.release();
    });
}

void schema_core_free(struct schema_core *s)
{
    delete s;
}

enum schema_end schema_core_check(const struct schema_core *s, const void *value, int64_t steps,
                                  schema_told_f *told, void *arg, bool *ret_valid)
{
    return seneschal::guarded(steps, nullptr, [&] {
        valijson::ValidationResults results;
        valijson::Validator validator;
        bool valid =
            validator.validate(s->schema, seneschal::adapter(seneschal::json_of(value)), &results);
        for (const auto &error : results) {
            std::string pointer = seneschal::pointer_of(error.context);
            if (!told(arg, pointer.data(), pointer.size(), error.description.c_str()))
                break;
        }
        *ret_valid = valid;
    });
}

enum schema_end schema_core_pattern(const char *pattern, size_t n)
{
    return seneschal::guarded(INT64_C(1) << 20, nullptr,
                              [&] { seneschal::pattern compiled(std::string(pattern, n)); });
}
