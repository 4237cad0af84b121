// SPDX-License-Identifier: Apache-2.0
// A set-up as files, and the command line that applies it.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { uniqueName } from './fleet.mjs';
import { seneschal, tempDir } from './process.mjs';

const work = tempDir('apply');

/** The command line against a server, as whom `token` is of: `run` gives what came of it, `ok` what it printed where it went well. */
export async function commandLine(server, token) {
    const tokenFile = path.join(work, uniqueName('token'));
    await writeFile(tokenFile, `${token}\n`, { mode: 0o600 });
    const run = (...args) => seneschal(args, { env: { SENESCHAL_URL: server.url, SENESCHAL_TOKEN_FILE: tokenFile } });
    const ok = async (...args) => {
        const { code, stdout, stderr } = await run(...args);
        assert.equal(code, 0, `${args.join(' ')}: ${stdout}${stderr}`);
        return stdout;
    };
    return { run, ok };
}

/** A directory with these files, by their names; a text alone is one file. */
export async function files(texts) {
    const dir = path.join(work, uniqueName('files'));
    await mkdir(dir);
    const named = typeof texts === 'string' ? { 'all.yaml': texts } : texts;
    for (const [name, text] of Object.entries(named)) await writeFile(path.join(dir, name), text);
    return dir;
}
