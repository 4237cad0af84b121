// SPDX-License-Identifier: Apache-2.0
// What a person's browser goes through between an application and its code: where answers may go, who must be asked what,
// and what prompt, max_age and id_token_hint change of it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Browser, CALLBACK, claimsOf, makeApp, makePerson, Rp, wantOauth } from './lib/oauth.mjs';
import { startServer } from './lib/server.mjs';
import { plantSession, signIn } from './lib/session.mjs';

const server = await startServer();
const admin = await server.admin();
const ann = await makePerson(admin);
const bob = await makePerson(admin);
const app = await makeApp(admin, { people: [ann, bob] });
const rp = new Rp(server, app);
const browser = new Browser(server.url);
signIn(browser, server, ann);
const errorOf = (page) => page.location?.searchParams.get('error') ?? `no error: ${page.status} ${page.location} ${page.text.slice(0, 600)}`;
/** Where a browser with this session ends up. */
async function asks(session, params, client = rp) {
    const one = new Browser(server.url);
    if (session !== undefined) one.setCookie('seneschal', session.cookie);
    return one.go(client.authorizeUrl(params));
}

test('IDENTITY 9: an address that is not registered gets nothing', async () => {
    const variants = [`${CALLBACK}/more`, `${CALLBACK}?x=1`, `${CALLBACK}/../cb`, 'https://app.example.org@evil.example/cb', 'https://evil.app.example.org/cb', 'https://app.example.org:8443/cb',
        'https://APP.example.org/cb', 'https://app.example.org/CB', `${CALLBACK}%00`, `${CALLBACK}#x`, 'https://app.example.org//cb', 'javascript:alert(1)', 'http://app.example.org/cb', '', undefined];
    for (const uri of variants) {
        const page = await browser.get(rp.authorizeUrl({ redirect_uri: uri }));
        assert.equal(page.status, 400, String(uri));
        assert.equal(page.location, undefined);
        assert.match(page.headers['content-type'], /^text\/html/);
    }
    for (const id of ['nobody', '', undefined]) assert.equal((await browser.get(rp.authorizeUrl({ client_id: id }))).status, 400);
    const twice = rp.authorizeUrl();
    twice.searchParams.append('redirect_uri', 'https://evil.example/cb');
    const page = await browser.get(twice);
    assert.ok(page.status >= 400 && page.location === undefined, 'twice is never');
});

test('IDENTITY 10: only the port of a native client on loopback may vary', async () => {
    const native = new Rp(server, await makeApp(admin, { people: [ann], native: true, client_type: 'public', redirect_uris: ['http://127.0.0.1/cb', 'http://[::1]:7/cb', 'http://localhost:8000/cb'] }));
    const good = ['http://127.0.0.1/cb', 'http://127.0.0.1:1/cb', 'http://127.0.0.1:65535/cb', 'http://[::1]/cb', 'http://[::1]:9999/cb', 'http://localhost:8000/cb'];
    const bad = ['http://localhost/cb', 'http://localhost:8001/cb', 'http://127.0.0.1:1/cb/', 'http://127.0.0.1:1/cb?x', 'http://127.0.0.2:1/cb', 'http://127.0.0.1:0/cb', 'http://127.0.0.1:65536/cb',
        'http://127.0.0.1:1@evil.example/cb', 'http://127.0.0.1.evil.example/cb', 'https://127.0.0.1:1/cb', 'http://127.1:1/cb'];
    for (const uri of good) assert.ok((await browser.go(native.authorizeUrl({ redirect_uri: uri }))).location?.href.startsWith(uri), uri);
    for (const uri of bad) assert.equal((await browser.get(native.authorizeUrl({ redirect_uri: uri }))).status, 400, uri);
    const fixed = new Rp(server, await makeApp(admin, { people: [ann], redirect_uris: ['http://127.0.0.1:7/cb'] }));
    assert.equal((await browser.get(fixed.authorizeUrl({ redirect_uri: 'http://127.0.0.1:8/cb' }))).status, 400);
});

