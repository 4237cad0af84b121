/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-sign [--alg ed25519|es256] --ms N: the peer of leases (libsodium) and of access tokens
 * (OpenSSL's EVP). Signs a text as long as theirs, by one thread that does nothing else; prints one
 * JSON object.
 */
#include <openssl/ec.h> /* first: OpenSSL has a parameter `rand`, which base/attr.h poisons */
#include <openssl/evp.h>

#include "base/clock.h"
#include "base/num.h"

#include <getopt.h>
#include <sodium.h>
#include <time.h>

enum { LEASE_TEXT = 360, TOKEN_TEXT = 700, SIGNATURE_MAX = 128, ROUND = 256 };

struct signer {
    const char *alg;
    size_t text_n;
    int (*start)(struct signer *s); /* 1: well */
    int (*sign)(struct signer *s);
    unsigned char text[TOKEN_TEXT];
    unsigned char signature[SIGNATURE_MAX];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
    EVP_PKEY *key;
    EVP_MD_CTX *context;
    EVP_MD *hash;
};

static int ed25519_start(struct signer *s)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    return sodium_init() >= 0 && crypto_sign_keypair(public_key, s->secret_key) == 0;
}

static int ed25519_round(struct signer *s)
{
    return crypto_sign_detached(s->signature, NULL, s->text, s->text_n, s->secret_key) == 0;
}

static int es256_start(struct signer *s)
{
    s->key = EVP_EC_gen("P-256");
    s->context = EVP_MD_CTX_new();
    s->hash = EVP_MD_fetch(NULL, "SHA256", NULL);
    return s->key != NULL && s->context != NULL && s->hash != NULL;
}

static int es256_round(struct signer *s)
{
    size_t n = sizeof s->signature;
    return EVP_DigestSignInit(s->context, NULL, s->hash, NULL, s->key) == 1 &&
           EVP_DigestSign(s->context, s->signature, &n, s->text, s->text_n) == 1;
}

static int64_t cpu_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* cannot fail for this clock */
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct signer *signer_named(struct signer *signers, size_t n, const char *alg)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(signers[i].alg, alg) == 0)
            return &signers[i];
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static struct signer signers[] = {
        { .alg = "ed25519", .text_n = LEASE_TEXT, .start = ed25519_start, .sign = ed25519_round },
        { .alg = "es256", .text_n = TOKEN_TEXT, .start = es256_start, .sign = es256_round },
    };
    static const struct option names[] = { { "ms", required_argument, NULL, 's' },
                                           { "alg", required_argument, NULL, 'a' },
                                           { NULL, 0, NULL, 0 } };
    struct signer *signer = &signers[0];
    uint64_t ms = 1000;
    uint64_t n = 0;
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (c == 'a')
            signer = signer_named(signers, ARRAY_LEN(signers), optarg);
        else if (c != 's' || num_parse_u64(str_from_cz(optarg), &ms) != E_OK)
            return 2;
        if (signer == NULL)
            return 2;
    }
    if (!signer->start(signer))
        return 1;
    int64_t end = clock_mono().us + (int64_t)ms * 1000;
    int64_t cpu = cpu_us();
    while (clock_mono().us < end) {
        for (size_t i = 0; i < ROUND; i++) {
            signer->text[i]++;
            if (!signer->sign(signer))
                return 1;
        }
        n += ROUND;
    }
    cpu = cpu_us() - cpu;
    EVP_PKEY_free(signer->key);
    EVP_MD_CTX_free(signer->context);
    EVP_MD_free(signer->hash);
    (void)printf("{\"signatures\":%llu,\"cpu_us\":%.3f,\"rps\":%.1f}\n", (unsigned long long)n,
                 (double)cpu / (double)n, (double)n * 1e6 / (double)cpu);
    return 0;
}
