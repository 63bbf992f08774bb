import ClusterState
import HTTPTransport
import KubernetesWire

/// A page being read.
struct PageReading: Sendable {
    let resource: APIResource
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
        guard generation == self.generation(of: source), let resource = APIResource.of(source) else { return nil }
        let number = nextReading()
        pages[number] = PageReading(resource: resource)
        return number
    }

    /// Takes a chunk of a page: whole objects go into the staged list at once.
    ///
    /// - Returns: The list's metadata where they were in this chunk, and how many objects were, those that are passed
    ///   over included.
    /// - Throws: ``RequestFailure`` where the bytes are no such page; `cancelled` where the list was given up.
    func readPage(_ number: Int, _ chunk: [UInt8]) throws(RequestFailure) -> (metadata: ListMeta?, items: Int) {
        // Taken out, so that its buffer is changed in place.
        guard var page = pages.removeValue(forKey: number) else { throw .transport(.cancelled) }
        let resource = page.resource
        state.sources[resource.source, default: SourceStatus()].receivedBytes += chunk.count
        switch resource.reader {
        case .json:
            page.bytes += chunk
            guard page.bytes.count <= JSONReader.pageLimit else {
                throw .malformed("a page of \(resource.plural) has over \(JSONReader.pageLimit) bytes")
            }
            pages[number] = page
            return (nil, 0)
        case .protobuf(let reader):
            var metadata: ListMeta?
            var items = 0
            let filter = filters[resource.source]
            do throws(WireError) {
                try page.parser.push(chunk) { element throws(WireError) in
                    switch element {
                    case .metadata(let meta): metadata = meta
                    case .item(let bytes, let offset):
                        items += 1
                        if let filter, !filter.takes(try ObjectHeader(bytes, offset: offset)) { return }
                        try reader.stage(&state, bytes, offset)
                    }
                }
                let kind = page.parser.kind
                if metadata != nil, kind != resource.listKind {
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
        guard let page = pages.removeValue(forKey: number) else { throw .transport(.cancelled) }
        switch page.resource.reader {
        case .protobuf:
            do throws(WireError) { try page.parser.finish() } catch { throw .malformed("\(error)") }
            return nil
        case .json(let reader):
            let denied = filters[page.resource.source]?.denied ?? []
            do throws(JSONError) { return try reader.stage(&state, page.bytes, denied: denied) } catch {
                throw .malformed("\(error)")
            }
        }
    }
}
