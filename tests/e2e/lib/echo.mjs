// SPDX-License-Identifier: Apache-2.0
// The HTTP engine by itself (tests/e2e/echo_server.c), and raw requests to it.
import path from 'node:path';
import { after } from 'node:test';
import { BIN, Child } from './process.mjs';

const ECHO = path.join(path.dirname(BIN), 'tests/e2e/echo-server');

/** Starts it; {port, child}. It ends when the test is over. `args`: certificate and key, for TLS. */
export async function startEcho(args = []) {
    const child = new Child(ECHO, args);
    after(() => child.kill());
    const [, port] = await child.waitFor(/listening https?:\/\/127\.0\.0\.1:(\d+)\n/);
    return { child, port: Number(port) };
}
