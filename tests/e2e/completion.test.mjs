// SPDX-License-Identifier: Apache-2.0
// Completion in real shells: the scripts load, and what they offer is what the tables say.
import assert from 'node:assert/strict';
import { chmod, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { BIN, run, seneschal, tempDir } from './lib/process.mjs';

const dir = tempDir('completion');
const env = { PATH: `${dir}:${process.env.PATH}`, HOME: dir, ZDOTDIR: dir };
await symlink(BIN, path.join(dir, 'seneschal'));
await writeFile(path.join(dir, 'a file.json'), '{}');
await chmod(dir, 0o700);
for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout, stderr } = await seneschal(['completion', shell]);
    assert.equal(code, 0, stderr);
    await writeFile(path.join(dir, `script.${shell}`), stdout);
}

/** What bash offers for the last of these words. */
const bash = async (...words) => {
    const quoted = words.map((w) => `'${w}'`).join(' ');
    const line = `source script.bash; COMP_WORDS=(seneschal ${quoted}); COMP_CWORD=${words.length}; _seneschal; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { code, stdout, stderr } = await run('bash', ['--norc', '-c', line], { env, cwd: dir });
    assert.equal(code, 0, stderr);
    return stdout.split('\n').filter(Boolean);
};

for (const [words, want] of [
    [['dev'], ['device']],
    [['dev', 'x'], []],
    [['device', 're'], ['refuse', 'revoke', 'reinstate']],
    [['device', 'list', '--st'], ['--status']],
    [['device', 'list', '--status', 'RE'], ['REFUSED', 'REVOKED']],
    [['device', 'list', '--status', '=', 'RE'], ['REFUSED', 'REVOKED']],
    [['--org', 'acme', 'device', 'li'], ['list']],
    [['device', 'list', '-o', 'n'], ['ndjson']],
    [['assignment', 'create', '--scope', ''], ['global', 'org', 'group', 'user', 'device']],
    [['policy', 'draft', 'p', '--enabled', ''], ['true', 'false']],
    [['policy', 'draft', 'p', '--content', 'a'], ['a file.json']],
    [['serve', '--log-l'], ['--log-level']],
    [['serve', '--log-level', 'w'], ['warning']],
    [['serve', '--insecure-http', 't'], ['true']],
    [['serve', '--config', 'a'], ['a file.json']],
    [['agent', '--enr'], ['--enrollment-key-file']],
    [['completion', ''], ['bash', 'zsh', 'fish']],
    [['help', 'aud'], ['audit']],
    [['audit', 'tail', '--fo'], ['--follow']],
    [['device', 'revoke', '--he'], ['--help']],
    [['nonsense', ''], []],
]) {
    test(`bash: seneschal ${words.join(' ')}<TAB>`, async () => {
        assert.deepEqual((await bash(...words)).sort(), [...want].sort());
    });
}

test('bash: where no word is wanted the flags are offered, each once', async () => {
    const got = await bash('device', 'list', '');
    for (const flag of ['--status', '--search', '--server', '--limit', '--help']) assert.equal(got.filter((w) => w === flag).length, 1, flag);
});

test('bash, zsh and fish take their scripts', async () => {
    for (const [shell, flag] of [['bash', '-n'], ['zsh', '-n'], ['fish', '-n']]) {
        const { code, stderr } = await run(shell, [flag, path.join(dir, `script.${shell}`)], { env });
        assert.equal(code, 0, `${shell}: ${stderr}`);
        assert.equal(stderr, '');
    }
});

test('zsh asks the program and shows its words', async () => {
    // A terminal of zsh's own (zpty) in which TAB is typed.
    const script = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PROMPT= ; cd ${dir}; autoload -Uz compinit; compinit -u -d ${dir}/dump; source ./script.zsh; zstyle ":completion:*" list-colors; print rea''dy'
zpty -r z line '*ready*ready*' || zpty -r z line '*ready*'
zpty -w -n z $'seneschal device list --status UNINS\\t'
zpty -r -t z line; for i in {1..50}; do zpty -r -t z more && line+=$more; [[ $line == *UNINSTALLED* ]] && break; sleep 0.1; done
print -r -- "$line"
zpty -d z
`;
    const { stdout, stderr } = await run('zsh', ['-f', '-c', script], { env, cwd: dir, ms: 20_000 });
    assert.match(stdout, /UNINSTALLED/, stderr);
});

for (const [line, want] of [
    ['seneschal device list --status UN', ['UNINSTALLED']],
    ['seneschal device list --status=UN', ['--status=UNINSTALLED']],
    ['seneschal policy draft p --content a', ['a file.json']],
]) {
    test(`fish: ${line}<TAB>`, async () => {
        const { stdout, stderr } = await run('fish', ['--no-config', '-c', `source script.fish; complete -C '${line}'`], { env, cwd: dir });
        assert.deepEqual(stdout.split('\n').filter(Boolean).map((found) => found.split('\t')[0]), want, stderr);
    });
}
