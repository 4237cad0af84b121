// SPDX-License-Identifier: Apache-2.0
// The head of the pages about people, and the way between them.
import type { ComponentChildren } from 'preact';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { PageHead, PartNav } from '../../ui/index.ts';

export type Part = 'users' | 'groups' | 'invitations' | 'services' | 'requests' | 'providers';

const PARTS: readonly { part: Part; href: string; may: string }[] = [
    { part: 'users', href: '/people', may: 'user:read' },
    { part: 'groups', href: '/people/groups', may: 'group:read' },
    { part: 'invitations', href: '/people/invitations', may: 'invitation:read' },
    { part: 'requests', href: '/people/requests', may: 'group:read' },
    { part: 'services', href: '/people/services', may: 'service-account:read' },
    { part: 'providers', href: '/people/providers', may: 'identity-provider:read' },
];

/** Those that he may see. */
export const openParts = () => PARTS.filter((one) => may(one.may));

export function PeopleHead({ part, actions }: { part: Part; actions?: ComponentChildren }) {
    return (
        <>
            <PageHead title={t.people.title[part]} intro={t.people.intro[part]} actions={actions} />
            <PartNav
                label={t.people.parts}
                current={part}
                parts={openParts().map((one) => ({ key: one.part, href: one.href, label: t.people.nav[one.part] }))}
            />
        </>
    );
}
