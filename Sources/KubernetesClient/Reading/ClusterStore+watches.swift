import ClusterState
import HTTPTransport
import KubernetesWire

/// A watch being read.
struct WatchReading: Sendable {
    let resource: APIResource
    /// Which part of the resource.
    let scope: Int
    var parser = WatchParser()
}

extension ClusterStore {
    /// Begins to read a watch.
    ///
    /// - Parameters:
    ///   - source: What is watched.
    ///   - scope: Which part of it.
    ///   - generation: That of the list that the watch goes on from: see ``generation(of:)``.
    /// - Returns: Its number; nil where a newer list has begun.
    func openWatch(_ source: Source, scope: Int, generation: Int) -> Int? {
        guard generation == self.generation(of: source), let resource = APIResource.of(source) else { return nil }
        let number = nextReading()
        watches[number] = WatchReading(resource: resource, scope: scope)
        return number
    }

    /// Takes a chunk of a watch: whole events are applied at once.
    ///
    /// - Returns: The version that the watch has come to; nil where no event was whole.
    /// - Throws: ``RequestFailure`` for bytes that are no events, and for an ERROR event; `cancelled` where the watch was
    ///   given up. Events before it are applied.
    func readWatch(_ number: Int, _ chunk: [UInt8]) throws(RequestFailure) -> String? {
        guard var watch = watches.removeValue(forKey: number), case .protobuf(let reader) = watch.resource.reader else {
            throw .transport(.cancelled)
        }
        let kind = watch.resource.kind
        let source = watch.resource.source
        let filter = filters[source]
        var version: String?
        var status: StatusMessage?
        var events = 0
        defer {
            state.sources[source, default: SourceStatus()].receivedBytes += chunk.count
            state.sources[source, default: SourceStatus()].events += events
        }
        do throws(WireError) {
            try watch.parser.push(chunk) { event throws(WireError) in
                guard status == nil else { return }
                let bytes = event.envelope.object
                if event.type == .error {
                    status = try StatusMessage(bytes, base: event.offset)
                    return
                }
                guard event.envelope.kind == kind else {
                    throw WireError(
                        path: "WatchEvent.object",
                        offset: event.offset,
                        problem: .unexpectedKind(event.envelope.kind)
                    )
                }
                let header = try ObjectHeader(bytes, offset: event.offset)
                switch event.type {
                case .added, .modified:
                    if filter?.takes(header) != false { try reader.upsert(&state, bytes, event.offset) }
                    events += 1
                case .deleted:
                    try reader.remove(&state, bytes, event.offset)
                    events += 1
                case .bookmark, .error, .other: break
                }
                version = header.resourceVersion
            }
        } catch {
            throw .malformed("\(error)")
        }
        if let status { throw RequestFailure(status) }
        watches[number] = watch
        state.sweepIfDue()
        if version != nil {
            recordProgress(of: source, scope: watch.scope)
            succeeded(source)
        }
        return version
    }

    /// The watch has ended.
    ///
    /// - Throws: ``RequestFailure`` where it ended inside an event.
    func finishWatch(_ number: Int) throws(RequestFailure) {
        guard let watch = watches.removeValue(forKey: number) else { throw .transport(.cancelled) }
        do throws(WireError) { try watch.parser.finish() } catch { throw .malformed("\(error)") }
    }

    /// The watch is read no further.
    func dropWatch(_ number: Int) {
        watches[number] = nil
    }
}
