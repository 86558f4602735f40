# shellcheck shell=bash disable=SC2154 # The scripts that source this set root.
# Sourced by ./run and ./test, which set $root: the packages that are needed, and the build.
#
#   need_packages ASK LIST...    installs what is missing; ASK is "ask" or "yes", LIST is run or
#                                test (packaging/packages-LIST.txt)
#   configure_preset PRESET      configures build/PRESET (CMakePresets.json)
#   build_preset PRESET TARGET   builds in it
#
# What was once found complete is not looked for again: a stamp in build/ holds the lists and the
# system they were checked on. POSTACK_SKIP_PACKAGES=1 leaves all that to you.

# Ends with a message on the error output.
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The names in a list, without comments.
package_names() {
    local list
    for list in "$@"; do
        sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$root/packaging/packages-$list.txt"
    done
}

# Of the names on the input, those that are not installed.
missing_packages() {
    local wanted installed
    wanted=$(sort -u)
    # dpkg-query exits non-zero when it does not know one of them; what it prints is still right.
    # shellcheck disable=SC2016 # dpkg's variables, not the shell's.
    # The second letter of its status is i when a package is installed and configured.
    installed=$({ xargs dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' <<<"$wanted" 2>/dev/null ||
        true; } | sed -n 's/^.i  *//p' | sort -u)
    comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$installed")
}

# What the stamp must hold to be believed.
package_stamp() {
    package_names "$@"
    cat /etc/os-release /etc/hostname 2>/dev/null || true
}

need_packages() {
    local ask=$1 stamp missing answer
    shift
    [[ -z ${POSTACK_SKIP_PACKAGES:-} ]] || return 0
    stamp="$*"
    stamp=$root/build/packages-${stamp// /-}.stamp
    [[ -f $stamp && $(<"$stamp") == "$(package_stamp "$@")" ]] && return 0

    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        {
            echo "Postack knows how to install what it needs on Debian 12 and on Ubuntu only."
            echo "Install what corresponds to these Debian packages yourself:"
            package_names "$@" | sed 's/^/    /'
            echo "and say so: POSTACK_SKIP_PACKAGES=1 $0"
        } >&2
        exit 1
    fi

    missing=$(package_names "$@" | missing_packages)
    if [[ -n $missing ]]; then
        local -a names as_root=()
        mapfile -t names <<<"$missing"
        echo "These packages are missing: ${names[*]}" >&2
        if ((EUID != 0)); then
            command -v sudo >/dev/null ||
                fail "there is no sudo here. As root: apt-get install ${names[*]}"
            if [[ $ask != yes ]]; then
                [[ -t 0 ]] || fail "nobody is there to ask. Run it with --yes, or install them:" \
                    "sudo apt-get install ${names[*]}"
                read -r -p "Install them with sudo apt-get? [Y/n] " answer || answer=n
                [[ -z $answer || $answer == [YyOo]* ]] || fail "stopped; nothing was installed"
            fi
            as_root=(sudo)
        fi
        # Another apt may be at work (a fresh machine updates itself): wait for it.
        local -a apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
            apt-get -o DPkg::Lock::Timeout=600 -q)
        "${apt[@]}" update >&2 || echo "apt-get update failed; going on with what is known" >&2
        "${apt[@]}" install -y --no-install-recommends "${names[@]}" >&2 </dev/null ||
            fail "apt-get could not install them; its message is above"
    fi
    mkdir -p "$root/build"
    package_stamp "$@" >"$stamp"
}

# Configures build/PRESET anew; shows what CMake says only if it fails.
configure_preset() {
    local build=$root/build/$1 said
    # A tree that was moved or copied brings a build directory that names the old place.
    if [[ -f $build/CMakeCache.txt ]] &&
        ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$build/CMakeCache.txt"; then
        rm -rf "$build"
    fi
    said=$(cd "$root" && cmake --preset "$1" 2>&1) || {
        printf '%s\n' "$said" >&2
        fail "CMake could not configure build/$1; its message is above"
    }
}

# Builds TARGET in build/PRESET, configured. Says on the error output what it does, and nothing
# when there is nothing to do.
build_preset() {
    # That ninja looked and found nothing to do is no news.
    ninja -C "$root/build/$1" "$2" | { grep --line-buffered -v -e '^ninja: no work to do' \
        -e '^ninja: Entering directory' -e 'Re-checking globbed directories' || true; } >&2 ||
        fail "the build failed; the compiler's message is above"
}
