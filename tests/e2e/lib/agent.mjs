// SPDX-License-Identifier: Apache-2.0
// The real agent process.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after } from 'node:test';
import { BIN, Child, run, tempDir } from './process.mjs';

/** The agent: a command and its first words. Another build of it comes from the environment, one word a line. */
const AGENT = process.env.SENESCHAL_AGENT?.split('\n') ?? [BIN, 'agent'];

function agentArgs(server, dir, { key, args = [] }) {
    const out = [...AGENT.slice(1), '--server', server.url, '--state', path.join(dir, 'state'), '--config-out', path.join(dir, 'config.json')];
    if (key !== undefined) {
        const file = path.join(dir, 'enrollment-key');
        writeFileSync(file, `${key}\n`, { mode: 0o600 });
        out.push('--enrollment-key-file', file);
    }
    return [...out, ...args];
}

/** Ask the socket of an agent: {status, headers, text, json}. */
export function askSocket(socketPath, path, { method = 'GET', headers = {} } = {}) {
    return new Promise((resolve, reject) => {
        const request = http.request({ socketPath, path, method, headers, agent: false }, (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (part) => (text += part));
            response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text, get json() { return JSON.parse(text); } }));
        });
        request.on('error', reject).end();
    });
}

/** Run one of its other commands to its end. */
export function agentCommand(args, options) {
    return run(AGENT[0], [...AGENT.slice(1), ...args], options);
}

export class Agent {
    constructor(server, options) {
        this.server = server;
        this.options = options;
        this.dir = options.dir ?? tempDir('agent');
        this.state = path.join(this.dir, 'state');
        this.configFile = path.join(this.dir, 'config.json');
    }

    start() {
        this.child = new Child(AGENT[0], agentArgs(this.server, this.dir, this.options), { env: this.options.env });
        return this;
    }

    /** Run once to its end: {code, stdout, stderr}. */
    once() {
        const args = [...(this.options.args ?? []), '--once'];
        return run(AGENT[0], agentArgs(this.server, this.dir, { ...this.options, args }), { env: this.options.env });
    }

    /** What it wrote for the assistant, parsed; undefined when there is no file. */
    get config() {
        try {
            return JSON.parse(readFileSync(this.configFile, 'utf8'));
        } catch (error) {
            if (error.code === 'ENOENT') return undefined;
            throw error;
        }
    }

    /** What it has stored: one line and its hash. While it is replaced only the older generation is there. */
    get stored() {
        for (const name of ['state.json', 'state.json.prev', 'state.json']) {
            try {
                return JSON.parse(readFileSync(path.join(this.state, name), 'utf8').split('\n')[0]);
            } catch (error) {
                if (error.code !== 'ENOENT') throw error;
            }
        }
        throw new Error(`${this.state}: nothing is stored`);
    }

    /** Store something else, while it does not run. */
    store(change) {
        const line = JSON.stringify({ ...this.stored, ...change });
        writeFileSync(path.join(this.state, 'state.json'), `${line}\n${createHash('sha256').update(line).digest('hex')}\n`);
    }

    /** As if the last lease had come that long ago; while it does not run. */
    age(seconds) {
        const { confirmed_us, lease_mono_us, lease_iat_s, lease_exp_s, seen_iat_s } = this.stored;
        this.store({ confirmed_us: confirmed_us - seconds * 1e6, lease_mono_us: lease_mono_us - seconds * 1e6,
            lease_iat_s: lease_iat_s - seconds, lease_exp_s: lease_exp_s - seconds, seen_iat_s: seen_iat_s - seconds });
    }

    /** Wait for text in what it prints. */
    waitFor(pattern, options) {
        return this.child.waitFor(pattern, options);
    }

    async stop() {
        if (!this.child?.running) return;
        this.child.signal('SIGTERM');
        await this.child.ended();
    }

    kill() {
        return this.child.kill();
    }
}

/** Start an agent; it ends with its test. options: key (enrolment key), args, env, dir. */
export function startAgent(server, options = {}) {
    const agent = new Agent(server, options);
    after(() => agent.stop());
    return agent.start();
}
