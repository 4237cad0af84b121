// SPDX-License-Identifier: Apache-2.0
import { t } from '../../../i18n/index.ts';
import { Status, Time } from '../../../ui/index.ts';
import { expiryOf } from './expiry.ts';

const TONES = { over: 'bad', soon: 'warn' } as const;

/** When something ends, as a warning where it is near. */
export function Ends({ at }: { at: string | null | undefined }) {
    if (!at) return <span class="muted">{t.services.noEnd}</span>;
    const state = expiryOf(at);
    const when = (
        <>
            {t.services.ends} <Time at={at} />
        </>
    );
    return state === 'later' ? <span class="muted">{when}</span> : <Status tone={TONES[state]}>{when}</Status>;
}
