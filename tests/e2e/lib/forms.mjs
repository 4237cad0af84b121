// SPDX-License-Identifier: Apache-2.0
// A page's form, filled in as a browser would: its cookies, its hidden fields, its Origin.
import { noteCall } from './routes.mjs';

/** name=value of each Set-Cookie. */
const cookiesOf = (headers) => (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]);

async function fetched(base, path, { method = 'GET', body, cookies = [] } = {}) {
    const headers = { ...(cookies.length > 0 && { Cookie: cookies.join('; ') }) };
    if (body !== undefined) Object.assign(headers, { 'Content-Type': 'application/x-www-form-urlencoded', Origin: base, 'Sec-Fetch-Site': 'same-origin' });
    const reply = await fetch(base + path, { method, body, headers, redirect: 'manual' });
    noteCall(method, path.split('?')[0], reply.status);
    const all = Object.fromEntries(reply.headers);
    all['set-cookie'] = reply.headers.getSetCookie();
    return { status: reply.status, headers: all, text: await reply.text() };
}

/** The page at `path`, and `post(fields, changed hidden fields)` of its first form. */
export async function formPage(base, path, { cookies = [] } = {}) {
    const page = await fetched(base, path, { cookies });
    const jar = [...cookies, ...cookiesOf(page.headers)];
    const action = page.text.match(/<form[^>]* action="([^"]*)"/)?.[1]?.replaceAll('&amp;', '&');
    const hidden = Object.fromEntries([...page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    const post = (fields, changed = {}) => fetched(base, action, { method: 'POST', body: new URLSearchParams({ ...hidden, ...changed, ...fields }).toString(), cookies: jar });
    return { ...page, cookies: jar, hidden, post };
}
