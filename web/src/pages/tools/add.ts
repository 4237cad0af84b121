// SPDX-License-Identifier: Apache-2.0
// A server is added, tried and asked for its tools in one go.
import { api, call, onceKey, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { navigate } from '../../router.ts';
import { toast } from '../../ui/index.ts';
import { fetchTools, serverPath, type Server } from './data.ts';

export const createServer = (body: Shape<'ServerIn'>): Promise<Server> =>
    call(api.POST('/api/v1/gateway/servers', { body, headers: { 'Idempotency-Key': onceKey() } }));

/** The built-in server with harmless tools, for who only wants to see how it goes. */
export async function addDemo(): Promise<void> {
    try {
        const made = await createServer({ name: 'demo', transport: 'demo', title: t.tools.demoTitle });
        await fetchTools();
        toast.good(t.tools.demoAdded);
        navigate(serverPath(made.name ?? 'demo'));
    } catch (thrown) {
        toast.bad(thrown);
    }
}
