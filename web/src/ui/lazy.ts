// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { asking } from '../ready.ts';

/** Code that comes when it is drawn first: undefined until it is there, null when it does not come. */
export function useCode<T extends object>(load: () => Promise<T>): T | null | undefined {
    const [code, setCode] = useState<T | null>();
    useEffect(() => {
        let here = true;
        const answered = asking();
        load()
            .then(
                (loaded) => here && setCode(loaded),
                () => here && setCode(null),
            )
            .finally(answered);
        return () => {
            here = false;
            answered();
        };
    }, []);
    return code;
}
