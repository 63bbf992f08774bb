/// A number of labels as a type, so that a family and a label block that do not fit do not compile.
package protocol LabelCount: Sendable {
    /// The number.
    static var count: Int { get }
}

/// No label.
package enum L0: LabelCount { package static let count = 0 }
/// One label.
package enum L1: LabelCount { package static let count = 1 }
/// Two labels.
package enum L2: LabelCount { package static let count = 2 }
/// Three labels.
package enum L3: LabelCount { package static let count = 3 }
/// Four labels.
package enum L4: LabelCount { package static let count = 4 }
/// Five labels.
package enum L5: LabelCount { package static let count = 5 }
/// Six labels.
package enum L6: LabelCount { package static let count = 6 }
/// Seven labels.
package enum L7: LabelCount { package static let count = 7 }
/// Eight labels.
package enum L8: LabelCount { package static let count = 8 }
