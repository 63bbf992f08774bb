import Collection
import Exposition
import Synchronization

/// The compressed texts of the exporter's own families about the last collection. They are made at the first scrape after
/// it: made at each scrape, they take a quarter of its time.
final class CollectionTexts: Sendable {
    private struct Entry {
        var number: Int
        var isFresh: Bool
        var text: OpenGzipMember
    }

    private let ready = Mutex<[ExpositionFormat: Entry]>([:])

    /// The text of ``OwnFamilies/table(of:isFresh:)`` in a format.
    func text(of snapshot: Snapshot, isFresh: Bool, _ format: ExpositionFormat) -> OpenGzipMember {
        if let entry = ready.withLock({ $0[format] }), entry.number == snapshot.number, entry.isFresh == isFresh {
            return entry.text
        }
        let table = OwnFamilies.table(of: snapshot, isFresh: isFresh)
        let text = OpenGzipMember(ExpositionWriter([table], format: format, endOfExposition: false))
        ready.withLock { $0[format] = Entry(number: snapshot.number, isFresh: isFresh, text: text) }
        return text
    }
}
