// SPDX-License-Identifier: Apache-2.0
import { t } from '../../i18n/index.ts';
import { Status, type Tone } from '../../ui/index.ts';
import { asStatus, type DeviceStatus } from './moves.ts';

const TONES: Record<DeviceStatus, Tone> = {
    PENDING: 'wait',
    ENROLLED: 'good',
    BLOCKED: 'warn',
    UNINSTALLED: 'off',
    REFUSED: 'off',
    REVOKED: 'bad',
};

/** The state of a device as a word in its colour; `why` as its title. */
export function DeviceState({ status, why }: { status: string | null | undefined; why?: string | null | undefined }) {
    const known = asStatus(status);
    if (!known) return <>{status}</>;
    return (
        <Status tone={TONES[known]} {...(why && { title: why })}>
            {t.fleet.status[known]}
        </Status>
    );
}
