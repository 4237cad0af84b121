// SPDX-License-Identifier: Apache-2.0
// Applications: those that there are, one of them, the rules about opening them, and why somebody may or may not.
import type { PageProps } from '../../pages.ts';
import { lazy } from '../../ui/index.ts';
import './applications.css';

const List = lazy(() => import('./List.tsx'));
const Application = lazy(() => import('./Application.tsx'));
const Explain = lazy(() => import('./Explain.tsx'), ['rules']);
const Rules = lazy(() => import('./rules/Rules.tsx'), ['rules']);

export default function Applications({ rest }: PageProps) {
    const [first] = rest;
    if (first === undefined) return <List />;
    if (first === 'rules') return <Rules />;
    if (first === 'explain') return <Explain />;
    return <Application key={first} id={first} />;
}
