/* SPDX-License-Identifier: Apache-2.0 */
/* `mcp serve-demo`: the built-in server as a program of its own, that any MCP client can start: a
 * message is a line (the transport "stdio" of MCP). Its end is that of standard input. */
#include "app/cli.h"
#include "base/buf.h"
#include "mcp/demo.h"

#include <errno.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4 * 1024 * 1024, PIECE = 64 * 1024 };

static void say_line(void *arg, void *tag, str_t message, bool last)
{
    bool *broken = arg;
    (void)tag; /* one client, one stream */
    (void)last;
    *broken = *broken || fwrite(message.p, 1, message.n, stdout) != message.n ||
              putchar('\n') == EOF || fflush(stdout) != 0;
}

/* Takes whole lines out of the front of what was read. */
static void take_lines(struct demo *d, struct buf *b)
{
    str_t rest = buf_str(b);
    for (size_t end; (end = str_find(rest, '\n')) < rest.n; rest = str_sub(rest, end + 1, rest.n)) {
        if (end > 0)
            demo_take(d, NULL, str_sub(rest, 0, end));
    }
    if (rest.n > 0)
        memmove(b->p, rest.p, rest.n);
    b->n = rest.n;
}

static err_t serve(struct cli *cli, struct demo *d, const bool *broken)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, LINE_MAX_BYTES);
    while (!*broken) {
        char *at = buf_reserve(&b, PIECE);
        if (at == NULL)
            return FAIL(&cli->why, E_TOO_BIG, "a line is longer than %d bytes", LINE_MAX_BYTES);
        ssize_t n = read(STDIN_FILENO, at, PIECE);
        if (n == 0)
            return E_OK;
        if (n < 0 && errno != EINTR)
            return FAIL(&cli->why, E_IO, "standard input: %s", strerrordesc_np(errno));
        b.n += n > 0 ? (size_t)n : 0;
        take_lines(d, &b);
    }
    return FAIL(&cli->why, E_IO, "standard output: cannot be written");
}

int cmd_mcp_serve_demo(struct cli *cli, int argc, char **argv)
{
    bool broken = false;
    struct demo d = { .say = say_line, .arg = &broken, .modern = true };
    (void)argc;
    (void)argv;
    if (isatty(STDIN_FILENO) != 0)
        (void)fprintf(stderr, "this speaks MCP, a message a line, and is started by MCP clients; "
                              "Ctrl-D ends it\n");
    err_t e = serve(cli, &d, &broken);
    demo_fini(&d);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}
