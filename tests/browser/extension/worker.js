// SPDX-License-Identifier: Apache-2.0
// The service worker: it may end at any moment, so it holds nothing but the client. What to enrol with is set by the test.
import { chromeStore, indexedDBStore, Seneschal } from './seneschal/seneschal.js';

const born = new Date().toISOString();
const notices = [];
let client;

async function wake() {
    const { options } = await chrome.storage.local.get('options');
    if (options === undefined) return;
    client ??= new Seneschal({
        ...options,
        type: 'extension',
        wait: 20,
        store: options.storage === 'chrome' ? chromeStore() : indexedDBStore(),
        onConfig: (configuration) => chrome.storage.local.set({ configuration }),
        onState: (notice) => notices.push(notice),
    });
    client.start();
}

async function answer({ ask }) {
    await wake();
    if (ask === 'nudge') client?.nudge();
    return { born, notices, view: await client?.view() };
}

chrome.alarms.create('seneschal', { periodInMinutes: 0.5 });
chrome.alarms.onAlarm.addListener(wake);
chrome.runtime.onMessage.addListener((message, _, reply) => {
    answer(message).then(reply, (error) => reply({ error: error.message }));
    return true;
});
chrome.storage.onChanged.addListener(({ options }) => options && wake());
wake();
