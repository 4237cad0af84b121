// SPDX-License-Identifier: Apache-2.0
// A client of the device rows, written from the contract alone: what a machine does to enrol, and
// what an administrator does about it.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/**
 * One call. `target`: a server ({url}) or a URL. Answers {status, headers, text, body}: body is the
 * parsed JSON, undefined where there is none.
 */
export async function call(target, method, path, { token, body, headers = {}, signal } = {}) {
  const sent = { ...headers };
  if (token) sent.authorization = `Bearer ${token}`;
  if (body !== undefined) sent['content-type'] ??= 'application/json';
  const answer = await fetch((target.url ?? target) + path, {
    method, headers: sent, signal, redirect: 'manual',
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const json = /json/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, text,
    body: json && text ? JSON.parse(text) : undefined };
}

/** The same with a token fixed: api(server, token)('GET', '/api/v1/devices'). */
export const api = (target, token) => (method, path, options) =>
  call(target, method, `/api/v1${path}`, { token, ...options });

let counter = 0;
const boot = randomBytes(3).toString('hex');
/** A machine name that no other test of this run uses. */
export const machineName = (what = 'm') => `${what}-${boot}-${process.pid}-${++counter}`;

/** A key pair as a device keeps it. kind: 'ed25519' | 'p256'. */
export function makeKey(kind = 'ed25519') {
  const pair = kind === 'ed25519' ? generateKeyPairSync('ed25519')
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y } = pair.publicKey.export({ format: 'jwk' });
  const jwk = y === undefined ? { kty, crv, x } : { kty, crv, x, y };
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
  return { kind, jwk, spki, private: pair.privateKey };
}

/** The proof that confirm wants: API, "/devices/enroll/confirm with claim". */
export function prove(key, deviceId, challenge) {
  const message = Buffer.concat([
    Buffer.from(`${challenge.context}\0${deviceId}\0${challenge.nonce}\0`),
    createHash('sha256').update(key.spki).digest(),
  ]);
  const signature = key.kind === 'ed25519' ? sign(null, message, key.private)
    : sign('sha256', message, { key: key.private, dsaEncoding: 'ieee-p1363' });
  return signature.toString('base64url');
}

/** 22..64 characters, as Idempotency-Key and rotation want. */
export const makeNonce = () => randomBytes(24).toString('base64url');

/** init; `more` goes into the body. */
export const init = (server, machine_id, { key, more = {}, token, headers } = {}) =>
  call(server, 'POST', '/api/v1/devices/enroll/init', {
    token, headers, body: { machine_id, ...(key && { public_key: key.jwk }), ...more },
  });

export const confirm = (server, device_id, claim, more = {}) =>
  call(server, 'POST', '/api/v1/devices/enroll/confirm', { body: { device_id, claim, ...more } });

/** The whole way of a machine in: init, approval by `admin`, confirm. Throws on anything odd. */
export async function enrol(server, admin, { machine_id = machineName(), key, approve = {} } = {}) {
  const asked = await init(server, machine_id, { key });
  expectStatus(asked, 201, 'init');
  const { device_id, request_id, claim } = asked.body;
  const approved = await call(server, 'POST', '/api/v1/devices/enroll/confirm', {
    token: admin, body: { device_id, request_id, decision: 'approve', ...approve },
  });
  expectStatus(approved, 200, 'approval');
  const signature = key && prove(key, device_id, asked.body.challenge);
  const got = await confirm(server, device_id, claim, signature ? { signature } : {});
  expectStatus(got, 200, 'confirm');
  return { machine_id, key, id: device_id, request_id, claim, token: got.body.token,
    join_seq: got.body.join_seq };
}

export const config = (server, token, { etag, wait, headers = {} } = {}) =>
  call(server, 'GET', `/api/v1/iassistants/config${wait === undefined ? '' : `?wait=${wait}`}`, {
    token, headers: { ...headers, ...(etag && { 'if-none-match': etag }) },
  });

export const self = (server, token) => call(server, 'GET', '/api/v1/devices/self', { token });

export const rotate = (server, token, join_seq, nonce) =>
  call(server, 'POST', '/api/v1/devices/self/rotate', { token, body: { join_seq, nonce } });

/** A published policy with `content`, assigned to `scope`; answers its id. */
export async function publish(server, admin, content, { name = machineName('policy'),
  scope = 'org', target_id, locked } = {}) {
  const as = api(server, admin);
  const policy = await as('POST', '/policies', { body: { name } });
  expectStatus(policy, 201, 'policy');
  await publishVersion(server, admin, policy.body.id, content, { locked });
  const assigned = await as('POST', '/assignments', {
    body: { policy_id: policy.body.id, scope, ...(target_id && { target_id }) },
  });
  expectStatus(assigned, 201, 'assignment');
  return policy.body.id;
}

/** A further version of a policy, published; answers its version text. */
export async function publishVersion(server, admin, policy, content, { locked } = {}) {
  const as = api(server, admin);
  const draft = await as('POST', `/policies/${policy}/versions`, {
    body: { content, ...(locked && { locked }) },
  });
  expectStatus(draft, 201, 'draft');
  const path = `/policies/${policy}/versions/${draft.body.number}/publish`;
  const done = await as('POST', path);
  expectStatus(done, 200, 'publish');
  return done.body.version;
}

/** A key for installers; answers {id, key}. */
export async function enrolmentKey(server, admin, more = {}) {
  const made = await api(server, admin)('POST', '/enrollment-keys', {
    body: { name: machineName('key'), auto_approve: true, ...more },
  });
  expectStatus(made, 201, 'enrolment key');
  return made.body;
}

/** The events of the audit that match `query` ("action=..."), newest first. */
export async function audit(server, admin, query = '') {
  const got = await api(server, admin)('GET', `/admin/security/audit?${query}`);
  expectStatus(got, 200, 'audit');
  return got.body.items;
}

export function expectStatus(answer, status, what) {
  if (answer.status !== status)
    throw new Error(`${what}: want ${status}, got ${answer.status} ${answer.text.slice(0, 400)}`);
  return answer;
}
