// SPDX-License-Identifier: Apache-2.0
// What changed, as one stream: who may read a topic is told, others of their own things alone; it ends with the credential.
import assert from 'node:assert/strict';
import test from 'node:test';
import { enrol, init, serviceClient, uniqueName } from './lib/fleet.mjs';
import { PASSWORD, makePerson } from './lib/person.mjs';
import { eventually } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';
import { plantSession } from './lib/session.mjs';
import { EventStream } from './lib/stream.mjs';

const LIMIT = 70;
const server = await startServer({ env: { SENESCHAL_CONSOLE_STREAMS: String(LIMIT) } });
const admin = await server.admin();
const nobody = server.client();
const PATH = '/api/v1/live';
const live = (token, options = {}) => EventStream.open(server.url, token, { path: PATH, ...options });
const topics = (stream) => stream.events.filter((e) => e.event === 'change').map((e) => e.data.topic);
const told = async (stream, topic) => assert.ok(await stream.until(() => topics(stream).includes(topic)), `${topic} in ${topics(stream)}`);

async function signIn(roles) {
    const person = await makePerson(server, admin, { roles });
    const { access_token: token } = (await nobody.post('/auth/login', { username: person.username, password: PASSWORD })).want(200);
    return { ...person, token, client: server.client({ token }) };
}

test('who reads a topic is told, a burst once a second; who may not is not', async () => {
    const [auditor, plain] = [await signIn(['auditor']), await signIn([])];
    const [seen, none] = [await live(auditor.token), await live(plain.token)];
    assert.deepEqual([seen.status, none.status, seen.headers['content-type'], seen.headers['cache-control']], [200, 200, 'text/event-stream', 'no-store']);
    const began = performance.now();
    for (let i = 0; i < 30; i++) (await init(nobody, uniqueName())).want(201);
    await told(seen, 'devices');
    await told(seen, 'audit');
    (await admin.post('/groups', { name: uniqueName('g') })).want(201);
    await told(seen, 'people');
    const seconds = (performance.now() - began) / 1000;
    assert.ok(topics(seen).filter((t) => t === 'devices').length <= seconds + 2, 'coalesced');
    assert.deepEqual(topics(none), []);
    assert.equal(seen.retry, 3000);
    const number = (e) => Number(e.id.split('.')[1]);
    assert.ok(seen.events.every((e, i) => i === 0 || number(e) === number(seen.events[i - 1]) + 1));
    for (const stream of [seen, none]) stream.close();
});

test('who has no rights is told of his own device, sessions and notices, not of those of others', async () => {
    const [kim, lee] = [await signIn([]), await signIn([])];
    const device = await enrol(nobody, admin);
    const [his, other] = [await live(kim.token), await live(lee.token)];
    (await admin.patch(`/devices/${device.id}`, { user_id: kim.id })).want(200);
    await told(his, 'devices');
    (await nobody.post('/auth/login', { username: kim.username, password: PASSWORD })).want(200);
    await told(his, 'sessions');
    assert.deepEqual(topics(other), []);
    (await kim.client.put('/portal/language', { lang: 'fr' })).want(204);
    for (const stream of [his, other]) stream.close();
});

test('who had a device until now is told that it is another\'s', async () => {
    const [kim, lee] = [await signIn([]), await signIn([])];
    const device = await enrol(nobody, admin);
    (await admin.patch(`/devices/${device.id}`, { user_id: kim.id })).want(200);
    const [his, other] = [await live(kim.token), await live(lee.token)];
    (await admin.patch(`/devices/${device.id}`, { user_id: lee.id })).want(200);
    await told(his, 'devices');
    await told(other, 'devices');
    for (const stream of [his, other]) stream.close();
    const again = await live(lee.token);
    (await admin.patch(`/devices/${device.id}`, { user_id: null })).want(200);
    await told(again, 'devices');
    again.close();
});

test('who comes back with the last id is told to look at everything again where he has missed something, and only there', async () => {
    const [kim, lee] = [await signIn([]), await signIn([])];
    const device = await enrol(nobody, admin);
    const back = (who, id) => live(who.token, { headers: { 'Last-Event-ID': id } });
    const first = await live(kim.token);
    assert.ok(await first.until(() => first.id !== undefined));
    (await admin.patch(`/devices/${device.id}`, { user_id: kim.id })).want(200);
    await told(first, 'devices');
    const before = first.events[0].id;
    assert.ok(await first.until(() => first.id !== before), 'its newest id comes behind the events');
    first.close();
    (await init(nobody, uniqueName())).want(201); // of others: not his to hear of
    const same = await back(kim, first.id);
    const marker = await live(admin.token);
    (await init(nobody, uniqueName())).want(201);
    await told(marker, 'devices');
    assert.deepEqual(same.events, [], 'nothing was missed');
    same.close();
    const cut = await back(kim, before);
    assert.deepEqual((await cut.next()).event, 'reload', 'cut off before the end of what was told');
    cut.close();
    (await admin.patch(`/devices/${device.id}`, { user_id: null })).want(200);
    const missed = await back(kim, first.id);
    assert.deepEqual(await missed.next('reload'), { event: 'reload', id: undefined, data: { reason: 'missed' } });
    assert.ok(await missed.until(() => missed.id !== undefined), 'then it goes on');
    const caught = await back(kim, missed.id);
    for (const id of [`0.${first.id}`, 'x', '1.2', `${first.id}.1-1`, first.id.replace(/^\d+/, '1')]) {
        const strange = await back(kim, id);
        await strange.next('reload');
        strange.close();
    }
    const his = await back(lee, missed.id);
    await his.next('reload');
    assert.deepEqual(caught.events, []);
    for (const stream of [missed, caught, his, marker]) stream.close();
});

