/* SPDX-License-Identifier: Apache-2.0 */
/* Did you mean: the nearest of some words by edit distance. */
#ifndef APP_NEAR_H
#define APP_NEAR_H

#include "base/str.h"

struct near {
    str_t wanted;
    str_t best; /* absent: none is near */
    size_t distance;
};

/* One more word that it may have been; it must outlive `n`. */
void near_offer(struct near *n, str_t word);

/* The same for each of "a|b|c". */
void near_offer_each(struct near *n, str_t words);

#endif
