# Named steps; sourced by Tests/run and .ci/run. Each step is one line: its name and its seconds. Its output goes to a
# file; where the step fails, what failed is printed last and the run ends with its status.
steps_names=()
steps_seconds=()
steps_folder=.build/steps
steps_start=$SECONDS
# One release build, as README says: linked with Swift's own libraries. All products the same, or each would be a build.
release=(-c release --static-swift-stdlib -Xlinker --no-export-dynamic)
# The commit for --version: SwiftPM alone would not see that there is a new one.
SOURCE_REVISION=$(git describe --always --abbrev=40 --dirty --exclude='*' 2>/dev/null || true)
export SOURCE_REVISION

step() {
    local name=$1 log=$steps_folder/${1// /-}.log start=$SECONDS status=0
    shift
    mkdir -p "$steps_folder"
    # On a terminal the name shows while the step runs.
    [ ! -t 1 ] || printf '%8s  %s' ... "$name"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    [ ! -t 1 ] || printf '\r'
    printf '%7ds  %s\n' $((SECONDS - start)) "$name"
    steps_names+=("$name")
    steps_seconds+=($((SECONDS - start)))
    [ "$status" -ne 0 ] || return 0
    printf '\nthe end of %s:\n' "$log" >&2
    tail -n 25 "$log" >&2
    # What failed, in the forms of swift test, pytest and the compiler.
    if grep -aqE "$steps_failures" "$log"; then
        printf '\nwhat failed in it:\n' >&2
        grep -aE "$steps_failures" "$log" | awk '!seen[$0]++' | tail -n 40 >&2
    fi
    printf '\nFAILED in step "%s" (exit status %s): %s\n' "$name" "$status" "$*" >&2
    exit "$status"
}

steps_failures='^✘ |recorded an issue|(^|[: ])error: |^FAILED |^ERROR |^E   |Fatal error|crashed'

# Prints the steps by their seconds, and the tests that took longest. The first lines come from awk, which reads to the
# end: sort ends with SIGPIPE where head leaves before it has written everything, and with pipefail so would the run.
finish() {
    local position
    printf '\nwhat took longest:\n'
    for position in "${!steps_names[@]}"; do
        printf '%7ds  step %s\n' "${steps_seconds[$position]}" "${steps_names[$position]}"
    done | sort -rn | awk 'NR <= 5'
    # swift test: "Test name() passed after 1.234 seconds."; pytest: "1.23s call     Tests/system/test_x.py::test_y".
    sed -nE -e 's/.*Test (.*) passed after ([0-9]+)[.0-9]* seconds.*/\2 \1/p' \
        -e 's/^([0-9]+)\.[0-9]+s (call|setup) +(.*)/\1 \3/p' "$steps_folder"/*.log | sort -rn | awk 'NR <= 5' |
        while read -r seconds test; do printf '%7ds  %s\n' "$seconds" "$test"; done
    printf '\nall passed in %ds\n' $((SECONDS - steps_start))
}
