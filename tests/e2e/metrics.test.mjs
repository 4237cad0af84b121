// SPDX-License-Identifier: Apache-2.0
// The figures: promtool has no complaint, they count what happened, and their table is true.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { enrol, init, poll, publishPolicy, serviceClient, uniqueName } from './lib/fleet.mjs';
import { eventually, run, seneschal } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const nobody = server.client();
const tables = JSON.parse((await seneschal(['help', '--tables'])).stdout);

const scrape = async (client = admin) => {
    const reply = await client.atRoot().get('/metrics');
    assert.equal(reply.status, 200, reply.text);
    return reply.text;
};
/** {name{labels}: value} */
const values = (text) => Object.fromEntries(text.split('\n').filter((line) => line && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
const now = async () => values(await scrape());

test('promtool has no complaint', async () => {
    const device = await enrol(nobody, admin);
    await publishPolicy(admin, { v: 1 }, { scope: 'device', target_id: device.id });
    await poll(nobody, device.token);
    (await nobody.get('/devices')).wantProblem(401, 'unauthenticated');
    const got = await run('promtool', ['check', 'metrics'], { input: await scrape() });
    assert.equal(got.code, 0, got.stdout + got.stderr);
    assert.equal(got.stdout + got.stderr, '');
});

test('what is printed is what the table says, each once, no more and no less', async () => {
    const text = await scrape();
    const heads = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    assert.deepEqual([...heads].sort(), tables.metrics.map((m) => `${m.name} ${m.type}`).sort());
    for (const m of tables.metrics) {
        assert.ok(text.includes(`# HELP ${m.name} ${m.text}\n`), m.name);
        const labels = [...text.matchAll(new RegExp(`^${m.name}(?:_bucket|_sum|_count)?(?:\\{(.*)\\})? `, 'gm'))]
            .map(([, found]) => [...(found ?? '').matchAll(/(\w+)="/g)].map(([, name]) => name).filter((name) => name !== 'le').join(','));
        for (const found of labels) assert.equal(found, m.labels, m.name);
        if (!m.text.includes('absent')) assert.ok(labels.length > 0, `${m.name} has no value`);
    }
});

test('the number of series does not grow with devices, tokens, paths or errors', async () => {
    for (let i = 0; i < 5; i++) {
        const device = await enrol(nobody, admin);
        await nobody.as(device.token).get(`/devices/self?x=${i}`);
        await nobody.get(`/nowhere/${uniqueName()}`);
    }
    const before = Object.keys(await now()).length;
    for (let i = 0; i < 20; i++) {
        const device = await enrol(nobody, admin);
        await nobody.as(device.token).get(`/devices/self?x=${i}`);
        await nobody.get(`/nowhere/${uniqueName()}`);
    }
    assert.equal(Object.keys(await now()).length, before);
    assert.ok(before < 500, `${before}`);
});

test('answers, refusals, changes and devices are counted', async () => {
    const before = await now();
    const rise = async (name) => (await now())[name] - (before[name] ?? 0);
    // What is counted follows its answer: another loop may be asked in between.
    const rises = (name, fits) => eventually(`${name} has risen`, async () => fits(await rise(name)));
    const is = (wanted) => (risen) => risen === wanted;
    for (let i = 0; i < 3; i++) (await nobody.get('/devices')).wantProblem(401, 'unauthenticated');
    await rises('seneschal_refusals_total{code="unauthenticated"}', is(3));
    await rises('seneschal_http_responses_total{class="4xx"}', (risen) => risen >= 3);
    (await init(nobody, uniqueName())).want(201);
    await rises('seneschal_acts_total{method="POST",route="/devices/enroll/init"}', is(1));
    (await admin.post('/policies', { name: uniqueName('policy') })).want(201);
    await rises('seneschal_acts_total{method="POST",route="/policies"}', is(1));
    (await admin.post('/admin/logs/rotate')).want(200); // far down in the tables
    await rises('seneschal_acts_total{method="POST",route="/admin/logs/rotate"}', is(1));
    await rises('seneschal_writes_total', (risen) => risen >= 2);
    await rises('seneschal_http_response_bytes_total', (risen) => risen > 500);
    await eventually('the lobby has one more, ten seconds later at most',
        async () => await rise('seneschal_devices{status="PENDING"}') === 1 && await rise('seneschal_audit_events') > 1, { ms: 30_000, every: 500 });
});

test('durations: buckets rise, their last is the count, and parked polls have a class of their own', async () => {
    const device = await enrol(nobody, admin);
    await publishPolicy(admin, { v: 1 }, { scope: 'device', target_id: device.id });
    const { etag } = (await poll(nobody, device.token)).headers;
    const before = await now();
    assert.equal((await poll(nobody, device.token, { etag, wait: 1 })).status, 304);
    const name = 'seneschal_http_request_duration_seconds';
    let after; // an answer is counted once it has left: another loop may be asked in between
    await eventually('the parked poll is counted', async () => {
        after = await now();
        return after[`${name}_count{class="parked"}`] - before[`${name}_count{class="parked"}`] === 1;
    });
    assert.ok(after[`${name}_sum{class="parked"}`] - before[`${name}_sum{class="parked"}`] >= 0.9);
    const classes = new Set(Object.keys(after).filter((key) => key.startsWith(`${name}_count`)));
    for (const key of classes) {
        const [, label] = key.match(/class="([a-z-]+)"/);
        const buckets = Object.entries(after).filter(([k]) => k.startsWith(`${name}_bucket{class="${label}",`)).map(([, v]) => v);
        assert.equal(buckets.length, 17);
        assert.deepEqual(buckets, [...buckets].sort((a, b) => a - b));
        assert.equal(buckets.at(-1), after[key]);
    }
});

test('who may read them', async () => {
    (await nobody.atRoot().get('/metrics')).wantProblem(401, 'unauthenticated');
    const { client } = await serviceClient(admin, ['auditor']);
    await scrape(client);
    const device = await enrol(nobody, admin);
    (await nobody.as(device.token).atRoot().get('/metrics')).wantProblem(403, 'forbidden');
    const open = await startServer({ args: ['--metrics-open'] });
    await scrape(open.client());
});

test('docs/OPERATING.md has the table', async () => {
    const text = await readFile('docs/OPERATING.md', 'utf8');
    for (const m of tables.metrics) {
        const row = `| \`${m.name}\` | ${m.type} | ${m.labels.split(',').filter(Boolean).map((l) => `\`${l}\``).join(' ')} | ${m.text} |`;
        assert.ok(text.includes(row), `wanted in docs/OPERATING.md: ${row}`);
    }
});

test('the example alerts and scrape configuration are good, and name only what there is', async () => {
    const rules = 'packaging/prometheus/seneschal.rules.yml';
    const checked = await run('promtool', ['check', 'rules', rules]);
    assert.equal(checked.code, 0, checked.stdout + checked.stderr);
    assert.match(checked.stdout, /SUCCESS: 12 rules found/);
    const config = await run('promtool', ['check', 'config', '--syntax-only', 'packaging/prometheus/prometheus.yml']);
    assert.equal(config.code, 0, config.stdout + config.stderr);
    const names = new Set(tables.metrics.map((m) => m.name));
    for (const [name] of (await readFile(rules, 'utf8')).matchAll(/\b(?:seneschal|process)_[a-z_]+/g)) assert.ok(names.has(name.replace(/_(bucket|sum|count)$/, '')), name);
});
