// SPDX-License-Identifier: Apache-2.0
import { api, call } from '../api/client.ts';
import { t } from '../i18n/index.ts';
import { may } from '../session.ts';
import { Combobox, type Found } from './Combobox.tsx';
import { Select } from './Inputs.tsx';
import '../style/kit/choose.css';

export type SubjectKind = 'user' | 'group' | 'service-account' | 'device';

export interface Subject {
    kind: SubjectKind;
    id: string;
    name: string;
}

const SHOWN = 12;

interface Finder {
    /** Who may not read these is not offered them. */
    may: string;
    find: (search: string, signal: AbortSignal) => Promise<readonly Found[]>;
    one: (id: string, signal: AbortSignal) => Promise<string>;
}

const query = (search: string) => ({ query: { limit: SHOWN, ...(search && { search }) } });

const FINDERS: Record<SubjectKind, Finder> = {
    user: {
        may: 'user:read',
        find: async (search, signal) =>
            ((await call(api.GET('/api/v1/users', { params: query(search), signal }))).items ?? []).map((one) => ({
                key: one.id ?? '',
                label: one.display_name || one.username || '',
                more: one.username ?? '',
            })),
        one: async (id, signal) => {
            const found = await call(api.GET('/api/v1/users/{id}', { params: { path: { id } }, signal }));
            return found.display_name || found.username || id;
        },
    },
    group: {
        may: 'group:read',
        find: async (search, signal) =>
            ((await call(api.GET('/api/v1/groups', { params: query(search), signal }))).items ?? []).map((one) => ({
                key: one.id ?? '',
                label: one.name ?? '',
            })),
        one: async (id, signal) =>
            (await call(api.GET('/api/v1/groups/{id}', { params: { path: { id } }, signal }))).name ?? id,
    },
    'service-account': {
        may: 'service-account:read',
        find: async (search, signal) =>
            ((await call(api.GET('/api/v1/service-accounts', { params: query(search), signal }))).items ?? []).map(
                (one) => ({ key: one.id ?? '', label: one.name ?? '' }),
            ),
        one: async (id, signal) =>
            (await call(api.GET('/api/v1/service-accounts/{id}', { params: { path: { id } }, signal }))).name ?? id,
    },
    device: {
        may: 'device:read',
        find: async (search, signal) =>
            ((await call(api.GET('/api/v1/devices', { params: query(search), signal }))).items ?? []).map((one) => ({
                key: one.id ?? '',
                label: one.hostname || one.machine_id || '',
                more: one.machine_id ?? '',
            })),
        one: async (id, signal) => {
            const found = await call(api.GET('/api/v1/devices/{id}', { params: { path: { id } }, signal }));
            return found.hostname || found.machine_id || id;
        },
    },
};

/** The kinds that this person may look up. */
export const kindsOpen = (kinds: readonly SubjectKind[]): SubjectKind[] =>
    kinds.filter((kind) => may(FINDERS[kind].may));

/** How it is called: for a URL that has the id alone. */
export const nameOfSubject = (kind: SubjectKind, id: string, signal: AbortSignal): Promise<string> =>
    FINDERS[kind].one(id, signal);

/** A person, a group, a service account or a device: the kind, then its name as one types. */
export function SubjectPicker({
    value,
    kind,
    onKind,
    onPick,
    kinds,
    label,
}: {
    value: Subject | undefined;
    kind: SubjectKind;
    onKind: (kind: SubjectKind) => void;
    onPick: (subject: Subject) => void;
    kinds: readonly SubjectKind[];
    label: string;
}) {
    const open = kindsOpen(kinds);
    return (
        <span class="subject-picker">
            {open.length > 1 && (
                <Select
                    aria-label={t.kit.subjectKind(label)}
                    value={kind}
                    onInput={onKind}
                    options={open.map((one) => ({ value: one, label: t.kit.subjects[one] }))}
                />
            )}
            <Combobox
                key={kind}
                aria-label={`${label}: ${t.kit.subjects[kind]}`}
                value={value?.kind === kind ? value.name : ''}
                placeholder={t.kit.subjectSearch[kind]}
                find={FINDERS[kind].find}
                onPick={(one) => onPick({ kind, id: one.key, name: one.label })}
            />
        </span>
    );
}
