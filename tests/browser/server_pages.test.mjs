// SPDX-License-Identifier: Apache-2.0
// The pages that the server makes itself, without script: each as a person meets it, in every view.
import { DEVICE_CODE, form } from '../e2e/lib/machine.mjs';
import { callerOf, totp } from '../e2e/lib/factor.mjs';
import { Browser } from '../e2e/lib/browser.mjs';
import { makeApp, Rp } from '../e2e/lib/oauth.mjs';
import { PASSWORD, makePerson } from '../e2e/lib/person.mjs';
import { seneschal } from '../e2e/lib/process.mjs';
import { startServer } from '../e2e/lib/server.mjs';
import { signIn } from '../e2e/lib/session.mjs';
import { inStore } from '../e2e/lib/store.mjs';
import { lookAt, startConsole } from './lib/console.mjs';

const house = await startConsole({ args: ['--registration-open', 'true', '--access-contact', 'Ada Lovelace, room 12'] });
const { server, admin, boss, guest } = house;
house.nobody = null; // who is signed out

const empty = await startServer();
const setup = (await seneschal(['setup-link', '--data', empty.data])).stdout.trim();
(await admin.post('/identity-providers', { name: 'office', issuer: 'https://login.example.org/realms/office', client_id: 'seneschal', title: 'The office', status: 'active' })).want(201);
const { url: recovery } = (await admin.post(`/users/${guest.id}/recovery`)).want(201);
const { id: group } = (await admin.post('/groups', { name: 'family' })).want(201);
const { url: invitation } = (await admin.post('/invitations', { groups: [group], prefill: { display_name: 'Grace Hopper' } })).want(201);
const app = await makeApp(admin, { name: 'Nextcloud', consent: true, description: 'Files, calendars and contacts', launch_url: 'https://cloud.example.org/', people: [guest, boss] });
const tv = await makeApp(admin, { name: 'The television', people: [boss], client_type: 'public', grants: [DEVICE_CODE, 'refresh_token'], scopes: ['openid', 'email', 'offline_access'] });
const theo = await makePerson(server, admin, { username: 'theo', display_name: 'Theo' });
await takeApp(theo);
house.theo = theo;

/** This person has an authenticator app from now on. */
async function takeApp(person) {
    const browser = new Browser(server.url);
    signIn(browser, server, person, { mfa: true });
    const call = await callerOf(browser);
    const { id, secret } = (await call('POST', '/auth/factors/totp', { name: 'telephone' })).json;
    const done = await call('POST', `/auth/factors/totp/${id}/confirm`, { code: totp(secret) });
    if (done.status >= 300) throw new Error(done.text);
}

const write = async (at, fields) => {
    for (const [id, text] of Object.entries(fields)) await at.page.fill(`#${id}`, text);
    await at.page.click('button.main');
};

/** A page at this address, and what is done there; refused: the status and a part of the URL that come of it. */
function page(where, { who = 'nobody', then, refused } = {}) {
    const visit = async (at) => {
        await at.page.goto(new URL(typeof where === 'function' ? await where() : where, server.url).href);
        await then?.(at);
    };
    return { who, refused, visit };
}

/** So many wrong codes as these views type would cost waits. */
const forgetGuesses = () => inStore(server, 'DELETE FROM signin_failure');

const askTv = async () => (await form(server, '/oauth2/device_authorization', { client_id: tv.client_id, scope: 'openid email offline_access' }, { 'User-Agent': 'TV/1.0' })).want(200).user_code;
const typeCode = async (at) => {
    await at.page.fill('#user_code', await askTv());
    await at.page.click('button.main');
};
const boss_ = { who: 'boss' };

lookAt(house, {
    'page-login': page('/login'),
    'page-login-wrong': page('/login', { refused: [401, '/login'], then: (at) => write(at, { name: 'somebody', password: 'something wrong' }) }),
    'page-factor': page('/login', { then: (at) => write(at, { name: theo.username, password: PASSWORD }) }),
    'page-factors': page('/account/factors', boss_),
    'page-factors-some': page('/account/factors', { who: 'theo' }),
    'page-factors-app': page('/account/factors', { ...boss_, then: (at) => at.page.click('form[action="/account/factors/totp"] button') }),
    'page-factors-codes': page('/account/factors', { ...boss_, then: (at) => at.page.click('form[action="/account/factors/codes"] button') }),
    'page-passkey': page('/login/passkey'),
    'page-passkey-cannot': page('/login/passkey', { then: (at) => at.page.click('#passkey').then(() => at.page.locator('#cannot').waitFor()) }),
    'page-recover': page('/recover'),
    'page-recover-sent': page('/recover', { then: (at) => write(at, { name: 'somebody' }) }),
    'page-recovery': page(recovery),
    'page-recovery-over': page(`${recovery}x`, { refused: [404, '/recover'] }),
    'page-setup': page(setup),
    'page-setup-short': page(setup, { refused: [422, '/setup'], then: (at) => write(at, { username: 'ada', email: 'ada@example.org', password: 'short', again: 'short' }) }),
    'page-invite': page(invitation),
    'page-invite-over': page(`${invitation}x`, { refused: [403, '/invite'] }),
    'page-register': page('/register'),
    'page-access': page('/access'),
    'page-consent': page(() => new Rp(server, app).authorizeUrl().href, boss_),
    'page-client-unknown': page('/oauth2/authorize?client_id=nobody&response_type=code&redirect_uri=https://x.example/cb', { ...boss_, refused: [400, '/oauth2/authorize'] }),
    'page-device': page('/device', boss_),
    'page-device-wrong': page('/device', { ...boss_, refused: [400, '/device'], then: (at) => (forgetGuesses(), write(at, { user_code: 'BCDF-GHJK' })) }),
    'page-device-ask': page('/device', { ...boss_, then: typeCode }),
    'page-device-done': page('/device', {
        ...boss_,
        then: async (at) => {
            await typeCode(at);
            await at.page.click('button[name=decision][value=approve]');
        },
    }),
    'page-logout': page('/logout', boss_),
    'page-logged-out': page('/logout', { ...boss_, then: (at) => at.page.click('button.main') }),
    'page-end-session': page('/oauth2/logout', boss_),
    'page-portal-plain': page('/portal/plain', boss_),
    'page-missing': page('/nothing/here', { refused: [404, '/nothing'] }),
    'docs-list': page('/docs'),
    'docs-guide': page('/docs/enrolling'), // with everything in it: tables, lists, code
    'docs-api': page('/docs/api'),
    'docs-api-rows': page('/docs/api/devices'),
    'docs-found': page('/docs?q=token'),
    'docs-nothing': page('/docs?q=xyzzyx'),
    'docs-missing': page('/docs/nothing', { refused: [404, '/docs/nothing'] }),
});
