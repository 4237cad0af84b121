// SPDX-License-Identifier: Apache-2.0
// /policies, /policies/schemas, /policies/secrets, /policies/ID and its parts.
import { lazy } from '../../ui/index.ts';
import type { PageProps } from '../../pages.ts';
import { List } from './List.tsx';

const Schemas = lazy(() => import('./Schemas.tsx'));
const Secrets = lazy(() => import('./Secrets.tsx'));
const Policy = lazy(() => import('./policy/Policy.tsx'), ['policy']);

export default function Policies({ rest }: PageProps) {
    const [first, second] = rest;
    if (first === undefined) return <List />;
    if (first === 'schemas') return <Schemas {...(second !== undefined && { id: second })} />;
    if (first === 'secrets') return <Secrets />;
    return <Policy key={first} id={first} part={second ?? ''} />;
}
