// SPDX-License-Identifier: Apache-2.0
// clients/js inside a test: a store in memory that can be broken, a clock that goes as it is told, a front that lies.
import { once } from 'node:events';
import http from 'node:http';
import { after } from 'node:test';
import { Seneschal } from '../../../clients/js/seneschal.js';
import { uniqueName } from './fleet.mjs';
import { eventually, PATIENCE } from './process.mjs';

export const WAIT = { ms: 30_000 * PATIENCE };

/** What is set is copied, as a disk would; `fail(operation, key)` may throw. */
export function memoryStore() {
    const kept = new Map();
    const store = {
        kept,
        fail: () => {},
        get: async (key) => (store.fail('get', key), structuredClone(kept.get(key))),
        set: async (key, value) => (store.fail('set', key, value), void kept.set(key, structuredClone(value))),
        delete: async (key) => (store.fail('delete', key), void kept.delete(key)),
    };
    return store;
}

/** A clock whose sleeps take a moment and count as long as they say: by the monotonic clock. The wall clock is the
 * server's, which dates its leases by it; `shift` sets it forward or back. */
export class QuickClock {
    ran = 0;
    shift = 0;
    slept = [];

    now = () => Date.now() + this.shift;
    mono = () => this.ran;

    /** By both, as when the machine is off. */
    pass(ms) {
        this.shift += ms;
        this.ran += ms;
    }

    sleep = async (ms, signal) => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (signal.aborted) return;
        this.slept.push(ms);
        this.ran += ms;
    };
}

export class JsClient {
    notices = [];
    configs = [];

    constructor(server, options = {}) {
        this.options = { server: server.url, machineId: uniqueName('js'), store: memoryStore(), wait: 20, ...options };
        this.store = this.options.store;
        this.make();
    }

    make() {
        const onConfig = async (config) => {
            await this.options.onConfig?.(config);
            this.configs.push(config);
        };
        this.client = new Seneschal({ ...this.options, onConfig, onState: (notice) => this.notices.push(notice) });
    }

    start() {
        this.client.start();
        return this;
    }

    stop() {
        return this.client.stop();
    }

    /** As when a service worker ends and another one begins: only the store is the same. */
    async restart(options = {}) {
        await this.stop();
        Object.assign(this.options, options);
        this.make();
        return this.start();
    }

    get config() {
        return this.configs.at(-1);
    }

    get kept() {
        return this.store.kept.get('state');
    }

    states() {
        return this.notices.filter((notice) => notice.event === 'state').map((notice) => notice.state);
    }

    is(state) {
        return eventually(`${state}, not ${JSON.stringify(this.notices.slice(-5))}`, async () => (await this.client.view()).state === state, WAIT);
    }

    has(model) {
        return eventually(`model ${model}`, () => this.config?.enabled && this.config.config.model === model, WAIT);
    }

    off(reason) {
        return eventually(`off: ${reason}`, () => this.config?.enabled === false && this.config.reason === reason, WAIT);
    }

    /** At some time since it was made. */
    wasOff(reason) {
        return eventually(`off: ${reason}`, () => this.configs.some((config) => !config.enabled && config.reason === reason), WAIT);
    }

    noticed(event, pattern = /(?:)/) {
        return eventually(`${event} ${pattern}`, () => this.notices.some((n) => n.event === event && pattern.test(n.reason ?? '')), WAIT);
    }
}

/** One that is stopped with its test. */
export function jsClient(server, options) {
    const client = new JsClient(server, options);
    after(() => client.stop());
    return client;
}

async function readBody(message) {
    const parts = [];
    for await (const part of message) parts.push(part);
    return Buffer.concat(parts);
}

/** What the server said, {status, headers, body}, in other words. */
async function alterAnswer(front, request, answer, response) {
    const body = await readBody(answer);
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers;
    const altered = (await front.alter(request, { status: answer.statusCode, headers, body })) ?? { status: answer.statusCode, headers, body };
    response.writeHead(altered.status, altered.headers).end(altered.body);
}

/** An HTTP front before a server: what `lie(request)` returns, {status, headers, body} or
 * 'silence', is said instead; 'lost': it is done, and the answer is lost; `alter(request, {status, headers, body})` may give another answer than the
 * server's; `asked` is each line, `answered` what the server said and to which Origin. */
export async function startFront(server) {
    const front = { lie: () => undefined, alter: undefined, asked: [], answered: [] };
    const listener = http.createServer((request, response) => {
        front.asked.push(`${request.method} ${request.url}`);
        const lie = front.lie(request);
        if (lie !== undefined && lie !== 'lost') {
            request.resume();
            if (lie === 'silence') return void response.destroy();
            response.writeHead(lie.status, lie.headers).end(lie.body);
            return;
        }
        const headers = { ...request.headers, host: `127.0.0.1:${server.port}` };
        const { method, url: path } = request;
        const onward = http.request({ host: '127.0.0.1', port: server.port, method, path, headers, agent: false }, (answer) => {
            front.answered.push({ origin: request.headers.origin, method, status: answer.statusCode });
            if (lie === 'lost') return void response.destroy();
            if (front.alter && !/event-stream/.test(answer.headers['content-type'])) return void alterAnswer(front, request, answer, response);
            response.writeHead(answer.statusCode, answer.headers);
            answer.pipe(response);
        });
        onward.on('error', () => response.destroy());
        response.on('close', () => onward.destroy());
        request.pipe(onward);
    });
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    after(() => (listener.close(), listener.closeAllConnections()));
    const { port } = listener.address();
    return Object.assign(front, { port, url: `http://127.0.0.1:${port}` });
}
