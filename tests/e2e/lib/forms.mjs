// SPDX-License-Identifier: Apache-2.0
// One page with one form, for tests that look at what comes back rather than at where it leads.
import { Browser } from './browser.mjs';

const seen = (page) => ({ status: page.status, text: page.text, headers: { ...page.headers, 'set-cookie': page.headers['set-cookie'] ?? [] } });

/** The page at `path`, its first form's hidden fields, and `post(fields, changed hidden fields)`. */
export async function formPage(base, path, { cookies = [] } = {}) {
    const browser = new Browser(base);
    for (const cookie of cookies) browser.setCookie(cookie.split('=')[0], cookie.slice(cookie.indexOf('=') + 1));
    const page = await browser.get(path);
    const hidden = page.text.includes('<form') ? page.form().fields : {};
    const post = async (fields, changed = {}) => seen(await browser.submit(page, undefined, { ...changed, ...fields }));
    return { ...seen(page), browser, hidden, post };
}
