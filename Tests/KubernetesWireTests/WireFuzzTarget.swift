import ClusterState
import KubernetesWire

/// Runs the readers over any bytes: those that libFuzzer found with AddressSanitizer are replayed by a test.
///
/// The first byte chooses the reader: 0 lists, 1 watches, 2 envelope and status, from 3 on the readers of
/// ``APIResource/all`` that are of protobuf, and from the end 255 and 254 the validity of a certificate in DER and in PEM. For lists and watches the second byte is the size of the chunks in which the rest arrives; 0
/// stands for one chunk. What comes out of them goes on into the decoder of its kind.
enum WireFuzzTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let first = input.first else { return }
        var state = ClusterState()
        let rest = UnsafeRawBufferPointer(rebasing: input.dropFirst())
        do throws(WireError) {
            switch first {
            case 0: try list(rest, &state)
            case 1: try watch(rest, &state)
            case 2:
                let envelope = try Envelope(rest)
                _ = try StatusMessage(envelope.object).description
            case 255: _ = CertificateValidity.notAfter(der: Array(rest))
            case 254: _ = CertificateValidity.latestNotAfter(pem: rest)
            default:
                let reader = readers[Int(first - 3) % readers.count].reader
                try reader.upsert(&state, rest, 0)
                try reader.stage(&state, rest, 0)
                try reader.remove(&state, rest, 0)
                try reader.upsert(&state, rest, 0)
            }
        } catch {
            _ = error.description
        }
        check(&state)
    }

    /// What reads each kind.
    static let readers: [(kind: String, reader: ProtobufReader)] = APIResource.all.compactMap { resource in
        guard case .protobuf(let reader) = resource.reader else { return nil }
        return (resource.kind, reader)
    }

    private static func chunks(
        _ input: UnsafeRawBufferPointer,
        _ push: (Slice<UnsafeRawBufferPointer>) throws(WireError) -> Void
    ) throws(WireError) {
        guard let first = input.first else { return }
        let bytes = input.dropFirst()
        let size = first == 0 ? max(1, bytes.count) : Int(first)
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let end = min(bytes.endIndex, position + size)
            try push(bytes[position..<end])
            position = end
        }
    }

    private static func list(_ input: UnsafeRawBufferPointer, _ state: inout ClusterState) throws(WireError) {
        var parser = ListParser()
        var kind = ""
        try chunks(input) { (chunk) throws(WireError) in
            // The kind stands before the list, so it is known before the first item unless both are in one chunk.
            try parser.push([UInt8](chunk.prefix(64))) { (element) throws(WireError) in
                try take(element, kind, &state)
            }
            kind = parser.kind
            try parser.push([UInt8](chunk.dropFirst(64))) { (element) throws(WireError) in
                try take(element, kind, &state)
            }
        }
        try parser.finish()
    }

    private static func take(
        _ element: ListParser.Element,
        _ kind: String,
        _ state: inout ClusterState
    ) throws(WireError) {
        guard case .item(let item, let offset) = element else { return }
        for (itemKind, reader) in readers where itemKind + "List" == kind {
            try reader.stage(&state, item, offset)
        }
    }

    private static func watch(_ input: UnsafeRawBufferPointer, _ state: inout ClusterState) throws(WireError) {
        var parser = WatchParser()
        try chunks(input) { (chunk) throws(WireError) in
            try parser.push([UInt8](chunk)) { (event) throws(WireError) in
                if event.type == .error {
                    _ = try StatusMessage(event.envelope.object, base: event.offset)
                }
                for (kind, reader) in readers where kind == event.envelope.kind {
                    if event.type == .deleted {
                        try reader.remove(&state, event.envelope.object, event.offset)
                    } else {
                        try reader.upsert(&state, event.envelope.object, event.offset)
                    }
                }
            }
        }
        try parser.finish()
    }

    /// Every id that a row holds must be one of the interner's, before a sweep and after it.
    private static func check(_ state: inout ClusterState) {
        let before = names(state)
        state.sweepIfDue(force: true)
        precondition(names(state) == before, "a sweep changed what rows hold")
    }

    private static func names(_ state: borrowing ClusterState) -> [String] {
        var names: [String] = []
        state.pods.forEach { _, pod in
            names.append(pod.name(state.interner))
            names.append(state.interner.string(pod.namespace(state.interner)))
            names += state.interner.labels(pod.labels).map { state.interner.string($0.value) }
            names += state.interner.strings(pod.claims).map { state.interner.string($0) }
            names += state.interner.placement(pod.placement(state.interner)).tolerations
                .map { state.interner.string($0.key) }
        }
        for deployment in state.deployments.all {
            names.append(state.interner.string(deployment.meta.name))
            names += state.interner.template(deployment.template).spread.map { state.interner.string($0.topologyKey) }
        }
        return names
    }
}
