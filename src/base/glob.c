/* SPDX-License-Identifier: Apache-2.0 */
#include "base/glob.h"

bool glob_matches(str_t pattern, str_t text)
{
    size_t p = 0;
    size_t star = SIZE_MAX; /* the last `*`, and where its run ends so far */
    size_t run = 0;
    for (size_t t = 0; t < text.n;) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            run = t;
        } else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == text.p[t])) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++run;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}
