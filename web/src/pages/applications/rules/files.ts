// SPDX-License-Identifier: Apache-2.0
import { said } from '../../../ui/said.ts';
import type { Names, Rule } from './values.ts';

/** A rule as the files of `seneschal apply` have it (docs/FILES.md): its application by name. Pure. */
export function asFiles(rule: Rule, names: Names): Record<string, unknown> {
    const { id, name, application_id, created_at, updated_at, etag, ...members } = rule;
    const application = application_id && (names.byId.get(application_id) ?? application_id);
    return { access_rules: { [name ?? '']: said({ ...members, application }) } };
}
