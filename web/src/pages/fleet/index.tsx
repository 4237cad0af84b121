// SPDX-License-Identifier: Apache-2.0
// Devices: the list, those that wait, one of them, and how more come in.
import type { PageProps } from '../../pages.ts';
import { lazy } from '../../ui/index.ts';
import './fleet.css';

const List = lazy(() => import('./list/List.tsx'));
const Lobby = lazy(() => import('./lobby/Lobby.tsx'), ['lobby']);
const Enrol = lazy(() => import('./enrol/Enrol.tsx'), ['enrol']);
const Device = lazy(() => import('./device/Device.tsx'), ['device']);

export default function Fleet({ rest }: PageProps) {
    const [first, tab] = rest;
    if (first === undefined) return <List />;
    if (first === 'lobby') return <Lobby />;
    if (first === 'enrol') return <Enrol />;
    return <Device key={first} id={first} tab={tab} />;
}
