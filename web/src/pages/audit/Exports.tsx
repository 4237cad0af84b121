// SPDX-License-Identifier: Apache-2.0
// All that the filters of a list leave, as files.
import { Button } from '../../ui/index.ts';
import { exportUrl } from './query.ts';

export function Exports({ path, query, name }: { path: string; query: object; name: string }) {
    return (
        <>
            {(['csv', 'ndjson'] as const).map((format) => (
                <Button
                    key={format}
                    small
                    icon="download"
                    href={exportUrl(path, query, format)}
                    download={`${name}.${format}`}
                >
                    {format.toUpperCase()}
                </Button>
            ))}
        </>
    );
}
