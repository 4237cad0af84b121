// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { date } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { useQuery } from '../router.ts';
import { Button } from './Button.tsx';
import { chipsOf, clearFilters, readFilters, type FilterDef, type FilterValues } from './filters.ts';
import { Checkbox } from './Choice.tsx';
import { Icon } from './Icon.tsx';
import { SearchInput, Select, TextInput } from './Inputs.tsx';
import '../style/kit/table.css';

export type { FilterDef } from './filters.ts';

export interface FilterState {
    values: FilterValues;
    /** How many are set, the search among them. */
    active: number;
    set: (key: string, value: string | undefined) => void;
    clear: () => void;
    /** For a table's `identity` and for useData's key. */
    identity: string;
    defs: readonly FilterDef[];
    search: string | undefined;
}

/** Filters whose values are the query of the URL. `const filters = useFilters([{ key: 'status', label: …, options: […] }])` */
export function useFilters(defs: readonly FilterDef[], search: string | undefined = 'search'): FilterState {
    const [query, setQuery] = useQuery();
    const values = readFilters(query, defs, search);
    const identity = JSON.stringify(values);
    return useMemo(
        () => ({
            values,
            identity,
            active: Object.keys(values).length,
            set: (key: string, value: string | undefined) => setQuery({ [key]: value || undefined }, 'replace'),
            clear: () => setQuery(clearFilters(defs, search), 'replace'),
            defs,
            search,
        }),
        [identity, defs, search],
    );
}

function One({ def, filters }: { def: FilterDef; filters: FilterState }) {
    const value = filters.values[def.key] ?? '';
    const set = (next: string): void => filters.set(def.key, next);
    if (def.kind === 'flag')
        return (
            <Checkbox
                label={def.label}
                checked={value === 'true'}
                onInput={(on) => filters.set(def.key, on ? 'true' : undefined)}
            />
        );
    if (def.kind === 'text' || def.kind === 'date') {
        return def.kind === 'text' ? (
            <SearchInput label={def.label} value={value} onInput={set} />
        ) : (
            <label class="filter-date">
                <span>{def.label}</span>
                <TextInput type="date" value={value} onInput={set} />
            </label>
        );
    }
    const options = [{ value: '', label: t.kit.filters.any(def.label) }, ...(def.options ?? [])];
    return <Select aria-label={def.label} value={value} onInput={set} options={options} />;
}

/** The bar above a list: search, choices, and a chip for each that is set. On a phone the choices fold away. */
export function Filters({
    filters,
    placeholder,
    children,
}: {
    filters: FilterState;
    placeholder?: string;
    children?: ComponentChildren;
}) {
    const { defs, search, values } = filters;
    const chips = chipsOf(values, defs);
    return (
        <div class="filters" role="search" aria-label={t.kit.filters.label}>
            <div class="filter-bar">
                {search && (
                    <SearchInput
                        label={placeholder ?? t.kit.filters.search}
                        value={values[search] ?? ''}
                        onInput={(next) => filters.set(search, next)}
                    />
                )}
                {defs.length > 0 && (
                    <details class="filter-fold">
                        <summary>
                            <Icon name="filter" size={18} />
                            <span class="unseen">{t.kit.filters.label}</span>
                            {chips.length > 0 && <span class="badge info">{chips.length}</span>}
                        </summary>
                    </details>
                )}
                <div class="filter-choices">
                    {defs.map((def) => (
                        <One key={def.key} def={def} filters={filters} />
                    ))}
                </div>
                {children}
            </div>
            {chips.length > 0 && (
                <div class="chips">
                    {chips.map((chip) => {
                        const kind = defs.find((def) => def.key === chip.key)?.kind;
                        const value = kind === 'date' ? date(`${chip.value}T00:00`) : chip.value;
                        return (
                            <button
                                key={chip.key}
                                type="button"
                                class="chip"
                                onClick={() => filters.set(chip.key, undefined)}
                                title={t.kit.filters.remove(chip.label)}
                            >
                                {kind === 'flag' ? chip.label : t.kit.filters.chip(chip.label, value)}
                                <Icon name="close" size={14} label={t.kit.filters.remove(chip.label)} />
                            </button>
                        );
                    })}
                    <Button kind="link" small onClick={filters.clear}>
                        {t.kit.filters.clear}
                    </Button>
                </div>
            )}
        </div>
    );
}