test('IDENTITY 28: prompt=none asks nobody anything', async () => {
    const asking = new Rp(server, await makeApp(admin, { people: [ann], consent: true }));
    for (const [page, error] of [[await asks(undefined, { prompt: 'none' }), 'login_required'], [await browser.go(asking.authorizeUrl({ prompt: 'none' })), 'consent_required']]) {
        assert.equal(errorOf(page), error);
        assert.equal(`${page.location.origin}${page.location.pathname}`, CALLBACK, error);
        assert.deepEqual([page.location.searchParams.get('state'), page.location.searchParams.get('iss')], ['st4te', server.url], error);
    }
    assert.ok(await rp.code(browser, { prompt: 'none' }));
    assert.equal(errorOf(await browser.go(rp.authorizeUrl({ prompt: 'none login' }))), 'invalid_request');
});

test('IDENTITY 29: prompt=login and max_age want a new proof', async () => {
    const old = plantSession(server, ann, { ago: 30 });
    for (const params of [{ prompt: 'login' }, { max_age: '1' }, { prompt: 'select_account' }]) {
        const page = await asks(old, params);
        assert.equal(page.location?.pathname ?? page.url.pathname, '/login', JSON.stringify(params));
    }
    assert.equal(errorOf(await asks(old, { max_age: '1', prompt: 'none' })), 'login_required');
    assert.ok((await asks(old, { max_age: '3600', prompt: 'none' })).location.searchParams.has('code'));
});

