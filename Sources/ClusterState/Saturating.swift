// Arithmetic over numbers that others write into the cluster. Swift ends the process where a result does not fit; these
// hold it at the ends of the range instead. Times are held in ``Timestamp/range`` where they are decoded, quantities at
// the largest number of 64 bits (``Quantity``), and counts and percentages in the 32 bits that Kubernetes' API gives
// them, so that sums and products of a few of them fit in Int.

/// `a + b`, held at the ends of the range.
package func saturatingAdd(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? (right > 0 ? .max : .min) : sum
}

/// `a - b`, held at the ends of the range.
package func saturatingSubtract(_ left: Int64, _ right: Int64) -> Int64 {
    let (difference, overflow) = left.subtractingReportingOverflow(right)
    return overflow ? (right < 0 ? .max : .min) : difference
}

extension Int64 {
    /// The whole part of a floating-point number, held at the ends of the range; 0 for NaN. `Int64(_: Double)` ends the
    /// process beyond the range, and the numbers come from what others write into the cluster.
    package init(clamping value: Double) {
        if value.isNaN {
            self = 0
        } else if value >= 0x1p63 {
            self = .max
        } else if value < -0x1p63 {
            self = .min
        } else {
            self = Int64(value)
        }
    }
}
