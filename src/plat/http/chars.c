/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/chars.h"

/* The sums of the bits of chars.h; test_http_chars.c derives every entry from the grammar again. */
/* clang-format off */
const uint8_t char_class[256] = {
     0,  0,  0,  0,  0,  0,  0,  0,  0, 16,  0,  0,  0,  0,  0,  0, /* 00 */
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0, /* 10 */
    16, 31, 18, 17, 31, 23, 31, 31, 30, 30, 31, 31, 30, 31, 31, 22, /* 20 SP ! " # $ % & ' ( ) * + , - . / */
    31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 22, 26, 18, 30, 18, 18, /* 30 0 1 2 3 4 5 6 7 8 9 : ; < = > ? */
    22, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, /* 40 @ A B C D E F G H I J K L M N O */
    31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 18, 18, 18, 19, 31, /* 50 P Q R S T U V W X Y Z [ \ ] ^ _ */
    19, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, /* 60 ` a b c d e f g h i j k l m n o */
    31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 18, 19, 18, 31,  0, /* 70 p q r s t u v w x y z { | } ~ . */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* 80 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* 90 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* a0 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* b0 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* c0 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* d0 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* e0 */
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, /* f0 */
};
/* clang-format on */

bool chars_all(str_t s, unsigned class)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!char_is(s.p[i], class))
            return false;
    }
    return true;
}

/* Does a byte of the word lie below SP, or is one DEL? Exact where no byte has its high bit set;
 * obs-text may hide or feign one, so that a word with it is looked at byte by byte. */
static bool word_is_plain(uint64_t w)
{
    const uint64_t ones = UINT64_MAX / 255;
    const uint64_t high = ones * 0x80;
    uint64_t del = w ^ (ones * 0x7f);
    return (((w - ones * 0x20) | (del - ones) | w) & high) == 0;
}

bool chars_are_value(str_t s)
{
    while (s.n >= sizeof(uint64_t)) {
        uint64_t w;
        memcpy(&w, s.p, sizeof w);
        if (!word_is_plain(w) && !chars_all(str_sub(s, 0, sizeof w), CHAR_VALUE))
            return false;
        s = (str_t){ .p = s.p + sizeof w, .n = s.n - sizeof w };
    }
    return chars_all(s, CHAR_VALUE);
}