test('IDENTITY 30: a hint of somebody else is not answered with this person', async () => {
    const { id_token: hint } = await rp.tokens(browser);
    const bobs = plantSession(server, bob);
    assert.equal(errorOf(await asks(bobs, { prompt: 'none', id_token_hint: hint })), 'login_required');
    assert.ok(await rp.code(browser, { prompt: 'none', id_token_hint: hint }));
    const forged = hint.slice(0, -4) + (hint.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    assert.equal((await asks(bobs, { id_token_hint: forged })).status, 400);
});

test('consent: asked once for what was not allowed yet, and again for more', async () => {
    const client = new Rp(server, await makeApp(admin, { people: [ann], consent: true, name: `Wiki <b>&"x"` }));
    const page = await browser.go(client.authorizeUrl({ scope: 'openid email' }));
    assert.equal(page.status, 200);
    assert.ok(page.text.includes('Wiki &lt;b&gt;&amp;&quot;x&quot;') && page.text.includes('app.example.org'), page.text);
    assert.match(page.headers['content-security-policy'], /frame-ancestors 'none'/);
    const denied = await browser.submit(page, '/oauth2/continue', { decision: 'deny' });
    assert.equal(errorOf(denied), 'access_denied');
    const again = await browser.submit(page, '/oauth2/continue', { decision: 'allow' });
    assert.equal(again.status, 404, 'it was answered already');
    const second = await browser.go(client.authorizeUrl({ scope: 'openid email' }));
    const foreign = second.form('/oauth2/continue');
    const forged = await browser.post(foreign.action, { ...foreign.fields, csrf: undefined, decision: 'allow' }, { headers: { Origin: 'https://evil.example' } });
    assert.equal(forged.status, 403);
    const allowed = await browser.submit(second, '/oauth2/continue', { decision: 'allow' });
    (await client.redeem(allowed.location.searchParams.get('code'))).want(200);
    assert.ok(await client.code(browser, { scope: 'email' }));
    assert.equal((await browser.go(client.authorizeUrl({ scope: 'openid email groups' }))).status, 200);
    assert.equal((await browser.go(client.authorizeUrl({ scope: 'email', prompt: 'consent' }))).status, 200);
});

test('who may not open it gets no code', async () => {
    const none = new Rp(server, await makeApp(admin, { people: [bob] }));
    assert.equal(errorOf(await browser.go(none.authorizeUrl())), 'access_denied');
    const seen = (await admin.get(`/admin/security/audit?action=authorization.denied&target=${none.app.id}`)).want(200).items;
    assert.equal(seen[0].actor.id, ann.id);
});

test('a rule that wants more sends the person to prove it, and hears of it at prompt=none', async () => {
    const client = new Rp(server, await makeApp(admin, { people: [ann] }));
    const rule = async (name, effect, more) => (await admin.post('/access-rules', { name, effect, application_id: client.app.id, ...more })).want(201);
    const mfa = await rule('two factors', 'require_mfa');
    const once = plantSession(server, ann);
    const twice = plantSession(server, ann, { amr: 3, mfa: true });
    const first = new Browser(server.url);
    first.setCookie('seneschal', once.cookie);
    const page = await first.get((await first.get(client.authorizeUrl())).location);
    assert.equal(page.location.pathname, '/login/factor');
    assert.match(page.location.searchParams.get('next'), /^\/oauth2\/continue\?request=sen_p_/);
    assert.equal(errorOf(await asks(once, { prompt: 'none' }, client)), 'interaction_required');
    const second = new Browser(server.url);
    second.setCookie('seneschal', twice.cookie);
    const claims = claimsOf((await client.tokens(second)).id_token);
    assert.deepEqual([claims.acr, claims.amr], ['2', ['pwd', 'otp', 'mfa']]);
    (await admin.delete(`/access-rules/${mfa.id}`)).want(204);
    await rule('lately', 'require_reauth', { max_age_s: 60 });
    const old = plantSession(server, ann, { ago: 3600 });
    assert.equal(errorOf(await asks(old, { prompt: 'none' }, client)), 'login_required');
    assert.equal((await asks(old, {}, client)).url.pathname, '/login');
});

test('IDENTITY 57: form_post and error texts come out escaped', async () => {
    const state = `"><script>alert(1)</script>`;
    const page = await browser.go(rp.authorizeUrl({ response_mode: 'form_post', state }));
    assert.equal(page.status, 200);
    assert.ok(!page.text.includes('<script'));
    const form = page.form(CALLBACK);
    assert.deepEqual([form.fields.state, form.fields.iss, form.fields.csrf], [state, server.url, undefined]);
    (await rp.redeem(form.fields.code)).want(200);
    const refused = await browser.go(rp.authorizeUrl({ response_type: 'token', state, response_mode: 'form_post' }));
    assert.equal(refused.form(CALLBACK).fields.error, 'unsupported_response_type');
    assert.ok(!refused.text.includes('<script'));
});

test('IDENTITY 64: what is switched off does not come back by the way', async () => {
    const client = new Rp(server, await makeApp(admin, { people: [ann], consent: true }));
    const page = await browser.go(client.authorizeUrl());
    const { request_uri } = (await client.form('/oauth2/par', Object.fromEntries(client.authorizeUrl().searchParams))).want(201);
    (await admin.patch(`/applications/${client.app.id}`, { grants: ['client_credentials'] })).want(200);
    assert.equal((await browser.submit(page, '/oauth2/continue', { decision: 'allow' })).status, 400);
    const resumed = await browser.go(`/oauth2/authorize?${new URLSearchParams({ client_id: client.app.client_id, request_uri })}`);
    assert.equal(resumed.location?.searchParams.get('code') ?? null, null);
    assert.equal(resumed.status >= 400 || resumed.location.searchParams.has('error'), true, `${resumed.status} ${resumed.location}`);
    for (const type of ['token', 'id_token', 'code token', 'code id_token', undefined]) {
        assert.match(errorOf(await browser.go(rp.authorizeUrl({ response_type: type }))), /^(unsupported_response_type|invalid_request)$/, String(type));
    }
    assert.equal(errorOf(await browser.go(rp.authorizeUrl({ request: 'e30.e30.' }))), 'request_not_supported');
    assert.equal(errorOf(await browser.go(rp.authorizeUrl({ scope: 'nothing we have' }))), 'invalid_scope');
    assert.equal(errorOf(await browser.go(rp.authorizeUrl({ resource: 'https://elsewhere.example' }))), 'invalid_target');
});

test('IDENTITY 60: pages are no business of other origins; what is public is everybody\'s, without credentials', async () => {
    const headers = { Origin: 'https://evil.example' };
    const code = await rp.code(browser);
    const root = server.client({ prefix: '' });
    const open = [await root.get('/.well-known/openid-configuration', { headers }), await root.get('/oauth2/jwks', { headers }), await rp.redeem(code, {}, { headers: { ...headers, ...rp.basic() } })];
    for (const reply of open) {
        reply.want(200);
        assert.equal(reply.headers['access-control-allow-origin'], '*', reply.what);
        assert.equal(reply.headers['access-control-allow-credentials'], undefined);
    }
    for (const target of [rp.authorizeUrl(), `${server.url}/oauth2/continue?request=x`, `${server.url}/oauth2/logout`]) {
        const page = await browser.get(target, { headers });
        assert.equal(page.headers['access-control-allow-origin'], undefined, String(target));
    }
});

test('a request may come as a form of another site, which reads no cookie', async () => {
    const url = rp.authorizeUrl();
    const page = await browser.post('/oauth2/authorize', Object.fromEntries(url.searchParams), { headers: { Origin: 'https://app.example.org', 'Sec-Fetch-Site': 'cross-site' } });
    assert.equal(page.status, 303);
    const back = (await browser.follow(page)).location;
    (await rp.redeem(back.searchParams.get('code'))).want(200);
});

test('pushed requests are good once, for who pushed them', async () => {
    const client = new Rp(server, await makeApp(admin, { people: [ann], par: true }));
    const params = () => Object.fromEntries(client.authorizeUrl().searchParams);
    assert.equal(errorOf(await browser.go(client.authorizeUrl())), 'invalid_request');
    const { request_uri: uri, expires_in: life } = (await client.form('/oauth2/par', params())).want(201);
    assert.equal(life, 60);
    const short = (id) => `/oauth2/authorize?client_id=${id}&request_uri=${encodeURIComponent(uri)}`;
    assert.equal((await browser.get(short(app.client_id))).status, 400);
    const back = (await browser.go(short(client.app.client_id))).location;
    (await client.redeem(back.searchParams.get('code'))).want(200);
    assert.equal((await browser.get(short(client.app.client_id))).status, 404);
    wantOauth(await client.form('/oauth2/par', params(), { headers: {} }), 401, 'invalid_client');
    wantOauth(await client.form('/oauth2/par', { ...params(), redirect_uri: 'https://evil.example/cb' }), 400, 'invalid_request');
    wantOauth(await client.form('/oauth2/par', { ...params(), request_uri: uri }), 400, 'invalid_request');
});

test('IDENTITY 31: a sign-out that proves too little asks, and leads nowhere', async () => {
    const client = new Rp(server, await makeApp(admin, { people: [ann], post_logout_redirect_uris: ['https://app.example.org/bye'] }));
    const one = new Browser(server.url);
    const session = signIn(one, server, ann);
    const tokens = await client.tokens(one);
    const logout = (params) => one.get(`/oauth2/logout?${new URLSearchParams(params)}`);
    const bye = { post_logout_redirect_uri: 'https://app.example.org/bye', state: 'x' };
    const [head, , mac] = tokens.id_token.split('.');
    const none = [Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url'), tokens.id_token.split('.')[1], ''].join('.');
    const changed = [head, Buffer.from(JSON.stringify({ ...claimsOf(tokens.id_token), sub: bob.id })).toString('base64url'), mac].join('.');
    const good = { id_token_hint: tokens.id_token, state: 'x' };
    for (const params of [
        {}, bye, { client_id: 'nobody', ...bye }, { id_token_hint: none, ...bye }, { id_token_hint: `${tokens.id_token.slice(0, -3)}AAA`, ...bye }, { id_token_hint: changed, ...bye },
        { ...good, post_logout_redirect_uri: 'https://evil.example/' }, { ...good, post_logout_redirect_uri: `${bye.post_logout_redirect_uri}/` }, { ...good, post_logout_redirect_uri: `${bye.post_logout_redirect_uri}?x` },
    ]) {
        const page = await logout(params);
        assert.equal(page.status, 200, JSON.stringify(params));
        assert.equal(page.location, undefined);
        page.form('/oauth2/logout/confirm');
        assert.equal((await one.get('/api/v1/auth/me')).status, 200, 'nobody is signed out by it');
    }
    assert.equal(claimsOf(tokens.id_token).sid, session.id);
    const other = await one.submit(await logout({ id_token_hint: none, ...bye }), '/oauth2/logout/confirm');
    assert.equal(other.status, 200, 'signed out, and not sent anywhere');
    assert.equal((await server.client({ prefix: '', token: tokens.access_token }).get('/oauth2/userinfo')).status, 401);

    signIn(one, server, ann);
    const fresh = await client.tokens(one);
    const strange = await logout({ id_token_hint: tokens.id_token, ...bye });
    strange.form('/oauth2/logout/confirm'); // of an older session
    const posted = await one.post('/oauth2/logout', { id_token_hint: fresh.id_token, ...bye }, { headers: { Origin: 'https://app.example.org' } });
    const gone = await one.follow(posted);
    assert.equal(gone.location.href, 'https://app.example.org/bye?state=x');
    assert.equal(one.cookie('seneschal'), undefined);
    wantOauth(await client.refresh(fresh.refresh_token), 400, 'invalid_grant');
});
