// SPDX-License-Identifier: Apache-2.0
// Restarts under load, in the same process: no request fails, no connection is refused, nothing that
// was published is missed, and the record verifies. RESTARTS: how often (./dev test: 3).
import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { enrolmentKey, poll, publishPolicy, publishVersion, serviceClient, uniqueName } from './lib/fleet.mjs';
import { eventually, seneschal } from './lib/process.mjs';
import { startServer } from './lib/server.mjs';

const RESTARTS = Number(process.env.RESTARTS ?? 3);
const FOLLOWERS = 500; // streams; and a fifth as many parked polls
const WAIT_S = 25;

const count = (text, word) => text.split(word).length - 1;

/** What goes wrong is kept, with the moment; nobody stops for it. */
class Load {
    failures = [];
    answers = 0;
    putOff = 0; // enrolments that an overloaded machine asked to come back: an answer, if a rare one
    streams = new Set(); // requests whose stream is open
    agent = new http.Agent({ keepAlive: true, maxSockets: 2 * FOLLOWERS });
    #running = [];
    stopping = false;

    /** Repeat `step` until the end. */
    run(name, step) {
        const loop = async () => {
            while (!this.stopping) {
                try {
                    await step();
                    this.answers++;
                } catch (error) {
                    if (name === 'enrol' && error.message.includes('"code":"overloaded"')) {
                        this.putOff++;
                        await sleep(1000);
                        continue;
                    }
                    this.failures.push(`${new Date().toISOString()} ${name}: ${error.code ?? ''} ${error.message.slice(0, 300)}`);
                    if (this.failures.length > 20) this.stopping = true;
                    await sleep(50);
                }
            }
        };
        this.#running.push(loop());
    }

    async end() {
        this.stopping = true;
        for (const request of this.streams) request.destroy();
        await Promise.all(this.#running);
        this.agent.destroy();
        assert.deepEqual(this.failures, []);
    }
}

/** A device that always waits for the next configuration; `version` is the newest that it has. */
class Follower {
    version = null;
    streams = 0;

    /** kind: 'poll' parks a conditional GET; 'stream' reads nudges and fetches what they tell of. */
    constructor(kind, client, token, load) {
        Object.assign(this, { client, token, load });
        load.run(kind, kind === 'poll' ? () => this.#fetch(load.stopping ? 0 : WAIT_S) : () => this.#follow());
    }

    async #fetch(wait) {
        const reply = await poll(this.client, this.token, { etag: this.etag, ...(this.etag && wait > 0 && { wait }) });
        if (reply.status === 304) return;
        this.version = reply.want(200).version;
        this.etag = reply.headers.etag;
    }

    /** One stream to its end, which has to be a good one: told when to come back. */
    #follow() {
        const headers = { Authorization: `Bearer ${this.token}`, ...(this.last && { 'Last-Event-ID': this.last }) };
        const url = `${this.client.base}/api/v1/iassistants/config/stream`;
        return new Promise((resolve, fail) => {
            const reject = (error) => (this.load.stopping ? resolve() : fail(error)); // we ended it
            const request = http.get(url, { headers, agent: this.load.agent }, (message) => {
                let text = '';
                let asking = Promise.resolve();
                if (message.statusCode !== 200) reject(new Error(`stream: ${message.statusCode}`));
                this.streams++;
                this.load.streams.add(request);
                message.setEncoding('utf8').on('error', reject).on('data', (part) => {
                    text += part;
                    for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
                        const event = text.slice(0, end);
                        this.last = event.match(/^id: (\d+)$/m)?.[1] ?? this.last;
                        this.told = event;
                        if (/^event: config$/m.test(event)) asking = asking.then(() => this.#fetch(0));
                    }
                });
                message.on('end', () => {
                    this.load.streams.delete(request);
                    const well = /^retry: \d+$/m.test(this.told) && text === '';
                    asking.then(() => (well ? resolve() : reject(new Error(`stream ended with ${this.told}`))), reject);
                });
            });
            request.on('error', reject);
        });
    }
}

const install = async (installer, headers = {}) =>
    (await installer.post('/agents/enroll', { machine_id: uniqueName('restart') }, { headers })).want(201);

test(`${RESTARTS} restarts under load, with ${FOLLOWERS} streams`, { timeout: 900_000 }, async (t) => {
    const server = await startServer();
    const { client: admin } = await serviceClient(await server.admin(), ['administrator']);
    const { key } = await enrolmentKey(admin);
    const load = new Load();
    const nobody = server.client({ agent: new http.Agent({ keepAlive: true, maxSockets: 2 * FOLLOWERS }) });
    const strangers = server.client({ agent: new http.Agent({ keepAlive: false }) });
    const installer = nobody.as(key);
    const policy = await publishPolicy(admin, { round: 0 });
    const devices = [];
    for (let i = 0; i < 1.2 * FOLLOWERS; i += 50) devices.push(...(await Promise.all(Array.from({ length: 50 }, () => install(installer)))));

    const followers = devices.map((device, i) => new Follower(i < FOLLOWERS ? 'stream' : 'poll', nobody, device.token, load));
    const arrived = (version) => eventually(`every follower has ${version}`, () => followers.every((f) => f.version === version), { ms: 30_000 });
    await arrived(policy.version);
    for (let i = 0; i < 4; i++) {
        load.run('enrol', async () => void (await install(installer)));
        load.run('write', async () => {
            const at = Math.floor(Math.random() * devices.length);
            const { etag, version } = followers[at];
            const ack = { etag, version, result: 'applied', applied_at: new Date().toISOString() };
            (await nobody.as(devices[at].token).post('/iassistants/config/ack', ack)).want(204);
        });
        load.run('new connection', async () => void (await poll(strangers, devices[i].token)).want(200));
        load.run('health', async () => void (await strangers.atRoot().get('/readyz')).want(200));
    }
    const { pid } = server;
    const pauses = [];
    for (let round = 1; round <= RESTARTS; round++) {
        await publishVersion(admin, policy.id, { round, at: 'before' });
        server.signal('SIGUSR2');
        for (let i = 0; count(server.log, '"taken-over"') < round; i++) {
            await publishVersion(admin, policy.id, { round, at: 'during', i });
            if (i > 500) assert.fail(`no restart: ${server.log.slice(-2000)}`);
        }
        await arrived(await publishVersion(admin, policy.id, { round, at: 'after' }));
        assert.equal(load.failures.length, 0, load.failures.join('\n'));
    }
    for (const [, ms] of server.log.matchAll(/"taken-over","pause_ms":(\d+)/g)) pauses.push(Number(ms));
    assert.equal(server.pid, pid);
    assert.ok(server.running);
    // The last version may have come by the stream before: its end, and the next one, follow.
    await eventually('every stream was resumed', () => followers.slice(0, FOLLOWERS).every((f) => f.streams > RESTARTS), { ms: 30_000 });
    const settling = load.end();
    await publishVersion(admin, policy.id, { round: 'last' }); // whoever is parked ends
    await settling;
    for (const client of [nobody, strangers]) client.close();
    await server.stop();
    const { code, stdout } = await seneschal(['audit', 'verify', '--data', server.data]);
    assert.equal(code, 0, stdout);
    assert.ok(load.putOff <= load.answers / 50, `${load.putOff} of ${load.answers} were put off`);
    t.diagnostic(`${load.answers} answers, none failed, ${load.putOff} enrolments put off; nothing was accepted for ${pauses.join(', ')} ms`);
    assert.ok(load.answers > RESTARTS * 100, 'too little load to say anything');
});
