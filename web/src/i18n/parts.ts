// SPDX-License-Identifier: Apache-2.0
// The catalogues: one part a page, each a chunk of its own in each language. A part of fr has the type of en, so that nothing can be missing.
export const parts = {
    shell: { en: () => import('./parts/shell.en.ts'), fr: () => import('./parts/shell.fr.ts') },
    kit: { en: () => import('./parts/kit.en.ts'), fr: () => import('./parts/kit.fr.ts') },
    notices: { en: () => import('./parts/notices.en.ts'), fr: () => import('./parts/notices.fr.ts') },
    dashboard: { en: () => import('./parts/dashboard.en.ts'), fr: () => import('./parts/dashboard.fr.ts') },
    fleet: { en: () => import('./parts/fleet.en.ts'), fr: () => import('./parts/fleet.fr.ts') },
    lobby: { en: () => import('./parts/lobby.en.ts'), fr: () => import('./parts/lobby.fr.ts') },
    device: { en: () => import('./parts/device.en.ts'), fr: () => import('./parts/device.fr.ts') },
    enrol: { en: () => import('./parts/enrol.en.ts'), fr: () => import('./parts/enrol.fr.ts') },
    policies: { en: () => import('./parts/policies.en.ts'), fr: () => import('./parts/policies.fr.ts') },
    policy: { en: () => import('./parts/policy.en.ts'), fr: () => import('./parts/policy.fr.ts') },
    rollouts: { en: () => import('./parts/rollouts.en.ts'), fr: () => import('./parts/rollouts.fr.ts') },
    people: { en: () => import('./parts/people.en.ts'), fr: () => import('./parts/people.fr.ts') },
    groups: { en: () => import('./parts/groups.en.ts'), fr: () => import('./parts/groups.fr.ts') },
    invitations: { en: () => import('./parts/invitations.en.ts'), fr: () => import('./parts/invitations.fr.ts') },
    services: { en: () => import('./parts/services.en.ts'), fr: () => import('./parts/services.fr.ts') },
    providers: { en: () => import('./parts/providers.en.ts'), fr: () => import('./parts/providers.fr.ts') },
    requests: { en: () => import('./parts/requests.en.ts'), fr: () => import('./parts/requests.fr.ts') },
    applications: { en: () => import('./parts/applications.en.ts'), fr: () => import('./parts/applications.fr.ts') },
    rules: { en: () => import('./parts/rules.en.ts'), fr: () => import('./parts/rules.fr.ts') },
    tools: { en: () => import('./parts/tools.en.ts'), fr: () => import('./parts/tools.fr.ts') },
    access: { en: () => import('./parts/access.en.ts'), fr: () => import('./parts/access.fr.ts') },
    permissions: { en: () => import('./parts/permissions.en.ts'), fr: () => import('./parts/permissions.fr.ts') },
    actions: { en: () => import('./parts/actions.en.ts'), fr: () => import('./parts/actions.fr.ts') },
    audit: { en: () => import('./parts/audit.en.ts'), fr: () => import('./parts/audit.fr.ts') },
    logs: { en: () => import('./parts/logs.en.ts'), fr: () => import('./parts/logs.fr.ts') },
    admin: { en: () => import('./parts/admin.en.ts'), fr: () => import('./parts/admin.fr.ts') },
    upkeep: { en: () => import('./parts/upkeep.en.ts'), fr: () => import('./parts/upkeep.fr.ts') },
    portal: { en: () => import('./parts/portal.en.ts'), fr: () => import('./parts/portal.fr.ts') },
    config: { en: () => import('./parts/config.en.ts'), fr: () => import('./parts/config.fr.ts') },
};

export type PartName = keyof typeof parts;
export type Language = 'en' | 'fr';
type PartOf<Name extends PartName> = Awaited<ReturnType<(typeof parts)[Name]['en']>>['default'];
export type Catalogue = { [Name in PartName]: PartOf<Name> };
