// SPDX-License-Identifier: Apache-2.0
// Webhooks: what receivers get, signed as Standard Webhooks says; which events; retries, dead letters, redelivery.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Webhook } from 'standardwebhooks';
import { uniqueName } from './lib/fleet.mjs';
import { eventually, tempDir } from './lib/process.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer } from './lib/server.mjs';

const env = { SENESCHAL_OUTBOUND_LOOPBACK: 'true', SENESCHAL_WEBHOOKS_ATTEMPTS: '2', SENESCHAL_WEBHOOKS_RETRY: '1' };
const server = await startServer({ env });
const admin = await server.admin();
const receiver = await startReceiver();

const at = (path) => (call) => call.path === path;
const hook = async (path, more = {}) => (await admin.post('/webhooks', { name: uniqueName('hook'), url: receiver.url + path, ...more })).want(201);
const user = async (more = {}) => {
    const username = uniqueName('user');
    return (await admin.post('/users', { username, email: `${username}@example.org`, ...more })).want(201);
};
const deliveries = async (id, state) => (await admin.get(`/webhooks/${id}/deliveries${state ? `?state=${state}` : ''}`)).want(200).items;

test('IDENTITY 66: an event is delivered once it is committed; id, time and text are under its HMAC', async () => {
    const { id, secret } = await hook('/standard', { events: ['user.*'] });
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    const made = await user();
    await admin.post('/groups', { name: uniqueName('group') }); // not wanted
    const [call] = await receiver.waitFor(1, at('/standard'));
    assert.equal(call.headers['content-type'], 'application/json');
    assert.match(call.headers['user-agent'], /^seneschal/);
    assert.equal(call.headers['accept-encoding'], undefined);
    const payload = new Webhook(secret).verify(call.text, call.headers);
    assert.equal(payload.type, 'user.created');
    assert.deepEqual(payload.data.target, { kind: 'user', id: made.id, name: made.username });
    assert.equal(payload.data.actor.kind, 'system');
    assert.throws(() => new Webhook(secret).verify(call.text.replace('user.created', 'user.deleted'), call.headers));
    const timestamp = Number(call.headers['webhook-timestamp']);
    assert.ok(Math.abs(Date.now() / 1000 - timestamp) < 60, `${timestamp}`);
    for (const change of [{ 'webhook-timestamp': String(timestamp + 1) }, { 'webhook-id': `${call.headers['webhook-id']}0` }, { 'webhook-signature': 'v1,AAAA' }]) {
        assert.throws(() => new Webhook(secret).verify(call.text, { ...call.headers, ...change }), JSON.stringify(change));
    }
    const [line] = await eventually('its line', async () => (await deliveries(id, 'delivered'))[0] && deliveries(id, 'delivered'));
    assert.equal(line.id, call.headers['webhook-id']);
    assert.deepEqual([line.attempts, line.status, line.error], [1, 204, null]);
    assert.equal((await admin.get(`/webhooks/${id}`)).want(200).secret, undefined);
    (await admin.delete(`/webhooks/${id}`)).want(204);
});

test('a rotated secret signs beside the one before', async () => {
    const { id, secret } = await hook('/rotate', { events: ['group.created'] });
    const fresh = (await admin.post(`/webhooks/${id}/rotate`)).want(200).secret;
    assert.notEqual(fresh, secret);
    await admin.post('/groups', { name: uniqueName('group') });
    const [call] = await receiver.waitFor(1, at('/rotate'));
    assert.equal(call.headers['webhook-signature'].split(' ').length, 2);
    new Webhook(fresh).verify(call.text, call.headers);
    new Webhook(secret).verify(call.text, call.headers);
    await admin.delete(`/webhooks/${id}`);
});

