// SPDX-License-Identifier: Apache-2.0
// The kit of the console. What is heavy loads itself when it is drawn first: Chart, JsonEditor, Diff and SchemaForm are small here.
export { Icon, type IconName } from './Icon.tsx';
export { Button, IconButton, type ButtonProps } from './Button.tsx';
export { Badge, Status, type Tone } from './Badge.tsx';
export { Card, Note, PageHead, Section, Stack } from './Layout.tsx';
export { Field, useField } from './Field.tsx';
export { SearchInput, Select, TextArea, TextInput, type Option } from './Inputs.tsx';
export { Checkbox, RadioCards, Switch } from './Choice.tsx';
export { Dialog, Drawer } from './Dialog.tsx';
export { confirm, type Answer, type Question } from './confirm.tsx';
export { Menu, type MenuItem } from './Menu.tsx';
export { Tabs, type Tab } from './Tabs.tsx';
export { Empty, ErrorBox, Loaded, Skeleton } from './States.tsx';
export { toast } from './toast.tsx';
export { Id, KeyValue, Stat, Time } from './Values.tsx';
export { CodeBlock, Copy, Snippets, type Snippet } from './Copy.tsx';
export { DataTable, type DataTableProps } from './table/DataTable.tsx';
export { type Column } from './table/parts.tsx';
export { type Load, type Page, type Where } from './table/rows.ts';
export { type Picked } from './table/selection.ts';
export { Filters, useFilters, type FilterDef, type FilterState } from './Filters.tsx';
export { useForm, type Form } from './form.ts';
