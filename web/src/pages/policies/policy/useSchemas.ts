// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { isObject, type JsonObject } from '../json.ts';
import { schemaOfLayers, type Namespace } from './layer.ts';

export interface Schemas {
    /** What marks mistakes in the text. */
    lint: JsonObject | undefined;
    /** What the form is made of. */
    form: JsonObject | undefined;
    namespaces: readonly { id: string; namespace: string }[];
    loaded: boolean;
}

/** An organisation has at most 16 of them. */
const MOST = 16;

async function readSchemas(signal: AbortSignal): Promise<(Namespace & { id: string })[]> {
    const { items } = await call(api.GET('/api/v1/schemas', { params: { query: { limit: MOST } }, signal }));
    const all = await Promise.all(
        (items ?? []).map((line) =>
            call(api.GET('/api/v1/schemas/{id}', { params: { path: { id: line.id ?? '' } }, signal })),
        ),
    );
    return all.flatMap((one) =>
        isObject(one.schema)
            ? [{ id: one.id ?? '', namespace: one.namespace ?? '', schema: one.schema as JsonObject }]
            : [],
    );
}

/** The schemas of the organisation, as this policy has to obey them. */
export function useSchemas(): Schemas {
    const found = useData('schemas', readSchemas, { topics: ['policies'] });
    const identity = JSON.stringify(found.data);
    return useMemo(() => {
        const all = found.data ?? [];
        return {
            lint: schemaOfLayers(all, { forgiving: true }),
            form: schemaOfLayers(all, { forgiving: false }),
            namespaces: all,
            loaded: found.data !== undefined || found.error !== undefined,
        };
    }, [identity, found.error]);
}
