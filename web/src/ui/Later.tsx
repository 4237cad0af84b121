// SPDX-License-Identifier: Apache-2.0
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { loadParts, type PartName } from '../i18n/index.ts';
import { asking } from '../ready.ts';
import { Skeleton } from './States.tsx';

/** A component whose code, and whose words, are asked for when it is first drawn: `const Device = lazy(() => import('./device/Device.tsx'), ['device']);` */
export function lazy<Props extends object>(
    load: () => Promise<{ default: FunctionComponent<Props> }>,
    parts: readonly PartName[] = [],
): FunctionComponent<Props> {
    let loaded: FunctionComponent<Props> | undefined;
    return function Lazy(props: Props) {
        const [state, setState] = useState<{ failed?: unknown; drawn: boolean }>({ drawn: loaded !== undefined });
        useEffect(() => {
            if (loaded) return;
            const answered = asking();
            let wanted = true;
            Promise.all([load(), loadParts(parts)])
                .then(
                    ([module]) => {
                        loaded = module.default;
                        if (wanted) setState({ drawn: true });
                    },
                    (failed: unknown) => wanted && setState({ failed, drawn: false }),
                )
                .finally(answered);
            return () => {
                wanted = false;
            };
        }, []);
        if (state.failed) throw state.failed;
        if (!loaded) return <Skeleton lines={6} look="rows" />;
        const Loaded = loaded;
        return <Loaded {...props} />;
    };
}
