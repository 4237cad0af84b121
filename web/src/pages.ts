// SPDX-License-Identifier: Apache-2.0
// Every page, once: where it is, who may see it, what it is made of. The router, the navigation, links and the palette all read this table.
import type { FunctionComponent } from 'preact';
import type { PartName } from './i18n/index.ts';
import type { IconName } from './ui/Icon.tsx';
import { may } from './session.ts';
import type enShell from './i18n/parts/shell.en.ts';

export interface PageProps {
    /** What follows the page's own path, decoded: /fleet/ID is ['ID']. */
    rest: readonly string[];
}

type Names = (typeof enShell)['pages'];
export type Section = keyof (typeof enShell)['sections'];

export interface Page {
    id: keyof Names;
    path: string;
    /** There are pages below it: /fleet/ID. */
    deep?: true;
    section: Section;
    icon: IconName;
    /** One of these permissions opens it; none: everybody who is signed in. */
    may: readonly string[];
    /** `g`, then this letter. */
    key?: string;
    parts: readonly PartName[];
    load: () => Promise<{ default: FunctionComponent<PageProps> }>;
    /** What stands at its very path, where that is a file of its own: whoever begins there asks for it with the page, not after it. */
    first?: () => Promise<unknown>;
}

export const pages: readonly Page[] = [
    {
        id: 'dashboard',
        path: '/dashboard',
        section: 'top',
        icon: 'dashboard',
        may: ['metrics:read', 'device:read', 'audit:read'],
        key: 'd',
        parts: ['dashboard'],
        load: () => import('./pages/dashboard/index.tsx'),
        first: () => import('./pages/dashboard/Lower.tsx'),
    },
    {
        id: 'fleet',
        path: '/fleet',
        deep: true,
        section: 'fleet',
        icon: 'device',
        may: ['device:read'],
        key: 'f',
        parts: ['fleet'],
        load: () => import('./pages/fleet/index.tsx'),
        first: () => import('./pages/fleet/list/List.tsx'),
    },
    {
        id: 'policies',
        path: '/policies',
        deep: true,
        section: 'fleet',
        icon: 'policy',
        may: ['policy:read'],
        key: 'p',
        parts: ['policies'],
        load: () => import('./pages/policies/index.tsx'),
    },
    {
        id: 'rollouts',
        path: '/rollouts',
        deep: true,
        section: 'fleet',
        icon: 'rollout',
        may: ['rollout:read'],
        key: 'r',
        parts: ['rollouts'],
        load: () => import('./pages/rollouts/index.tsx'),
    },
    {
        id: 'people',
        path: '/people',
        deep: true,
        section: 'access',
        icon: 'people',
        may: ['user:read', 'group:read', 'service-account:read', 'invitation:read'],
        key: 'u',
        parts: ['people'],
        load: () => import('./pages/people/index.tsx'),
    },
    {
        id: 'applications',
        path: '/applications',
        deep: true,
        section: 'access',
        icon: 'application',
        may: ['application:read', 'access-rule:read'],
        key: 'a',
        parts: ['applications'],
        load: () => import('./pages/applications/index.tsx'),
    },
    {
        id: 'tools',
        path: '/tools',
        deep: true,
        section: 'tools',
        icon: 'tool',
        may: ['server:read', 'approval:read'],
        key: 't',
        parts: ['tools'],
        load: () => import('./pages/tools/index.tsx'),
    },
    {
        id: 'permissions',
        path: '/permissions',
        section: 'tools',
        icon: 'permission',
        may: ['tool:read'],
        key: 'm',
        parts: ['permissions', 'tools'],
        load: () => import('./pages/permissions/index.tsx'),
    },
    {
        id: 'audit',
        path: '/audit',
        section: 'record',
        icon: 'audit',
        may: ['audit:read'],
        key: 'e',
        parts: ['audit', 'actions'],
        load: () => import('./pages/audit/index.tsx'),
    },
    {
        id: 'logs',
        path: '/logs',
        section: 'record',
        icon: 'log',
        may: ['audit:read'],
        key: 'l',
        parts: ['logs'],
        load: () => import('./pages/logs/index.tsx'),
    },
    {
        id: 'admin',
        path: '/admin',
        section: 'system',
        icon: 'admin',
        may: ['system:admin', 'operation:read', 'keys:read', 'webhook:read', 'metrics:read'],
        key: 's',
        parts: ['admin'],
        load: () => import('./pages/admin/index.tsx'),
    },
    {
        id: 'portal',
        path: '/portal',
        section: 'own',
        icon: 'application',
        may: [],
        key: 'h',
        parts: ['portal'],
        load: () => import('./pages/portal/Applications.tsx'),
    },
    {
        id: 'portalDevices',
        path: '/portal/devices',
        section: 'own',
        icon: 'device',
        may: [],
        parts: ['portal'],
        load: () => import('./pages/portal/Devices.tsx'),
    },
    {
        id: 'portalTools',
        path: '/portal/tools',
        section: 'own',
        icon: 'tool',
        may: [],
        parts: ['portal'],
        load: () => import('./pages/portal/Tools.tsx'),
    },
    {
        id: 'portalApprovals',
        path: '/portal/approvals',
        section: 'own',
        icon: 'approval',
        may: [],
        parts: ['portal'],
        load: () => import('./pages/portal/Approvals.tsx'),
    },
    {
        id: 'portalActivity',
        path: '/portal/activity',
        section: 'own',
        icon: 'activity',
        may: [],
        parts: ['portal', 'actions'],
        load: () => import('./pages/portal/Activity.tsx'),
    },
    {
        id: 'portalAccount',
        path: '/portal/account',
        section: 'own',
        icon: 'key',
        may: [],
        parts: ['portal'],
        load: () => import('./pages/portal/Account.tsx'),
    },
    {
        id: 'config',
        path: '/config',
        section: 'own',
        icon: 'home',
        may: [],
        key: 'c',
        parts: ['config'],
        load: () => import('./pages/config/index.tsx'),
    },
    {
        id: 'portalConnect',
        path: '/portal/connect',
        section: 'own',
        icon: 'connect',
        may: [],
        parts: ['portal'],
        load: () => import('./pages/portal/Connect.tsx'),
    },
];

/** May he see it? */
export const isOpen = (page: Page): boolean => page.may.length === 0 || may(...page.may);

/** The pages that he may see, as the navigation lists them. */
export const openPages = (): readonly Page[] => pages.filter(isOpen);

/** The page at this path: the one with the longest path that is it or leads to it. */
export function pageAt(path: string): Page | undefined {
    const fits = pages.filter((page) => path === page.path || (page.deep && path.startsWith(`${page.path}/`)));
    return fits.sort((a, b) => b.path.length - a.path.length)[0];
}

/** Where one who comes without a path lands. */
export const startPath = (): string => openPages()[0]?.path ?? '/portal';
