/* SPDX-License-Identifier: Apache-2.0 */
/* How programs misbehave: they hide, they do not listen, they flood, they leave things behind. */
#include "probe_manners.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { DEEP = 900 }; /* of "deep/": longer than a path may be */

static void forks(void)
{
    for (;;)
        (void)!fork();
}

/* A grandchild that nobody knows: forked twice, a session of its own, our pipes in its hands. */
static void hides(void)
{
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            signal(SIGTERM, SIG_IGN);
            signal(SIGHUP, SIG_IGN);
            for (;;)
                pause();
        }
        _exit(0);
    }
    wait(NULL);
}

static void floods(int fd)
{
    char block[65536];
    memset(block, 'x', sizeof block);
    while (write(fd, block, sizeof block) > 0)
        continue;
}

static void litters(void)
{
    for (int i = 0; i < DEEP && mkdir("deep", 0700) == 0 && chdir("deep") == 0; i++)
        continue;
    (void)mkdir("closed", 0700);
    int fd = open("closed/file", O_WRONLY | O_CREAT, 0400);
    close(fd);
    (void)chmod("closed", 0);
    (void)!symlink("/", "root");
}

static int echoes(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin) != NULL) {
        fputs(line, stdout);
        fflush(stdout);
    }
    return 0;
}

/* By its door, to whoever is behind it. */
static int goes_out(void)
{
    const char *proxy = getenv("HTTPS_PROXY");
    struct sockaddr_in to = { .sin_family = AF_INET };
    char line[256];
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)(proxy == NULL ? 0 : atoi(strrchr(proxy, ':') + 1)));
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 || write(fd, "hello\n", 6) != 6)
        return 1;
    ssize_t n = read(fd, line, sizeof line);
    printf("it says %.*s\n", (int)(n < 0 ? 0 : n), line);
    fflush(stdout);
    return read(fd, line, 1) == 0 ? 0 : 1;
}

static void tells_room(void)
{
    struct statvfs v;
    if (statvfs(".", &v) == 0)
        printf("%llu bytes, %llu files\n", (unsigned long long)v.f_blocks * v.f_frsize,
               (unsigned long long)v.f_files);
}

/* In the directory that stays. */
static int keeps(void)
{
    static const char script[] = "#!/bin/true\n";
    if (chdir(getenv("KEEP")) != 0)
        return 1;
    int fd = open("kept", O_WRONLY | O_CREAT, 0755);
    if (fd < 0 || write(fd, script, sizeof script - 1) < 0)
        return 2;
    close(fd);
    execl("./kept", "kept", (char *)NULL);
    printf("kept, and not run\n");
    return 0;
}

int probe_behave(const char *how)
{
    if (strcmp(how, "door") == 0)
        return goes_out();
    if (strcmp(how, "room") == 0)
        tells_room();
    if (strcmp(how, "keep") == 0)
        return keeps();
    if (strcmp(how, "bomb") == 0)
        forks();
    if (strcmp(how, "hide") == 0) {
        hides();
        printf("hidden\n");
        return 0;
    }
    if (strcmp(how, "stubborn") == 0) {
        signal(SIGTERM, SIG_IGN);
        signal(SIGHUP, SIG_IGN);
        printf("deaf\n");
        fflush(stdout);
        for (;;)
            pause();
    }
    if (strcmp(how, "flood") == 0)
        floods(1);
    if (strcmp(how, "flood-errors") == 0)
        floods(2);
    if (strcmp(how, "litter") == 0)
        litters();
    if (strcmp(how, "crash") == 0)
        abort();
    if (strcmp(how, "echo") == 0)
        return echoes();
    if (strcmp(how, "env") == 0) {
        for (char **e = environ; *e != NULL; e++)
            puts(*e);
    }
    return strcmp(how, "seven") == 0 ? 7 : 0;
}
