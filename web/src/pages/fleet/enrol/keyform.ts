// SPDX-License-Identifier: Apache-2.0
// What is typed about a new key, and what is sent. Pure, so that it is tested without a browser.

export interface KeyForm {
    name: string;
    uses: string;
    /** A day, as the browser's input has it. */
    ends: string;
    auto: boolean;
    groups: string[];
    pattern: string;
    uninstall: boolean;
    adopt: boolean;
}

/** The end of that day where the reader is: a key that "ends on the 3rd" still works on the 3rd. */
export const endOf = (day: string): Date => new Date(`${day}T23:59:59`);

/** Which members cannot be sent as they are. */
export function faultsOf(form: KeyForm, now = Date.now()): ('uses' | 'ends')[] {
    const bad: ('uses' | 'ends')[] = [];
    if (form.uses.trim() && !/^[1-9][0-9]{0,8}$/.test(form.uses.trim())) bad.push('uses');
    if (form.ends && !(endOf(form.ends).getTime() > now)) bad.push('ends');
    return bad;
}

/** The body of the call; what was left empty is left out. */
export function bodyOf(form: KeyForm) {
    const groups = form.groups.map((name) => name.trim()).filter(Boolean);
    return {
        name: form.name.trim(),
        auto_approve: form.auto,
        may_uninstall: form.uninstall,
        adopt: form.adopt,
        ...(form.uses.trim() && { uses: Number(form.uses) }),
        ...(form.ends && { expires_at: endOf(form.ends).toISOString() }),
        ...(groups.length > 0 && { groups }),
        ...(form.pattern.trim() && { machine_pattern: form.pattern.trim() }),
    };
}
