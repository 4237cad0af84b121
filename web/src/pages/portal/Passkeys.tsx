// SPDX-License-Identifier: Apache-2.0
// The passkeys of one's own account: those that are there, a further one, and away with one.
import { useState } from 'preact/hooks';
import { api, call, problemOf, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { Button, confirm } from '../../ui/index.ts';
import { lazy } from '../../ui/Later.tsx';
import { OwnList } from './OwnList.tsx';

type Passkey = Shape<'Factor'>;

const Add = lazy(() => import('./AddPasskey.tsx'));

const canMake = () =>
    isSecureContext && 'PublicKeyCredential' in window && 'parseCreationOptionsFromJSON' in PublicKeyCredential;

/** A change of one's factors. Where one has to be proven again, the page is left for that, and comes back here. */
export async function proven<T>(asked: Promise<T>): Promise<T> {
    try {
        return await asked;
    } catch (thrown) {
        if (problemOf(thrown).code !== 'step-up-required') throw thrown;
        location.assign('/login/factor?next=/portal/account');
        return new Promise<never>(() => {}); // busy until the page is gone
    }
}

interface Props {
    items: readonly Passkey[];
    /** Nobody could let this person in who loses the device. */
    codeless: boolean;
    reload(): void;
}

export function Passkeys({ items, codeless, reload }: Props) {
    const words = t.portal.account.passkeys;
    const [adding, setAdding] = useState(false);
    const remove = async (one: Passkey) => {
        const id = one.id ?? '';
        const name = one.name ?? '';
        const act = () => proven(call(api.DELETE('/api/v1/auth/factors/passkeys/{id}', { params: { path: { id } } })));
        const { removeText: text, remove: yes } = words;
        if (await confirm({ title: words.removeTitle(name), text, yes, danger: true, typed: name, act })) reload();
    };
    return (
        <>
            <OwnList items={items} words={words} remove={remove} />
            {canMake() ? (
                <Button small icon="add" onClick={() => setAdding(true)}>
                    {words.add}
                </Button>
            ) : (
                <p class="muted">{words.refused.SecurityError}</p>
            )}
            {adding && <Add codeless={codeless} close={() => setAdding(false)} made={reload} />}
        </>
    );
}
