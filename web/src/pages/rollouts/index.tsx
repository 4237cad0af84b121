// SPDX-License-Identifier: Apache-2.0
// /rollouts, /rollouts/new, /rollouts/ID.
import { useEffect } from 'preact/hooks';
import type { PageProps } from '../../pages.ts';
import { navigate, useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import { lazy } from '../../ui/index.ts';
import { List } from './List.tsx';

const NewRollout = lazy(() => import('./NewRollout.tsx'), ['policy']);
const Rollout = lazy(() => import('./Rollout.tsx'));

export default function Rollouts({ rest }: PageProps) {
    const [query] = useQuery();
    const [first] = rest;
    const plan = first === undefined && query['new'] === '1' && may('rollout:write');
    useEffect(() => {
        if (plan) navigate('/rollouts/new', 'replace');
    }, [plan]);
    if (first === undefined) return <List />;
    return first === 'new' ? <NewRollout /> : <Rollout key={first} id={first} />;
}
