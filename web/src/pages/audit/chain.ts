// SPDX-License-Identifier: Apache-2.0
// The chain of the record, computed anew from the bytes that are stored (docs/adr/0003-audit-format.md). Pure, so that it is tested without a browser.
export interface Stored {
    chain?: string | null;
    seq?: number;
    body?: string | null;
    hash?: string | null;
    salt?: string | null;
    private?: string | null;
}

/** The end of a chain at some time: what one keeps elsewhere to find a tail that was cut off, or a record that was made anew. */
export interface Head {
    chain: string;
    seq: number;
    hash: string;
}

/** `kept`: the hash is right, but another one than that of the head that was kept. */
export type FaultKind = 'gap' | 'changed' | 'details' | 'foreign' | 'kept';
export interface Fault {
    kind: FaultKind;
    seq: number;
    /** As its body says, where that can be read. */
    action: string | undefined;
    at: string | undefined;
}

export interface Run {
    head: Head | undefined;
    /** When its newest event happened, by itself. */
    at: string | undefined;
    events: number;
    /** Of them, those whose names and details were looked at, and those that have none any more. */
    detailed: number;
    erased: number;
    /** The first of them, in their order. */
    faults: readonly Fault[];
    faulty: number;
    /** Whether the head that was kept has come by, right or wrong. */
    met: boolean;
}

export const begun: Run = {
    head: undefined,
    at: undefined,
    events: 0,
    detailed: 0,
    erased: 0,
    faults: [],
    faulty: 0,
    met: false,
};

/** So many faults are shown: a store that was tampered with at large has one in each event. */
const FAULTS_SHOWN = 20;
const LABEL = 'seneschal-audit-v1\0';
const NO_HASH = '0'.repeat(64);
const HASH_BYTES = 32;
const CHAIN_BYTES = 16;
const text = new TextEncoder();

/** Undefined: this is no hex of so many bytes. */
function bytesOf(hex: string | null | undefined, n: number): Uint8Array<ArrayBuffer> | undefined {
    if (hex?.length !== 2 * n || !/^[0-9a-f]*$/.test(hex)) return undefined;
    return Uint8Array.from({ length: n }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('');

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
        whole.set(part, at);
        at += part.length;
    }
    return whole;
}

const digest = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

/** The hash that an event must have; undefined: what stands before it is no hash, or its chain no id. */
async function hashOf(one: Stored, before: string): Promise<string | undefined> {
    const chain = bytesOf(one.chain?.replaceAll('-', ''), CHAIN_BYTES);
    const prev = bytesOf(before, HASH_BYTES);
    if (!chain || !prev) return undefined;
    const seq = new Uint8Array(8);
    new DataView(seq.buffer).setBigUint64(0, BigInt(one.seq ?? 0));
    const body = await digest(text.encode(one.body ?? ''));
    return hexOf(await digest(joined(text.encode(LABEL), chain, new Uint8Array(1), seq, prev, body)));
}

/** The texts of a body that matter here; none where it is no JSON any more. */
function bodyOf(one: Stored): { at?: string; action?: string; detail_digest?: string } {
    try {
        const read: unknown = JSON.parse(one.body ?? '');
        const texts = Object.entries(read ?? {}).filter(([, value]) => typeof value === 'string');
        return Object.fromEntries(texts) as Record<string, string>;
    } catch {
        return {};
    }
}

/** Are names, address and details those that the body vouches for? True of those that were erased. */
async function detailsHold(one: Stored): Promise<boolean> {
    if (typeof one.private !== 'string') return true;
    const salt = bytesOf(one.salt, (one.salt?.length ?? 0) / 2);
    if (!salt) return false;
    return hexOf(await digest(joined(salt, text.encode(one.private)))) === bodyOf(one).detail_digest;
}

async function faultsOf(one: Stored, before: Head | undefined, kept: Head | undefined): Promise<Fault[]> {
    const seq = one.seq ?? 0;
    const found: FaultKind[] = [];
    if (before && one.chain !== before.chain) found.push('foreign');
    if (seq !== (before?.seq ?? 0) + 1) found.push('gap');
    if ((await hashOf(one, before?.hash ?? NO_HASH)) !== one.hash) found.push('changed');
    if (!(await detailsHold(one))) found.push('details');
    if (kept && kept.seq === seq && (kept.hash !== one.hash || kept.chain !== one.chain)) found.push('kept');
    const { action, at } = bodyOf(one);
    return found.map((kind) => ({ kind, seq, action, at }));
}

const headOf = ({ chain, seq, hash }: Stored): Head => ({ chain: chain ?? '', seq: seq ?? 0, hash: hash ?? '' });

/** The run with these events behind it, which follow on what it has seen. It goes on from the hash that is stored: one change is one fault, or two. */
export async function goOn(run: Run, events: readonly Stored[], kept: Head | undefined): Promise<Run> {
    const last = events.at(-1);
    if (!last) return run;
    const before = (i: number): Head | undefined => {
        const one = events[i - 1];
        return one ? headOf(one) : run.head;
    };
    const faults = (await Promise.all(events.map((one, i) => faultsOf(one, before(i), kept)))).flat();
    const erased = events.filter((one) => typeof one.private !== 'string').length;
    return {
        head: headOf(last),
        at: bodyOf(last).at,
        events: run.events + events.length,
        detailed: run.detailed + events.length - erased,
        erased: run.erased + erased,
        faults: [...run.faults, ...faults].slice(0, FAULTS_SHOWN),
        faulty: run.faulty + faults.length,
        met: run.met || (kept !== undefined && events.some((one) => one.seq === kept.seq)),
    };
}

/** What is kept of a run that found nothing wrong: one line. */
export const lineOf = ({ chain, seq, hash }: Head): string => JSON.stringify({ chain, hash, seq });

function isHead(value: unknown): value is Head {
    if (!value || typeof value !== 'object') return false;
    const { chain, seq, hash } = value as Partial<Record<keyof Head, unknown>>;
    return typeof chain === 'string' && Number.isSafeInteger(seq) && bytesOf(String(hash), HASH_BYTES) !== undefined;
}

/** The heads that a text holds: one of ours, a checkpoint, or a line of the log that carries one. */
function headsOf(kept: string): Head[] {
    const plain = kept.replaceAll('\\"', '"').trim(); // in a line of the log it is a text
    const found = /\{"at":"[^"]*","heads":\[.*?\]/.exec(plain)?.[0];
    for (const one of [found && `${found}}`, plain]) {
        try {
            const read: unknown = JSON.parse(one ?? '');
            if (isHead(read)) return [read];
            const { heads } = read as { heads?: unknown };
            if (Array.isArray(heads)) return heads.filter(isHead);
        } catch {
            // this reading of it is none: the next
        }
    }
    return [];
}

/** The head of this chain in what somebody kept; null: it holds heads, but none of this chain; undefined: it holds none. */
export function keptHead(kept: string, chain: string | undefined): Head | null | undefined {
    const heads = headsOf(kept);
    return heads.length === 0 ? undefined : (heads.find((one) => one.chain === chain) ?? null);
}
