// SPDX-License-Identifier: Apache-2.0
import { PageHead } from '../../../ui/index.ts';

export default function Device({ id }: { id: string; tab: string | undefined }) {
    return <PageHead title={id} />;
}
