/// Numbers grouped by another number: what a dictionary of arrays would hold, in two flat arrays.
package struct Groups: Sendable {
    private var starts: ContiguousArray<Int32>
    private var members: ContiguousArray<Int32>

    /// Groups the members by key with a counting sort; within a group they keep their order.
    ///
    /// - Parameters:
    ///   - count: How many groups there are.
    ///   - pairs: Calls its argument once for each (group, member). It is run twice and must do the same each time.
    package init(count: Int, pairs: ((Int, Int32) -> Void) -> Void) {
        var starts = ContiguousArray<Int32>(repeating: 0, count: count + 1)
        pairs { group, _ in starts[group + 1] += 1 }
        for group in 0..<count { starts[group + 1] += starts[group] }
        var next = starts
        var members = ContiguousArray<Int32>(repeating: 0, count: Int(starts[count]))
        pairs { group, member in
            members[Int(next[group])] = member
            next[group] += 1
        }
        self.starts = starts
        self.members = members
    }

    /// The members of a group.
    @inline(__always)
    package subscript(group: Int) -> ArraySlice<Int32> {
        ArraySlice(members[Int(starts[group])..<Int(starts[group + 1])])
    }

    /// Calls the body with each member of a group.
    @inline(__always)
    package func forEach(in group: Int, _ body: (Int) -> Void) {
        for position in Int(starts[group])..<Int(starts[group + 1]) { body(Int(members[position])) }
    }

    /// How many members a group has.
    package func count(of group: Int) -> Int {
        Int(starts[group + 1] - starts[group])
    }
}
