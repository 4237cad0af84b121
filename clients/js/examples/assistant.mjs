// SPDX-License-Identifier: Apache-2.0
// A desktop assistant in one file: its model, its limits and whether it may run at all are the administrator's to say.
import { createInterface } from 'node:readline';
import { fileStore, Seneschal } from '../seneschal.js';

let settings; // of the namespace `iassistants`, while they are in force
let asked = []; // when, within the last minute
const past = [];

const client = new Seneschal({
    server: process.env.SERVER,
    machineId: process.env.MACHINE,
    store: fileStore('./assistant'),
    enrollmentKey: process.env.ENROLLMENT_KEY,
    onConfig({ enabled, config, reason }) {
        settings = undefined;
        if (!enabled) return console.log(`off: ${reason ?? 'switched off by a policy'}`);
        const { owuiEndpoint, owuiModel } = config.iassistants ?? {};
        if (!owuiEndpoint || !owuiModel) throw new Error('iassistants: owuiEndpoint and owuiModel are wanted'); // the server is told
        settings = config.iassistants;
        console.log(`on: ${owuiModel} at ${owuiEndpoint}`);
    },
});

async function answer(content) {
    if (!settings) throw new Error('the assistant is off');
    const { owuiEndpoint, owuiModel, owuiKey, systemPrompt, featureFlags = {}, limits = {} } = settings;
    asked = asked.filter((at) => at > Date.now() - 60_000);
    if (asked.length >= (limits.requestsPerMinute ?? Infinity)) throw new Error(`no more than ${limits.requestsPerMinute} a minute`);
    asked.push(Date.now());
    const key = owuiKey && (await client.secret(owuiKey.$secret)); // when it is needed, and kept nowhere
    const messages = [...(featureFlags.history ? past : []), { role: 'user', content }];
    if (systemPrompt) messages.unshift({ role: 'system', content: systemPrompt });
    const response = await fetch(`${owuiEndpoint}/api/chat/completions`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) },
        body: JSON.stringify({ model: owuiModel, messages, max_tokens: limits.maxTokens }),
    });
    if (!response.ok) throw new Error(`Open WebUI says ${response.status}`);
    const { message } = (await response.json()).choices[0];
    past.push(messages.at(-1), message);
    return message.content;
}

client.start();
for await (const line of createInterface({ input: process.stdin })) console.log(await answer(line).catch((error) => `! ${error.message}`));
await client.stop();
