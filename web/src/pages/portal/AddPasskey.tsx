// SPDX-License-Identifier: Apache-2.0
// A new passkey: its name, then what the browser and the authenticator ask for; who has no recovery codes gets them with it.
import { useState } from 'preact/hooks';
import { api, call, Problem, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { agentName } from '../../ui/agent.ts';
import { Button, Dialog, ErrorBox, Field, Note, Once, TextInput, toast, useForm } from '../../ui/index.ts';
import { proven } from './Passkeys.tsx';

type Refusal = keyof typeof t.portal.account.passkeys.refused;

/** What the authenticator gives; a person who calls it off, and a browser that will not, are Problems that have words. */
async function create(options: Shape<'PasskeyMake'>): Promise<Shape<'PasskeyIn'>['credential']> {
    try {
        const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
            options as PublicKeyCredentialCreationOptionsJSON,
        );
        const made = await navigator.credentials.create({ publicKey });
        return (made as PublicKeyCredential).toJSON();
    } catch (thrown) {
        const { name } = thrown as Error;
        throw new Problem({ code: name in t.portal.account.passkeys.refused ? name : 'NotAllowedError' });
    }
}

/** One a line; none where it is refused: the passkey is there all the same. */
const makeCodes = () =>
    call(api.POST('/api/v1/auth/factors/recovery-codes')).then(
        ({ codes = [] }) => codes.join('\n'),
        (thrown: unknown) => {
            toast.bad(thrown);
            return '';
        },
    );

export default function AddPasskey({ codeless, close, made }: { codeless: boolean; close(): void; made(): void }) {
    const words = t.portal.account.passkeys;
    const [codes, setCodes] = useState('');
    const form = useForm({
        initial: { name: agentName(navigator.userAgent)?.replace('·', words.on) ?? '' },
        careless: true,
        submit: async ({ name }) => {
            const options = await proven(call(api.GET('/api/v1/auth/factors/passkeys/options')));
            const credential = await create(options);
            await proven(call(api.POST('/api/v1/auth/factors/passkeys', { body: { name, credential } })));
            const fresh = codeless ? await makeCodes() : '';
            made();
            return fresh;
        },
        done: (fresh) => (fresh ? setCodes(fresh) : close()),
    });
    if (codes) {
        const { codes: title, codesText: note, kept: yes } = words;
        return <Once title={title} note={note} text={codes} label={title} yes={yes} onClose={close} />;
    }
    const calm = words.refused[form.problem?.code as Refusal];
    return (
        <Dialog
            title={words.add}
            onClose={close}
            onSubmit={() => void form.submit()}
            actions={
                <Button kind="primary" type="submit" busy={form.busy} disabled={!form.values.name.trim()}>
                    {words.go}
                </Button>
            }
        >
            <div role="status">{calm && <Note tone="info">{calm}</Note>}</div>
            {form.problem && !calm && <ErrorBox problem={form.problem} />}
            <Field label={words.name} hint={words.nameHint} error={form.error('name')} required>
                <TextInput {...form.bind('name')} maxLength={32} />
            </Field>
        </Dialog>
    );
}
