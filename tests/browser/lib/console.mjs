// SPDX-License-Identifier: Apache-2.0
// The console in Debian's Chromium against the real server: looked at by axe, by its policy and by its width.
//
//   const house = await startConsole();                        at the top of a file: a server, its API, who is in it
//   house.admin                                                a client of the API that may do everything (tests/e2e/lib/client.mjs)
//   house.boss, house.guest                                    people: an administrator, and one without rights
//   lookAt(house, { fleet: '/fleet', device: () => `/fleet/${id}` });
//                                                              a test a page and view: opened, settled, looked at. Values: a path,
//                                                              or what gives one ({ who: 'guest', refused: [404, '/users/'],
//                                                              visit: async (at) => ... } for more)
//   test('...', { skip: MISSING }, async () => {               for what a person does
//       const at = await openConsole(house, 'en-light-1280', house.boss);
//       await at.open('/fleet');                               goes there and waits until it is settled
//       await at.page.getByRole('button', { name: 'Approve' }).click();
//       await at.settled('fleet');                             waits for <html data-ready="fleet">; without a name for any
//       await at.look('fleet-approved');                       axe, width, faults; a picture where SCREENSHOTS=DIR is set
//       at.expect(409, '/policies/');                          answers from now on that are meant to be so (a status, a part of the URL)
//       await at.close();                                      faults since the last look fail here, and what was expected and never came
//   });
//
// A fault is: a violation of the policy, an error in the console, an exception, an answer from 400 on that nobody
// expects, a request of ours that got none, and an id that two things have. CI takes two views of each page; SCREENSHOTS=DIR takes all eight, and their pictures,
// also of what a test looks at in between.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import test, { after } from 'node:test';
import { makePerson } from '../../e2e/lib/person.mjs';
import { PATIENCE } from '../../e2e/lib/process.mjs';
import { startServer } from '../../e2e/lib/server.mjs';
import { plantSession } from '../../e2e/lib/session.mjs';
import { MISSING } from './browser.mjs';
import { openBrowser } from './pages.mjs';

export { MISSING };

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PICTURES = process.env.SCREENSHOTS;
const SETTLED_MS = 20_000 * PATIENCE;
const HEIGHTS = { 1280: 800, 390: 844 };

/** Language, colours, width: 'en-light-1280' and its seven sisters. */
export const CONSOLE_VIEWS = Object.fromEntries(
    ['en', 'fr'].flatMap((lang) =>
        ['light', 'dark'].flatMap((colorScheme) =>
            [1280, 390].map((width) => [
                `${lang}-${colorScheme}-${width}`,
                { lang, locale: lang === 'fr' ? 'fr-FR' : 'en-GB', colorScheme, viewport: { width, height: HEIGHTS[width] } },
            ]),
        ),
    ),
);

const VIEWS_OF_CI = ['en-light-1280', 'fr-dark-390'];

/** Those that a run takes of each page. */
export const VIEWS_TAKEN = PICTURES ? Object.keys(CONSOLE_VIEWS) : VIEWS_OF_CI;

/** A server with nobody in it and a browser before it; both end with the file. options: of startServer. */
export async function startEmpty(options = {}) {
    const server = await startServer(options);
    const admin = await server.admin();
    const browser = MISSING ? undefined : await openBrowser();
    after(() => browser?.close());
    return { server, admin, browser };
}

/** The same with two people in it. */
export async function startConsole(options = {}) {
    const house = await startEmpty(options);
    const { server, admin } = house;
    const boss = await makePerson(server, admin, { username: 'ada', display_name: 'Ada Lovelace', roles: ['administrator'] });
    const guest = await makePerson(server, admin, { username: 'kim', display_name: 'Kim Guest' });
    return { ...house, boss, guest };
}

/** What a page complains of, while it is listened to: axe's own doings are not the page's. */
class Faults {
    #found = [];
    #expected = [];
    #deaf = false;
    #over = false;

