// SPDX-License-Identifier: Apache-2.0
// Which programs are run is the word of whoever owns the configuration, and of nobody else: its file, and the program's digest.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { seneschal, tempDir } from './lib/process.mjs';
import { program } from './lib/program.mjs';
import { Probe } from './lib/up_probe.mjs';

const { words } = program('bad_stdio.mjs');
const digest = createHash('sha256').update(fs.readFileSync(words[0])).digest('hex');
const other = digest.replace(/^./, (c) => (c === '0' ? '1' : '0'));

function fileOf(dir, mode) {
    const file = path.join(dir, 'seneschal.yaml');
    fs.writeFileSync(file, `gateway:\n  commands:\n    - pinned=${words.join(' ')} sha256:${digest}\n`);
    fs.chmodSync(file, mode);
    return file;
}

const start = (file) => seneschal(['check-config', '--config', file, '--data', tempDir('pinned')]);

test('a file that others may change names no programs', async () => {
    for (const [mode, dirMode, want] of [[0o644, 0o755, null], [0o600, 0o1777, null], [0o664, 0o755, /others may change it .*mode 0664/],
        [0o646, 0o755, /others may change it/], [0o644, 0o777, /others may change it .*mode 0777/]]) {
        const dir = tempDir('commands');
        fs.chmodSync(dir, dirMode);
        const { code, stderr } = await start(fileOf(dir, mode));
        if (want === null)
            assert.equal(code, 0, stderr);
        else
            assert.ok(code !== 0 && want.test(stderr) && /chmod go-w/.test(stderr), `${mode.toString(8)}: ${code} ${stderr}`);
    }
});

test('the program that was pinned is run, and no other', async () => {
    const good = new Probe('stdio', [...words, `sha256:${digest}`].join(' '), { version: '2025-11-25' });
    assert.equal((await good.tool('echo', { text: 'it is me' })).result.content[0].text, 'it is me');
    await good.close();
    const bad = new Probe('stdio', [...words, `sha256:${other}`].join(' '), { version: '2025-11-25' });
    const e = await bad.tool('echo', { text: 'x' });
    assert.deepEqual([e.event, e.not_run], ['fail', true]);
    assert.match(e.text, new RegExp(`not the program that was pinned: its SHA-256 is ${digest}`));
    await bad.close();
});
