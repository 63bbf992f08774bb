# Named steps with their seconds; sourced by Tests/run and .ci/run. A step that fails ends the run with its status.
steps_names=()
# One release build, as README says: linked with Swift's own libraries. All products the same, or each would be a build.
release=(-c release --static-swift-stdlib -Xlinker --no-export-dynamic)
steps_seconds=()

step() {
    local name=$1 start
    shift
    start=$SECONDS
    printf '\n== %s\n' "$name"
    if "$@"; then
        steps_names+=("$name")
        steps_seconds+=($((SECONDS - start)))
    else
        local status=$?
        printf '\nFAILED in step "%s" (exit status %s): %s\n' "$name" "$status" "$*" >&2
        exit "$status"
    fi
}

finish() {
    printf '\n%8s  %s\n' seconds step
    local position
    for position in "${!steps_names[@]}"; do
        printf '%8d  %s\n' "${steps_seconds[$position]}" "${steps_names[$position]}"
    done
    printf '%8d  all\n' "$SECONDS"
}
