// SPDX-License-Identifier: Apache-2.0
// Which file of the built console a module is in, where that is not left to the bundler: what is needed together comes together. Pages stay as the bundler
// parts them: joined by section, everything would weigh less, and the first visit of a page twice as much (docs/adr/0015).

/** The first that fits. $1 is what the first group of the pattern found. */
const CHUNKS: readonly (readonly [RegExp, string])[] = [
    // What every page has. With it comes how numbers are written: the words of English, which need it too, would bring it to every other language.
    [
        /\/src\/ui\/(?:Badge|Button|Copy|Later|Layout|Menu|PartNav|States|Tabs|Values|id|lazy|said)\.|\/src\/i18n\/format\.|\/src\/api\/(?:all|data)\./,
        'kit',
    ],
    // Words of one language, by what is open at the same time.
    [/\/parts\/(?:shell|kit|notices)\.(en|fr)\./, 'words-$1'],
    [/\/parts\/(?:fleet|device|lobby|enrol)\.(en|fr)\./, 'words-fleet-$1'],
    [/\/parts\/(?:policies|policy|rollouts)\.(en|fr)\./, 'words-policies-$1'],
    [/\/parts\/(?:people|groups|invitations|services|providers|requests)\.(en|fr)\./, 'words-people-$1'],
    [/\/parts\/(?:applications|rules)\.(en|fr)\./, 'words-applications-$1'],
    [/\/parts\/(?:tools|permissions)\.(en|fr)\./, 'words-tools-$1'],
    [/\/parts\/(?:actions|audit|logs)\.(en|fr)\./, 'words-record-$1'],
    // The kit further: what one fills in, and lists.
    [/\/src\/ui\/(?:Combobox|Dialog|Field|Inputs|Once|Steps|confirm|form|guard|toast)\./, 'kit-forms'],
    [
        /\/src\/ui\/(?:table\/|Choice\.|Filters\.|filters\.|groups\.)|\/style\/kit\/table\.|\/virtual-core\//,
        'kit-lists',
    ],
    [/\/src\/pages\/fleet\/(?:DeviceState|device|moves)\.ts/, 'fleet-parts'],
    [/\/src\/pages\/fleet\/device\/(?:Claim|acts)\.ts/, 'device-moves'],
    [/\/src\/pages\/fleet\/(?:FleetHead\.|list\/)/, 'fleet-list'],
    [/\/src\/pages\/tools\/(?:AddServer|EditServer|ServerForm|TestServer)\./, 'tool-servers'],
    [/\/src\/pages\/admin\/(?:Clock|Organisations)\./, 'whole-server'],
    [/\/src\/pages\/people\/(?:GroupField|Roles|State|acts)\./, 'people-parts'],
];

/** As the bundler takes them: first all that every page begins with. One that comes first also takes what its modules need, where that is nobody's. */
export const GROUPS = [
    { name: 'entry', tags: ['$initial' as const], priority: CHUNKS.length + 1 },
    ...CHUNKS.map(([test, name], i) => ({
        test,
        priority: CHUNKS.length - i,
        name: (id: string) => name.replace('$1', test.exec(id)?.[1] ?? ''),
    })),
];