    listen(page) {
        page.on('console', (message) => {
            const text = message.text();
            const isAnswer = text.startsWith('Failed to load resource: '); // heard below
            if (message.type() === 'error' && !isAnswer) this.add(`console: ${text}`);
        });
        page.on('pageerror', (error) => this.add(`exception: ${error.stack ?? error.message}`));
        page.on('response', (reply) => {
            if (reply.status() >= 400 && !this.#isExpected(reply.status(), reply.url())) this.add(`${reply.status()}: ${reply.request().method()} ${reply.url()}`);
        });
        page.on('requestfailed', (request) => {
            const why = request.failure()?.errorText;
            if (why !== 'net::ERR_ABORTED' && !this.#isExpected(0, request.url())) this.add(`no answer (${why}): ${request.method()} ${request.url()}`); // who leaves a page aborts what it asked
        });
        return page.exposeFunction('__violated', (text) => this.add(`policy: ${text}`));
    }

    expect(status, part) {
        this.#expected.push({ status, part, came: false });
    }

    #isExpected(status, url) {
        const row = this.#expected.find((one) => one.status === status && url.includes(one.part));
        if (row) row.came = true;
        return row !== undefined;
    }

    add(text) {
        if (!this.#deaf && !this.#over) this.#found.push(text);
    }

    async deafTo(work) {
        this.#deaf = true;
        try {
            return await work();
        } finally {
            this.#deaf = false;
        }
    }

    /** All since the last time. */
    take() {
        return this.#found.splice(0);
    }

    end() {
        this.#over = true;
        return this.#expected.filter((row) => !row.came).map(({ status, part }) => `no ${status} of ${part}, though it was expected`);
    }
}

/** In the page, before any of its scripts. */
function watchPolicy({ lang }) {
    if (globalThis.origin !== 'null' && !localStorage.getItem('seneschal.language')) localStorage.setItem('seneschal.language', lang); // what somebody chose later stays
    document.addEventListener('securitypolicyviolation', (e) => globalThis.__violated(`${e.effectiveDirective}: ${e.blockedURI} ${e.sample} at ${e.sourceFile}:${e.lineNumber}`));
}

class Look {
    constructor(house, view, context, page, faults) {
        Object.assign(this, { house, view, context, page, faults });
    }

    /** Goes there and waits until the page is settled; ready: its id, where another page would be a mistake. */
    async open(where, ready) {
        const reply = await this.page.goto(new URL(where, this.house.server.url).href);
        assert.equal(reply.status(), 200, `${where}: ${reply.status()}`);
        await this.settled(ready);
    }

    async settled(ready) {
        try {
            await this.page.waitForFunction((want) => (want ? document.documentElement.dataset.ready === want : 'ready' in document.documentElement.dataset), ready, { timeout: SETTLED_MS });
        } catch (error) {
            const html = await this.page.evaluate(() => `data-ready="${document.documentElement.dataset.ready}" ${document.body.innerText.slice(0, 1000)}`);
            assert.fail(`${this.page.url()} does not settle: ${html}\n${this.faults.take().join('\n')}\n${error.message}`);
        }
    }

    /** An answer of this status (0: none) to a URL with this part in it is no fault from now on, and has to come. */
    expect(status, part) {
        this.faults.expect(status, part);
    }

    /** Looks at what stands; fails with all that is wrong with it. Where pictures are taken: in every view, without a reload, so that dialogs and what was typed stay. */
    async look(name) {
        await this.lookHere(name);
        if (!PICTURES) return;
        const mine = this.view;
        const speaks = await this.page.locator('#account-menu').count(); // a page without its frame stays in its language
        for (const view of VIEWS_TAKEN.filter((one) => one !== mine && (speaks || one.startsWith(mine.slice(0, 2))))) {
            await this.#turn(view);
            await this.lookHere(name, { axe: VIEWS_OF_CI.includes(view) });
        }
        await this.#turn(mine);
    }

    /** The same page, words and all, in another view. The choice of a language is told to the page alone: it is not what somebody wanted. */
    async #turn(view) {
        this.view = view;
        const { lang, viewport, colorScheme } = CONSOLE_VIEWS[view];
        await this.page.setViewportSize(viewport);
        await this.page.emulateMedia({ colorScheme });
        const told = /\/portal\/language$|\/access\?lang=/;
        await this.page.route(told, (route) => route.fulfill({ status: 204 }));
        await this.page.evaluate((at) => document.querySelectorAll('#account-menu fieldset:first-of-type input')[at]?.click(), lang === 'fr' ? 1 : 0);
        await this.page.waitForFunction((want) => document.documentElement.lang === want, lang);
        await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        await this.page.unroute(told);
    }

    async lookHere(name, { axe = true } = {}) {
        const faults = this.faults.take();
        await this.page.evaluate(() => Promise.all(document.getAnimations().map((one) => Promise.race([one.finished.catch(() => {}), new Promise((done) => setTimeout(done, 1000))]))));
        const [wide, lang, twice] = await this.page.evaluate(() => {
            const root = document.documentElement;
            const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
            return [root.scrollWidth > root.clientWidth ? `${root.scrollWidth} wide in a window of ${root.clientWidth}` : '', root.lang, ids.filter((id, i) => ids.indexOf(id) !== i)];
        });
        if (wide) faults.push(`width: ${wide}`);
        for (const id of twice) faults.push(`id that two things have: ${id}`);
        if (lang !== CONSOLE_VIEWS[this.view].lang) faults.push(`language: ${lang}`);
        if (PICTURES) {
            mkdirSync(PICTURES, { recursive: true });
            await this.#picture(path.join(PICTURES, `${name}-${this.view}.png`));
        }
        const found = axe && await this.faults.deafTo(async () => {
            await this.page.evaluate(AXE);
            return this.page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules, resultTypes: ['violations'] }), AXE_RULES);
        });
        for (const v of found ? found.violations : []) faults.push(`axe: ${v.id}: ${v.help}: ${v.nodes.map((n) => `${n.html} ${n.failureSummary ?? ''}`).join('\n    ')}`);
        assert.deepEqual(faults, [], `${name}, ${this.view}`);
    }

    /** The whole page from its beginning, and the whole of a dialog that would scroll. */
    async #picture(file) {
        const { viewport } = CONSOLE_VIEWS[this.view];
        const [top, hidden] = await this.page.evaluate(() => {
            const open = [...document.querySelectorAll('dialog[open], dialog[open] *')];
            const top = scrollY;
            scrollTo(0, 0);
            return [top, Math.max(0, ...open.map((one) => one.scrollHeight - one.clientHeight).filter((more) => more > 8))];
        });
        const bound = (size) => this.page.evaluate((most) => document.querySelectorAll('dialog[open]').forEach((one) => (one.style.maxBlockSize = most)), size);
        if (hidden) await Promise.all([this.page.setViewportSize({ width: viewport.width, height: viewport.height + hidden }), bound('none')]);
        await this.page.screenshot({ path: file, fullPage: true });
        if (hidden) await Promise.all([this.page.setViewportSize(viewport), bound('')]);
        await this.page.evaluate((at) => scrollTo(0, at), top);
    }

    /** Another tab of the same browser. */
    async tab() {
        return openTab(this.house, this.view, this.context);
    }

    /** One tab; the last one takes the browser with it. */
    async close() {
        const faults = [...this.faults.take(), ...this.faults.end()];
        await (this.context.pages().length > 1 ? this.page.close() : this.context.close());
        assert.deepEqual(faults, [], `${this.view}, after the last look`);
    }
}

