// SPDX-License-Identifier: Apache-2.0
import { t } from '../../../i18n/index.ts';
import { Note } from '../../../ui/index.ts';
import { isGrave, type Oddity } from './oddness.ts';

/** Why a request is worth a second look. */
export function Odd({ odd }: { odd: readonly Oddity[] }) {
    if (odd.length === 0) return null;
    return (
        <Note tone={isGrave(odd) ? 'warn' : 'info'}>
            {odd.map((one) => (
                <div key={one}>{t.lobby.odd[one]}</div>
            ))}
        </Note>
    );
}
