// SPDX-License-Identifier: Apache-2.0
// How the server runs, and what an administrator does about it.
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { lazy, PageHead, Tabs } from '../../ui/index.ts';
import './admin.css';

const Operation = lazy(() => import('./Operation.tsx'));
const Backup = lazy(() => import('./Backup.tsx'));
const Limits = lazy(() => import('./Limits.tsx'), ['upkeep']);
const Retention = lazy(() => import('./Retention.tsx'), ['upkeep']);
const Security = lazy(() => import('./Security.tsx'), ['upkeep']);
const Keys = lazy(() => import('./Keys.tsx'));
const Webhooks = lazy(() => import('./Webhooks.tsx'), ['actions']);
const Organisations = lazy(() => import('./Organisations.tsx'));
const Clock = lazy(() => import('./Clock.tsx'));

export default function Admin() {
    const words = t.admin;
    return (
        <>
            <PageHead title={t.shell.pages.admin} intro={words.intro} />
            <Tabs
                label={words.tabs.label}
                items={[
                    may('metrics:read') && {
                        key: 'operation',
                        label: words.tabs.operation,
                        content: () => <Operation />,
                    },
                    may('operation:read') && { key: 'backup', label: words.tabs.backup, content: () => <Backup /> },
                    may('operation:read') && { key: 'limits', label: words.tabs.limits, content: () => <Limits /> },
                    may('operation:write') && {
                        key: 'retention',
                        label: words.tabs.retention,
                        content: () => <Retention />,
                    },
                    may('audit:read') && { key: 'security', label: words.tabs.security, content: () => <Security /> },
                    may('keys:read') && { key: 'keys', label: words.tabs.keys, content: () => <Keys /> },
                    may('webhook:read') && { key: 'webhooks', label: words.tabs.webhooks, content: () => <Webhooks /> },
                    may('system:admin') && {
                        key: 'organisations',
                        label: words.tabs.organisations,
                        content: () => <Organisations />,
                    },
                    may('system:admin') && { key: 'clock', label: words.tabs.clock, content: () => <Clock /> },
                ]}
            />
        </>
    );
}
