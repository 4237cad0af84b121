// SPDX-License-Identifier: Apache-2.0
// A browser's session without the pages that make one: a row as a sign-in leaves it.
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
function base62(number, digits) {
    let text = '';
    for (let i = 0; i < digits; i++, number /= 62n) text = DIGITS[Number(number % 62n)] + text;
    return text;
}

/** A token text as the server makes them: prefix, 256 bits, check. */
export function tokenText(prefix) {
    const body = prefix + base62(BigInt(`0x${randomBytes(32).toString('hex')}`), 43);
    return body + base62(BigInt(crc32(Buffer.from(body))), 6);
}

const idBytes = (id) => Buffer.from(id.replaceAll('-', ''), 'hex');

/** A whole session of this person, as of `ago` seconds before now; returns its id, and the cookie for a browser. */
export function plantSession(server, person, { amr = 1, ago = 0, mfa = false, level = 1, agent = null, ip = null } = {}) {
    const db = new DatabaseSync(path.join(server.data, 'seneschal.db'), { timeout: 5000 });
    const now = BigInt(Date.now()) * 1000n;
    const at = now - BigInt(ago) * 1_000_000n;
    const id = randomBytes(16);
    const cookie = tokenText('sen_b_');
    const org = db.prepare('SELECT org FROM user_account WHERE id = ?').get(idBytes(person.id)).org;
    db.prepare(`INSERT INTO session (id, org, user_id, kind, level, hash, amr, auth_at, mfa_at, created_at, used_at, expires_at, agent, ip)
                VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(id, org, idBytes(person.id), level, createHash('sha256').update(cookie).digest(), amr, at, mfa ? at : null, at, at, now + 86_400_000_000n, agent, ip);
    db.close();
    return { id: id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), cookie };
}

/** A browser in which this person is signed in. */
export function signIn(browser, server, person, options) {
    const session = plantSession(server, person, options);
    browser.setCookie('seneschal', session.cookie);
    return session;
}
