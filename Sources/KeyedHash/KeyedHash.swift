/// A hash that nobody outside the process can foresee: a tenant could otherwise write texts that all fall into one slot of
/// a table, each of which is compared with all before it.
///
/// Both halves of a product of 128 bits with a secret are folded, 8 bytes at a time (as wyhash does): a tenth of what
/// SipHash takes for the short texts of a cluster. Its values differ from process to process.
public struct KeyedHash: Sendable {
    /// The one hash of this process: its secrets are drawn once.
    public static let process = KeyedHash()

    @usableFromInline let start: UInt64
    /// Odd, and with as many bits set as not, so that every bit of a word moves many of the product.
    @usableFromInline let factor: UInt64

    private init() {
        start = .random(in: .min ... .max)
        var factor = UInt64.random(in: .min ... .max) | 1
        while !(24...40).contains(factor.nonzeroBitCount) { factor = .random(in: .min ... .max) | 1 }
        self.factor = factor
    }

    /// The hash of some bytes.
    @inlinable @inline(__always)
    public func callAsFunction(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var value = start ^ UInt64(truncatingIfNeeded: bytes.count)
        var position = 0
        while bytes.count - position >= 8 {
            value = mix(value ^ bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        var rest: UInt64 = 0
        while position < bytes.count {
            rest = rest << 8 | UInt64(bytes.load(fromByteOffset: position, as: UInt8.self))
            position += 1
        }
        return mix(value ^ rest)
    }

    @inlinable @inline(__always)
    func mix(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: factor)
        return product.high ^ product.low
    }
}
