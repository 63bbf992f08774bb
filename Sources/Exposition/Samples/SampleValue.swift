/// What may stand as a sample's value. All become a `Double`, as they do in Prometheus.
package protocol SampleValue {
    /// The value; integers beyond 2^53 lose their last digits.
    var sampleValue: Double { get }
}

extension Int: SampleValue {
    /// The number as a `Double`.
    @inlinable @inline(__always) package var sampleValue: Double { Double(self) }
}

extension Int32: SampleValue {
    /// The number as a `Double`.
    @inlinable @inline(__always) package var sampleValue: Double { Double(self) }
}

extension Int64: SampleValue {
    /// The number as a `Double`.
    @inlinable @inline(__always) package var sampleValue: Double { Double(self) }
}

extension UInt32: SampleValue {
    /// The number as a `Double`.
    @inlinable @inline(__always) package var sampleValue: Double { Double(self) }
}

extension UInt64: SampleValue {
    /// The number as a `Double`.
    @inlinable @inline(__always) package var sampleValue: Double { Double(self) }
}

extension Bool: SampleValue {
    /// 1 for true, 0 for false.
    @inlinable @inline(__always) package var sampleValue: Double { self ? 1 : 0 }
}

extension Double: SampleValue {
    /// The number itself; NaN and infinities are legal.
    @inlinable @inline(__always) package var sampleValue: Double { self }
}
