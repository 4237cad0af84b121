// SPDX-License-Identifier: Apache-2.0
import { t } from '../../i18n/index.ts';
import { Status, type Tone } from '../../ui/index.ts';

const TONES = { pending: 'wait', active: 'good', disabled: 'off' } as const satisfies Record<string, Tone>;

/** The state of an account as a word in its colour. */
export function AccountState({ status }: { status: string | null | undefined }) {
    if (status !== 'pending' && status !== 'active' && status !== 'disabled') return <>{status}</>;
    return <Status tone={TONES[status]}>{t.people.status[status]}</Status>;
}
