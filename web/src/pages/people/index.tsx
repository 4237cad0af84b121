// SPDX-License-Identifier: Apache-2.0
// People: accounts, groups, invitations, programs that have an account, who asks for what, and other issuers.
import type { PageProps } from '../../pages.ts';
import { may } from '../../session.ts';
import { navigate } from '../../router.ts';
import { lazy } from '../../ui/index.ts';
import { useEffect } from 'preact/hooks';
import { openParts, type Part } from './PeopleHead.tsx';
import './people.css';

const Users = lazy(() => import('./users/List.tsx'));
const User = lazy(() => import('./users/User.tsx'));
const Groups = lazy(() => import('./groups/Groups.tsx'), ['groups']);
const Group = lazy(() => import('./groups/Group.tsx'), ['groups']);
const Invitations = lazy(() => import('./invitations/Invitations.tsx'), ['invitations']);
const Services = lazy(() => import('./services/Services.tsx'), ['services']);
const Service = lazy(() => import('./services/Service.tsx'), ['services']);
const Providers = lazy(() => import('./providers/Providers.tsx'), ['providers']);
const Requests = lazy(() => import('./requests/Requests.tsx'), ['requests']);

/** Who may not read the accounts comes to the first part that he may. */
function Elsewhere() {
    const to = openParts()[0]?.href;
    useEffect(() => {
        if (to) navigate(to, 'replace');
    }, []);
    return null;
}

export default function People({ rest }: PageProps) {
    const [first, id] = rest;
    switch (first as Part | undefined) {
        case undefined:
            return may('user:read') ? <Users /> : <Elsewhere />;
        case 'groups':
            return id === undefined ? <Groups /> : <Group key={id} id={id} />;
        case 'invitations':
            return <Invitations />;
        case 'services':
            return id === undefined ? <Services /> : <Service key={id} id={id} />;
        case 'providers':
            return <Providers />;
        case 'requests':
            return <Requests />;
        default:
            return <User key={first} id={first ?? ''} />;
    }
}
