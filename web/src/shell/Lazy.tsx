// SPDX-License-Identifier: Apache-2.0
// A component whose code is asked for when it is first shown.
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export function Lazy({ load }: { load: () => Promise<{ default: FunctionComponent }> }) {
    const [found, setFound] = useState<{ Part: FunctionComponent }>();
    useEffect(() => {
        let wanted = true;
        load().then((module) => wanted && setFound({ Part: module.default }));
        return () => {
            wanted = false;
        };
    }, [load]);
    return found ? <found.Part /> : null;
}
