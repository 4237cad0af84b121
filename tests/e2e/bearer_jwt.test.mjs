// SPDX-License-Identifier: Apache-2.0
// Access tokens as bearers: what opens the API, and everything that must not.
import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';
import { accessClaims, hostile, issuerKey, now, ownKey, sign } from './lib/jwt.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer();
const admin = await server.admin();
const jwks = async () => (await server.client().atRoot().get('/oauth2/jwks')).want(200).keys;
const org = (await admin.get('/organisations')).want(200).items[0].id;
let made = 0;

async function account(roles = ['auditor']) {
    const { id } = (await admin.post('/service-accounts', { name: `robot-${++made}`, roles })).want(201);
    return { id, org_id: org };
}

const robot = await account();
const key = await issuerKey(server);
const token = (more = {}, who = robot) => sign(key, accessClaims(server, who, more));
const ask = (text, path = '/devices') => server.client({ token: text }).get(path);
const refused = async (name, text, path) => assert.equal((await ask(text, path)).status, 401, name);

test('a good one opens what its scope and its principal both may', async () => {
    (await ask(token())).want(200);
    (await ask(token(), '/users')).want(200);
    (await ask(token({ scope: 'openid auditor' }), '/users')).want(200);
    (await ask(token({ scope: 'enroller' }), '/users')).wantProblem(403, 'forbidden');
    (await ask(token({ scope: 'enroller' }))).want(200);
    for (const scope of ['openid profile', '', 'none', 'API']) (await ask(token({ scope }))).wantProblem(403, 'forbidden');
    const more = sign(key, accessClaims(server, robot, { scope: 'administrator' })); // the principal is an auditor only
    (await server.client({ token: more }).post('/groups', { name: 'x' })).wantProblem(403, 'forbidden');
});

test('what one token may is not what another of the same account may', async () => {
    const [little, much] = [token({ scope: 'enroller' }), token()];
    for (let i = 0; i < 3; i++) {
        (await ask(much, '/users')).want(200);
        (await ask(little, '/users')).wantProblem(403, 'forbidden');
    }
    const { token: opaque } = (await admin.post(`/service-accounts/${robot.id}/tokens`, { name: 'plain' })).want(201);
    (await ask(opaque, '/users')).want(200);
    (await ask(little, '/users')).wantProblem(403, 'forbidden');
});

test('IDENTITY 19, 21: forged and misspelt ones are 401', async () => {
    const good = token();
    const jwk = (await jwks()).find(({ kid }) => kid === key.kid);
    (await ask(good)).want(200);
    for (const [name, text] of hostile(good, jwk)) await refused(name, text);
    (await ask(good)).want(200);
});

test('IDENTITY 19: of two good keys the one that kid names decides, and it fixes the algorithm', async () => {
    const rsa = await issuerKey(server, 'RS256');
    const claims = accessClaims(server, robot);
    for (const [name, by, head] of [
        ['RS256, said to be ES256', rsa, { alg: 'ES256' }], ['RS256 under the kid of ES256', rsa, { kid: key.kid }], ['RS256, all of ES256 said', rsa, { alg: 'ES256', kid: key.kid }],
        ['ES256, said to be RS256', key, { alg: 'RS256' }], ['ES256 under the kid of RS256', key, { kid: rsa.kid }], ['ES256, all of RS256 said', key, { alg: 'RS256', kid: rsa.kid }],
        ['PS256', rsa, { alg: 'PS256' }], ['ES256K', key, { alg: 'ES256K' }], ['HS256', { ...key, alg: 'HS256', key: Buffer.from(rsa.kid) }, {}],
    ]) {
        await refused(name, sign(by, claims, head));
    }
});

test('IDENTITY 20: nothing that a header names is fetched', async () => {
    let calls = 0;
    const trap = http.createServer((_, reply) => (calls++, reply.end('{"keys":[]}'))).listen(0, '127.0.0.1');
    await new Promise((done) => trap.once('listening', done));
    const url = `http://127.0.0.1:${trap.address().port}/jwks`;
    const evil = ownKey('ES256', 'evil');
    const claims = accessClaims(server, robot);
    for (const head of [{ jku: url }, { x5u: url }, { jku: url, kid: key.kid }, { kid: url }, { x5c: ['AAAA'] }]) {
        await refused(Object.keys(head).join(), sign(evil, claims, head));
    }
    await refused('iss', sign(evil, { ...claims, iss: url.slice(0, -5) }));
    trap.close();
    assert.equal(calls, 0);
});

