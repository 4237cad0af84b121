// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from '../States.tsx';
import { useCode } from '../lazy.ts';
import type { SchemaFormProps } from './SchemaForm.tsx';

/** A form from a JSON Schema; a chunk of its own. `<SchemaForm schema={tool.inputSchema} value={value} onInput={setValue} label={…} />` */
export function SchemaForm(props: SchemaFormProps) {
    const code = useCode(() => import('./SchemaForm.tsx'));
    return code ? <code.default {...props} /> : <Skeleton lines={4} />;
}

/** What a form of this schema begins with: defaults, and what cannot be left out. */
export async function startOf(schema: object): Promise<unknown> {
    const [{ nodeOf }, { initialOf }] = await Promise.all([import('./model.ts'), import('./value.ts')]);
    return initialOf(nodeOf(schema as Record<string, unknown>), true) ?? {};
}

/** What is wrong with a value, by pointer, in the language of the page; none: it may be sent. */
export async function schemaFaults(schema: object, value: unknown, foreign: boolean): Promise<Record<string, string>> {
    const code = await import('./SchemaForm.tsx');
    return code.schemaFaults(schema, value as Parameters<typeof code.schemaFaults>[1], foreign);
}