/** A page of the console in this view, of somebody who is signed in; of a house without people: of nobody. */
export async function openConsole(house, view, who = house.boss) {
    const { lang, ...options } = CONSOLE_VIEWS[view];
    const context = await house.browser.newContext({ ...options, reducedMotion: 'reduce' });
    if (who) {
        const session = plantSession(house.server, who, { mfa: true });
        await context.addCookies([{ name: 'seneschal', value: session.cookie, url: house.server.url, httpOnly: true, sameSite: 'Lax' }]);
    }
    await context.addInitScript(watchPolicy, { lang });
    return openTab(house, view, context);
}

async function openTab(house, view, context) {
    const page = await context.newPage();
    const faults = new Faults();
    await faults.listen(page);
    return new Look(house, view, context, page, faults);
}

const asVisit = (row) => (typeof row === 'object' ? row : { path: row });

/** A test for each page and view; see the top of this file. */
export function lookAt(house, rows) {
    for (const view of VIEWS_TAKEN) {
        for (const [name, row] of Object.entries(rows)) {
            const { path: where, who = 'boss', ready, refused, visit } = asVisit(row);
            test(`${name}, ${view}`, { skip: MISSING }, async () => {
                const at = await openConsole(house, view, house[who]);
                if (refused) at.expect(...refused);
                if (where !== undefined) await at.open(typeof where === 'function' ? await where() : where, ready);
                await visit?.(at);
                await at.lookHere(name);
                await at.close();
            });
        }
    }
}