test('a matcher may name a group, and one hook hears nothing of another organisation', async () => {
    const group = (await admin.post('/groups', { name: uniqueName('group') })).want(201);
    const other = (await admin.post('/groups', { name: uniqueName('other') })).want(201);
    const { id } = await hook('/group', { events: ['group.*'], group_id: group.id });
    const org = uniqueName('org');
    (await admin.post('/organisations', { slug: org, name: org })).want(201);
    const person = await user();
    await admin.post(`/groups/${other.id}/members`, { user_id: person.id });
    await admin.with({ 'Seneschal-Org': org }).post('/groups', { name: 'there' });
    await admin.post(`/groups/${group.id}/members`, { user_id: person.id });
    const calls = await receiver.waitFor(1, at('/group'));
    assert.deepEqual(calls.map((c) => JSON.parse(c.text).data.target.id), [group.id]);
    assert.equal((await admin.patch(`/webhooks/${id}`, { description: 'x', group_id: null })).want(200).group_id, group.id);
    assert.equal((await admin.patch(`/webhooks/${id}`, { any_group: true, any_application: true })).want(200).group_id, null);
    const later = await user();
    await admin.post(`/groups/${other.id}/members`, { user_id: later.id });
    assert.equal(JSON.parse((await receiver.waitFor(2, at('/group')))[1].text).data.target.id, other.id);
    await admin.delete(`/webhooks/${id}`);
});

test('what came before a webhook was made is not told to it', async () => {
    const end = uniqueName('end');
    const hooks = [];
    for (let i = 0; i < 20; i++) {
        (await admin.post('/groups', { name: uniqueName('before') })).want(201); // may still wait to be told when the next line runs
        hooks.push((await hook(`/after/${i}`, { events: ['group.created'] })).id);
    }
    (await admin.post('/groups', { name: end })).want(201);
    const own = (i) => (call) => call.path === `/after/${i}`;
    const heard = await Promise.all(hooks.map(async (_, i) => (await receiver.waitFor(20 - i, own(i))).length));
    assert.deepEqual(heard, hooks.map((_, i) => 20 - i));
    for (const id of hooks) await admin.delete(`/webhooks/${id}`);
});

test('slack, ntfy, github and a template get what they understand', async () => {
    const token = 'ghp_0123456789abcdef';
    const hooks = [
        await hook('/slack', { format: 'slack', events: ['group.created'] }),
        await hook('/ntfy/alerts', { format: 'ntfy', events: ['group.created'], token: 'tk_1', priority: 'high', tags: 'house,key' }),
        await hook('/repos/o/r/dispatches', { format: 'github', events: ['group.created'], token, event_type: 'seneschal' }),
        await hook('/repos/o/r/actions/workflows/7/dispatches', { format: 'github', events: ['group.created'], token, ref: 'main' }),
        await hook('/template', {
            format: 'template', events: ['group.created'], headers: { 'X-Room': 'blue' }, values: { key: 's3cr"et' },
            template: '{"what":"{{event.type}}: {{ event.target.name }}","id":"{{event.id}}","key":"{{value.key}}","none":"{{event.nothing.there}}","all":"{{event.target}}"}',
        }),
    ];
    const name = `<${uniqueName('a&b')}"`;
    (await admin.post('/groups', { name })).want(201);

    const [slack] = await receiver.waitFor(1, at('/slack'));
    assert.deepEqual(JSON.parse(slack.text), { text: `group.created: group ${name.replace('&', '&amp;').replace('<', '&lt;')}, by admin-token` });

    const [ntfy] = await receiver.waitFor(1, at('/ntfy/alerts'));
    assert.equal(ntfy.text, `group.created: group ${name}, by admin-token`);
    assert.deepEqual([ntfy.headers.title, ntfy.headers.priority, ntfy.headers.tags], ['group.created', 'high', 'house,key']);
    assert.equal(ntfy.headers.authorization, 'Bearer tk_1');

    const [repository] = await receiver.waitFor(1, at('/repos/o/r/dispatches'));
    const dispatch = JSON.parse(repository.text);
    assert.deepEqual([dispatch.event_type, dispatch.client_payload.type], ['seneschal', 'group.created']);
    assert.ok(Object.keys(dispatch.client_payload).length <= 10, 'as GitHub wants it');
    for (const [header, value] of [['accept', 'application/vnd.github+json'], ['x-github-api-version', '2022-11-28'], ['authorization', `Bearer ${token}`]]) {
        assert.equal(repository.headers[header], value);
    }

    const [workflow] = await receiver.waitFor(1, at('/repos/o/r/actions/workflows/7/dispatches'));
    const run = JSON.parse(workflow.text);
    assert.deepEqual([run.ref, run.inputs.event], ['main', 'group.created']);
    assert.equal(JSON.parse(run.inputs.payload).data.target.name, name);

    const [template] = await receiver.waitFor(1, at('/template'));
    const filled = JSON.parse(template.text);
    assert.equal(filled.what, `group.created: ${name}`);
    assert.deepEqual([filled.key, filled.none, filled.id], ['s3cr"et', '', template.headers['webhook-id']]);
    assert.equal(JSON.parse(filled.all).name, name);
    assert.equal(template.headers['x-room'], 'blue');
    for (const { id } of hooks) (await admin.delete(`/webhooks/${id}`)).want(204);
});

