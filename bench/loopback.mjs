// SPDX-License-Identifier: Apache-2.0
// Preloaded into peers that would listen on every address of the machine: here they listen on 127.0.0.1 only.
import net from 'node:net';

const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (at, ...rest) {
    const port = typeof at === 'object' ? at.port : at;
    return listen.call(this, { port: Number(port), host: '127.0.0.1' }, ...rest.filter((arg) => typeof arg === 'function'));
};
