// SPDX-License-Identifier: Apache-2.0
// What a version says beside its content: the switch, the locks; and what it is checked against.
import { useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { Button, Card, Field, Icon, IconButton, RadioCards, TextInput } from '../../../ui/index.ts';
import { objectOf } from '../json.ts';
import { isLockable, pointersOf, type Draft, type Switch } from './draft.ts';
import type { Schemas } from './useSchemas.ts';

function Locks({ draft, set, writable }: { draft: Draft; set: (changes: Partial<Draft>) => void; writable: boolean }) {
    const words = t.policy.edit;
    const [path, setPath] = useState('');
    const ready = path !== '' && isLockable(path) && !draft.locked.includes(path);
    const lock = () => {
        if (!ready) return;
        set({ locked: [...draft.locked, path] });
        setPath('');
    };
    const proposals = ['enabled', ...pointersOf(objectOf(draft.text))].filter((one) => !draft.locked.includes(one));
    return (
        <>
            {draft.locked.length === 0 && <p class="muted">{words.lockedNone}</p>}
            <ul class="locks">
                {draft.locked.map((one) => (
                    <li key={one}>
                        <Icon name="lock" size={16} />
                        <code>{one || '/'}</code>
                        {writable && (
                            <IconButton
                                icon="close"
                                kind="link"
                                small
                                label={words.unlock(one || '/')}
                                onClick={() => set({ locked: draft.locked.filter((other) => other !== one) })}
                            />
                        )}
                    </li>
                ))}
            </ul>
            {writable && (
                <div class="lock-line">
                    <Field label={words.lockLabel}>
                        <TextInput
                            value={path}
                            onInput={setPath}
                            mono
                            list={proposals}
                            placeholder="/limits/maxTokens"
                            onKeyDown={(event) => {
                                if (event.key === 'Enter') lock();
                            }}
                        />
                    </Field>
                    <Button icon="lock" disabled={!ready} onClick={lock}>
                        {words.lock}
                    </Button>
                </div>
            )}
        </>
    );
}

export function Options({
    draft,
    set,
    writable,
    schemas,
}: {
    draft: Draft;
    set: (changes: Partial<Draft>) => void;
    writable: boolean;
    schemas: Schemas;
}) {
    const words = t.policy.edit;
    const options = (['unsaid', 'on', 'off'] as const).map((value) => ({
        value,
        label: words.switches[value],
    }));
    return (
        <div class="stack">
            <Card title={words.enabled} intro={words.enabledHint}>
                {writable ? (
                    <RadioCards<Switch>
                        label={words.enabled}
                        value={draft.enabled}
                        options={options}
                        onInput={(enabled) => set({ enabled })}
                    />
                ) : (
                    <p>
                        <strong>{words.switches[draft.enabled]}</strong>
                    </p>
                )}
            </Card>
            <Card title={words.locked} intro={words.lockedHint}>
                <Locks draft={draft} set={set} writable={writable} />
            </Card>
            <Card title={words.checked}>
                {schemas.namespaces.length === 0 && schemas.loaded && (
                    <p class="muted">
                        {words.unchecked} {writable && <a href="/policies/schemas">{words.addSchema}</a>}
                    </p>
                )}
                <ul class="locks">
                    {schemas.namespaces.map((one) => (
                        <li key={one.id}>
                            <Icon name="rule" size={16} />
                            <a href={`/policies/schemas/${one.id}`}>
                                {one.namespace ? <code>{one.namespace}</code> : t.policies.schemas.whole}
                            </a>
                        </li>
                    ))}
                </ul>
                <p class="muted">{words.secrets}</p>
            </Card>
        </div>
    );
}
