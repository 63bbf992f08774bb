import KubernetesClient
import KubernetesWire

/// Reads a page as its bytes arrive, and hands out what of it goes to disk.
struct PageReader {
    private let list: CapturedList
    private var parser = ListParser()
    private var metadata: ListMeta?
    private var json: [UInt8] = []

    /// Objects that came, those that are left out included.
    private(set) var items = 0
    /// Objects that were framed and not yet handed out.
    private(set) var objects = 0
    /// These objects, framed.
    private(set) var frames: [UInt8] = []

    /// Begins a page.
    init(_ list: CapturedList) {
        self.list = list
    }

    /// Takes the next bytes.
    mutating func push(_ chunk: [UInt8], _ intake: inout ListIntake) throws(RequestFailure) {
        guard case .protobuf = list.resource.reader else {
            json += chunk
            guard json.count <= JSONReader.pageLimit else {
                throw .malformed("a page of \(list.resource.plural) has over \(JSONReader.pageLimit) bytes")
            }
            return
        }
        do throws(WireError) {
            try parser.push(chunk) { element throws(WireError) in
                switch element {
                case .metadata(let read): metadata = read
                case .item(let bytes, let offset):
                    items += 1
                    if try intake.take(bytes, offset, of: list.resource, denied: list.denied, into: &frames) {
                        objects += 1
                    }
                }
            }
        } catch {
            throw .malformed("\(error)")
        }
        if metadata != nil { try checkKind(parser.kind) }
    }

    /// The page has ended.
    ///
    /// - Returns: The list's metadata.
    mutating func finish(_ intake: inout ListIntake) throws(RequestFailure) -> ListMeta {
        switch list.resource.reader {
        case .protobuf:
            do throws(WireError) { try parser.finish() } catch { throw .malformed("\(error)") }
        case .json: try readJSON(intake)
        }
        guard let metadata, !metadata.resourceVersion.isEmpty else {
            throw .malformed("the list has no resourceVersion")
        }
        return metadata
    }

    private mutating func readJSON(_ intake: ListIntake) throws(RequestFailure) {
        let page: JSONPage
        do throws(JSONScanner.Fault) {
            page = try JSONPage(json)
            items = page.items.count
            for item in page.items
            where try intake.take(json: item, of: list.resource.source, denied: list.denied, into: &frames) {
                objects += 1
            }
        } catch {
            throw .malformed("the list of \(list.resource.plural): \(error)")
        }
        try checkKind(page.kind)
        metadata = page.metadata
    }

    private func checkKind(_ kind: String) throws(RequestFailure) {
        guard kind != list.resource.listKind else { return }
        throw .malformed(
            "the answer is a \(kind.isEmpty ? "thing without kind" : kind), not a \(list.resource.listKind)"
        )
    }

    /// What was framed since has been written.
    mutating func clearFrames() {
        frames.removeAll(keepingCapacity: true)
        objects = 0
    }
}
