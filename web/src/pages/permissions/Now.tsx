// SPDX-License-Identifier: Apache-2.0
// What holds in the end, as the server decides it; of a draft, what would.
import type { Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { Status, type Tone } from '../../ui/index.ts';
import { sourceText } from '../tools/Verdict.tsx';

type VerdictShape = Shape<'PermissionVerdict'>;
type State = 'allowed' | 'asks' | 'conditional' | 'denied';
const TONES: Record<State, Tone> = { allowed: 'good', asks: 'wait', conditional: 'info', denied: 'bad' };

function stateOf(verdict: VerdictShape): State {
    if (verdict.allowed) return verdict.needs_approval ? 'asks' : 'allowed';
    return verdict.listed ? 'conditional' : 'denied';
}

export function Now({ saved, drafted }: { saved: VerdictShape | undefined; drafted: VerdictShape | undefined }) {
    const words = t.permissions;
    const verdict = drafted ?? saved;
    if (!verdict) return <Status tone="off">{words.asking}</Status>;
    const state = stateOf(verdict);
    const before = drafted && saved && stateOf(saved) !== state ? stateOf(saved) : undefined;
    return (
        <span class="perm-verdict">
            {before && (
                <>
                    <s class="muted">{words[before]}</s>
                    <span aria-hidden="true">→</span>
                </>
            )}
            <Status tone={TONES[state]} title={sourceText(verdict.source)}>
                {words[state]}
            </Status>
        </span>
    );
}
