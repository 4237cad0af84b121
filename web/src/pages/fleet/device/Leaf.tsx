// SPDX-License-Identifier: Apache-2.0
// One value of a configuration: what it is, who said it, what that overrode, what a lock did not let in.
import type { Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { Icon, Value } from '../../../ui/index.ts';
import { levelName } from '../../../ui/Pieces.tsx';
import { readable } from './explain.ts';
import { Source, Words } from './Said.tsx';

export function Leaf({ leaf }: { leaf: Shape<'ExplainLeaf'> }) {
    const words = t.device.config;
    const shadowed = leaf.shadowed ?? [];
    const refused = leaf.refused ?? [];
    return (
        <li class="leaf">
            <div class="leaf-path" title={leaf.pointer ?? ''}>
                <code>{readable(leaf.pointer)}</code>
                {leaf.locked_by && (
                    <Icon
                        name="lock"
                        size={16}
                        label={words.locked(leaf.locked_by.policy_name ?? levelName(leaf.locked_by.level))}
                    />
                )}
            </div>
            <div class="leaf-value">
                <Value value={leaf.value} />
            </div>
            <div class="leaf-from">
                <Source word={leaf} />
                {shadowed.length > 0 && (
                    <div class="leaf-more">
                        <span class="muted">{words.overrides}</span>
                        <Words words={[...shadowed].reverse()} />
                    </div>
                )}
                {refused.length > 0 && (
                    <div class="leaf-more bad">
                        <span>{words.refused}</span>
                        <Words words={refused} />
                    </div>
                )}
            </div>
        </li>
    );
}
