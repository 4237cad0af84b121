// SPDX-License-Identifier: Apache-2.0
// One person gets from an empty server to an assistant that is governed, in a browser alone: what needs a machine or another person is a real agent,
// a real call of a tool, and that person's own browser. Steps build on each other: after one that failed the rest are skipped.
// VIEW=fr-dark-390 tells it in another view: each step works in either language, and on a phone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after } from 'node:test';
import { Agent } from '../e2e/lib/agent.mjs';
import { totp } from '../e2e/lib/factor.mjs';
import { eventually, PATIENCE, seneschal } from '../e2e/lib/process.mjs';
import { startHomeAssistant } from '../e2e/mcp/homeassistant.mjs';
import { MISSING, openConsole, startEmpty } from './lib/console.mjs';
import { wordsOf } from './lib/words.mjs';

const BOSS = { username: 'ada', email: 'ada@example.org', password: 'five red balloons over Brest', again: 'five red balloons over Brest' };
const PERSON = { username: 'alan', email: 'alan@example.org', password: 'four quiet lamps at noon', password_again: 'four quiet lamps at noon' };
const VIEW = process.env.VIEW ?? 'en-light-1280';
const WAIT = { ms: 30_000 * PATIENCE };

const { say, part, t } = await wordsOf(VIEW);
const house = await startEmpty();
const { server } = house;
const home = await startHomeAssistant({ token: 'a-long-token', place: 'Brest' });
const agent = new Agent(server, { args: ['--machine-id', 'study'] });
after(async () => {
    await agent.stop();
    await home.close();
});
/** What the steps know of each other. */
const story = {};
const boss = MISSING ? undefined : await openConsole(house, VIEW);
const person = MISSING ? undefined : await openConsole(house, VIEW);
const page = boss?.page;
page?.setDefaultTimeout(20_000 * PATIENCE);

let broken;
function step(name, work) {
    test(name, { skip: MISSING }, async (t) => {
        if (broken) return t.skip(`this did not work: ${broken}`);
        try {
            await work();
        } catch (error) {
            broken = name;
            const seen = await page.evaluate(() => document.body.innerText.slice(0, 1500)).catch((why) => `nothing: ${why.message}`);
            throw new Error(`${error.message}\nthe administrator sees ${page.url()}: ${seen}`, { cause: error });
        }
    });
}

const button = (name, within = page) => within.getByRole('button', { name: name instanceof RegExp ? name : say(name) });
const dialog = page?.getByRole('dialog');
const says = (text, within = page) => within.getByText(text).filter({ visible: true }).first().waitFor();
const assistantHas = (model) => eventually(`the assistant has the model ${model}`, () => (agent.config?.config?.model ?? agent.config?.model) === model, WAIT);

/** Fills fields of a page of the server by their names, and sends its form. */
async function send(at, fields, form = 'form') {
    for (const [name, value] of Object.entries(fields)) await at.locator(`${form} [name=${name}]`).fill(value);
    await at.locator(`${form} button.main`).click();
}

