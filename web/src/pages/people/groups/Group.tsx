// SPDX-License-Identifier: Apache-2.0
export default function Group(_: { id?: string }) {
    return null;
}
