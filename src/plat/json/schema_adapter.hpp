/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The library's view of our JSON: a json_t, read and never changed. Each look is paid from the
 * budget of the check. A real without a fraction is an integer (JSON Schema draft 6 and later).
 */
#ifndef PLAT_JSON_SCHEMA_ADAPTER_HPP
#define PLAT_JSON_SCHEMA_ADAPTER_HPP

#include "plat/json/schema_pattern.hpp"

#include <iterator>
#include <string>
#include <utility>

#include <jansson.h>
#include <valijson/internal/adapter.hpp>
#include <valijson/internal/basic_adapter.hpp>
#include <valijson/internal/frozen_value.hpp>
#include <valijson/internal/optional.hpp>

namespace seneschal
{

namespace va = valijson::adapters;

class adapter;
using member = std::pair<std::string, adapter>;

class array_iterator
{
  public:
    using iterator_category = std::bidirectional_iterator_tag;
    using value_type = adapter;
    using difference_type = std::ptrdiff_t;
    using pointer = adapter *;
    using reference = adapter &;

    array_iterator(json_t *list, size_t at) : list(list), at(at) {}
    inline adapter operator*() const;
    inline va::DerefProxy<adapter> operator->() const;
    bool operator==(const array_iterator &o) const { return at == o.at; }
    bool operator!=(const array_iterator &o) const { return at != o.at; }
    array_iterator &operator++()
    {
        at++;
        return *this;
    }
    array_iterator operator++(int) { return array_iterator(list, at++); }
    array_iterator &operator--()
    {
        at--;
        return *this;
    }
    void advance(std::ptrdiff_t n) { at += static_cast<size_t>(n); }

  private:
    json_t *list;
    size_t at;
};

class array
{
  public:
    using const_iterator = array_iterator;
    using iterator = array_iterator;

    array() : list(nullptr) {}
    explicit array(json_t *list) : list(list) {}
    array_iterator begin() const { return array_iterator(list, 0); }
    array_iterator end() const { return array_iterator(list, size()); }
    size_t size() const { return json_array_size(list); } /* 0 of nullptr */

  private:
    json_t *list;
};

class object_iterator
{
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = member;
    using difference_type = std::ptrdiff_t;
    using pointer = member *;
    using reference = member &;

    object_iterator(json_t *object, void *at) : object(object), at(at) {}
    inline member operator*() const;
    inline va::DerefProxy<member> operator->() const;
    bool operator==(const object_iterator &o) const { return at == o.at; }
    bool operator!=(const object_iterator &o) const { return at != o.at; }
    object_iterator &operator++()
    {
        at = json_object_iter_next(object, at);
        return *this;
    }
    object_iterator operator++(int)
    {
        object_iterator before(*this);
        ++(*this);
        return before;
    }

  private:
    json_t *object;
    void *at;
};

class object
{
  public:
    using const_iterator = object_iterator;
    using iterator = object_iterator;

    object() : value(nullptr) {}
    explicit object(json_t *value) : value(value) {}
    object_iterator begin() const { return object_iterator(value, json_object_iter(value)); }
    object_iterator end() const { return object_iterator(value, nullptr); }
    object_iterator find(const std::string &name) const
    {
        pay(1);
        return object_iterator(value, json_object_iter_at(value, name.c_str()));
    }
    size_t size() const { return json_object_size(value); }

  private:
    json_t *value;
};

/* What a schema keeps of its own text (enum, const): a copy of its own. */
class frozen : public va::FrozenValue
{
  public:
    explicit frozen(json_t *v) : copy(json_deep_copy(v))
    {
        if (copy == nullptr)
            throw std::bad_alloc();
    }
    ~frozen() override { json_decref(copy); }
    frozen(const frozen &) = delete;
    frozen &operator=(const frozen &) = delete;
    va::FrozenValue *clone() const override { return new frozen(copy); }
    bool equalTo(const va::Adapter &other, bool strict) const override;

  private:
    json_t *copy;
};

class value
{
  public:
    value() : v(nullptr) {}
    explicit value(json_t *v) : v(v) { pay(1); }
    value(const value &o) : v(o.v) { pay(1); }
    value &operator=(const value &) = default;

    va::FrozenValue *freeze() const { return new frozen(v); }
    opt::optional<array> getArrayOptional() const
    {
        return isArray() ? opt::make_optional(array(v)) : opt::optional<array>();
    }
    opt::optional<object> getObjectOptional() const
    {
        return isObject() ? opt::make_optional(object(v)) : opt::optional<object>();
    }
    bool getArraySize(size_t &ret) const
    {
        if (isArray())
            ret = json_array_size(v);
        return isArray();
    }
    bool getObjectSize(size_t &ret) const
    {
        if (isObject())
            ret = json_object_size(v);
        return isObject();
    }
    bool getBool(bool &ret) const
    {
        if (isBool())
            ret = json_is_true(v);
        return isBool();
    }
    bool getDouble(double &ret) const
    {
        if (isDouble())
            ret = json_real_value(v);
        return isDouble();
    }
    bool getInteger(int64_t &ret) const
    {
        if (json_is_integer(v))
            ret = json_integer_value(v);
        else if (isInteger())
            ret = static_cast<int64_t>(json_real_value(v));
        return isInteger();
    }
    bool getString(std::string &ret) const
    {
        if (!isString())
            return false;
        pay(static_cast<int64_t>(json_string_length(v) / 64));
        ret.assign(json_string_value(v), json_string_length(v));
        return true;
    }

    static bool hasStrictTypes() { return true; }
    bool isArray() const { return json_is_array(v); }
    bool isBool() const { return json_is_boolean(v); }
    bool isDouble() const { return json_is_real(v) && !isInteger(); }
    bool isInteger() const { return json_is_integer(v) || (json_is_real(v) && is_whole()); }
    bool isNull() const { return json_is_null(v); }
    bool isNumber() const { return json_is_number(v); }
    bool isObject() const { return json_is_object(v); }
    bool isString() const { return json_is_string(v); }

  private:
    json_t *v;

    bool is_whole() const
    {
        constexpr double exact = 9007199254740992.0; /* 2^53 */
        double d = json_real_value(v);
        return d >= -exact && d <= exact && static_cast<double>(static_cast<int64_t>(d)) == d;
    }
};

class adapter : public va::BasicAdapter<adapter, array, member, object, value>
{
  public:
    adapter() : BasicAdapter() {}
    explicit adapter(json_t *v) : BasicAdapter(value(v)) {}
    /* The library asks for it where it would fetch a document, which it is never allowed to. */
    explicit adapter(const json_t &v) : adapter(const_cast<json_t *>(&v)) {}
};

inline adapter array_iterator::operator*() const
{
    return adapter(json_array_get(list, at));
}

inline va::DerefProxy<adapter> array_iterator::operator->() const
{
    return va::DerefProxy<adapter>(**this);
}

inline member object_iterator::operator*() const
{
    return member(json_object_iter_key(at), adapter(json_object_iter_value(at)));
}

inline va::DerefProxy<member> object_iterator::operator->() const
{
    return va::DerefProxy<member>(**this);
}

inline bool frozen::equalTo(const va::Adapter &other, bool strict) const
{
    return adapter(copy).equalTo(other, strict);
}

} // namespace seneschal

namespace valijson
{
namespace adapters
{

template <> struct AdapterTraits<seneschal::adapter> {
    typedef json_t DocumentType;
    static std::string adapterName() { return "seneschal"; }
};

} // namespace adapters
} // namespace valijson

#endif
