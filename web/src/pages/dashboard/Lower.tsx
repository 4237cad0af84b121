// SPDX-License-Identifier: Apache-2.0
// The lower half of the dashboard, whose code comes after what is seen first.
import { may } from '../../session.ts';
import { Stack } from '../../ui/index.ts';
import Charts from './Charts.tsx';
import { Running } from './Running.tsx';

export default function Lower() {
    return (
        <Stack>
            {may('metrics:read') && <Charts />}
            <Running />
        </Stack>
    );
}
