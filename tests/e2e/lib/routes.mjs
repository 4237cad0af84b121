// SPDX-License-Identifier: Apache-2.0
// Route coverage: clients note what they called and how it went; at the end of a run every row of
// `seneschal routes -o json` must have been answered well (2xx or 3xx) at least once.
// `node routes.mjs report` prints the rows as TAP.
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LOG = process.env.SENESCHAL_ROUTE_LOG;
const seen = new Set();

if (LOG !== undefined) {
    process.on('exit', () => {
        if (seen.size > 0) appendFileSync(LOG, [...seen].map((line) => `${line}\n`).join(''));
    });
}

/** Note an answered call. Ids are folded, so that a run of a million calls stays a short list. */
export function noteCall(method, path, status) {
    if (LOG === undefined || status >= 400) return;
    seen.add(`${method} ${foldIds(path)}`);
}

/** The path with 0 for each id. */
export function foldIds(path) {
    return path.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '0');
}

const bare = (path) => path.replace(/^\/api\/v1(?=\/)/, '');
const isParam = (part) => /^\{.*\}$/.test(part);

/** How well a row's path fits: null, or one digit per segment, literals before parameters. */
function fit(pattern, path) {
    const want = pattern.split('/');
    const have = path.split('/');
    if (want.length !== have.length) return null;
    if (!want.every((part, i) => isParam(part) || part === have[i])) return null;
    return want.map((part) => (isParam(part) ? 0 : 1)).join('');
}

function bestOf(rows, method, path, shape) {
    return rows
        .filter((row) => row.method === method)
        .map((row) => ({ row, rank: fit(shape(row.path), path) }))
        .filter(({ rank }) => rank !== null)
        .sort((a, b) => (a.rank < b.rank ? 1 : -1))[0]?.row;
}

/**
 * The row that the server would take for this call: a literal segment wins over a parameter; what is below /api/v1
 * and at the root alike comes after a row of the root itself.
 */
export function rowOf(rows, method, path) {
    return bestOf(rows, method, path, (text) => text) ?? bestOf(rows, method, path, bare);
}

export function readRows(bin) {
    const parsed = JSON.parse(execFileSync(bin, ['routes', '-o', 'json'], { encoding: 'utf8' }));
    return Array.isArray(parsed) ? parsed : parsed.items;
}

function report() {
    const rows = readRows(process.env.SENESCHAL_BIN);
    const calls = new Set(readFileSync(LOG, 'utf8').split('\n').filter(Boolean));
    const hit = new Set([...calls].map((line) => rowOf(rows, ...line.split(' '))));
    rows.forEach((row, i) => {
        const name = `${row.method} ${row.path} was answered well at least once`;
        console.log(`${hit.has(row) ? 'ok' : 'not ok'} ${i + 1} - ${name}`);
    });
    console.log(`1..${rows.length}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === 'report') report();
