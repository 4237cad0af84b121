// SPDX-License-Identifier: Apache-2.0
// Exports of the record: RFC 4180 to the letter, nothing that a spreadsheet would run, and no more memory however long.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import test from 'node:test';
import { serviceClient, uniqueName } from './lib/fleet.mjs';
import { eventually, PATIENCE, seneschal } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const record = (query, by = admin) => by.atRoot().get(`/admin/security/audit?${query}`);
const cli = (...args) => seneschal(['audit', 'export', ...args], { env: { SENESCHAL_URL: server.url, SENESCHAL_DATA: server.data } });

/** RFC 4180 section 2, strictly: CRLF after each record, a bare quote or line break is an error. */
function parseCsv(text) {
    const rows = [];
    let at = 0;
    while (at < text.length) {
        const row = [];
        for (;;) {
            let cell = '';
            if (text[at] === '"') {
                for (at++; ; at++) {
                    assert.ok(at < text.length, 'a quoted cell ends');
                    if (text[at] !== '"') cell += text[at];
                    else if (text[at + 1] === '"') cell += text[at++];
                    else break;
                }
                at++;
            } else {
                while (at < text.length && !',\r\n"'.includes(text[at])) cell += text[at++];
            }
            row.push(cell);
            if (text[at] !== ',') break;
            at++;
        }
        assert.equal(text.slice(at, at + 2), '\r\n', `record ${rows.length + 1}`);
        at += 2;
        rows.push(row);
    }
    const [names, ...records] = rows;
    for (const r of records) assert.equal(r.length, names.length);
    return records.map((r) => Object.fromEntries(names.map((n, i) => [n, r[i]])));
}

test('cells of hostile names and reasons: tamed, quoted, and whole', async () => {
    const texts = ['=cmd|\' /C calc\'!A0', '+1+1', '-2', '@SUM(A1)', '\t=1+1', '\r=1+1', '\n=1', 'a,b', 'say "hi"', 'one\r\ntwo', ' =1', '"=1"', 'é ü 漢字 \u202e', '\'quoted', '=', '""'];
    const wanted = [];
    for (const reason of texts) {
        const machine_id = uniqueName('row');
        const { device_id } = (await admin.as(undefined).post('/devices/enroll/init', { machine_id })).want(201);
        (await admin.post(`/devices/${device_id}/revoke`, { reason })).want(200);
        wanted.push([device_id, reason]);
    }
    const group = uniqueName('=1+1');
    (await admin.post('/groups', { name: group })).want(201);
    const reply = await record('format=csv&order=asc');
    assert.equal(reply.headers['content-type'], 'text/csv; charset=utf-8');
    assert.match(reply.headers['content-disposition'], /^attachment; filename="audit\.csv"$/);
    const rows = parseCsv(reply.text);
    for (const row of rows) for (const cell of Object.values(row)) assert.ok(!/^[=+\-@\t\r]/.test(cell), JSON.stringify(cell));
    for (const [id, reason] of wanted) {
        const row = rows.find((r) => r.action === 'device.revoked' && r.target_id === id);
        assert.equal(row.reason, /^[=+\-@\t\r]/.test(reason) ? `'${reason}` : reason, JSON.stringify(reason));
    }
    assert.ok(rows.some((r) => r.target_name === `'${group}`));
    assert.deepEqual(rows.map((r) => Number(r.seq)), rows.map((_, i) => i + 1));
});

test('the command gives the same: csv, ndjson, and json as one array', async () => {
    const csv = await cli('-o', 'csv');
    assert.equal(csv.code, 0, csv.stderr);
    const rows = parseCsv(csv.stdout);
    const lines = (await cli('-o', 'ndjson')).stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    const whole = JSON.parse((await cli('-o', 'json')).stdout);
    assert.ok(rows.length > 20);
    assert.deepEqual(lines.slice(-rows.length).map((e) => e.hash), rows.map((r) => r.hash));
    assert.deepEqual(whole.slice(-rows.length).map((e) => e.hash), rows.map((r) => r.hash));
    assert.deepEqual(JSON.parse((await cli('-o', 'json', '--action', 'no.such-action')).stdout), []);
    const { code } = await cli('--from', 'never');
    assert.notEqual(code, 0);
});

test('audit:read reads, audit:export exports', async () => {
    const { client: operator } = await serviceClient(admin, ['operator']);
    const { client: auditor } = await serviceClient(admin, ['auditor']);
    (await record('limit=1', operator)).want(200);
    for (const format of ['csv', 'ndjson']) {
        (await record(`format=${format}`, operator)).wantProblem(403, 'forbidden');
        assert.equal((await record(`format=${format}`, auditor)).status, 200);
    }
});

test('a long export to slow readers waits in the store, not in memory; the server goes on', async () => {
    // Its own memory: the pages of the store, which it maps, are the kernel's to keep or to drop.
    const rss = () => Number(readFileSync(`/proc/${server.pid}/status`, 'utf8').match(/^RssAnon:\s+(\d+) kB/m)[1]) * 1024;
    const EVENTS = 8_000;
    const boot = uniqueName('m');
    for (let i = 0; i < EVENTS / 250; i++) {
        const rows = Array.from({ length: 250 }, (_, k) => ({ machine_id: `${boot}-${i}-${k}`, status: 'active', reason: 'r'.repeat(512) }));
        (await admin.post('/agents/import', { rows })).want(200);
    }
    const url = `${server.url}/admin/security/audit?format=ndjson&order=asc`;
    const open = () => new Promise((resolve, reject) => {
        http.get(url, { agent: false, headers: { Authorization: `Bearer ${admin.token}` } }, resolve).on('error', reject);
    });
    const drain = async (message) => {
        let bytes = 0;
        let events = 0;
        for await (const part of message) {
            bytes += part.length;
            for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) events++;
        }
        return { bytes, events };
    };
    const first = await drain(await open());
    assert.ok(first.events >= EVENTS && first.bytes > EVENTS * 1000, JSON.stringify(first));
    const before = rss();
    const slow = await Promise.all(Array.from({ length: 8 }, open)); // nobody reads them yet
    await eventually('the server has filled what it fills', async () => {
        const a = rss();
        await new Promise((resolve) => setTimeout(resolve, 300));
        return Math.abs(rss() - a) < 1 << 20;
    });
    const grown = rss() - before;
    // A sanitizer keeps for itself what was freed: its memory says nothing about ours.
    if (PATIENCE === 1) assert.ok(grown < first.bytes, `8 exports of ${first.bytes} bytes: ${grown} more`);
    assert.equal((await admin.atRoot().get('/health')).status, 200);
    for (const one of slow.slice(1)) one.destroy();
    assert.ok((await drain(slow[0])).events >= first.events, 'whoever comes back late still gets it whole');
});
