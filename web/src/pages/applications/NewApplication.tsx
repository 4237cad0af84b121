// SPDX-License-Identifier: Apache-2.0
// A new application: first what it is, then the little that this kind needs.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { navigate } from '../../router.ts';
import {
    Button,
    Checkbox,
    Chooser,
    Dialog,
    ErrorBox,
    Field,
    RadioCards,
    Stack,
    TextArea,
    TextInput,
    useForm,
    type Choice,
} from '../../ui/index.ts';
import { findGroups } from '../../ui/find.ts';
import { Connect } from './Connect.tsx';

type How = 'confidential' | 'public' | 'forward_auth';

interface Values {
    how: How;
    name: string;
    host: string;
    redirect_uris: string;
    launch_url: string;
    description: string;
    groups: readonly Choice[];
    admin: boolean;
}

export const linesOf = (text: string): string[] => text.split(/\s+/).filter(Boolean);

function bodyOf(v: Values): Shape<'ApplicationIn'> {
    const common = {
        name: v.name.trim(),
        groups: v.groups.map((group) => group.id),
        admin: v.admin,
        ...(v.description && { description: v.description }),
        ...(v.launch_url && { launch_url: v.launch_url }),
    };
    if (v.how === 'forward_auth') return { ...common, kind: 'forward_auth', host: v.host.trim() };
    return { ...common, kind: 'oidc', client_type: v.how, redirect_uris: linesOf(v.redirect_uris) };
}

export function NewApplication({ onClose, done }: { onClose: () => void; done: () => void }) {
    const words = t.applications;
    const [made, setMade] = useState<Shape<'Application'>>();
    const form = useForm({
        initial: {
            how: 'confidential',
            name: '',
            host: '',
            redirect_uris: '',
            launch_url: '',
            description: '',
            groups: [],
            admin: false,
        } as Values,
        careless: true,
        check: (v) => ({
            ...(!v.name.trim() && { name: words.needed }),
            ...(v.how === 'forward_auth' && !v.host.trim() && { host: words.needed }),
        }),
        submit: (v) => call(api.POST('/api/v1/applications', { body: bodyOf(v) })),
        done: (app) => {
            setMade(app);
            done();
        },
    });
    if (made) {
        return (
            <Dialog
                firm
                wide
                title={words.made(made.name ?? '')}
                onClose={onClose}
                actions={
                    <Button kind="primary" onClick={() => navigate(`/applications/${made.id}`)}>
                        {words.toPage}
                    </Button>
                }
            >
                <Connect app={made} secret={made.client_secret ?? undefined} />
            </Dialog>
        );
    }
    const forward = form.values.how === 'forward_auth';
    return (
        <Dialog
            wide
            title={words.add}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {words.add}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={words.how} group>
                <RadioCards
                    {...form.bind('how')}
                    label={words.how}
                    options={[
                        {
                            value: 'confidential',
                            label: words.hows.confidential,
                            hint: words.howHints.confidential,
                            icon: 'server',
                        },
                        { value: 'public', label: words.hows.public, hint: words.howHints.public, icon: 'device' },
                        {
                            value: 'forward_auth',
                            label: words.hows.forward_auth,
                            hint: words.howHints.forward_auth,
                            icon: 'lock',
                        },
                    ]}
                />
            </Field>
            <Stack as="grid">
                <Field label={words.column.name} error={form.error('name')} required>
                    <TextInput {...form.bind('name')} />
                </Field>
                <Field label={words.launch} hint={words.launchHint} error={form.error('launch_url')}>
                    <TextInput {...form.bind('launch_url')} type="url" mono />
                </Field>
            </Stack>
            {forward ? (
                <Field label={words.host} hint={words.hostHint} error={form.error('host')} required>
                    <TextInput {...form.bind('host')} mono placeholder="wiki.example.org" />
                </Field>
            ) : (
                <Field label={words.redirects} hint={words.redirectsHint} error={form.error('redirect_uris')}>
                    <TextArea
                        {...form.bind('redirect_uris')}
                        rows={2}
                        mono
                        placeholder="https://wiki.example.org/callback"
                    />
                </Field>
            )}
            <Field label={words.groups} hint={words.groupsHint} error={form.error('groups')}>
                <Chooser
                    label={words.findGroup}
                    chosen={form.values.groups}
                    onInput={(groups) => form.set({ groups })}
                    find={findGroups}
                />
            </Field>
            <Field label={words.description} error={form.error('description')}>
                <TextInput {...form.bind('description')} />
            </Field>
            <Checkbox {...form.tick('admin')} label={words.admin} hint={words.adminHint} />
        </Dialog>
    );
}
