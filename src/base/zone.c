/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zone.h"

#include <fcntl.h>
#include <unistd.h>

#define ZONE_DIR "/usr/share/zoneinfo/"

enum { HEAD_SIZE = 44, COUNTS_AT = 20, TYPE_SIZE = 6, US = 1000000 };

struct counts { /* in the order of the file, RFC 8536 section 3.1 */
    uint32_t isut;
    uint32_t isstd;
    uint32_t leap;
    uint32_t time;
    uint32_t type;
    uint32_t letters;
};

static uint64_t big_endian(str_t file, size_t at, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)file.p[at + i];
    return v;
}

/* Where the data behind the head at `at` ends, and what it counts. */
static err_t head_read(str_t file, size_t at, size_t time_size, struct counts *ret, size_t *ret_end)
{
    struct counts c;
    if (file.n < at + HEAD_SIZE || !str_starts(str_sub(file, at, 4), STR("TZif")))
        return E_BAD_FIELD;
    c.isut = (uint32_t)big_endian(file, at + COUNTS_AT, 4);
    c.isstd = (uint32_t)big_endian(file, at + COUNTS_AT + 4, 4);
    c.leap = (uint32_t)big_endian(file, at + COUNTS_AT + 8, 4);
    c.time = (uint32_t)big_endian(file, at + COUNTS_AT + 12, 4);
    c.type = (uint32_t)big_endian(file, at + COUNTS_AT + 16, 4);
    c.letters = (uint32_t)big_endian(file, at + COUNTS_AT + 20, 4);
    const uint32_t all[] = { c.isut, c.isstd, c.leap, c.time, c.type, c.letters };
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (all[i] > ZONE_FILE_MAX)
            return E_BAD_FIELD;
    }
    size_t end = at + HEAD_SIZE + c.time * (time_size + 1) + (size_t)c.type * TYPE_SIZE +
                 c.letters + c.leap * (time_size + 4) + c.isstd + c.isut;
    if (end > file.n || c.type == 0)
        return E_BAD_FIELD;
    *ret = c;
    *ret_end = end;
    return E_OK;
}

/* Behind the last change the rule in the footer holds. One without daylight saving, "CET-1", says
 * what the last type says; another one is not understood. */
static err_t footer_check(str_t file, size_t at)
{
    str_t footer = str_sub(file, at, file.n);
    return str_find(footer, ',') < footer.n ? E_BAD_FIELD : E_OK;
}

err_t zone_offset_of(str_t file, ts_t at, int64_t *ret)
{
    struct counts c;
    size_t second = 0;
    size_t end = 0;
    TRY(head_read(file, 0, 4, &c, &second));
    if (file.p[4] < '2') /* times of 32 bits end in 2038 */
        return E_BAD_FIELD;
    TRY(head_read(file, second, 8, &c, &end));
    size_t times = second + HEAD_SIZE;
    size_t kinds = times + (size_t)c.time * 8;
    size_t types = kinds + c.time;
    int64_t now = at.us / US;
    size_t low = 0;
    size_t high = c.time;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((int64_t)big_endian(file, times + middle * 8, 8) <= now)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == c.time)
        TRY(footer_check(file, end));
    size_t kind = low == 0 ? 0 : (size_t)(unsigned char)file.p[kinds + low - 1];
    if (kind >= c.type)
        return E_BAD_FIELD;
    *ret = (int32_t)(uint32_t)big_endian(file, types + kind * TYPE_SIZE, 4);
    return E_OK;
}

/* Letters, digits and what zones have between them; no point, so nothing leads out. */
static bool name_is_good(str_t name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter &&
            (i == 0 || !((c >= '0' && c <= '9') || strchr("_+-/", c) != NULL) || c == '\0'))
            return false;
    }
    return name.n > 0 && name.n <= ZONE_NAME_MAX;
}

static err_t file_whole(struct arena *a, const char *path, str_t *ret)
{
    size_t n = 0;
    char *to = (char *)arena_alloc(a, ZONE_FILE_MAX);
    if (to == NULL)
        return E_NO_MEMORY;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return E_BAD_FIELD;
    for (ssize_t got = 1; got > 0 && n<ZONE_FILE_MAX; n += got> 0 ? (size_t)got : 0)
        got = read(fd, to + n, ZONE_FILE_MAX - n);
    (void)close(fd); /* it was only read */
    *ret = str_of(to, n);
    return E_OK;
}

err_t zone_offset(struct arena *a, str_t name, ts_t at, int64_t *ret)
{
    char path[sizeof ZONE_DIR + ZONE_NAME_MAX];
    str_t file;
    if (str_eq(name, STR("UTC"))) {
        *ret = 0;
        return E_OK;
    }
    if (!name_is_good(name))
        return E_BAD_FIELD;
    (void)snprintf(path, sizeof path, ZONE_DIR "%.*s", STR_ARG(name));
    TRY(file_whole(a, path, &file));
    return zone_offset_of(file, at, ret);
}