test('what fails is tried again, then a dead letter that administrators hear of, and can be sent again', async () => {
    const boss = await user({ roles: ['administrator'] });
    let answer = 500;
    receiver.answer = (call, response) => response.writeHead(call.path === '/dead' ? answer : 204).end();
    const { id } = await hook('/dead', { events: ['group.created'] });
    await admin.post('/groups', { name: uniqueName('group') });
    const calls = await receiver.waitFor(2, at('/dead'));
    assert.equal(calls[0].headers['webhook-id'], calls[1].headers['webhook-id'], 'the same id at each attempt');
    const [dead] = await eventually('a dead letter', async () => (await deliveries(id, 'dead')).length && deliveries(id, 'dead'));
    assert.deepEqual([dead.attempts, dead.status, dead.error], [2, 500, 'the answer was 500']);
    assert.ok((await admin.get(`/webhooks/${id}`)).want(200).failing_since);
    const record = (await admin.get(`/admin/security/audit?action=webhook.failed`)).want(200).items;
    assert.equal(record.filter((e) => e.target.id === id).length, 1);
    assert.ok(boss.id);

    answer = 200;
    const again = (await admin.post(`/webhooks/${id}/deliveries/${dead.id}/redeliver`)).want(200);
    assert.equal(again.state, 'waiting');
    const [, , third] = await receiver.waitFor(3, at('/dead'));
    assert.equal(third.headers['webhook-id'], dead.id);
    await eventually('well again', async () => (await admin.get(`/webhooks/${id}`)).want(200).failing_since === null);
    (await admin.post(`/webhooks/${id}/deliveries/${id}/redeliver`)).wantProblem(404, 'not-found');
    await admin.delete(`/webhooks/${id}`);
});

test('webhooks.attempts and webhooks.retry change with SIGHUP', async () => {
    const file = path.join(tempDir('webhooks'), 'seneschal.yaml');
    const settings = (attempts, retry) => writeFileSync(file, `outbound: {loopback: true}\nwebhooks: {attempts: ${attempts}, retry: ${retry}}\n`);
    settings(2, 3600);
    const own = await startServer({ args: ['--config', file] });
    const boss = await own.admin();
    const broken = await startReceiver();
    broken.answer = (_, response) => response.writeHead(500).end();
    /** What has become of an event: [state, attempts]. */
    const becomes = async (state) => {
        const { id } = (await boss.post('/webhooks', { name: uniqueName('hook'), url: broken.url, events: ['group.created'] })).want(201);
        (await boss.post('/groups', { name: uniqueName('group') })).want(201);
        const line = await eventually(state, async () => (await boss.get(`/webhooks/${id}/deliveries`)).want(200).items.find((one) => one.state === state && one.attempts > 0));
        (await boss.delete(`/webhooks/${id}`)).want(204);
        return line.attempts;
    };
    const reloaded = async (...values) => {
        const before = own.log.split('"event":"reloaded"').length;
        settings(...values);
        own.signal('SIGHUP');
        await eventually('reloaded', () => own.log.split('"event":"reloaded"').length > before);
    };
    assert.equal(await becomes('waiting'), 1, 'for an hour');
    await reloaded(2, 1);
    assert.equal(await becomes('dead'), 2, 'after a second');
    await reloaded(1, 1);
    assert.equal(await becomes('dead'), 1);
});

