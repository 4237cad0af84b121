// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Button, Dialog, ErrorBox, Field, Note, Select, TextArea, TextInput, toast, useForm } from '../../ui/index.ts';
import type { Scope } from './List.tsx';
import { TargetPicker } from './TargetPicker.tsx';
import { isTargeted, type Target } from './targets.ts';

const SCOPES: readonly Scope[] = ['org', 'group', 'user', 'device', 'global'];

/** The scopes that he may use: what is for everybody everywhere is the system administrator's. */
export const openScopes = (): { value: Scope; label: string }[] =>
    SCOPES.filter((scope) => scope !== 'global' || may('system:admin')).map((value) => ({
        value,
        label: t.policies.scopes[value],
    }));

/** A new secret, or another value of this one. */
export function SecretEdit({ secret, close, done }: { secret?: Shape<'Secret'>; close: () => void; done: () => void }) {
    const words = t.policies.secrets;
    const [target, setTarget] = useState<Target | undefined>(
        secret?.target_id ? { id: secret.target_id, name: secret.target_name ?? secret.target_id } : undefined,
    );
    const form = useForm({
        initial: {
            name: secret?.name ?? '',
            scope: (secret?.scope ?? 'org') as Scope,
            target_id: '',
            description: secret?.description ?? '',
            value: '',
        },
        careless: true,
        check: (v) => ({
            ...(v.name.trim() === '' && { name: words.noName }),
            ...(v.value === '' && { value: words.noValue }),
            ...(isTargeted(v.scope) && !target && { target_id: words.noTarget }),
        }),
        submit: (v) =>
            call(
                api.PUT('/api/v1/secrets/{name}', {
                    params: { path: { name: v.name.trim() } },
                    body: {
                        value: v.value,
                        scope: v.scope,
                        ...(target && isTargeted(v.scope) && { target_id: target.id }),
                        ...(v.description && { description: v.description }),
                    },
                }),
            ),
        done: (made) => {
            toast.good(words.saved(made.name ?? ''));
            done();
            close();
        },
    });
    const scope = form.values.scope;
    return (
        <Dialog
            title={secret ? words.setTitle(secret.name ?? '') : words.addTitle}
            onClose={close}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={close}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {words.submit}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            {secret && <Note tone="info">{words.setText}</Note>}
            {!secret && (
                <>
                    <Field label={words.name} hint={words.nameHint} error={form.error('name')} required>
                        <TextInput {...form.bind('name')} mono maxLength={64} autocomplete="off" />
                    </Field>
                    <Field label={words.scope} hint={words.scopeHint} error={form.error('scope')}>
                        <Select
                            value={scope}
                            options={openScopes()}
                            onInput={(next) => {
                                form.set({ scope: next });
                                setTarget(undefined);
                            }}
                        />
                    </Field>
                    {isTargeted(scope) && (
                        <TargetPicker
                            kind={scope}
                            value={target}
                            onInput={setTarget}
                            error={target ? undefined : form.error('target_id')}
                        />
                    )}
                </>
            )}
            <Field label={words.value} hint={words.valueHint} error={form.error('value')} required>
                <TextArea {...form.bind('value')} mono rows={3} />
            </Field>
            <Field label={words.description} error={form.error('description')}>
                <TextInput {...form.bind('description')} maxLength={2000} />
            </Field>
        </Dialog>
    );
}
