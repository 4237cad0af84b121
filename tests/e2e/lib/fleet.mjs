// SPDX-License-Identifier: Apache-2.0
// What a machine does to enrol and what an administrator does about it, written from the contract
// alone. `client` is a Client of lib/client.mjs: anybody's; `admin` one with the rights.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { eventually } from './process.mjs';

const boot = randomBytes(3).toString('hex');
let counter = 0;

/** A name that nothing else of this run has. */
export const uniqueName = (what = 'm') => `${what}-${boot}-${process.pid}-${++counter}`;

/** 22..64 characters, as Idempotency-Key and rotation want them. */
export const makeNonce = () => randomBytes(24).toString('base64url');

/** A key pair as a device keeps it; kind: 'ed25519' | 'p256'. */
export function makeKey(kind = 'ed25519') {
    const pair = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { kty, crv, x, y } = pair.publicKey.export({ format: 'jwk' });
    return {
        kind,
        jwk: y === undefined ? { kty, crv, x } : { kty, crv, x, y },
        spki: pair.publicKey.export({ format: 'der', type: 'spki' }),
        private: pair.privateKey,
    };
}

/** The `signature` of a confirm: over context \0 device_id \0 nonce \0 and the hash of the key. */
export function prove(key, deviceId, challenge) {
    const message = Buffer.concat([
        Buffer.from(`${challenge.context}\0${deviceId}\0${challenge.nonce}\0`),
        createHash('sha256').update(key.spki).digest(),
    ]);
    const signature =
        key.kind === 'ed25519'
            ? sign(null, message, key.private)
            : sign('sha256', message, { key: key.private, dsaEncoding: 'ieee-p1363' });
    return signature.toString('base64url');
}

export function init(client, machine_id, { key, headers, ...more } = {}) {
    const body = { machine_id, ...(key && { public_key: key.jwk }), ...more };
    return client.post('/devices/enroll/init', body, { headers });
}

export function confirm(client, device_id, claim, more = {}) {
    return client.post('/devices/enroll/confirm', { device_id, claim, ...more });
}

export function decide(admin, device_id, decision, more = {}) {
    return admin.post('/devices/enroll/confirm', { device_id, decision, ...more });
}

/** The whole way of a machine in: init, approval by `admin`, confirm. */
export async function enrol(client, admin, { machine_id = uniqueName(), key, approve = {}, ...more } = {}) {
    const asked = (await init(client, machine_id, { key, ...more })).want(201);
    const { device_id, request_id, claim, challenge } = asked;
    (await decide(admin, device_id, 'approve', { request_id, ...approve })).want(200);
    const proof = key ? { signature: prove(key, device_id, challenge) } : {};
    const got = (await confirm(client, device_id, claim, proof)).want(200);
    return { machine_id, key, id: device_id, request_id, claim, token: got.token, join_seq: got.join_seq };
}

/** The configuration poll of a device. */
export function poll(client, token, { etag, wait, headers = {}, ...options } = {}) {
    const all = { ...headers, ...(etag && { 'If-None-Match': etag }) };
    const path = wait === undefined ? '/iassistants/config' : `/iassistants/config?wait=${wait}`;
    return client.as(token).get(path, { headers: all, ...options });
}

export const self = (client, token) => client.as(token).get('/devices/self');

export function rotate(client, token, join_seq, nonce = makeNonce()) {
    return client.as(token).post('/devices/self/rotate', { join_seq, nonce });
}

/** A further version of a policy, published; its version text. */
export async function publishVersion(admin, policy, content, more = {}) {
    const draft = (await admin.post(`/policies/${policy}/versions`, { content, ...more })).want(201);
    return (await admin.post(`/policies/${policy}/versions/${draft.number}/publish`)).want(200).version;
}

/** A policy with `content`, published and assigned: {id, version}. */
export async function publishPolicy(admin, content, { name = uniqueName('policy'), scope = 'org', target_id, ...more } = {}) {
    const { id } = (await admin.post('/policies', { name })).want(201);
    const version = await publishVersion(admin, id, content, more);
    (await admin.post('/assignments', { policy_id: id, scope, ...(target_id && { target_id }) })).want(201);
    return { id, version };
}

/** A key for installers: {id, key, ...}. */
export async function enrolmentKey(admin, more = {}) {
    return (await admin.post('/enrollment-keys', { name: uniqueName('key'), auto_approve: true, ...more })).want(201);
}

/** A service account with these roles, and a client that speaks with its token. */
export async function serviceClient(admin, roles, more = {}) {
    const account = (await admin.post('/service-accounts', { name: uniqueName('svc'), roles, ...more })).want(201);
    const { token } = (await admin.post(`/service-accounts/${account.id}/tokens`, { name: 'test' })).want(201);
    return { ...account, token, client: admin.as(token) };
}

/** The newest events of the audit that match a query ("action=..."). A server that is busy (503) is asked again, as it wishes. */
export async function audit(admin, query = '') {
    const reply = await eventually('the server is less busy', async () => {
        const got = await admin.get(`/admin/security/audit?${query}`);
        return got.status !== 503 && got;
    });
    return reply.want(200).items;
}
