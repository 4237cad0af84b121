// SPDX-License-Identifier: Apache-2.0
// clients/js in a process of its own, so that it can be killed: node js_device.mjs SERVER DIRECTORY MACHINE [KEY] [rotate].
// Prints a line of JSON for each notice and each configuration.
import { fileStore, Seneschal } from '../../../clients/js/seneschal.js';

const [server, directory, machineId, enrollmentKey, rotate] = process.argv.slice(2);
const print = (what) => console.log(JSON.stringify(what));
const client = new Seneschal({
    server,
    machineId,
    store: fileStore(directory),
    enrollmentKey: enrollmentKey || undefined,
    onConfig: ({ enabled, config, reason }) => print({ enabled, config, reason }),
    onState: print,
});
if (rotate === 'rotate') client.rotate();
client.start();
