// SPDX-License-Identifier: Apache-2.0
// A real SMTP server with a certificate of its own: a stand-in for what carries people's mail.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { run, tempDir } from './process.mjs';

const dir = tempDir('mail');
export const pair = { cert: path.join(dir, 'cert.pem'), key: path.join(dir, 'key.pem') };
const made = await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=mail.test',
    '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', pair.key, '-out', pair.cert]);
assert.equal(made.code, 0, made.stderr);

/** Quoted-printable and encoded words, as a mail program reads them. */
const unquote = (text) => Buffer.from(text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString();
function read(raw) {
    const [head, ...rest] = raw.split('\r\n\r\n');
    const headers = Object.fromEntries(head.replace(/\r\n[ \t]+/g, ' ').split('\r\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
    const words = (text) => unquote(text.replace(/\?= =\?UTF-8\?Q\?/g, '').replace(/=\?UTF-8\?Q\?(.*?)\?=/g, '$1'));
    return { headers, subject: words(headers.Subject), text: unquote(rest.join('\r\n\r\n')).replace(/\r\n/g, '\n') };
}

/** One that ends with the test or file that started it; `mails` are {from, to, secure, user, subject, text, headers},
 *  `logins` [user, password]. password: the one that it takes, or several. */
export async function startMail({ port = 0, refuse, password, ...options } = {}) {
    const mails = [];
    const logins = [];
    const smtp = new SMTPServer({
        key: readFileSync(pair.key),
        cert: readFileSync(pair.cert),
        authOptional: password === undefined,
        onAuth(auth, session, done) {
            logins.push([auth.username, auth.password]);
            return [password].flat().includes(auth.password) ? done(null, { user: auth.username }) : done(new Error('wrong'));
        },
        onRcptTo: (address, session, done) => (refuse?.(address.address) ? done(Object.assign(new Error('no such person'), { responseCode: 550 })) : done()),
        onData(stream, session, done) {
            let raw = '';
            stream.setEncoding('latin1').on('data', (part) => (raw += part)).on('end', () => {
                const { envelope, secure, user } = session;
                mails.push({ from: envelope.mailFrom.address, to: envelope.rcptTo.map((r) => r.address), secure, user, ...read(raw) });
                done();
            });
        },
        ...options,
    });
    smtp.on('error', () => {}); // a client that goes away
    smtp.listen(port, '127.0.0.1');
    await once(smtp.server, 'listening');
    const stop = () => new Promise((resolve) => smtp.close(resolve));
    after(stop);
    return { mails, logins, port: smtp.server.address().port, stop, to: (address) => mails.filter((m) => m.to.includes(address)) };
}

/** Settings of a server that sends by it. */
export const mailEnv = (mail) => ({ SENESCHAL_OUTBOUND_LOOPBACK: 'true', SENESCHAL_MAIL_FROM: 'seneschal@home.test', SENESCHAL_OUTBOUND_CA: pair.cert, ...(mail && { SENESCHAL_MAIL_URL: `smtp://127.0.0.1:${mail.port}` }) });
