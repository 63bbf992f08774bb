/// Text that may stand as a label's value, read as UTF-8 bytes without a `String` being made.
package protocol LabelValue {
    /// Calls `body` with the bytes, unescaped. Bytes that are no UTF-8 are repaired by the sink (U+FFFD), because one
    /// of them would make Prometheus refuse the whole scrape.
    func withLabelBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R
}

extension String: LabelValue {
    /// Calls `body` with the string's UTF-8 bytes.
    @inlinable @inline(__always)
    package func withLabelBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        var text = self
        return text.withUTF8(body)
    }
}

extension Substring: LabelValue {
    /// Calls `body` with the substring's UTF-8 bytes.
    @inlinable @inline(__always)
    package func withLabelBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        var text = self
        return text.withUTF8(body)
    }
}

extension StaticString: LabelValue {
    /// Calls `body` with the literal's UTF-8 bytes.
    @inlinable @inline(__always)
    package func withLabelBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        if hasPointerRepresentation {
            return body(UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount))
        }
        return description.withLabelBytes(body)
    }
}
