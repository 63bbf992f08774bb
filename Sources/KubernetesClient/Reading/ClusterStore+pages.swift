import ClusterState
import HTTPTransport
import KubernetesWire

/// A page being read.
struct PageReading: Sendable {
    /// The largest page of JSON: as much as etcd would ever hold of 500 custom resources that are not absurd.
    static let jsonLimit = 64 << 20

    let source: Source
    var parser = ListParser()
    /// The bytes of a page of JSON, which is read as a whole.
    var bytes: [UInt8] = []
}

extension ClusterStore {
    /// Begins to read a page.
    ///
    /// - Parameters:
    ///   - source: What is listed.
    ///   - generation: That of the list that the page belongs to: see ``generation(of:)``.
    /// - Returns: Its number; nil where that list has ended.
    func openPage(_ source: Source, generation: Int) -> Int? {
        guard generation == self.generation(of: source) else { return nil }
        let number = nextReading()
        pages[number] = PageReading(source: source)
        return number
    }

    /// Takes a chunk of a page: whole objects go into the staged list at once.
    ///
    /// - Returns: The list's metadata where they were in this chunk, and how many objects were, those that are passed
    ///   over included.
    /// - Throws: ``RequestFailure`` where the bytes are no such page; `cancelled` where the list was given up.
    func readPage(_ number: Int, _ chunk: [UInt8]) throws(RequestFailure) -> (metadata: ListMeta?, items: Int) {
        // Taken out, so that its buffer is changed in place.
        guard var page = pages.removeValue(forKey: number), let decoder = decoders[page.source] else {
            throw .transport(.cancelled)
        }
        state.sources[page.source, default: SourceStatus()].receivedBytes += chunk.count
        switch decoder {
        case .json:
            page.bytes += chunk
            guard page.bytes.count <= PageReading.jsonLimit else {
                throw .malformed("a page of \(page.source.rawValue) has over \(PageReading.jsonLimit) bytes")
            }
            pages[number] = page
            return (nil, 0)
        case .protobuf(let resource):
            var metadata: ListMeta?
            var items = 0
            let filter = filters[page.source]
            do throws(WireError) {
                try page.parser.push(chunk) { element throws(WireError) in
                    switch element {
                    case .metadata(let meta): metadata = meta
                    case .item(let bytes, let offset):
                        items += 1
                        if let filter, !filter.takes(try ObjectHeader(bytes, offset: offset)) { return }
                        try resource.stage(&state, bytes, offset)
                    }
                }
                let kind = page.parser.kind
                if metadata != nil, kind != "\(resource.kind)List" {
                    throw WireError(path: "List", offset: 0, problem: .unexpectedKind(kind))
                }
            } catch {
                throw .malformed("\(error)")
            }
            pages[number] = page
            return (metadata, items)
        }
    }

    /// The page has ended.
    ///
    /// - Returns: The list's metadata where they come only now: of JSON.
    /// - Throws: ``RequestFailure`` where it ended too early or cannot be read.
    func finishPage(_ number: Int) throws(RequestFailure) -> ListMeta? {
        guard let page = pages.removeValue(forKey: number), let decoder = decoders[page.source] else {
            throw .transport(.cancelled)
        }
        switch decoder {
        case .protobuf:
            do throws(WireError) { try page.parser.finish() } catch { throw .malformed("\(error)") }
            return nil
        case .json(let decoder):
            let denied = filters[page.source]?.denied ?? []
            do throws(JSONListError) { return try decoder.page(&state, page.bytes, denied) } catch {
                throw .malformed("\(error)")
            }
        }
    }
}
