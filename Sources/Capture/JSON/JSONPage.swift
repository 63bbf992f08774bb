import FoundationEssentials
import KubernetesWire

/// A page of a list in JSON: its metadata, and its items as they were written.
struct JSONPage {
    /// The list's kind.
    let kind: String
    let metadata: ListMeta
    let items: [ArraySlice<UInt8>]

    /// Takes a page apart.
    init(_ bytes: [UInt8]) throws(JSONScanner.Fault) {
        var kind: ArraySlice<UInt8> = []
        var items: [ArraySlice<UInt8>] = []
        var metadata = ListMeta()
        var scanner = JSONScanner(bytes[...])
        try scanner.object { scanner, name throws(JSONScanner.Fault) in
            if name.elementsEqual("items".utf8), try scanner.peek() == UInt8(ascii: "[") {
                try scanner.array { scanner throws(JSONScanner.Fault) in items.append(try scanner.value()) }
            } else if name.elementsEqual("kind".utf8), try scanner.peek() == UInt8(ascii: "\"") {
                kind = try scanner.string()
            } else if name.elementsEqual("metadata".utf8) {
                let offset = scanner.position
                let text = try scanner.value()
                guard let read = try? JSONDecoder().decode(Metadata.self, from: Data(text)) else {
                    throw JSONScanner.Fault(offset: offset)
                }
                metadata.resourceVersion = read.resourceVersion ?? ""
                metadata.continueToken = read.continue ?? ""
            } else {
                _ = try scanner.value()
            }
        }
        try scanner.finish()
        self.kind = String(decoding: kind, as: UTF8.self)
        self.items = items
        self.metadata = metadata
    }

    private struct Metadata: Decodable {
        var resourceVersion: String?
        var `continue`: String?
    }

    /// The namespace of an item; empty where it has none.
    static func namespace(of item: ArraySlice<UInt8>) -> String {
        struct Item: Decodable {
            struct Metadata: Decodable { var namespace: String? }
            var metadata: Metadata?
        }
        return (try? JSONDecoder().decode(Item.self, from: Data(item)))?.metadata?.namespace ?? ""
    }
}
