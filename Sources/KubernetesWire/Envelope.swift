/// What stands around every object: four bytes and `runtime.Unknown` with the type and the object's bytes.
package struct Envelope {
    /// `apiVersion` of the type.
    package var apiVersion: String
    /// `kind` of the type.
    package var kind: String
    /// The object, valid only as long as the bytes it was read from.
    package var object: UnsafeRawBufferPointer

    /// `k8s` and a zero byte.
    package static let prefix: [UInt8] = [0x6b, 0x38, 0x73, 0x00]

    /// Reads an envelope.
    ///
    /// - Parameters:
    ///   - bytes: All of it.
    ///   - base: Where it begins in the stream, for errors.
    /// - Throws: ``WireError`` where the prefix is missing or the envelope is malformed.
    package init(_ bytes: UnsafeRawBufferPointer, base: Int = 0) throws(WireError) {
        guard bytes.count >= 4, bytes.prefix(4).elementsEqual(Self.prefix) else {
            throw WireError(path: "Unknown", offset: base, problem: .missingPrefix)
        }
        apiVersion = ""
        kind = ""
        object = UnsafeRawBufferPointer(rebasing: bytes[4..<4])
        var reader = WireReader(
            UnsafeRawBufferPointer(rebasing: bytes[4...]),
            path: "Unknown",
            base: base + 4
        )
        while try reader.next() {
            switch reader.field {
            case 1:
                var type = try reader.message("Unknown.typeMeta")
                while try type.next() {
                    switch type.field {
                    case 1: apiVersion = try type.string()
                    case 2: kind = try type.string()
                    default: try type.skip()
                    }
                }
            case 2: object = try reader.rawBytes()
            default: try reader.skip()
            }
        }
    }
}

/// Kubernetes' Status: what an API server answers instead of what was asked for.
package struct StatusMessage: Error, Hashable, Sendable, CustomStringConvertible {
    /// The HTTP status it stands for; 0 where it says none.
    package var code: Int32 = 0
    /// A word for programs: `Expired`, `Forbidden`.
    package var reason = ""
    /// A sentence for people.
    package var message = ""
    /// How long to wait before asking again, in seconds; 0 where it says nothing.
    package var retryAfterSeconds: Int32 = 0

    /// Creates a status.
    package init(code: Int32, reason: String, message: String, retryAfterSeconds: Int32 = 0) {
        self.code = code
        self.reason = reason
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Reads a status from its bytes, without envelope.
    ///
    /// - Throws: ``WireError`` where the bytes are malformed.
    package init(_ bytes: UnsafeRawBufferPointer, base: Int = 0) throws(WireError) {
        var reader = WireReader(bytes, path: "Status", base: base)
        while try reader.next() {
            switch reader.field {
            case 3: message = try reader.string()
            case 4: reason = try reader.string()
            case 5:
                var details = try reader.message("Status.details")
                while try details.next() {
                    if details.field == 5 {
                        retryAfterSeconds = try details.int32()
                    } else {
                        try details.skip()
                    }
                }
            case 6: code = try reader.int32()
            default: try reader.skip()
            }
        }
    }

    package var description: String {
        "\(code) \(reason): \(message)"
    }
}

/// The metadata of a list.
package struct ListMeta: Hashable, Sendable {
    /// The version the whole list is of; a watch goes on from it.
    package var resourceVersion = ""
    /// What asks for the next page; empty on the last.
    package var continueToken = ""
    /// How many items are left after this page, where the server tells.
    package var remainingItemCount: Int64?
    /// How many items the page has, where it is read as a whole; nil where they come one by one.
    package var itemCount: Int?

    /// Creates empty metadata.
    package init() {}

    /// Reads the message.
    init(_ reader: inout WireReader) throws(WireError) {
        while try reader.next() {
            switch reader.field {
            case 2: resourceVersion = try reader.string()
            case 3: continueToken = try reader.string()
            case 4: remainingItemCount = try reader.int64()
            default: try reader.skip()
            }
        }
    }
}
