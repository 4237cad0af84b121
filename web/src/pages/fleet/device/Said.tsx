// SPDX-License-Identifier: Apache-2.0
// Who says what to a device.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { Badge, Value } from '../../../ui/index.ts';
import { levelName } from '../../../ui/Pieces.tsx';

interface Spoken {
    level?: string | null;
    policy_id?: string | null;
    policy_name?: string | null;
    number?: number | null;
    version?: string | null;
    assignment_id?: string | null;
}

/** Names of the groups that assignments are to. */
export const GroupsOf = createContext<ReadonlyMap<string, string>>(new Map());

/** Who said something: the level and its group, the policy, its version. */
export function Source({ word, label }: { word: Spoken; label?: string }) {
    const group = useContext(GroupsOf).get(word.assignment_id ?? '');
    const name = word.policy_name ?? t.device.config.deleted;
    return (
        <span class="source" title={label}>
            <Badge tone="info">{group ? t.device.config.group(group) : levelName(word.level)}</Badge>
            {word.policy_id ? <a href={`/policies/${word.policy_id}`}>{name}</a> : name}
            {(word.version ?? word.number) && <small>{word.version ?? `#${word.number}`}</small>}
        </span>
    );
}

type Word = Shape<'ExplainWord'>;

export function Words({ words }: { words: readonly Word[] }) {
    return (
        <ul class="said">
            {words.map((word, at) => (
                <li key={at}>
                    <del>
                        <Value value={word.value ?? null} />
                    </del>{' '}
                    <Source word={word} />
                </li>
            ))}
        </ul>
    );
}
