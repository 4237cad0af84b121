// SPDX-License-Identifier: Apache-2.0
// Another issuer, new or as it is.
import { api, call, onceKey, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import {
    Button,
    Checkbox,
    CodeBlock,
    Dialog,
    ErrorBox,
    Field,
    Stack,
    Switch,
    TextArea,
    TextInput,
    toast,
    useForm,
} from '../../../ui/index.ts';
import { linesOf, mappingOf } from './mapping.ts';

type Provider = Shape<'IdentityProvider'>;

interface Values {
    name: string;
    issuer: string;
    title: string;
    client_id: string;
    client_secret: string;
    groups_claim: string;
    map: string;
    sign_up: boolean;
    link_email: boolean;
    active: boolean;
}

const valuesOf = (one: Provider | undefined): Values => ({
    name: one?.name ?? '',
    issuer: one?.issuer ?? '',
    title: one?.title ?? '',
    client_id: one?.client_id ?? '',
    client_secret: '',
    groups_claim: one?.groups_claim ?? '',
    map: linesOf(one?.groups ?? []),
    sign_up: one?.sign_up ?? false,
    link_email: one?.link_email ?? false,
    active: one?.status !== 'disabled',
});

const common = (v: Values) => ({
    client_id: v.client_id.trim(),
    title: v.title.trim() || null,
    groups_claim: v.groups_claim.trim() || null,
    groups: mappingOf(v.map) ?? [],
    sign_up: v.sign_up,
    link_email: v.link_email,
    status: v.active ? ('active' as const) : ('disabled' as const),
    ...(v.client_secret && { client_secret: v.client_secret }),
});

function save(one: Provider | undefined, v: Values): Promise<Provider> {
    if (!one)
        return call(
            api.POST('/api/v1/identity-providers', {
                body: { name: v.name.trim(), issuer: v.issuer.trim(), ...common(v) },
                headers: { 'Idempotency-Key': onceKey() },
            }),
        );
    return call(
        api.PATCH('/api/v1/identity-providers/{id}', {
            params: { path: { id: one.id ?? '' } },
            headers: { 'If-Match': one.etag ?? '*' },
            body: common(v),
        }),
    );
}

export function ProviderForm({
    provider,
    onClose,
    done,
}: {
    provider?: Provider;
    onClose: () => void;
    done: () => void;
}) {
    const words = t.providers;
    const form = useForm({
        initial: valuesOf(provider),
        careless: true,
        check: (v) => (mappingOf(v.map) ? {} : { map: words.mapWrong }),
        submit: (v) => save(provider, v),
        done: () => {
            toast.good(t.people.saved);
            done();
            onClose();
        },
    });
    return (
        <Dialog
            title={provider ? words.edit(provider.name ?? '') : words.add}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            wide
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {provider ? t.people.save : words.add}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Stack as="grid">
                {!provider && (
                    <Field label={words.name} hint={words.nameHint} error={form.error('name')} required>
                        <TextInput mono {...form.bind('name')} />
                    </Field>
                )}
                <Field label={words.title} hint={words.titleHint} error={form.error('title')}>
                    <TextInput {...form.bind('title')} />
                </Field>
                {!provider && (
                    <Field label={words.issuer} hint={words.issuerHint} error={form.error('issuer')} required>
                        <TextInput mono type="url" {...form.bind('issuer')} />
                    </Field>
                )}
                <Field label={words.client} hint={words.clientHint} error={form.error('client_id')} required>
                    <TextInput mono {...form.bind('client_id')} />
                </Field>
                <Field
                    label={words.secret}
                    hint={provider ? words.secretKept : words.secretHint}
                    error={form.error('client_secret')}
                >
                    <TextInput type="password" autocomplete="off" {...form.bind('client_secret')} />
                </Field>
                <Field label={words.claim} hint={words.claimHint} error={form.error('groups_claim')}>
                    <TextInput mono {...form.bind('groups_claim')} />
                </Field>
            </Stack>
            <Field label={words.map} hint={words.mapHint} error={form.error('map')}>
                <TextArea rows={3} mono {...form.bind('map')} />
            </Field>
            <Checkbox {...form.tick('sign_up')} label={words.signUp} />
            <Checkbox {...form.tick('link_email')} label={words.linkEmail} />
            <Switch {...form.tick('active')} label={words.active} />
            {provider?.redirect_uri && (
                <Field label={words.redirect} group>
                    <CodeBlock label={words.redirect} text={provider.redirect_uri} />
                </Field>
            )}
            {provider?.backchannel_logout_uri && (
                <Field label={words.logout} group>
                    <CodeBlock label={words.logout} text={provider.backchannel_logout_uri} />
                </Field>
            )}
        </Dialog>
    );
}
