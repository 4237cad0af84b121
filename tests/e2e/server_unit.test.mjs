// SPDX-License-Identifier: Apache-2.0
// The units of the server, as systemd reads them.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { BIN, run, tempDir } from './lib/process.mjs';

const unit = (name) => new URL(`../../packaging/systemd/${name}`, import.meta.url).pathname;
const NAMES = ['seneschal.service', 'seneschal.socket'];

test('the service is at most 1.5 exposed, by systemd\'s own measure', async (t) => {
    if (!existsSync('/usr/bin/systemd-analyze')) return t.skip('systemd-analyze is not installed');
    const { code, stdout, stderr } = await run('systemd-analyze', ['security', '--offline=true', '--threshold=15', '--no-pager', unit('seneschal.service')]);
    assert.equal(code, 0, stdout.slice(-500) + stderr);
    t.diagnostic(stdout.trim().split('\n').at(-1));
});

test('systemd has nothing against the units', async (t) => {
    if (!existsSync('/usr/bin/systemd-analyze')) return t.skip('systemd-analyze is not installed');
    const dir = tempDir('units');
    const files = NAMES.map((name) => {
        const text = readFileSync(unit(name), 'utf8').replace('/usr/bin/seneschal', BIN).replace(/^Documentation=.*\n/m, ''); // not installed here
        writeFileSync(path.join(dir, name), text);
        return path.join(dir, name);
    });
    const { code, stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', ...files]);
    assert.deepEqual([code, stdout, stderr], [0, '', '']);
});

test('the store of descriptors has room for every address', () => {
    const text = readFileSync(unit('seneschal.service'), 'utf8');
    assert.ok(Number(text.match(/^FileDescriptorStoreMax=(\d+)$/m)[1]) >= 16); // `listen` has 16 at most
    assert.match(text, /^Type=notify$/m);
    assert.match(text, /^ExecReload=\/bin\/kill -HUP \$MAINPID$/m);
});
