// SPDX-License-Identifier: Apache-2.0
export const VERSION: string;

export type State = 'UNENROLLED' | 'PENDING' | 'ACTIVE' | 'STALE' | 'DISABLED';

/** Where everything is kept that must outlive a restart. `set` resolves when it would. */
export interface Store {
    get(key: string): Promise<unknown>;
    set(key: string, value: unknown): Promise<unknown>;
    delete(key: string): Promise<unknown>;
    /** It holds CryptoKey objects: the private key is made not extractable. */
    keepsKeys?: boolean;
    /** Two stores of one name are one: Web Locks keep a second instance waiting. */
    name?: string;
    /** Its own way to do that. Without `wait`, resolves to another value than `work()` does when it is held. */
    lock?<T>(signal: AbortSignal, wait: boolean, work: () => Promise<T>): Promise<T | symbol>;
}

/** Why an answer of the server was not believed (docs/CLIENTS.md, "What to check"). */
export type Rejection =
    | 'signature-missing'
    | 'signature-invalid'
    | 'key-unknown'
    | 'key-set-invalid'
    | 'lease-missing'
    | 'lease-invalid'
    | 'lease-expired'
    | 'lease-device'
    | 'sequence-back'
    | 'clock-back';

/** What is in force. `enabled: false`: off, and `reason` says why unless a policy does. */
export interface Configuration {
    enabled: boolean;
    config: Record<string, unknown>;
    version: string | null;
    reason?: string;
    /** Off, and `config` is the minimal one that the last policy carried as its member `degraded`. */
    degraded?: boolean;
    etag?: string;
    /** The bytes as they came: numbers beyond 2^53 are exact in here only. */
    text?: string;
}

export interface Notice {
    /** `rejected`: an answer was not believed, and `reason` is a Rejection. */
    event: 'state' | 'code' | 'config' | 'token' | 'refused' | 'rejected' | 'unreached' | 'clock' | 'store' | 'failed';
    state: State;
    reason?: string;
    /** The 8 characters to show, while an administrator has to approve. */
    code?: string;
    deviceId?: string;
    etag?: string;
    version?: string;
}

export interface View {
    state: State;
    reason?: string;
    /** The newest answer that says anything was not believed, and this is why; until one is right again. */
    rejected?: Rejection;
    code?: string;
    deviceId?: string;
    etag?: string;
    version?: string;
    config?: Configuration;
}

export interface Options {
    /** https://HOST[:PORT][/PATH]; http only to this machine, or with `insecureHttp`. */
    server: string;
    /** The name of this machine or installation; unique in its organisation. */
    machineId: string;
    store: Store;
    /** Called at each start and at each change, with what is in force; where it throws, nothing is. */
    onConfig?(configuration: Configuration): void | Promise<void>;
    onState?(notice: Notice): void;
    enrollmentKey?: string | (() => string | undefined | Promise<string | undefined>);
    /** Told at enrolment, and shown to who approves. */
    type?: string;
    version?: string;
    hostname?: string;
    os?: string;
    labels?: Record<string, string>;
    metadata?: Record<string, unknown>;
    userHint?: string;
    /** Seconds of a long poll, 0 to 55; 0: none, ask each `interval` instead. Default 25. */
    wait?: number;
    /** Hold a stream of nudges instead of a long poll. For processes that stay; a service worker does better with `wait`. */
    stream?: boolean;
    /** Milliseconds. Default 60,000, a tenth more or less. */
    interval?: number;
    insecureHttp?: boolean;
    fetch?: typeof fetch;
    /** For tests. */
    clock?: { now(): number; mono(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
    random?: () => number;
}

export class Seneschal {
    constructor(options: Options);
    /** Go on until stopped; calling it again changes nothing. */
    start(): void;
    stop(): Promise<void>;
    /** Until the configuration is in force and acknowledged, or will not be now. */
    once(options?: { signal?: AbortSignal }): Promise<View>;
    view(): Promise<View>;
    /** Ask now, unless the server said to wait. */
    nudge(): void;
    /** A new token, soon. */
    rotate(): void;
    /** The value that `{"$secret": name}` stands for in what is in force; undefined where the server has none for this device. */
    secret(name: string): Promise<string | undefined>;
    /** Drop key, token and configuration. The server is not told. */
    forget(): Promise<void>;
}

export function indexedDBStore(name?: string): Store;
export function chromeStore(prefix?: string, area?: unknown): Store;
export function fileStore(directory: string): Store;
