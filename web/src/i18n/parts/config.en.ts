// SPDX-License-Identifier: Apache-2.0
// One's own Home Assistants.
import { counted } from '../format.ts';

export default {
    intro: 'Your own Home Assistant, only for your assistants. Nobody else sees it, administrators included.',
    add: 'Add a Home Assistant',
    edit: 'Edit',
    editTitle: (name: string) => `Edit ${name}`,
    saved: (name: string) => `${name} is saved`,
    delete: 'Delete',
    deleteAsk: (name: string) => `Delete ${name}?`,
    deleteText:
        'Its token is forgotten, and its tools are gone from your assistants. Home Assistant itself is not touched; take the token back there.',
    deleted: (name: string) => `${name} is deleted`,
    actsOn: (name: string) => `Acts on ${name}`,
    first: {
        title: 'Your home, within reach of your assistants',
        text: 'Name your Home Assistant here: its tools are there for you alone, and you choose what they may touch.',
        needs: 'In Home Assistant first',
        steps: [
            'Settings → Devices & services → Add integration → Model Context Protocol Server (2025.2 and later). Choose the API “Assist”.',
            'Settings → Voice assistants → Expose: choose what assistants may see. What is not exposed does not exist for them.',
            'Your profile → Security → Long-lived access tokens → Create token. Make one just for this.',
        ],
        token: 'The token may do there what its owner may do: a person without administrator’s rights is a good owner for it.',
    },
    states: { ok: 'Answers', failed: 'Failed', never: 'Never asked' },
    failedTitle: 'It failed when it was asked last',
    url: 'Address',
    urlHint: 'Where you open it in a browser.',
    token: 'Access token',
    tokenHint: 'A long-lived access token of Home Assistant. Sealed, never shown again.',
    tokenKept: 'It is sealed. Leave this empty to keep it.',
    name: 'Name',
    nameHint: (name: string) => `In the names of its tools: ${name}__HassTurnOn.`,
    domains: 'What assistants may touch',
    domainsHint:
        'Domains such as light or switch; Enter takes one. None: everything that is exposed. With domains, scripts are out.',
    domainDrop: (domain: string) => `Take ${domain} away`,
    allDomains: 'everything that is exposed',
    lastTest: 'Asked last',
    needName: 'Give it a name',
    needUrl: 'Say where it is',
    needToken: 'Paste its token',
    needTokenMoved: 'A token is not sent to another address than it was given for: paste it again',
    gives: 'What it gives your assistants',
    givesNothing: 'Nothing that you may call now. Expose something in Home Assistant, or test it.',
    givesMore:
        'Tools that read are open to you. Those that change something need a permission: ask who administers your organisation.',
    use: 'Use it from an assistant',
    useText:
        'This address leads only to this home, with its own names. On the first call your assistant opens your browser, and you sign in.',
    address: 'Address',
    together: 'With all your other tools, by one address',
    warnings: {
        'plain-http': 'Plain HTTP: the token can be read on the way. Use it only inside your own network.',
        starting: 'It is still starting.',
        'entities-capped': 'There are more than could be counted.',
        'older-transport': 'It only speaks the older HTTP+SSE: that works, but newer versions are faster.',
        'no-tools': 'Nothing is exposed to assistants yet.',
    },
    test: {
        verb: 'Test',
        title: 'Test',
        of: (name: string) => `Test of ${name}`,
        again: 'Test again',
        ok: 'All well',
        failed: 'It stops here',
        steps: {
            reach: 'Reach it',
            token: 'Token',
            config: 'Home Assistant',
            entities: 'Entities',
            mcp: 'Assistants (MCP)',
        },
        well: {
            reach: (time: string) => `It answers${time && `, in ${time}`}.`,
            token: 'It takes the token.',
            config: (version: string, place: string) =>
                [version && `Version ${version}`, place].filter(Boolean).join(', ') + '.',
            entities: (n: number) => `${counted(n, 'entity', 'entities')}.`,
            mcp: (n: number) => `${counted(n, 'tool', 'tools')} for assistants.`,
        },
        next: {
            reach: 'Is the address right, and is Home Assistant running? It must be reachable from this server.',
            token: 'Create a new long-lived access token in your profile, and paste all of it.',
            config: 'Restart Home Assistant, or look at its log.',
            entities: 'Home Assistant did not give its list of entities: look at its log.',
            mcp: 'Add the integration “Model Context Protocol Server” in Home Assistant.',
        },
    },
};