test('a dead receiver holds up nobody but itself', async () => {
    const hung = [];
    receiver.answer = (call, response) => (call.path.startsWith('/hung') ? hung.push(response) : response.writeHead(204).end());
    const dead = [await hook('/hung1', { events: ['group.*'] }), await hook('/hung2', { events: ['group.*'] }), await hook('/hung3', { events: ['group.*'] })];
    const well = await hook('/well', { events: ['group.*'] });
    for (let i = 0; i < 10; i++) (await admin.post('/groups', { name: uniqueName('group') })).want(201);
    await receiver.waitFor(10, at('/well'), 8_000);
    assert.equal(hung.length, 3, 'one call at a time for each');
    for (const { id } of [...dead, well]) (await admin.delete(`/webhooks/${id}`)).want(204);
    for (const response of hung) response.destroy();
    receiver.answer = (call, response) => response.writeHead(204).end();
});

test('POST …/test says what came of it', async () => {
    const { id } = await hook('/test');
    const good = (await admin.post(`/webhooks/${id}/test`)).want(200);
    assert.deepEqual([good.ok, good.status, good.error], [true, 204, null]);
    await admin.patch(`/webhooks/${id}`, { url: 'http://127.0.0.1:1/' });
    const bad = (await admin.post(`/webhooks/${id}/test`)).want(200);
    assert.deepEqual([bad.ok, bad.status], [false, null]);
    assert.match(bad.error, /connect/i);
    await admin.delete(`/webhooks/${id}`);
});

test('bad input is named', async () => {
    const url = `${receiver.url}/x`;
    for (const [field, body] of [
        ['url', { url: 'https://user:secret@example.org/' }],
        ['url', { url: 'http://1.1.1.1/' }],
        ['url', { url: 'https://169.254.169.254/' }],
        ['format', { url, format: 'fax' }],
        ['events', { url, events: ['User.Created'] }],
        ['template', { url, format: 'template' }],
        ['template', { url, format: 'template', template: '{"a":{{event.type}}}' }],
        ['template', { url, format: 'template', template: '{"a":"{{process.env}}"}' }],
        ['template', { url, format: 'template', template: '{"a":"{{value.none}}"}' }],
        ['headers', { url, headers: { Host: 'evil' } }],
        ['headers', { url, headers: { 'X-A': 'a\r\nX-B: b' } }],
        ['headers', { url, headers: { 'webhook-signature': 'v1,x' } }],
        ['headers', { url, headers: { 'X-A': 1 } }],
        ['token', { url, token: 'a b' }],
    ]) {
        const problem = (await admin.post('/webhooks', { name: uniqueName('bad'), ...body })).wantProblem(422, 'bad-field');
        assert.equal(problem.errors[0].field, field, JSON.stringify(body));
    }
    const { id, name } = await hook('/x');
    (await admin.post('/webhooks', { name: name.toUpperCase(), url })).wantProblem(409, 'conflict');
    const stale = (await admin.get(`/webhooks/${id}`)).headers.etag;
    (await admin.patch(`/webhooks/${id}`, { description: 'other', status: 'disabled' })).want(200);
    (await admin.patch(`/webhooks/${id}`, { description: 'late' }, { headers: { 'If-Match': stale } })).wantProblem(412, 'stale');
    assert.equal((await admin.get('/webhooks?limit=1')).want(200).items.length, 1);
    await admin.delete(`/webhooks/${id}`);
});

