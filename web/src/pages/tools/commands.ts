// SPDX-License-Identifier: Apache-2.0
import { api, call, type Shape } from '../../api/client.ts';
import { useData, type Data } from '../../api/data.ts';

/** The programs that the configuration of the server allows (`gateway.commands`). */
export function useCommands(): Data<readonly Shape<'GatewayCommand'>[]> {
    return useData(
        'commands',
        async (signal) => (await call(api.GET('/api/v1/gateway/commands', { signal }))).items ?? [],
    );
}
