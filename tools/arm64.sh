#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/arm64.sh [NAME [MESON OPTION...]]: the agent and libseneschal for arm64 in build/NAME; without
# a name in build/arm64, with their unit tests.
# Debian's own arm64 packages are fetched by an apt with a state of its own and unpacked below
# build/arm64-sysroot: the machine's architectures and packages stay as they are.
set -eu
cd "$(dirname "$0")/.."
. tools/install.sh
sysroot=$PWD/build/arm64-sysroot
state=$PWD/build/arm64-apt
packages=$(sed -n 's/^arm64-sysroot: //p' tools/packages.txt)

apt_arm64() {
    apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State="$state" \
        -o Dir::State::status="$state/status" -o Dir::State::lists="$state/lists" \
        -o Dir::Cache="$state/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}

fill_sysroot() {
    rm -rf "$sysroot" "$state"
    mkdir -p "$sysroot" "$state/lists/partial" "$state/cache/archives/partial"
    : >"$state/status"
    apt_arm64 update
    # The word list is meant to split.
    apt_arm64 -y --no-install-recommends --download-only install $packages
    for package in "$state"/cache/archives/*.deb; do
        dpkg-deb -x "$package" "$sysroot"
    done
    rm -rf "$state"
    echo "$packages" >"$sysroot/packages"
}

install_packages build arm64
[ "$(cat "$sysroot/packages" 2>/dev/null)" = "$packages" ] || fill_sysroot
name=${1:-arm64}
[ $# -eq 0 ] || shift
[ -e "build/$name/build.ninja" ] || {
    printf "[constants]\nsysroot = '%s'\n" "$sysroot" >build/arm64-sysroot.ini
    meson setup "build/$name" --cross-file build/arm64-sysroot.ini --cross-file tools/arm64.ini \
        -Dparts=agent "$@"
}
ninja -C "build/$name" -j "$(nproc)"