test('a stream ends with its session, its token and its person, and says so', async () => {
    const ends = [
        (p) => admin.patch(`/users/${p.id}`, { status: 'disabled' }),
        (p) => p.client.post('/auth/logout'),
        (p) => admin.delete(`/users/${p.id}`),
    ];
    for (const end of ends) {
        const person = await signIn(['auditor']);
        const stream = await live(person.token);
        const reply = await end(person);
        assert.ok(reply.status < 300, reply.text);
        await stream.end();
        assert.equal(stream.events.at(-1).event, 'end');
        assert.ok([401, 403].includes((await live(person.token)).status));
    }
    const person = await signIn([]);
    const session = plantSession(server, person);
    const page = await EventStream.open(server.url, undefined, { path: PATH, headers: { Cookie: `seneschal=${session.cookie}` } });
    assert.equal(page.status, 200);
    (await admin.delete(`/users/${person.id}/sessions`)).want(204);
    await page.end();
    assert.equal(page.events.at(-1).event, 'end');
});

test('another organisation hears nothing; a device, a stranger and a parameter are refused', async () => {
    const slug = uniqueName('o');
    (await admin.post('/organisations', { slug, name: slug })).want(201);
    const there = admin.with({ 'Seneschal-Org': slug });
    const account = (await there.post('/service-accounts', { name: uniqueName('s'), roles: ['administrator'] })).want(201);
    const { token } = (await there.post(`/service-accounts/${account.id}/tokens`, { name: 't' })).want(201);
    const [other, own] = [await live(token), await live((await signIn(['administrator'])).token)]; // whom a notice tells too
    assert.equal(other.status, 200);
    (await init(nobody, uniqueName())).want(201);
    await told(own, 'devices');
    await told(own, 'notices');
    assert.deepEqual(topics(other), []);
    const device = await enrol(nobody, admin);
    assert.equal((await live(device.token)).status, 403);
    (await nobody.get('/live')).wantProblem(401, 'unauthenticated');
    (await admin.get('/live?since=1')).wantProblem(422, 'unknown-field');
    assert.equal((await live(admin.token, { method: 'HEAD' })).status, 200);
    for (const stream of [other, own]) stream.close();
});

test('a slow reader is told what changed once, however often it did', async () => {
    const stream = await live(admin.token);
    stream.pause();
    for (let i = 0; i < 50; i++) (await init(nobody, uniqueName())).want(201);
    stream.resume();
    await told(stream, 'devices');
    (await init(nobody, uniqueName())).want(201);
    await stream.until(() => topics(stream).filter((t) => t === 'devices').length > 1);
    assert.ok(!stream.ended && !stream.broken);
    stream.close();
});

test('one person has 64 streams, the server as many as it is told; who goes makes room', async () => {
    const [greedy, other] = [await signIn([]), await signIn([])];
    const streams = [];
    const open = async (who) => {
        const stream = await live(who.token);
        if (stream.status === 200) streams.push(stream);
        else stream.close();
        return stream.status;
    };
    for (let i = 0; i < 64; i++) await eventually('a place', async () => (await open(greedy)) === 200);
    assert.equal(await open(greedy), 503);
    assert.equal(await open(other), 200);
    for (let i = 0; i < LIMIT - 65; i++) await eventually('a place', async () => (await open(other)) === 200);
    const refused = (await other.client.get('/live')).wantProblem(503, 'overloaded');
    assert.match(refused.detail, /close one/);
    streams[0].close();
    await eventually('room', async () => (await open(other)) === 200);
    for (const stream of streams) stream.close();
});

test('a restart ends it well, and whoever comes back is told of what is new', async () => {
    const { token } = await serviceClient(admin, ['auditor']);
    const stream = await eventually('a place', async () => {
        const at = await live(token);
        return at.status === 200 && at;
    });
    const stopped = server.stop();
    await stream.end();
    await stopped;
    await server.start();
    assert.ok(!stream.events.some((e) => e.event === 'end'));
    const back = await live(token, { headers: { 'Last-Event-ID': stream.id } });
    await back.next('reload');
    back.close();
    const again = await live(token);
    (await init(server.client(), uniqueName())).want(201);
    await told(again, 'devices');
    again.close();
});
