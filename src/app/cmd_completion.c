/* SPDX-License-Identifier: Apache-2.0 */
/* `completion SHELL`: a short script that asks this program what may come next. */
#include "app/cli_complete.h"

enum { CANDIDATES_MAX = 64 * 1024 };

static const char bash[] =
    "# bash completion of seneschal: source <(seneschal completion bash)\n"
    "_seneschal() {\n"
    "    local line cur=${COMP_WORDS[COMP_CWORD]}\n"
    "    [[ $cur == = ]] && cur=\n"
    "    COMPREPLY=()\n"
    "    while IFS= read -r line; do\n"
    "        case $line in\n"
    "        :joined) ;;\n"
    "        :file | :dir)\n"
    "            compopt -o filenames 2>/dev/null\n"
    "            local kind=-f name\n"
    "            [[ $line == :dir ]] && kind=-d\n"
    "            while IFS= read -r name; do COMPREPLY+=(\"$name\"); done \\\n"
    "                < <(compgen \"$kind\" -- \"$cur\")\n"
    "            ;;\n"
    "        *) COMPREPLY+=(\"${line%%$'\\t'*}\") ;;\n"
    "        esac\n"
    "    done < <(\"${COMP_WORDS[0]}\" completion --words -- \\\n"
    "        \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _seneschal seneschal\n";

static const char zsh[] =
    "#compdef seneschal\n"
    "# zsh completion of seneschal: source <(seneschal completion zsh), or a file _seneschal in\n"
    "# $fpath\n"
    "_seneschal() {\n"
    "    local line\n"
    "    local -a found\n"
    "    for line in \"${(@f)$(\"${(Q)words[1]}\" completion --words -- \\\n"
    "        \"${(@Q)words[2,CURRENT]}\" 2>/dev/null)}\"; do\n"
    "        case $line in\n"
    "        :joined) compset -P '*=' ;;\n"
    "        :file) _files ;;\n"
    "        :dir) _files -/ ;;\n"
    "        ?*) found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
    "        esac\n"
    "    done\n"
    "    (( ${#found} )) && _describe -t words seneschal found\n"
    "}\n"
    "if [[ ${funcstack[1]-} == _seneschal ]]; then _seneschal \"$@\"; else compdef _seneschal "
    "seneschal; fi\n";

static const char fish[] =
    "# fish completion of seneschal: seneschal completion fish | source\n"
    "function __seneschal_complete\n"
    "    set -l words (commandline -opc) (commandline -ct)\n"
    "    set -l front ''\n"
    "    for line in ($words[1] completion --words -- $words[2..-1] 2>/dev/null)\n"
    "        switch $line\n"
    "            case :joined\n"
    "                set front (string replace -r '=.*' '=' -- (commandline -ct))\n"
    "            case :file\n"
    "                __fish_complete_path (commandline -ct)\n"
    "            case :dir\n"
    "                __fish_complete_directories (commandline -ct)\n"
    "            case '*'\n"
    "                echo $front$line\n"
    "        end\n"
    "    end\n"
    "end\n"
    "complete -c seneschal -f -a '(__seneschal_complete)'\n";

static const struct {
    const char *shell;
    const char *script;
} scripts[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

static int say(struct cli *cli, str_t text)
{
    if (fwrite(text.p, 1, text.n, stdout) != text.n || fflush(stdout) != 0)
        return cli_fail(cli, FAIL(&cli->why, E_IO, "standard output: cannot be written"));
    return CLI_OK;
}

/* completion --words -- WORD...: what may come at the place of the last. */
static int say_candidates(struct cli *cli, int argc, char **argv)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, CANDIDATES_MAX);
    err_t e = cli_complete(cli, argc, argv, &b);
    return e == E_OK ? say(cli, buf_str(&b)) : cli_fail(cli, e);
}

int cmd_completion(struct cli *cli, int argc, char **argv)
{
    if (argc >= 2 && str_eq(str_from_cz(argv[0]), STR("--words")))
        return say_candidates(cli, argc - 2, argv + 2);
    for (size_t i = 0; argc == 1 && i < ARRAY_LEN(scripts); i++) {
        if (str_eq(str_from_cz(argv[0]), str_from_cz(scripts[i].shell)))
            return say(cli, str_from_cz(scripts[i].script));
    }
    cli->hint = "for example: source <(seneschal completion bash)";
    return cli_fail(cli, FAIL(&cli->why, E_USAGE, "completion: want one shell: bash, zsh or fish"));
}