test('what is secret of a webhook stands in no answer, no log and not in the store', async () => {
    const canary = 'canary-7f3a9';
    const made = await hook('/secret', { events: ['webhook.*'], token: canary, values: { v: canary }, headers: { 'X-V': canary } });
    await admin.patch(`/webhooks/${made.id}`, { description: 'x' });
    await receiver.waitFor(1, at('/secret'));
    const seen = [];
    for (const path of [`/webhooks/${made.id}`, '/webhooks', `/webhooks/${made.id}/deliveries`, '/admin/security/audit?limit=500']) {
        seen.push((await admin.get(path)).text);
    }
    for (const file of readdirSync(server.data)) if (/\.db|wal/.test(file)) seen.push(readFileSync(`${server.data}/${file}`, 'latin1'));
    assert.ok(!seen.join('').includes(canary) && !server.log.includes(canary));
    assert.ok(!seen.join('').includes(made.secret.slice(6, 40)));
    await admin.delete(`/webhooks/${made.id}`);
});

test('IDENTITY 66: no secret that an answer showed stands in what a webhook gets, or in the record', async () => {
    const every = await hook('/every');
    const person = await user();
    const account = (await admin.post('/service-accounts', { name: uniqueName('s') })).want(201);
    const app = (await admin.post('/applications', { name: uniqueName('app'), kind: 'oidc', redirect_uris: ['https://a.example/cb'] })).want(201);
    const invited = (await admin.post('/invitations', {})).want(201);
    const enrolment = (await admin.post('/enrollment-keys', { name: uniqueName('k') })).want(201);
    const key = (await admin.post(`/service-accounts/${account.id}/keys`, { generate: 'EdDSA' })).want(201);
    const value = `canary ${uniqueName()}`;
    (await admin.put('/secrets/of-all', { value })).want(201);
    const secrets = [
        every.secret, (await admin.post(`/webhooks/${every.id}/rotate`)).want(200).secret, app.client_secret, (await admin.post(`/applications/${app.id}/secret`)).want(200).client_secret,
        (await admin.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201).token, key.file.key.split('\n')[1], invited.token, enrolment.key, value,
        new URL((await admin.post(`/users/${person.id}/recovery`)).want(201).url).pathname.split('/').at(-1), admin.token,
    ];
    (await admin.post('/groups', { name: 'the last of them' })).want(201);
    await receiver.waitFor(1, (call) => call.path === '/every' && call.text.includes('the last of them'));
    const bodies = receiver.calls.filter(at('/every')).map((call) => call.text);
    const types = new Set(bodies.map((text) => JSON.parse(text).type));
    for (const type of ['service-account.token-created', 'service-account.key-created', 'application.secret-renewed', 'webhook.rotated', 'secret.set', 'user.recovery-link']) assert.ok(types.has(type), `${type}: ${[...types]}`);
    const record = (await admin.get('/admin/security/audit?limit=500')).text;
    for (const [i, secret] of secrets.entries()) {
        assert.ok(secret?.length > 12, `${i}`);
        for (const text of [...bodies, record]) assert.ok(!text.includes(secret) && !text.includes(JSON.stringify(secret).slice(1, -1)), `number ${i}: ${text.slice(0, 200)}`);
    }
    (await admin.delete(`/webhooks/${every.id}`)).want(204);
});

test('an event that was committed before a kill -9 is delivered after the restart', async () => {
    const other = await startServer({ env });
    const boss = await other.admin();
    const late = await startReceiver();
    const { port } = late;
    (await boss.post('/webhooks', { name: 'late', url: `${late.url}/late`, events: ['user.created'] })).want(201);
    await late.stop();
    const names = [];
    for (let i = 0; i < 5; i++) {
        names.push(uniqueName('kept'));
        (await boss.post('/users', { username: names[i], email: `${names[i]}@example.org` })).want(201);
    }
    await other.kill();
    const back = await startReceiver();
    await back.stop();
    await back.start(port);
    await other.restart();
    const calls = await back.waitFor(5, at('/late'));
    assert.deepEqual([...new Set(calls.map((c) => JSON.parse(c.text).data.target.name))].sort(), names.sort());
});
