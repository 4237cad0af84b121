// SPDX-License-Identifier: Apache-2.0
// Programs of tests/e2e/mcp that run in a cage, as a command names them; and what of them is still there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const NODE = fs.realpathSync(process.execPath);
let marks = 0;

/** The words of a command, and the last of them: a mark of its processes. */
export function program(script, ...args) {
    const mark = `mark-${process.pid}-${++marks}`;
    const reads = [ROOT, path.dirname(NODE)].map((dir) => `read:${dir}`);
    return { words: [NODE, path.join(ROOT, 'tests/e2e/mcp', script), ...args, mark, ...reads], mark };
}

/** How many processes have this mark; their wardens are not among them. */
export function alive(mark) {
    return fs.readdirSync('/proc').filter((pid) => /^[0-9]+$/.test(pid)).filter((pid) => {
        try {
            const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
            return words.includes(mark) && words[0] === NODE;
        } catch {
            return false;
        }
    }).length;
}

/** Waits until none of them is left. */
export async function gone(mark) {
    for (let i = 0; alive(mark) > 0; i++) {
        assert.ok(i < 500, 'processes of it are left');
        await sleep(20);
    }
}