test('IDENTITY 22, 23: a token for another use or another audience is 401', async () => {
    for (const typ of ['JWT', 'logout+jwt', 'dpop+jwt', 'at', undefined]) {
        await refused(`typ ${typ}`, sign(key, accessClaims(server, robot), { typ }));
    }
    for (const aud of [`${server.url}/mcp`, server.url, `${server.url}/api/v1/`, `${server.url}/API/V1`, 'https://files.example', [], undefined]) {
        await refused(`aud ${aud}`, token({ aud }));
    }
    (await ask(token({ aud: ['https://files.example', `${server.url}/api/v1`] }))).want(200);
    for (const iss of [`${server.url}/`, 'https://evil.example', undefined]) await refused(`iss ${iss}`, token({ iss }));
    for (const member of ['sub', 'org', 'client_id', 'kind', 'jti', 'iat', 'exp', 'scope']) {
        await refused(`no ${member}`, token({ [member]: undefined }));
    }
    await refused('a refresh token', `sen_r_${'a'.repeat(49)}`);
});

test('IDENTITY 26, 66: times', async () => {
    (await ask(token({ iat: now() + 50 }))).want(200);
    await refused('iat 90 s ahead', token({ iat: now() + 90 }));
    await refused('nbf 90 s ahead', token({ nbf: now() + 90 }));
    await refused('over', token({ iat: now() - 300, exp: now() - 1 }));
    await refused('ends as it begins', token({ iat: now() + 30, exp: now() + 30 }));
    await refused('ends before it begins', token({ iat: now() + 40, exp: now() + 30 }));
    for (const exp of ['9999999999', 1e300, -1, null, now() + 0.5]) await refused(`exp ${exp}`, token({ exp }));
});

test('what is remembered ends with the token', async () => {
    const short = token({ iat: now() - 5, exp: now() + 2 });
    (await ask(short)).want(200);
    (await ask(short)).want(200);
    const until = Date.now() + 10_000;
    while ((await ask(short)).status === 200) assert.ok(Date.now() < until, 'it never ended');
    await refused('over', short);
});

test('IDENTITY 18: it ends with its account, remembered or not', async () => {
    const other = await account();
    const text = token({}, other);
    (await ask(text)).want(200);
    (await admin.patch(`/service-accounts/${other.id}`, { status: 'disabled' })).want(200);
    assert.ok([401, 403].includes((await ask(text)).status));
    (await admin.patch(`/service-accounts/${other.id}`, { status: 'active' })).want(200);
    (await ask(text)).want(200);
    (await admin.delete(`/service-accounts/${other.id}`)).want(204);
    await refused('gone', text);
});

test('what it stands on must be there', async () => {
    const id = '0193b2a0-0000-7000-8000-000000000000';
    for (const more of [{ grant: id }, { sid: id }, { sub: id }, { org: id }, { client_id: id }, { kind: 'user' }, { kind: 'system' }, { sid: 'x' }]) {
        await refused(JSON.stringify(more), token(more));
    }
});

test('a token that is bound to a key opens nothing without its proof', async () => {
    const bound = token({ cnf: { jkt: 'x'.repeat(43) } });
    await refused('as Bearer', bound);
    await refused('another binding', token({ cnf: { 'x5t#S256': 'x' } }));
    const scheme = (text) => server.client().get('/devices', { headers: { Authorization: `DPoP ${text}` } });
    assert.equal((await scheme(bound)).status, 401);
    assert.equal((await scheme(token())).status, 401, 'one that is not bound, as DPoP');
});

test('many at once, each for itself', async () => {
    const accounts = await Promise.all(Array.from({ length: 8 }, () => account(['enroller'])));
    await Promise.all(accounts.flatMap((who) => Array.from({ length: 5 }, async (_, i) => {
        const text = token(i % 2 === 0 ? {} : { scope: 'auditor' }, who);
        (await ask(text)).want(200);
        (await ask(text, '/audit/none')).want(404);
    })));
});