/** Writes a draft of the policy whose page this is, as JSON. */
async function write(content) {
    await page.getByRole('textbox', { name: say('JSON') }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(JSON.stringify(content));
    await button('Review and publish').click();
}

/** What the person's assistant gets when it calls a tool of the demo. */
const call = (tool, input) => server.client({ token: story.token }).post('/mcp/tools/call', { name: `demo__${tool}`, arguments: input });

/** The person's permissions for a tool, with this cell pressed so often, looked at and saved; effect: what it was and is. */
async function permit(tool, flag, times, [was, is]) {
    const { flags } = t.permissions;
    const { states, becomes } = t.access;
    await boss.open(`/permissions?subject=user:${story.person}`, 'permissions');
    const line = page.getByRole('group', { name: `demo/${tool}`, exact: true });
    await line.waitFor();
    const unfold = line.getByRole('button', { name: t.permissions.unfold(`demo/${tool}`) });
    if (await unfold.isVisible()) await unfold.click(); // as a narrow window has it
    for (let i = 0; i < times; i++) await button(new RegExp(`^${flags[flag]}\\s?: `), line).click();
    await button('Preview and save').click();
    await says(new RegExp(`demo/${tool}\\s*${states[was]}→${becomes}${states[is]}`), dialog);
    await boss.look('story-permissions');
    await button('Save', dialog).click();
    await dialog.waitFor({ state: 'detached' });
}

step('the link of whoever runs the server makes the first administrator', async () => {
    const { code, stdout, stderr } = await seneschal(['setup-link', '--data', server.data]);
    assert.equal(code, 0, stderr);
    await page.goto(stdout.trim());
    await boss.look('story-setup');
    await send(page, BOSS);
    await page.waitForURL(`${server.url}/dashboard`);
    await boss.settled('dashboard');
    await boss.look('story-first-steps');
});

step('he sets up an authenticator app', async () => {
    await page.goto(`${server.url}/account/factors`);
    await boss.look('story-factors');
    await send(page, { name: 'phone' }, 'form[action="/account/factors/totp"]');
    story.secret = (await page.getByText(/^[A-Z2-7]{32}$/).first().textContent()).trim();
    await boss.look('story-factor-shown');
    await send(page, { code: totp(story.secret) });
    assert.equal(await page.locator('.codes code').count(), 10, 'codes for the day on which the phone is lost');
    await boss.look('story-codes');
});

step('he invites a person', async () => {
    await boss.open('/people/invitations?new=1', 'people');
    await dialog.getByLabel(part('Display name')).fill('Alan Turing');
    await button('Make the invitation', dialog).click();
    story.invitation = (await page.getByLabel(part('Link of the invitation')).innerText()).trim();
    await boss.look('story-invitation');
    await button('Done', dialog).click();
});

step('the person accepts in his own browser, and makes a token for his assistant', async () => {
    await person.page.goto(story.invitation);
    await person.look('story-invited');
    await send(person.page, PERSON);
    await eventually('he is signed in', async () => (await person.context.cookies()).some((cookie) => cookie.name === 'seneschal'), WAIT);
    await person.open('/portal/account', 'portalAccount');
    await button('New token', person.page).click();
    await person.page.getByLabel(part('What is it for?')).fill('my assistant');
    await button('Make it', person.page).click();
    story.token = (await person.page.getByRole('group', { name: say('New token') }).innerText()).trim();
    await button('I have copied it', person.page).click();
    await person.look('story-person');
});

step('the administrator signs out, and in again with his second factor', async () => {
    await page.goto(`${server.url}/logout`);
    await send(page, {});
    await says(say('You are signed out.'));
    await page.goto(`${server.url}/login?next=/people`);
    await send(page, { name: BOSS.username, password: BOSS.password });
    await page.locator('[name=code]').waitFor();
    await boss.look('story-second-factor');
    await send(page, { code: totp(story.secret, 1) });
    await page.waitForURL(`${server.url}/people`);
    await boss.settled('people');
    await page.getByRole('row', { name: /Alan Turing/ }).getByRole('link').first().click();
    await page.getByRole('heading', { name: 'Alan Turing', level: 1 }).waitFor();
    story.person = new URL(page.url()).pathname.split('/').at(-1);
});

step('a real agent asks, is seen at once, and is approved by the code that it shows', async () => {
    await boss.open('/fleet/lobby', 'fleet');
    await says(say('Nobody waits'));
    agent.start();
    const [, code] = await agent.waitFor(/code (\S+): ask an administrator/, WAIT);
    await says(code);
    await boss.look('story-lobby');
    await button('Approve').click();
    await says(t.lobby.done('').trim());
});

step('a policy is assigned, published after a look at what it changes, and the assistant has it', async () => {
    await boss.open('/policies', 'policies');
    await button('New policy').first().click();
    await page.getByRole('textbox', { name: say('Name') }).fill('assistants');
    await button('Create and write it').click();
    await write({ model: 'small-1' });
    await page.getByRole('link', { name: say('Assign it') }).click();
    await button('Assign', dialog).click();
    await says(t.policy.assign.done('assistants'));
    await page.getByRole('link', { name: say('Review and publish') }).click();
    await says(t.policy.review.reaches(1, 1));
    await page.getByRole('cell', { name: '/model' }).waitFor();
    await says('"small-1"');
    await boss.look('story-access-diff');
    story.policy = page.url().match(/policies\/([^/]+)/)[1];
    await button('Publish to all now').click();
    await page.getByRole('button', { name: t.policy.review.publishYes(1) }).click();
    await says(t.policy.review.publishedNow('').trim());
    await assistantHas('small-1');
});

step('a rollout of the next version begins, and is aborted: the assistant has the old one again', async () => {
    await boss.open(`/policies/${story.policy}`, 'policies');
    await write({ model: 'large-2' });
    await page.getByRole('link', { name: say('Roll out step by step') }).click();
    await page.getByRole('heading', { level: 1, name: say('New rollout') }).waitFor();
    await boss.settled('rollouts');
    for (let i = 0; i < 2; i++) await page.getByRole('button', { name: t.rollouts.make.removeRing(1) }).click();
    await page.getByLabel(part('A person must promote it')).check();
    await button('Save as a draft').click();
    await button('Start').click();
    await button('Start', dialog).click();
    await assistantHas('large-2');
    await boss.look('story-rollout');
    await button('Abort').click();
    await dialog.getByLabel(t.rollouts.acts.type('assistants')).fill('assistants');
    await button('Abort', dialog).click();
    await says(say('The rollout is aborted.'));
    await assistantHas('small-1');
});

step('the demo server is added, and one of its tools is tried', async () => {
    await boss.open('/tools', 'tools');
    await button('Try the demo server').click();
    await page.getByRole('heading', { level: 1, name: 'demo' }).waitFor();
    await page.getByRole('link', { name: 'add', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'demo/add' }).waitFor();
    await page.getByLabel(/^a\b/).fill('2');
    await page.getByLabel(/^b\b/).fill('40');
    await button('Call it').click();
    await page.getByText('42', { exact: true }).first().waitFor();
    await boss.look('story-tool');
});

step('a tool is denied to the person, and granted again', async () => {
    await permit('add', 'can_read', 2, ['allowed', 'none']);
    assert.ok((await call('add', { a: 2, b: 40 })).status >= 400, 'his assistant is refused');
    await permit('add', 'can_read', 2, ['none', 'allowed']);
    assert.match(JSON.stringify((await call('add', { a: 2, b: 40 })).want(200).result), /42/);
});

step('a call that waits for a person is approved, and runs', async () => {
    await permit('echo', 'approval', 1, ['allowed', 'approval']);
    const answer = call('echo', { text: 'please' });
    await boss.open('/tools?tab=approvals', 'tools');
    const card = page.getByRole('article').filter({ hasText: 'please' });
    await says(PERSON.username, card);
    await boss.look('story-approval');
    await button('Approve', card).click();
    await button('Approve', dialog).click();
    assert.match(JSON.stringify((await answer).want(200).result), /please/);
});

step('a Home Assistant is tested, and saved', async () => {
    await boss.open('/config', 'config');
    await button('Add a Home Assistant').click();
    await dialog.getByLabel(part('Address')).fill(home.url);
    await dialog.getByLabel(part('Access token')).fill(home.token);
    await button('Test', dialog).click();
    await says(say('All well'), dialog);
    await says('Brest', dialog);
    await button('Save', dialog).click();
    await page.getByRole('heading', { name: 'home', exact: true }).waitFor();
    await boss.look('story-home');
});

step('the device is revoked, and its assistant ends', async () => {
    await boss.open('/fleet', 'fleet');
    await page.getByRole('row', { name: /study/ }).getByRole('link').first().click();
    await button('Revoke…').click();
    await dialog.getByLabel(part('Reason')).fill('sold');
    await button('Revoke', dialog).click();
    await says(t.device.done.revoke('').trim());
    await eventually('the agent is switched off', () => /DISABLED/.test(agent.child.stdout + agent.child.stderr), WAIT);
    await boss.look('story-revoked');
});

step('the record is whole, and is taken away as a file', async () => {
    await boss.open('/audit?verify=1', 'audit');
    await says(new RegExp(t.audit.verify.whole(2).replace('2', '[0-9,\\s]+')));
    await boss.look('story-audit');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: say('CSV') }).click()]);
    const lines = readFileSync(await file.path(), 'utf8').trim().split('\n');
    for (const action of ['setup.completed', 'device.approved', 'policy.published', 'rollout.aborted', 'approval.approved', 'device.revoked'])
        assert.ok(lines.some((line) => line.includes(action)), `${action} is not on the record: ${lines.length} lines`);
    const { code, stdout, stderr } = await seneschal(['audit', 'verify', '--data', server.data]);
    assert.equal(code, 0, stdout + stderr);
    await Promise.all([boss.close(), person.close()]);
});
