// SPDX-License-Identifier: Apache-2.0
// JSON that people write. Pure.

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
    typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object that this text is; undefined: it is none. */
export function objectOf(text: string): JsonObject | undefined {
    try {
        const value: unknown = JSON.parse(text);
        return isObject(value) ? value : undefined;
    } catch {
        return undefined;
    }
}

/** As it is laid out for people. */
export const laidOut = (value: unknown): string => `${JSON.stringify(value ?? {}, null, 2)}\n`;

/** An object of any members, as the description of the API has it. */
export type OpenObject = Record<string, never>;
export const asOpen = (value: JsonObject): OpenObject => value as OpenObject;
