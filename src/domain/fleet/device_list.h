/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of devices: filters, an order from an enumeration, and pages that stay right while machines
 * come in. */
#ifndef DOMAIN_FLEET_DEVICE_LIST_H
#define DOMAIN_FLEET_DEVICE_LIST_H

#include "domain/fleet/device.h"

enum device_sort {
    SORT_NEWEST, /* -created_at: the default */
    SORT_OLDEST,
    SORT_MACHINE,
    SORT_MACHINE_BACK,
    SORT_SEEN,
    SORT_SEEN_BACK,
    SORT_HOST,
    SORT_HOST_BACK,
    SORT_STATUS,
    SORT_STATUS_BACK,
    SORT_COUNT
};
/* The names of `?sort=`, NULL-terminated, in the order of the enum. */
extern const char *const device_sort_names[];
err_t device_sort_parse(str_t name,
                        enum device_sort *ret) MUST_USE; /* absent: the default; E_BAD_FIELD */

/* "PENDING,BLOCKED" as bits 1 << status. E_BAD_FIELD: an empty or unknown one. */
err_t device_statuses_parse(str_t names, int64_t *ret) MUST_USE;

struct device_filter { /* absent or zero: any */
    str_t search;      /* a prefix of machine_id, hostname or the owner's name; any case */
    int64_t statuses;  /* a set, bits 1 << status */
    oid_t user_id;
    str_t group; /* id or name */
    str_t label; /* "name", "name=value" or "name:value" */
    enum device_sort sort;
};

struct device_page {
    struct row_device *rows;
    size_t n;
    str_t next; /* the position of the next page; absent after the last */
};
/* `position`: absent, from the start; else `next` of an earlier page. E_BAD_CURSOR. */
err_t device_list(struct act *act, const struct device_filter *f, str_t position, int64_t limit,
                  struct device_page *ret) MUST_USE;

/* The page that begins at row number `first` of the list, from 0. */
err_t device_jump(struct act *act, const struct device_filter *f, int64_t first, int64_t limit,
                  struct device_page *ret) MUST_USE;

/* The first `n` rows of a page alone, at least one; the next page begins behind them. */
err_t device_page_cut(struct act *act, enum device_sort sort, size_t n,
                      struct device_page *page) MUST_USE;

/* A list that is longer than this is not counted further; nobody jumps further either. */
enum { DEVICE_COUNT_MAX = 1000000 };
/* Exact up to DEVICE_COUNT_MAX, which is the answer for more. */
err_t device_count(struct act *act, const struct device_filter *f, int64_t *ret) MUST_USE;

/* How many stand in each state, by its number; the order of the filter does not matter. Exact. */
err_t device_counts(struct act *act, const struct device_filter *f,
                    int64_t ret[DEVICE_STATUS_COUNT]) MUST_USE;

#endif
